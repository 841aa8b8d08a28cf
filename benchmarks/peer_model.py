"""Build a model as Frigate runs one for each classifier: to time it, not to use it.

Called with the path of the .tflite to write, by the Python that has TensorFlow. Its
weights are random: how long it takes does not depend on them.
"""

import importlib
import sys
import tempfile
from pathlib import Path

import frigate_recipe  # type: ignore[import-not-found]  # beside this, when it is run
import numpy as np
from PIL import Image

CLASSES = 3


def main() -> None:
    """Build, quantise and write."""
    tf = importlib.import_module("tensorflow")
    generator = np.random.default_rng(7)
    size = frigate_recipe.SIZE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "noise"
        folder.mkdir()
        for number in range(10):
            pixels = generator.integers(0, 256, (size, size, 3), np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
        model = frigate_recipe.network(tf, CLASSES, None)
        Path(sys.argv[1]).write_bytes(frigate_recipe.quantise(tf, model, name))


if __name__ == "__main__":
    main()
