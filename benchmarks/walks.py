"""What a camera might see of an object, made of one photo of it.

Frigate's pictures of one object differ in place, size, light, sharpness and compression
and the detector's box is never quite right. All of that is varied here, frame by frame;
the pose and the ground behind it stay those of the photo, which real objects change.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from learning.crop import Box
from PIL import Image, ImageEnhance, ImageFilter

from .lights import Light

FRAMES: Final = 6
FRAME: Final = (480, 360)
_NEAR: Final = (200, 330)  # pixels across, where it is nearest
_FAR: Final = (90, 180)
_BOX_MOVES: Final = 0.03  # of its side: how far the detector errs
_BOX_GROWS: Final = 0.05
_NOISE: Final = 2.0  # of 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame of the camera, as the bytes of a picture, and where the object is."""

    picture: bytes
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class _Camera:
    """What stays the same while one object walks by."""

    light: float
    quality: int  # of the video, as that of a JPEG
    ground: Image.Image
    other: Light | None  # another one than the photo was taken in


def walk(
    photo: Image.Image, name: str, frames: int = FRAMES, light: Light | None = None
) -> Iterator[Frame]:
    """Let a photographed object come nearer; these are live: JPEGs of quality 100.

    photo: square, RGB. The same name gives the same walk. light: another one than that
    of the photo.
    """
    chance = random.Random(f"walk {name}")
    camera = _camera(photo, chance, light)
    far, near = chance.uniform(*_FAR), chance.uniform(*_NEAR)
    for number in range(frames):
        part = number / max(frames - 1, 1)
        side = round(far + (near - far) * part)
        seen, box = _seen(photo, camera, side, part, chance)
        yield Frame(picture=_encoded(seen, "JPEG", 100), box=box)


def kept(photo: Image.Image, name: str) -> Frame:
    """Return the one frame of another walk that Frigate keeps: the nearest, as WebP."""
    chance = random.Random(f"kept {name}")
    side = round(chance.uniform(*_NEAR))
    seen, box = _seen(photo, _camera(photo, chance), side, 0.5, chance)
    return Frame(picture=_encoded(seen, "WEBP", 60), box=box)


def _camera(
    photo: Image.Image, chance: random.Random, other: Light | None = None
) -> _Camera:
    ground = photo.resize(FRAME).filter(ImageFilter.GaussianBlur(30))
    return _Camera(
        light=chance.uniform(0.7, 1.15),
        quality=chance.randint(40, 85),
        ground=ground,
        other=other,
    )


def _seen(
    photo: Image.Image, camera: _Camera, side: int, part: float, chance: random.Random
) -> tuple[Image.Image, Box]:
    """Return the decoded video's frame, and the box that the detector found."""
    width, height = FRAME
    left = round((width - side) * (0.1 + 0.8 * part))
    top = (height - side) // 2
    frame = camera.ground.copy()
    frame.paste(photo.resize((side, side), Image.Resampling.BOX), (left, top))
    frame = ImageEnhance.Brightness(frame).enhance(
        camera.light * chance.uniform(0.93, 1.07)
    )
    if camera.other is not None:
        frame = camera.other.on(frame)
    frame = frame.filter(ImageFilter.GaussianBlur(chance.uniform(0, 1.2)))
    noise = np.random.default_rng(chance.getrandbits(32)).normal(
        0, _NOISE, (height, width, 1)
    )
    grainy = np.clip(np.asarray(frame) + noise, 0, 255).astype(np.uint8)
    video = _encoded(Image.fromarray(grainy), "JPEG", camera.quality)
    return Image.open(BytesIO(video)).convert("RGB"), _found(left, top, side, chance)


def _found(left: int, top: int, side: int, chance: random.Random) -> Box:
    half = side / 2 * chance.gauss(1, _BOX_GROWS)
    x = left + side / 2 + side * chance.gauss(0, _BOX_MOVES)
    y = top + side / 2 + side * chance.gauss(0, _BOX_MOVES)
    return (
        max(0, round(x - half)),
        max(0, round(y - half)),
        min(FRAME[0], round(x + half)),
        min(FRAME[1], round(y + half)),
    )


def _encoded(picture: Image.Image, form: str, quality: int) -> bytes:
    stored = BytesIO()
    picture.save(stored, form, quality=quality)
    return stored.getvalue()
