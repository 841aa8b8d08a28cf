"""What is kept of the past: the product's choice of objects, beside a random one.

DIR is as for `scripts/benchmark learning`. Each class of a task is the rare one in
turn: of sixty past objects four are of it, and the others are visitors of the other
classes who came twice each. Every visit is another picture made from the visitor's
photo (`walks`). Ten crops of the others are labelled already, and of the rare class
none, or two. Twenty of the sixty are kept, as `objclass.collect` would, and at random.
Tasks with too few photos for that are named and left out.

Prints the share of the rare objects that are kept, the share of the kept that are of
different visitors, and the balanced accuracy of what is trained on all that is kept and
labelled (a class without an example is never right); mean of --seeds runs.

With --json it prints one object per task and number of labelled rare ones: task, known
(that number), rare, visitors, balanced_accuracy, and the same of a random choice as
random_rare and so on.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
from learning.backbone import Backbone, load_backbone
from learning.evaluation import balanced_accuracy
from learning.head import Head
from learning.selection import most_diverse
from learning.training import TrainingError, train_head
from numpy.typing import NDArray

from .tasks import Task, find_tasks
from .visits import look_at, photo_of
from .walks import kept

VISITS: Final = 2
RARE: Final = 4
OTHERS: Final = 28  # visitors
LABELLED: Final = 10
KNOWN: Final = (0, 2)  # of the rare class, labelled too
KEPT: Final = 20
JUDGED: Final = 8  # of each class

type Embedding = NDArray[np.float32]
type Example = tuple[str, Embedding]  # of that class
type Visits = Mapping[Path, Sequence[Embedding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a choice is worth."""

    rare: float  # share of the rare objects that are kept
    visitors: float  # share of the kept that are of different visitors
    balanced_accuracy: float  # of a head trained on them and what is labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What there is to choose from: the class and the visitor of each object."""

    visitors: Sequence[Path]
    labels: Sequence[str]
    embeddings: Sequence[Embedding]
    rare: str
    labelled: Sequence[Example]
    judged: Sequence[Example]


def main() -> None:
    """Run every task and print its figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    backbone = load_backbone()
    for task in find_tasks(options.folder):
        possible = [known for known in KNOWN if rare_classes(task, known)]
        if not possible:
            print(f"{task.name} has too few pictures", file=sys.stderr)
            continue
        visits = visits_of(task, backbone)
        for known in possible:
            line = {"task": task.name, "known": known}
            line |= as_line(*run(task, visits, options.seeds, known))
            print(json.dumps(line) if options.json else as_text(line), flush=True)


def run(task: Task, visits: Visits, seeds: int, known: int = 0) -> tuple[Kept, Kept]:
    """Return what the product's choice is worth, and a random one, on average."""
    chosen, at_random = [], []
    for rare in rare_classes(task, known):
        for seed in range(seeds):
            past = past_of(task, visits, rare, seed, known)
            order = np.random.default_rng([seed, 1]).permutation(len(past.labels))
            chosen.append(worth(past, choice(past)))
            at_random.append(worth(past, order[:KEPT].tolist()))
    return _mean(chosen), _mean(at_random)


def choice(past: Past) -> list[int]:
    """Return the places of those that the product keeps."""
    head = _trained(past.labelled)
    return most_diverse(
        past.embeddings,
        KEPT,
        [embedding for _, embedding in past.labelled],
        [head.predict(embedding) for embedding in past.embeddings] if head else (),
    )


def rare_classes(task: Task, known: int = 0) -> list[str]:
    """Return the classes that can be the rare one."""
    return [
        name
        for name, own in task.pictures.items()
        if len(own) >= RARE + known + JUDGED
        and all(len(paths) > JUDGED for paths in task.pictures.values())
        and sum(
            len(paths) - JUDGED
            for other, paths in task.pictures.items()
            if other != name
        )
        >= OTHERS + LABELLED
    ]


def visits_of(task: Task, backbone: Backbone) -> Visits:
    """Look at what is kept of each visit of everyone."""
    result = {}
    for path in (path for own in task.pictures.values() for path in own):
        photo, name = photo_of(path), path.resolve().name
        frames = (kept(photo, f"{name} {number}") for number in range(VISITS))
        result[path] = [look_at(frame, backbone).embedding for frame in frames]
    return result


def past_of(task: Task, visits: Visits, rare: str, seed: int, known: int = 0) -> Past:
    """Make a past in which one class is rare, in an order of no meaning."""
    random = np.random.default_rng(seed)
    judged: list[Example] = []
    here: dict[bool, list[tuple[str, Path]]] = {True: [], False: []}
    for name, own in task.pictures.items():
        paths = [own[place] for place in random.permutation(len(own))]
        judged += [(name, visits[path][0]) for path in paths[:JUDGED]]
        here[name == rare] += [(name, path) for path in paths[JUDGED:]]
    others = [here[False][place] for place in random.permutation(len(here[False]))]
    objects = [(name, path, 0) for name, path in here[True][:RARE]] + [
        (name, path, number)
        for name, path in others[:OTHERS]
        for number in range(VISITS)
    ]
    objects = [objects[place] for place in random.permutation(len(objects))]
    labelled = others[OTHERS : OTHERS + LABELLED] + here[True][RARE : RARE + known]
    return Past(
        visitors=[path for _, path, _ in objects],
        labels=[name for name, _, _ in objects],
        embeddings=[visits[path][number] for _, path, number in objects],
        rare=rare,
        labelled=[(name, visits[path][0]) for name, path in labelled],
        judged=judged,
    )


def worth(past: Past, places: Sequence[int]) -> Kept:
    """Judge a choice."""
    found = sum(past.labels[place] == past.rare for place in places)
    kept_ones = [(past.labels[place], past.embeddings[place]) for place in places]
    return Kept(
        rare=found / past.labels.count(past.rare),
        visitors=len({past.visitors[place] for place in places}) / len(places),
        balanced_accuracy=_accuracy(_trained([*kept_ones, *past.labelled]), past),
    )


def _trained(examples: Sequence[Example]) -> Head | None:
    """Train on labelled embeddings; None when they are of one class only."""
    labels = [name for name, _ in examples]
    try:
        return train_head(
            np.stack([embedding for _, embedding in examples]),
            labels,
            groups=[str(number) for number in range(len(labels))],
            classes=sorted(set(labels)),
            backbone="",
        ).head
    except TrainingError:
        return None


def _accuracy(head: Head | None, past: Past) -> float:
    every = sorted({name for name, _ in past.judged})
    if head is None:
        return 1 / len(every)
    truth = np.array([every.index(name) for name, _ in past.judged])
    found = [every.index(head.predict(row).best) for _, row in past.judged]
    return balanced_accuracy(truth, np.array(found))


def _mean(results: Sequence[Kept]) -> Kept:
    return Kept(
        **{
            field.name: fmean(getattr(result, field.name) for result in results)
            for field in fields(Kept)
        }
    )


def as_line(chosen: Kept, random: Kept) -> dict[str, Any]:
    """Return one flat object."""
    at_random = {f"random_{name}": value for name, value in asdict(random).items()}
    return asdict(chosen) | at_random


def as_text(line: Mapping[str, Any]) -> str:
    """Return a line for people."""
    return (
        f"{line['task']:24} {line['known']} labelled: of the rare {line['rare']:.3f}"
        f" are kept ({line['random_rare']:.3f} at random), of different visitors"
        f" {line['visitors']:.3f} ({line['random_visitors']:.3f}), balanced accuracy"
        f" {line['balanced_accuracy']:.3f} ({line['random_balanced_accuracy']:.3f})"
    )


if __name__ == "__main__":
    main()
