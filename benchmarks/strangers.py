"""Who is named in the end: known objects, and strangers of the same kind.

DIR holds <task>/<class>/*.jpg, or is one task; the strangers are the pictures of the
class "unknown" (see `scripts/benchmark make_tasks`). Each photo is one object, seen in
six frames that are made of that photo (see benchmarks/walks.py): real objects also turn
and move their limbs, so they will do worse. A classifier is trained on what Frigate
keeps of some objects and names the others as they walk by, through the product's own
look, head and consensus with its default rules.

With --json it prints one object per task and line: task, n (objects trained on), judged
and strangers (how many of each), known_assigned (share of the known that end with their
own class), known_wrong (with another one), assigned (share of the strangers that end
with a class), assigned_at_90 (the same under the strictest limit that lets 90 % of the
known get theirs, or without one if none does).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from learning.augmentation import Views, compressed, far_view, pictures_to_alter
from learning.backbone import Backbone, load_backbone
from learning.consensus import NONE
from learning.crop import decode, pixels_of
from learning.head import Head
from learning.look import Look
from learning.training import train_head
from numpy.typing import NDArray

from .learning import arguments, splits_of
from .tasks import Split
from .visits import (
    Visit,
    assigned,
    look_at,
    looks_at,
    photo_of,
    share_right,
    strictest_limit,
)
from .walks import kept

UNKNOWN: Final = "unknown"
KNOWN_NAMED: Final = 0.9
MOST_OBJECTS: Final = 80  # of the known, and of the strangers


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of the objects of one task."""

    task: str
    n: int
    judged: int
    strangers: int
    known_assigned: float
    known_wrong: float
    assigned: float
    assigned_at_90: float


class Watcher:
    """Watches every object once, however many tasks it is in."""

    def __init__(self, backbone: Backbone) -> None:
        """Look with this backbone."""
        self.backbone = backbone
        self._walks: dict[Path, list[NDArray[np.float32]]] = {}
        self._kept: dict[Path, Look] = {}

    def walk(self, path: Path) -> list[NDArray[np.float32]]:
        """Return the embeddings, each of shape (d,), of an object that walks by."""
        photo = path.resolve()
        if photo not in self._walks:
            looks = looks_at(photo, self.backbone)
            self._walks[photo] = [item.embedding for item in looks]
        return self._walks[photo]

    def kept(self, path: Path) -> Look:
        """Return a look at what Frigate keeps of the object."""
        photo = path.resolve()
        if photo not in self._kept:
            frame = kept(photo_of(photo), photo.name)
            self._kept[photo] = look_at(frame, self.backbone)
        return self._kept[photo]


def run(made: Split, watcher: Watcher) -> Measured:
    """Train, let every object walk by, and see who is named."""
    head = _trained(made, watcher)
    known = _some(made.judged)
    strangers = [(path, NONE) for path in _some(made.strangers)]
    names = [None if name == NONE else name for _, name in known]
    visits = _visits(known, head, watcher)
    strange = _visits(strangers, head, watcher)
    limit = head.familiarity.limit if head.familiarity else math.inf
    ends = [assigned(visit, limit) for visit in visits]
    at_90 = strictest_limit(visits, names, KNOWN_NAMED)
    nobody = [None] * len(strange)
    return Measured(
        task=made.task,
        n=len(made.trained),
        judged=len(visits),
        strangers=len(strange),
        known_assigned=share_right(visits, names, limit),
        known_wrong=fmean(
            end not in (None, name) for end, name in zip(ends, names, strict=True)
        ),
        assigned=1 - share_right(strange, nobody, limit),
        assigned_at_90=1 - share_right(strange, nobody, at_90),
    )


def _some[T](items: Sequence[T]) -> Sequence[T]:
    """Return not too many of them, from the whole list."""
    return items[:: -(-len(items) // MOST_OBJECTS)]


def _trained(made: Split, watcher: Watcher) -> Head:
    looks = [watcher.kept(path) for path, _ in made.trained]
    labels = [name for _, name in made.trained]
    altered = pictures_to_alter(labels)
    size, embed = watcher.backbone.size, watcher.backbone.embed
    far = [embed(far_view(looks[place].crop.pixels)) for place in altered]
    stored = [
        embed(pixels_of(compressed(decode(looks[place].crop.jpeg)), size))
        for place in altered
    ]
    return train_head(
        np.stack([item.embedding for item in looks]),
        labels,
        groups=[path.stem for path, _ in made.trained],
        classes=made.classes,
        backbone=watcher.backbone.identity,
        far=Views(embeddings=np.stack(far), of=altered),
        compressed=Views(embeddings=np.stack(stored), of=altered),
    ).head


def _visits(
    objects: Sequence[tuple[Path, str]], head: Head, watcher: Watcher
) -> list[Visit]:
    return [
        [head.predict(embedding) for embedding in watcher.walk(path)]
        for path, _ in objects
    ]


def as_text(measured: Measured) -> str:
    """Return a line for people."""
    return (
        f"{measured.task:24} {measured.n:4} trained: of {measured.judged} known objects"
        f" {measured.known_assigned:.1%} get their class, {measured.known_wrong:.1%}"
        f" another; of {measured.strangers} strangers {measured.assigned:.1%} get one"
        f" ({measured.assigned_at_90:.1%} where 90 % of the known get theirs)"
    )


def summary(results: Sequence[Measured]) -> str:
    """Return the means over the tasks."""
    theirs = fmean(item.known_assigned for item in results)
    one = fmean(item.assigned for item in results)
    at_90 = fmean(item.assigned_at_90 for item in results)
    return (
        f"mean of {len(results)} tasks: known given theirs {theirs:.1%},"
        f" strangers given one {one:.1%},"
        f" where 90 % of the known get theirs {at_90:.1%}"
    )


def main() -> None:
    """Run every task and print its figures."""
    parser = arguments(__doc__)
    parser.add_argument("--unknown", metavar="CLASS", default=UNKNOWN)
    options = parser.parse_args()
    splits = splits_of(options, options.unknown)
    watcher = Watcher(load_backbone(options.runtime, threads=options.threads))
    results = []
    for made in splits:
        results.append(run(made, watcher))
        line = json.dumps(asdict(results[-1])) if options.json else as_text(results[-1])
        print(line, flush=True)
    if not options.json:
        print(summary(results))


if __name__ == "__main__":
    main()
