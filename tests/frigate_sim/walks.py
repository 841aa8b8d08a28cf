"""How something moves past a camera, as the detector sees it five times a second."""

from dataclasses import dataclass
from random import Random

from .scene import Corners

FRAMES_PER_SECOND = 5
_SPEED = 0.06
"""Of the frame's width per second: Frigate then sends about a message a second."""
_HORIZON = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One detection: `at` seconds after the first, corners in pixels, score 0 to 1."""

    at: float
    box: Corners
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """All sightings of one object, and whether it walks to the left."""

    sightings: tuple[Sighting, ...]
    left: bool


def plan_walk(
    size: tuple[int, int],
    aspect: float,
    duration: float,
    random: Random,
    *,
    rest: float = 0,
) -> Walk:
    """Plan a walk of `duration` seconds with a `rest` on the spot in its middle.

    `aspect` is the object's width divided by its height. It comes nearer or goes away
    as it walks; what is nearer is larger and lower in the frame.
    """
    left = random.random() < 0.5
    span = min(_SPEED * duration, 0.7)
    begin = random.uniform(0.15, 0.85 - span)
    near, far = random.uniform(0.26, 0.42), random.uniform(0.16, 0.3)
    heights = (far, near) if random.random() < 0.7 else (near, far)
    walking = max(2, round(duration * FRAMES_PER_SECOND))
    resting = round(rest * FRAMES_PER_SECOND)
    sightings = []
    for frame in range(walking + resting):
        step = frame if frame < walking // 2 else max(walking // 2, frame - resting)
        part = step / (walking - 1)
        across = begin + span * (1 - part if left else part)
        tall = heights[0] + (heights[1] - heights[0]) * part
        box = _box(size, aspect, across, tall)
        score = min(0.97, 0.72 + 0.22 * part + random.uniform(-0.03, 0.03))
        sightings.append(
            Sighting(at=frame / FRAMES_PER_SECOND, box=box, score=round(score, 4))
        )
    return Walk(sightings=tuple(sightings), left=left)


def _box(size: tuple[int, int], aspect: float, across: float, tall: float) -> Corners:
    width, height = size
    high = round(tall * height)
    wide = min(round(high * aspect), width)
    middle = round(across * width)
    bottom = round((_HORIZON + tall * (1 - _HORIZON) / 0.45) * height)
    x1 = min(max(middle - wide // 2, 0), width - wide)
    y1 = min(max(bottom - high, 0), height - high)
    return x1, y1, x1 + wide, y1 + high
