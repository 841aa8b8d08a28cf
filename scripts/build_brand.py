"""Draw the brand images: a cat in a camera's viewfinder, wearing a name tag.

    .dev/test/bin/python scripts/build_brand.py [FOLDER]

Drawn eight times too large and scaled down, which is what smooths the edges. Sizes and
names: https://developers.home-assistant.io/docs/core/integration/brand_images
"""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[1] / "custom_components" / "objclass" / "brand"
OVERSAMPLING = 8
BLUE = "#1E88E5"
AMBER = "#FFB300"

type Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours that stand out on one kind of background."""

    cat: str
    eyes: str
    word: str


ON_LIGHT = Palette(cat="#263248", eyes="#FFFFFF", word="#263248")
ON_DARK = Palette(cat="#ECEFF4", eyes="#263248", word="#ECEFF4")


class Canvas:
    """A transparent picture, drawn on in units of its height."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.scale = height * OVERSAMPLING
        self.image = Image.new("RGBA", (width * OVERSAMPLING, self.scale))
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Iterable[Point], colour: str | None) -> None:
        """Fill an outline; None cuts a hole."""
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.polygon(scaled, fill=colour or (0, 0, 0, 0))

    def ellipse(
        self, centre: Point, radii: tuple[float, float], colour: str | None
    ) -> None:
        """Fill an ellipse; None cuts a hole."""
        (x, y), (across, down) = centre, radii
        box = (x - across, y - down, x + across, y + down)
        self.draw.ellipse(
            [side * self.scale for side in box], fill=colour or (0, 0, 0, 0)
        )

    def line(self, points: Iterable[Point], width: float, colour: str | None) -> None:
        """Draw a line with round ends and corners; None cuts it out."""
        points = list(points)
        for start, end in pairwise(points):
            self.polygon(_band(start, end, width), colour)
        for point in points:
            self.ellipse(point, (width / 2, width / 2), colour)

    def picture(self) -> Image.Image:
        """Return the picture at its real size."""
        return self.image.resize(self.size, Image.Resampling.BOX)


def _band(start: Point, end: Point, width: float) -> list[Point]:
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0) or 1
    dx, dy = (y0 - y1) / length * width / 2, (x1 - x0) / length * width / 2
    return [
        (x0 + dx, y0 + dy),
        (x1 + dx, y1 + dy),
        (x1 - dx, y1 - dy),
        (x0 - dx, y0 - dy),
    ]


