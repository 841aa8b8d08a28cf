"""Who is named in the end: known objects, and strangers of the same kind.

DIR holds <task>/<class>/*.jpg, or is one task; the strangers are the pictures of the
class "unknown" (see `scripts/benchmark make_tasks`). A classifier is trained on what
Frigate keeps of some objects and names the others as they come by, through the
product's own look, head and consensus with its default rules.

Objects are made of photos in two ways, and real ones are somewhere in between:

  --objects walks    one photo each, seen in six frames that are made of it (see
                     benchmarks/walks.py): all of them err together, the worst case
  --objects photos   up to five photos of one kind (file names as <kind>_<number>.jpg;
                     else of one class), one frame of each: they err independently

Of both together what a camera sees of a photo is made once. With --light they all come
by in another light than the crops were collected in (see benchmarks/lights.py).

With --json it prints one object per task and kind of objects and line: task, objects,
n (objects trained on), judged and strangers (how many of each), known_assigned (share
of the known that end with their own class), known_wrong (with another one), assigned
(share of the strangers that end with a class), assigned_at_90 (the same under the
strictest limit that lets 90 % of the known get theirs; null where no limit does,
because their scores do not allow it), reached_at_90 (1 where one does). With --seeds
these are means, and seeds is added; assigned_at_90 is then the mean of the seeds where
90 % of the known are reached, and reached_at_90 their share.
"""

import json
import math
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Final, Literal

import numpy as np
from learning.augmentation import (
    Views,
    compressed,
    far_view,
    pictures_from_far,
    pictures_to_compress,
)
from learning.backbone import Backbone, load_backbone
from learning.consensus import NONE
from learning.crop import decode, pixels_of
from learning.head import Head
from learning.look import Look
from learning.training import train_head
from numpy.typing import NDArray

from .learning import arguments, splits_of
from .lights import LIGHTS, Light
from .seeds import Line, add_seeds, by_task, mean_of
from .tasks import Split
from .visits import (
    Visit,
    assigned,
    gathered,
    look_at,
    looks_at,
    photo_of,
    share_right,
    strictest_limit,
)
from .walks import FRAMES, kept

UNKNOWN: Final = "unknown"
KNOWN_NAMED: Final = 0.9
MOST_OBJECTS: Final = 80  # of the known, and of the strangers

type Objects = Literal["walks", "photos"]
KINDS: Final[tuple[Objects, ...]] = ("walks", "photos")


class Watcher:
    """Watches every object once, however many tasks it is in."""

    def __init__(self, backbone: Backbone, light: Light | None = None) -> None:
        """Look with this backbone, at what comes by in this light."""
        self.backbone = backbone
        self._light = light
        self._walks: dict[Path, list[NDArray[np.float32]]] = {}
        self._kept: dict[Path, Look] = {}
        self._far: dict[Path, NDArray[np.float32]] = {}
        self._compressed: dict[Path, NDArray[np.float32]] = {}

    def visit(self, photos: Sequence[Path]) -> list[NDArray[np.float32]]:
        """Return the embeddings, each of shape (d,), of an object seen on these."""
        return [self.walk(path)[number] for number, path in enumerate(photos)]

    def walk(self, path: Path) -> list[NDArray[np.float32]]:
        """Return the embedding of each frame of a walk of a photo's object."""
        photo = path.resolve()
        if photo not in self._walks:
            looks = looks_at(photo, self.backbone, self._light)
            self._walks[photo] = [item.embedding for item in looks]
        return self._walks[photo]

    def kept(self, path: Path) -> Look:
        """Return a look at what Frigate keeps of the object."""
        photo = path.resolve()
        if photo not in self._kept:
            frame = kept(photo_of(photo), photo.name)
            self._kept[photo] = look_at(frame, self.backbone)
        return self._kept[photo]

    def far(self, path: Path) -> NDArray[np.float32]:
        """Return the embedding of what is kept, as seen from far away."""
        photo = path.resolve()
        if photo not in self._far:
            pixels = far_view(self.kept(photo).crop.pixels)
            self._far[photo] = self.backbone.embed(pixels)
        return self._far[photo]

    def compressed(self, path: Path) -> NDArray[np.float32]:
        """Return the embedding of what is kept, compressed once more."""
        photo = path.resolve()
        if photo not in self._compressed:
            stored = compressed(decode(self.kept(photo).crop.jpeg))
            pixels = pixels_of(stored, self.backbone.size)
            self._compressed[photo] = self.backbone.embed(pixels)
        return self._compressed[photo]


