"""What a simulated camera sees: its fixed surroundings and what is in front of them."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

type Corners = tuple[int, int, int, int]
type Colour = tuple[int, int, int]


class Appearance(Protocol):
    """Something that can be put into a picture."""

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        ...

    def draw(
        self, width: int, height: int, stride: float, *, left: bool
    ) -> Image.Image:
        """Return an RGBA picture of this size."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """The light of a moment: how bright, and how warm (1 is neutral)."""

    brightness: float = 1.0
    warmth: float = 1.0


def light_at(time: float) -> Light:
    """Return the light of an hour of the day, a little different every ten minutes."""
    hour = time / 3600 % 24
    sun = max(0.0, math.sin(math.pi * (hour - 4) / 16)) if 4 < hour < 20 else 0.0
    cloud = np.random.default_rng(int(time // 600)).uniform(-0.12, 0.12)
    warmth = 1.0 + 0.08 * (1 - sun)
    return Light(brightness=0.62 + 0.42 * sun + float(cloud), warmth=warmth)


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Something in the scene: where (corners in pixels) and how it stands."""

    appearance: Appearance
    box: Corners
    stride: float
    left: bool


def render(
    camera: str,
    size: tuple[int, int],
    actors: Sequence[Actor],
    light: Light,
    grain: int,
) -> Image.Image:
    """Make the RGB frame; the same arguments give the same pixels."""
    frame = background(camera, size).copy()
    for actor in sorted(actors, key=lambda item: item.box[3]):
        x1, y1, x2, y2 = actor.box
        figure = actor.appearance.draw(x2 - x1, y2 - y1, actor.stride, left=actor.left)
        _shadow(frame, actor.box)
        frame.paste(figure, (x1, y1), figure)
    return _exposed(frame, light, grain)


@lru_cache(maxsize=16)
def background(camera: str, size: tuple[int, int]) -> Image.Image:
    """Draw what a camera of this name always sees."""
    seed = int.from_bytes(hashlib.sha256(camera.encode()).digest()[:4])
    random = np.random.default_rng(seed)
    yard = "yard" in camera or "garden" in camera
    picture = _yard(size, random) if yard else _door(size, random)
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def _door(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """Draw a house wall with a door, and paving in front of it."""
    width, height = size
    horizon = round(height * 0.42)
    picture = Image.new("RGB", size)
    picture.paste(_texture((width, horizon), (176, 158, 140), 12, random), (0, 0))
    picture.paste(
        _texture((width, height - horizon), (138, 136, 132), 16, random), (0, horizon)
    )
    draw = ImageDraw.Draw(picture)
    for row in range(0, horizon, 28):
        draw.line([(0, row), (width, row)], fill=(150, 132, 116), width=2)
    left = round(width * random.uniform(0.55, 0.7))
    draw.rectangle([left, horizon - 260, left + 130, horizon], fill=(74, 46, 34))
    draw.rectangle(
        [left + 14, horizon - 240, left + 116, horizon - 150], fill=(96, 120, 136)
    )
    draw.rectangle(
        [width * 0.1, horizon - 220, width * 0.3, horizon - 90], fill=(120, 146, 160)
    )
    for step in range(6):
        row = horizon + (height - horizon) * step // 6
        draw.line([(0, row), (width, row)], fill=(112, 110, 106), width=3)
    draw.ellipse(
        [width * 0.02, horizon - 60, width * 0.09, horizon + 50], fill=(70, 104, 58)
    )
    return picture


def _yard(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """Draw grass, a fence and a tree."""
    width, height = size
    horizon = round(height * 0.38)
    picture = Image.new("RGB", size)
    picture.paste(_texture((width, horizon), (150, 178, 204), 4, random), (0, 0))
    picture.paste(
        _texture((width, height - horizon), (86, 118, 62), 26, random), (0, horizon)
    )
    draw = ImageDraw.Draw(picture)
    for post in range(0, width, 44):
        draw.rectangle(
            [post, horizon - 110, post + 34, horizon + 6], fill=(150, 122, 92)
        )
    draw.rectangle([0, horizon - 86, width, horizon - 74], fill=(128, 102, 76))
    trunk = round(width * random.uniform(0.75, 0.9))
    draw.rectangle([trunk, 0, trunk + 52, horizon + 60], fill=(88, 68, 50))
    for _ in range(12):
        x, y = trunk + random.uniform(-130, 150), random.uniform(-60, 90)
        draw.ellipse([x, y, x + 110, y + 80], fill=(58, 96, 44))
    return picture


def _texture(
    size: tuple[int, int], colour: Colour, spread: float, random: np.random.Generator
) -> Image.Image:
    """Make a surface: the colour, uneven at several scales.

    As much at each, as it is in photographs; at the scale of single pixels a video
    stream has lost it.
    """
    uneven = np.zeros(size[::-1])
    for scale in (4, 10, 24):
        rows, columns = (side // scale + 2 for side in size[::-1])
        coarse = random.normal(0, spread * 0.6, (rows, columns)).astype(np.float32)
        uneven += np.asarray(
            Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        )
    pixels: NDArray[np.float64] = np.array(colour) + uneven[:, :, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")


def _shadow(frame: Image.Image, box: Corners) -> None:
    """Darken the ground below something."""
    x1, _, x2, y2 = box
    depth, soft = max(4, (x2 - x1) // 14), 8
    shade = Image.new("L", (x2 - x1 + 2 * soft, 2 * (depth + soft)), 0)
    oval = [soft, soft, soft + x2 - x1, soft + 2 * depth]
    ImageDraw.Draw(shade).ellipse(oval, fill=110)
    shade = shade.filter(ImageFilter.GaussianBlur(soft / 2))
    frame.paste((20, 20, 20), (x1 - soft, y2 - soft - depth - depth // 3), shade)


def _exposed(frame: Image.Image, light: Light, grain: int) -> Image.Image:
    """Apply the light, the noise of a sensor, and the losses of a video stream."""
    gains = (
        light.brightness * light.warmth,
        light.brightness,
        light.brightness / light.warmth,
    )
    table = [min(255, round(value * gain)) for gain in gains for value in range(256)]
    pixels = np.asarray(frame.point(table)).astype(np.int16)
    shift = np.random.default_rng(grain).integers(0, 64, 2)
    noise = np.roll(_noise(frame.size), tuple(shift), (0, 1))
    seen = Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8), "RGB")
    # Frigate decodes H.264, which has lost some detail.
    stream = BytesIO()
    seen.save(stream, "JPEG", quality=85)
    return Image.open(stream).convert("RGB")


@lru_cache(maxsize=4)
def _noise(size: tuple[int, int]) -> NDArray[np.int16]:
    noise = np.random.default_rng(1).normal(0, 1.0, (size[1], size[0], 1))
    return noise.round().astype(np.int16)