def curve(*control: Point, steps: int = 48) -> list[Point]:
    """Return the points of a Bezier curve (de Casteljau)."""
    points = []
    for step in range(steps + 1):
        row, t = list(control), step / steps
        while len(row) > 1:
            row = [
                (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
                for (x0, y0), (x1, y1) in pairwise(row)
            ]
        points.append(row[0])
    return points


def arc(centre: Point, radius: float, start: float, end: float) -> list[Point]:
    """Return the points of an arc; degrees, clockwise from three o'clock."""
    steps = 48
    return [
        (
            centre[0] + radius * math.cos(math.radians(angle)),
            centre[1] + radius * math.sin(math.radians(angle)),
        )
        for angle in (start + (end - start) * step / steps for step in range(steps + 1))
    ]


def draw_viewfinder(canvas: Canvas) -> None:
    """Draw three corners of the frame; the tag hangs on the fourth."""
    edge, reach, radius, width = 0.0575, 0.17, 0.13, 0.075
    corner = [
        (edge, edge + radius + reach),
        *arc((edge + radius, edge + radius), radius, 180, 270),
        (edge + radius + reach, edge),
    ]
    canvas.line(corner, width, BLUE)
    canvas.line([(1 - x, y) for x, y in corner], width, BLUE)
    canvas.line([(x, 1 - y) for x, y in corner], width, BLUE)


def draw_cat(canvas: Canvas, palette: Palette) -> None:
    """Draw the cat's head, symmetric about the middle."""
    left = [
        *curve((0.5, 0.37), (0.45, 0.35), (0.41, 0.36)),  # brow
        *curve((0.41, 0.36), (0.34, 0.28), (0.25, 0.2)),  # inside of the ear
        *curve((0.25, 0.2), (0.215, 0.33), (0.215, 0.5)),  # outside of the ear
        *curve((0.215, 0.5), (0.205, 0.785), (0.5, 0.785)),  # cheek and chin
    ]
    head = [*left, *((1 - x, y) for x, y in reversed(left))]
    canvas.polygon(head, palette.cat)
    canvas.line([*head, head[0]], 0.03, palette.cat)  # rounds the tips of the ears
    for x in (0.385, 0.615):
        canvas.ellipse((x, 0.53), (0.046, 0.06), palette.eyes)
        canvas.ellipse((x, 0.53), (0.017, 0.052), palette.cat)
    nose = [(0.47, 0.645), (0.53, 0.645), (0.5, 0.68)]
    canvas.polygon(nose, palette.eyes)
    canvas.line([*nose, nose[0]], 0.014, palette.eyes)


def draw_tag(canvas: Canvas) -> None:
    """Draw the name tag in the lower right corner, with a gap around it."""
    gap, rounding = 0.035, 0.06
    left, top, right, bottom = 0.595, 0.715, 0.965, 0.965
    middle, shoulder = (top + bottom) / 2, left + 0.13
    tag = [
        (left, middle),
        (shoulder, top),
        (right, top),
        (right, bottom),
        (shoulder, bottom),
        (left, middle),
    ]
    for width, colour in ((rounding + 2 * gap, None), (rounding, AMBER)):
        canvas.polygon(tag, colour)
        canvas.line(tag, width, colour)
    canvas.ellipse((left + 0.095, middle), (0.033, 0.033), None)
    for y in (middle - 0.047, middle + 0.047):
        canvas.line([(shoulder + 0.06, y), (right - 0.045, y)], 0.04, "#FFFFFF")


def draw_icon(canvas: Canvas, palette: Palette) -> None:
    """Draw the whole icon into the left square of a canvas."""
    draw_viewfinder(canvas)
    draw_cat(canvas, palette)
    draw_tag(canvas)


# The word "objclass" of the logo: lines and arcs in units of the letters' x-height, the
# baseline at 1. Each letter has its strokes and its width.
ROUND = arc((0.5, 0.5), 0.5, 0, 360)
HOOK = [(0.1, 0), (0.1, 1.12), *arc((-0.18, 1.12), 0.28, 0, 95)]
S = [*arc((0.29, 0.25), 0.25, -35, -270), *arc((0.29, 0.75), 0.25, -90, 145)]
LETTERS: dict[str, tuple[list[list[Point]], float]] = {
    "o": ([ROUND], 1.0),
    "b": ([ROUND, [(0, -0.5), (0, 1)]], 1.0),
    "j": ([HOOK, [(0.1, -0.42), (0.1, -0.421)]], 0.1),
    "c": ([arc((0.5, 0.5), 0.5, 48, 312)], 0.87),
    "l": ([[(0, -0.5), (0, 1)]], 0.0),
    "a": ([ROUND, [(1, 0), (1, 1)]], 1.0),
    "s": ([S], 0.55),
}


def draw_word(canvas: Canvas, left: float, colour: str) -> float:
    """Write "objclass" from `left`; return where it ends, stroke included."""
    height, top, stroke, spacing = 0.33, 0.36, 0.075, 0.36
    for letter in "objclass":
        strokes, width = LETTERS[letter]
        for points in strokes:
            canvas.line(
                ((left + x * height, top + y * height) for x, y in points),
                stroke,
                colour,
            )
        left += (width + spacing) * height
    return left - spacing * height + stroke / 2


def build(folder: Path) -> None:
    """Write all images into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    logo_width = 3.75
    for prefix, palette in (("", ON_LIGHT), ("dark_", ON_DARK)):
        for suffix, side in (("", 256), ("@2x", 512)):
            icon = Canvas(side, side)
            draw_icon(icon, palette)
            icon.picture().save(folder / f"{prefix}icon{suffix}.png", optimize=True)
            logo = Canvas(round(side * logo_width), side)
            draw_icon(logo, palette)
            draw_word(logo, 1.16, palette.word)
            logo.picture().save(folder / f"{prefix}logo{suffix}.png", optimize=True)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
