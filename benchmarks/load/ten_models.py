"""Ten heads on one embedding beside one head, and beside ten models of Frigate's kind.

Frigate runs a quantised MobileNetV2 of width 0.35 for each of its classifiers. Such a
model, with weights that mean nothing, is built by TensorFlow in the environment of
`scripts/benchmark peer`. All in one thread, in turns, from a crop's pixels on.
"""

import importlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
from learning.backbone import load_backbone
from learning.crop import crop_object
from learning.look import look, see
from PIL import Image

from .home import TRAINED_ON, kept_crops, trained_on
from .pictures import BOX, SIZE, pictures

PEER: Final = Path(__file__).parents[2] / ".dev" / "peer" / "bin" / "python"
BUILD: Final = Path(__file__).parents[1] / "peer_model.py"
COUNT: Final = 10
ROUNDS: Final = 40


def measure(folder: Path) -> dict[str, float]:
    """Return medians in ms: `one`, `ten`, `one_look`, `ten_looks`, and `models`.

    The looks begin with the picture that was downloaded, the others with its crop.
    `models` is missing without TensorFlow.
    """
    backbone = load_backbone("litert")
    head = trained_on(kept_crops(2 * TRAINED_ON)).head
    picture = pictures()[0][0]
    crop = crop_object(picture, BOX, SIZE, backbone.size)
    one, ten = {"0": head}, {str(number): head for number in range(COUNT)}
    jobs: dict[str, Callable[[], object]] = {
        "one": lambda: see(backbone, crop, one),
        "ten": lambda: see(backbone, crop, ten),
        "one_look": lambda: look(backbone, picture, one, box=BOX, frame_size=SIZE),
        "ten_looks": lambda: look(backbone, picture, ten, box=BOX, frame_size=SIZE),
    }
    if model := build(folder):
        cut = Image.fromarray(crop.pixels).resize((300, 300))
        jobs["models"] = models(model, cut)
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(ROUNDS):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            if number:  # the first is slow
                seconds[name].append(time.perf_counter() - started)
    return {name: 1000 * median(times) for name, times in seconds.items()}


def models(path: Path, cut: Image.Image) -> Callable[[], object]:
    """Return a job that asks ten models about a crop, each with its own interpreter."""
    litert: Any = importlib.import_module("ai_edge_litert.interpreter")
    interpreters = []
    for _ in range(COUNT):
        interpreter = litert.Interpreter(model_path=str(path), num_threads=1)
        interpreter.allocate_tensors()
        interpreters.append(interpreter)
    entry = interpreters[0].get_input_details()[0]
    exit_ = interpreters[0].get_output_details()[0]["index"]
    size = (int(entry["shape"][2]), int(entry["shape"][1]))

    def ask() -> None:
        for interpreter in interpreters:
            # Each of Frigate's processors makes its own input from the frame.
            pixels = np.asarray(cut.resize(size, Image.Resampling.BILINEAR))
            interpreter.set_tensor(entry["index"], pixels[None])
            interpreter.invoke()
            interpreter.get_tensor(exit_)

    return ask


def build(folder: Path) -> Path | None:
    """Build such a model; None when there is no TensorFlow here."""
    if not PEER.exists():
        return None
    path = folder / "peer.tflite"
    done = subprocess.run(
        [PEER, BUILD, path], capture_output=True, text=True, check=False
    )
    return path if done.returncode == 0 else None
