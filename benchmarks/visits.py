"""Visits made from photos: what several looks at one object come to.

There are no recordings of known and strange animals, so objects are made of photos, in
two ways. Either each photo is one object, of which a camera sees several frames (see
`walks`): they err together, as the pose and the ground stay the same. Or an object is
seen once on each of several photos of its kind: they err independently, more so than
those of a real object, which at least stays itself. The truth lies in between. The
frames go through the product's consensus with its usual rules.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from learning.backbone import Backbone
from learning.consensus import NONE, Attempt, Consensus, Rules
from learning.crop import decode, middle
from learning.head import Prediction
from learning.look import Look, look
from PIL import Image

from .lights import Light
from .walks import FRAME, Frame, walk

PHOTOS: Final = 5  # of one visit, where there are so many of a kind
_FEWEST_PHOTOS: Final = 3  # of a visit; fewer are no kind of their own
_SIDE: Final = 448  # to which the photos are scaled first

type Visit = Sequence[Prediction]


def looks_at(path: Path, backbone: Backbone, light: Light | None = None) -> list[Look]:
    """Look at each frame of a photo's visit, in the photo's light or another one."""
    frames = walk(photo_of(path), path.resolve().name, light=light)
    return [look_at(frame, backbone) for frame in frames]


def look_at(frame: Frame, backbone: Backbone) -> Look:
    """Look at the object in a frame, as the product does."""
    return look(backbone, frame.picture, {}, box=frame.box, frame_size=FRAME)


def photo_of(path: Path) -> Image.Image:
    """Return the square that a photographed object fills."""
    return middle(decode(path.read_bytes())).resize((_SIDE, _SIDE))


def gathered(photos: Sequence[Path]) -> list[list[Path]]:
    """Return the photos of as many visits, each led by one of these.

    Up to four others of its kind follow. Of one kind are those whose names are equal up
    to the last "_", as breed_number.jpg; where they are too few for a visit, all are.
    """
    kinds: defaultdict[str, list[Path]] = defaultdict(list)
    for path in photos:
        kinds[path.stem.rpartition("_")[0]].append(path)
    visits = []
    for leader in photos:
        own = kinds[leader.stem.rpartition("_")[0]]
        kind = own if len(own) >= _FEWEST_PHOTOS else photos
        others = sorted(path for path in kind if path != leader)
        random.Random(f"visit {leader.name}").shuffle(others)
        visits.append([leader, *others[: PHOTOS - 1]])
    return visits


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
            distance=seen.distance,
            limit=limit,
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
) -> float | None:
    """Return the smallest limit at which that share of the visits is still right.

    None when there is none, because their scores do not allow it.
    """
    distances = [seen.distance or 0.0 for visit in visits for seen in visit]
    for limit in np.quantile(distances, np.linspace(0, 1, 101)).tolist():
        if share_right(visits, names, limit) >= share:
            return float(limit)
    return None
