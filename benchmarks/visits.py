"""Visits made from single photos: what several looks at one object come to.

There are no recordings of known and strange animals, so each photo becomes a visit of
six frames: the object moves in its crop, is nearer and farther, lighter and darker, and
compressed anew. The frames go through the product's consensus with its usual rules.
"""

import math
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from learning.backbone import Backbone
from learning.consensus import NONE, Attempt, Consensus, Rules
from learning.crop import decode, middle, pixels_of
from learning.head import Head, Prediction
from PIL import Image, ImageEnhance

FRAMES: Final = 6
_LEAST_PART: Final = 0.75  # of the photo's side that a frame shows
_SIDES: Final = (96, 320)  # pixels across a crop
_LIGHT: Final = (0.7, 1.3)
_QUALITY: Final = (60, 90)


type Visit = Sequence[Prediction]


def visit_of(path: Path, head: Head, backbone: Backbone, seed: int) -> Visit:
    """Return what the head says of each frame of a photo's visit."""
    random = np.random.default_rng(seed)
    photo = middle(decode(path.read_bytes()))
    return [
        head.predict(backbone.embed(pixels_of(frame, backbone.size)))
        for frame in _frames(photo, random)
    ]


def assigned(visit: Visit, limit: float) -> str | None:
    """Return the class that a visit is assigned, None for none of them.

    limit: what is farther away than this is a stranger.
    """
    consensus = Consensus(rules=Rules())
    for time, seen in enumerate(visit):
        attempt = Attempt(
            class_name=seen.best,
            score=seen.score,
            frame_time=time,
            unfamiliar=seen.distance is not None and seen.distance > limit,
        )
        consensus.add(attempt)
    name = consensus.final_verdict().class_name
    return None if name == NONE else name


def share_right(
    visits: Sequence[Visit], names: Sequence[str | None], limit: float
) -> float:
    """Return how many of the visits are assigned what they are."""
    return fmean(
        assigned(visit, limit) == name
        for visit, name in zip(visits, names, strict=True)
    )


def strictest_limit(
    visits: Sequence[Visit], names: Sequence[str | None], share: float
) -> float:
    """Return the smallest limit at which that share of the visits is still right.

    Infinity when there is none, because their scores do not allow it.
    """
    distances = [seen.distance or 0.0 for visit in visits for seen in visit]
    for limit in np.quantile(distances, np.linspace(0, 1, 101)).tolist():
        if share_right(visits, names, limit) >= share:
            return float(limit)
    return math.inf


def _frames(photo: Image.Image, random: np.random.Generator) -> Iterator[Image.Image]:
    for _ in range(FRAMES):
        part = random.uniform(_LEAST_PART, 1)
        width, height = round(photo.width * part), round(photo.height * part)
        left = int(random.integers(0, photo.width - width + 1))
        top = int(random.integers(0, photo.height - height + 1))
        side = int(random.integers(*_SIDES))
        frame = photo.crop((left, top, left + width, top + height)).resize(
            (side, side), Image.Resampling.BILINEAR
        )
        frame = ImageEnhance.Brightness(frame).enhance(random.uniform(*_LIGHT))
        stored = BytesIO()
        frame.save(stored, "JPEG", quality=int(random.integers(*_QUALITY)))
        yield Image.open(stored).convert("RGB")
