"""Drawn animals: different enough to be told apart, varied enough to be interesting."""

import math
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

type Colour = tuple[int, int, int]
type Point = tuple[float, float]

ASPECT = 1.45
"""Width of a drawn animal divided by its height."""
_OVERSAMPLING = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Coat:
    """What makes one animal look different from the others."""

    fur: Colour
    pale: Colour  # chest, muzzle and paws
    stripes: Colour | None = None
    eyes: Colour = (190, 200, 70)
    floppy_ears: bool = False
    muzzle: float = 0.05  # length, as a part of the height
    legs: float = 0.30
    tail: float = 0.45


LEO = Coat(
    fur=(214, 128, 48), pale=(240, 205, 160), stripes=(158, 80, 22), eyes=(200, 190, 60)
)
CHARLIE = Coat(fur=(74, 76, 84), pale=(48, 49, 55), eyes=(120, 200, 90))
STRAY = Coat(
    fur=(232, 228, 220), pale=(250, 248, 244), stripes=None, eyes=(90, 160, 220)
)
REX = Coat(
    fur=(122, 80, 46),
    pale=(196, 160, 112),
    eyes=(60, 38, 20),
    floppy_ears=True,
    muzzle=0.16,
    legs=0.38,
    tail=0.30,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnAnimal:
    """One animal on one day: its coat, slightly varied in colour and build."""

    coat: Coat
    tint: float
    build: float
    tilt: float
    grain: int

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return ASPECT

    @classmethod
    def vary(cls, coat: Coat, random: Random) -> DrawnAnimal:
        """Make one with a colour, a build and a posture of its own."""
        return cls(
            coat=coat,
            tint=random.uniform(0.85, 1.15),
            build=random.uniform(0.9, 1.12),
            tilt=random.uniform(-6, 6),
            grain=random.getrandbits(32),
        )

    def draw(
        self, width: int, height: int, stride: float, *, left: bool
    ) -> Image.Image:
        """Draw it as an RGBA picture of this size, walking to the left or right.

        `stride` is where in a step it is, 0 to 1.
        """
        size = (width * _OVERSAMPLING, height * _OVERSAMPLING)
        picture = Image.new("RGBA", size, (0, 0, 0, 0))
        pen = _Pen(ImageDraw.Draw(picture), 0.93 * size[1], 0.04 * size[1])
        _draw_side_view(pen, self._coat(), self.build, stride)
        picture = picture.rotate(self.tilt, Image.Resampling.BILINEAR)
        picture = _grained(picture, self.grain)
        if left:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return picture.resize((width, height), Image.Resampling.LANCZOS)

    def _coat(self) -> Coat:
        def tinted(colour: Colour) -> Colour:
            red, green, blue = (min(255, round(part * self.tint)) for part in colour)
            return red, green, blue

        stripes = self.coat.stripes and tinted(self.coat.stripes)
        return Coat(
            fur=tinted(self.coat.fur),
            pale=tinted(self.coat.pale),
            stripes=stripes,
            eyes=self.coat.eyes,
            floppy_ears=self.coat.floppy_ears,
            muzzle=self.coat.muzzle,
            legs=self.coat.legs,
            tail=self.coat.tail,
        )


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in units of the animal's height, a little away from the edge."""

    draw: ImageDraw.ImageDraw
    unit: float
    margin: float

    def oval(self, centre: Point, across: float, down: float, colour: Colour) -> None:
        x, y = centre
        corners = [(x - across, y - down), (x + across, y + down)]
        self.draw.ellipse(self._places(corners), fill=colour)

    def shape(self, points: list[Point], colour: Colour) -> None:
        self.draw.polygon(self._places(points), fill=colour)

    def rope(self, points: list[Point], thickness: float, colour: Colour) -> None:
        width = round(thickness * self.unit)
        self.draw.line(self._places(points), fill=colour, width=width, joint="curve")
        for x, y in points:
            self.oval((x, y), thickness / 2, thickness / 2, colour)

    def _places(self, points: list[Point]) -> list[Point]:
        return [
            (x * self.unit + self.margin, y * self.unit + self.margin)
            for x, y in points
        ]


def _darker(colour: Colour, by: float = 0.72) -> Colour:
    red, green, blue = (round(part * by) for part in colour)
    return red, green, blue


def _draw_side_view(pen: _Pen, coat: Coat, build: float, stride: float) -> None:
    """Draw an animal that walks to the right, back to front."""
    swing = math.sin(2 * math.pi * stride)
    belly = 0.94 - coat.legs
    _tail(pen, coat, swing)
    for hip, phase in ((0.38, -swing), (1.02, swing)):
        _leg(
            pen, _darker(coat.fur), _darker(coat.pale), (hip, belly - 0.08), 0.94, phase
        )
    middle = (0.70, belly - 0.14 * build)
    pen.oval(middle, 0.44, 0.19 * build, coat.fur)
    pen.oval((0.72, middle[1] + 0.08), 0.32, 0.10 * build, coat.pale)
    pen.oval((0.70, middle[1] - 0.03), 0.43, 0.15 * build, coat.fur)
    if coat.stripes:
        for x in (0.38, 0.50, 0.62, 0.74, 0.86, 0.98):
            top = middle[1] - 0.19 * build + 0.3 * (x - 0.70) ** 2
            pen.rope([(x, top + 0.03), (x - 0.02, top + 0.17)], 0.035, coat.stripes)
    for hip, phase in ((0.34, swing), (0.98, -swing)):
        _leg(pen, coat.fur, coat.pale, (hip, belly - 0.08), 0.97, phase)
    _head(pen, coat, (1.14, middle[1] - 0.16 + 0.015 * swing))


def _tail(pen: _Pen, coat: Coat, swing: float) -> None:
    root = (0.30, 0.94 - coat.legs - 0.20)
    points = [
        (root[0] - 0.22 * part, root[1] - coat.tail * part**2 + 0.04 * swing * part)
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    pen.rope(points, 0.075, coat.fur)
    if coat.stripes:
        for x, y in points[1::2]:
            pen.oval((x, y), 0.04, 0.025, coat.stripes)


def _leg(
    pen: _Pen, fur: Colour, paw: Colour, hip: Point, floor: float, swing: float
) -> None:
    foot = (hip[0] + 0.10 * swing, floor - 0.03 * max(swing, 0))
    knee = ((hip[0] + foot[0]) / 2 + 0.03, (hip[1] + foot[1]) / 2)
    pen.rope([hip, knee, foot], 0.095, fur)
    pen.oval((foot[0] + 0.025, foot[1]), 0.065, 0.035, paw)


def _head(pen: _Pen, coat: Coat, centre: Point) -> None:
    x, y = centre
    pen.rope([(x - 0.14, y + 0.14), centre], 0.20, coat.fur)
    inner = _darker(coat.fur, 0.6)
    if not coat.floppy_ears:
        for dx in (-0.09, 0.06):
            ear = [
                (x + dx - 0.06, y - 0.09),
                (x + dx + 0.01, y - 0.25),
                (x + dx + 0.07, y - 0.08),
            ]
            pen.shape(ear, coat.fur)
            pen.shape(
                [
                    (px * 0.5 + (x + dx) * 0.5, py * 0.6 + y * 0.4 - 0.04)
                    for px, py in ear
                ],
                inner,
            )
    pen.oval(centre, 0.17, 0.155, coat.fur)
    pen.oval(
        (x + 0.10 + coat.muzzle / 2, y + 0.06), 0.07 + coat.muzzle / 2, 0.065, coat.pale
    )
    pen.oval((x + 0.155 + coat.muzzle, y + 0.035), 0.026, 0.02, (40, 26, 26))
    if coat.floppy_ears:
        pen.oval((x - 0.09, y + 0.02), 0.065, 0.15, inner)
    if coat.stripes:
        for dx in (-0.05, 0.0, 0.05):
            pen.rope([(x + dx, y - 0.14), (x + dx, y - 0.07)], 0.022, coat.stripes)
    pen.oval((x + 0.07, y - 0.03), 0.035, 0.03, coat.eyes)
    pen.oval((x + 0.08, y - 0.03), 0.014, 0.026, (12, 12, 12))


def _grained(picture: Image.Image, seed: int) -> Image.Image:
    """Give the flat colours the look of fur, and soft edges."""
    pixels = np.asarray(picture).astype(np.float32)
    rows, columns = pixels.shape[:2]
    noise = np.random.default_rng(seed).normal(
        1.0, 0.10, (rows // 2 + 1, columns // 4 + 1)
    )
    fur = np.repeat(np.repeat(noise, 2, axis=0), 4, axis=1)[:rows, :columns]
    shade = np.linspace(1.12, 0.78, rows)[:, None]  # light comes from above
    pixels[:, :, :3] *= (fur * shade)[:, :, None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGBA")
    return image.filter(ImageFilter.GaussianBlur(1.0))
