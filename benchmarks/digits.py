"""Real pictures that belong to no camera: handwritten digits that people scanned.

scikit-learn, which the tests need anyway, brings 1,797 of them (the test set of
"Optical Recognition of Handwritten Digits", 13 writers), grey and 8 x 8 pixels. Nothing
of the product was ever tuned on them.
"""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

TEN: Final = "ten_digits"
PAIR: Final = "three_or_eight"
_PAIR: Final = (3, 8)
_BLACKEST: Final = 16
_SIDE: Final = 224
_QUALITY: Final = 95


def write_digits(into: Path) -> None:
    """Write them below a folder as <task>/<digit>/*.jpg, dark on white, enlarged."""
    digits = load_digits()
    for number, (grey, digit) in enumerate(
        zip(digits.images, digits.target.tolist(), strict=True)
    ):
        levels = np.round(255 - grey * (255 / _BLACKEST)).astype(np.uint8)
        picture = Image.fromarray(levels).convert("RGB")
        picture = picture.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        for task in (TEN, PAIR) if digit in _PAIR else (TEN,):
            folder = into / task / str(digit)
            folder.mkdir(parents=True, exist_ok=True)
            picture.save(folder / f"{digit}_{number:04}.jpg", quality=_QUALITY)
