"""What the cameras of the load see: two kinds of drawn animals, and crops of them."""

import io
from typing import Final

import numpy as np
from PIL import Image

SIZE: Final = (1280, 720)
BOX: Final = (500, 220, 780, 520)
KINDS: Final = ("ginger", "grey")
PER_KIND: Final = 8
CROP: Final = 300
_COLOURS: Final = ((210, 120, 40), (90, 100, 120))


def pictures() -> list[list[bytes]]:
    """Return JPEGs of whole frames for each kind, the same every time."""
    generator = np.random.default_rng(7)
    return [[_frame(generator, colour) for _ in range(PER_KIND)] for colour in _COLOURS]


def crops(kind: int, count: int) -> list[bytes]:
    """Return JPEGs of so many crops of a kind, all different."""
    generator = np.random.default_rng(kind)
    return [_as_jpeg(_texture(generator, _COLOURS[kind])) for _ in range(count)]


def _frame(generator: np.random.Generator, colour: tuple[int, int, int]) -> bytes:
    width, height = SIZE
    coarse = generator.integers(60, 180, (height // 20, width // 20, 3), np.uint8)
    frame = Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC)
    x1, y1, x2, y2 = BOX
    frame.paste(_texture(generator, colour).resize((x2 - x1, y2 - y1)), (x1, y1))
    return _as_jpeg(frame)


def _texture(
    generator: np.random.Generator, colour: tuple[int, int, int]
) -> Image.Image:
    noise = generator.normal(0, 25, (CROP // 12, CROP // 12, 1))
    pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize((CROP, CROP), Image.Resampling.BICUBIC)


def _as_jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()
