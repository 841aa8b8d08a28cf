"""Run an exported model as Frigate does: a program for whichever Python has a runtime.

`benchmarks.export` calls `main` with the arguments MODEL PIXELS, where PIXELS is a .npy
of uint8 (n, 224, 224, 3). Prints the runtime's name and a list of scores per picture as
JSON. Imports nothing of the project.
"""

import importlib
import json
import sys
from typing import Any

import numpy as np

RUNTIMES = ("tflite_runtime.interpreter", "ai_edge_litert.interpreter")


def interpreter_of(model: str) -> tuple[str, Any]:
    """Return the name of the first runtime that is installed, and its interpreter."""
    for name in RUNTIMES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        return name.partition(".")[0], module.Interpreter(model_path=model)
    raise SystemExit("There is no runtime for .tflite models.")


def main() -> None:
    """Print the scores."""
    model, pictures = sys.argv[1:3]
    name, interpreter = interpreter_of(model)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    exit_ = interpreter.get_output_details()[0]["index"]
    scores = []
    for pixels in np.load(pictures, allow_pickle=False):
        interpreter.set_tensor(entry, pixels[None])
        interpreter.invoke()
        output = interpreter.get_tensor(exit_)[0]
        # frigate/data_processing/real_time/custom_classification.py, 0.17 and 0.18
        scores.append((output / output.sum(axis=0)).tolist())
    print(json.dumps({"runtime": name, "scores": scores}))