def run(made: Split, watcher: Watcher, objects: Objects) -> Line:
    """Train, let every object come by, and see who is named."""
    head = _trained(made, watcher)
    labelled = _some(_known(made, objects))
    known = [_seen(photos, watcher, head) for photos, _ in labelled]
    names = [None if name == NONE else name for _, name in labelled]
    strange = [
        _seen(photos, watcher, head)
        for photos in _some(_objects_of(made.strangers, objects))
    ]
    limit = head.familiarity.limit if head.familiarity else math.inf
    ends = [assigned(visit, limit) for visit in known]
    at_90 = strictest_limit(known, names, KNOWN_NAMED)
    return {
        "task": made.task,
        "objects": objects,
        "n": len(made.trained),
        "judged": len(known),
        "strangers": len(strange),
        "known_assigned": share_right(known, names, limit),
        "known_wrong": fmean(
            end not in (None, name) for end, name in zip(ends, names, strict=True)
        ),
        "assigned": _named(strange, limit),
        "assigned_at_90": None if at_90 is None else _named(strange, at_90),
        "reached_at_90": 0 if at_90 is None else 1,
    }


def _known(made: Split, objects: Objects) -> list[tuple[list[Path], str]]:
    """Return the photos of each known object, and its class."""
    return [
        (photos, name)
        for name in made.classes
        for photos in _objects_of(
            [path for path, label in made.judged if label == name], objects
        )
    ]


def _objects_of(photos: Sequence[Path], objects: Objects) -> list[list[Path]]:
    """Return the photo of each frame of an object for each photo."""
    if objects == "photos":
        return gathered(photos)
    return [[path] * FRAMES for path in photos]


def _seen(photos: Sequence[Path], watcher: Watcher, head: Head) -> Visit:
    return [head.predict(embedding) for embedding in watcher.visit(photos)]


def _named(strange: Sequence[Visit], limit: float) -> float:
    """Return the share of strangers that are assigned a class."""
    return 1 - share_right(strange, [None] * len(strange), limit)


def _some[T](items: Sequence[T]) -> Sequence[T]:
    """Return not too many of them, from the whole list."""
    return items[:: -(-len(items) // MOST_OBJECTS)]


def _trained(made: Split, watcher: Watcher) -> Head:
    paths = [path for path, _ in made.trained]
    labels = [name for _, name in made.trained]
    from_far, to_compress = pictures_from_far(labels), pictures_to_compress(labels)
    far = [watcher.far(paths[place]) for place in from_far]
    stored = [watcher.compressed(paths[place]) for place in to_compress]
    return train_head(
        np.stack([watcher.kept(path).embedding for path in paths]),
        labels,
        groups=[path.stem for path in paths],
        classes=made.classes,
        backbone=watcher.backbone.identity,
        far=Views(embeddings=np.stack(far), of=from_far),
        compressed=Views(embeddings=np.stack(stored), of=to_compress),
    ).head


def as_text(line: Line) -> str:
    """Return a line for people."""
    return (
        f"{line['task']:24} {line['objects']:6} {line['n']:4} trained:"
        f" of {line['judged']} known objects"
        f" {line['known_assigned']:.1%} get their class, {line['known_wrong']:.1%}"
        f" another; of {line['strangers']} strangers {line['assigned']:.1%} get one"
        f" ({_at_90(line['assigned_at_90'])})"
    )


def _at_90(share: float | None) -> str:
    if share is None:
        return "90 % of the known are not reached"
    return f"{share:.1%} where 90 % of the known get theirs"


def summary(lines: Sequence[Line]) -> str:
    """Return the means over the tasks."""
    theirs = fmean(line["known_assigned"] for line in lines)
    one = fmean(line["assigned"] for line in lines)
    reached = [line["assigned_at_90"] for line in lines if line["reached_at_90"]]
    return (
        f"{lines[0]['objects']}, mean of {len(lines)} tasks:"
        f" known given theirs {theirs:.1%}, strangers given one {one:.1%};"
        f" of {len(reached)} tasks: {_at_90(fmean(reached) if reached else None)}"
    )


def main() -> None:
    """Run every task and print its figures."""
    parser = arguments(__doc__)
    parser.add_argument("--unknown", metavar="CLASS", default=UNKNOWN)
    parser.add_argument("--objects", choices=KINDS, nargs="+", default=KINDS[:1])
    parser.add_argument("--light", choices=LIGHTS, help="(that of the photos)")
    add_seeds(parser)
    options = parser.parse_args()
    splits = splits_of(options, options.unknown, options.seeds)
    backbone = load_backbone(options.runtime, threads=options.threads)
    watcher = Watcher(backbone, LIGHTS.get(options.light))
    lines = []
    for own, objects in product(by_task(splits), options.objects):
        lines.append(mean_of([run(made, watcher, objects) for made in own]))
        print((json.dumps if options.json else as_text)(lines[-1]), flush=True)
    for objects in () if options.json else options.objects:
        print(summary([line for line in lines if line["objects"] == objects]))


if __name__ == "__main__":
    main()
