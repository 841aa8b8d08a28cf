"""What is kept of the past: the product's choice of objects, beside a random one.

DIR is as for `scripts/benchmark learning`. Each class of a task is the rare one in
turn: of sixty past objects four are of it, and the others are visitors of the other
classes who came twice each. Every visit is another picture made from the visitor's
photo (`walks`). Ten crops of the others are labelled already. Twenty of the sixty are
kept, as `objclass.collect` would, and at random. Tasks with too few photos for that are
named and left out.

Prints the share of the rare objects that are kept, the share of the kept that are of
different visitors, and the balanced accuracy of what is trained on all that is kept and
labelled (a class without an example is never right); mean of --seeds runs.

With --json it prints one object per task: task, rare, visitors, balanced_accuracy, and
the same of a random choice as random_rare and so on.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from learning.backbone import Backbone, load_backbone
from learning.evaluation import balanced_accuracy
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
KEPT: Final = 20
JUDGED: Final = 8  # of each class
_OF_RARE: Final = RARE + JUDGED

type Embedding = NDArray[np.float32]
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
    labelled: Sequence[tuple[str, Embedding]]
    judged: Sequence[tuple[str, Embedding]]


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
        if not rare_classes(task):
            print(f"{task.name} has too few pictures", file=sys.stderr)
            continue
        visits = visits_of(task, backbone)
        chosen, random = run(task, visits, options.seeds)
        print((as_json if options.json else as_text)(task.name, chosen, random))


def run(task: Task, visits: Visits, seeds: int) -> tuple[Kept, Kept]:
    """Return what the product's choice is worth, and a random one, on average."""
    chosen, at_random = [], []
    for rare in rare_classes(task):
        for seed in range(seeds):
            past = past_of(task, visits, rare, seed)
            order = np.random.default_rng([seed, 1]).permutation(len(past.labels))
            chosen.append(
                worth(past, most_diverse(past.embeddings, KEPT, _labelled(past)))
            )
            at_random.append(worth(past, order[:KEPT].tolist()))
    return _mean(chosen), _mean(at_random)


def rare_classes(task: Task) -> list[str]:
    """Return the classes that can be the rare one."""
    return [
        name
        for name, own in task.pictures.items()
        if len(own) >= _OF_RARE
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


def past_of(task: Task, visits: Visits, rare: str, seed: int) -> Past:
    """Make a past in which one class is rare, in an order of no meaning."""
    random = np.random.default_rng(seed)
    judged: list[tuple[str, Embedding]] = []
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
    known = others[OTHERS : OTHERS + LABELLED]
    return Past(
        visitors=[path for _, path, _ in objects],
        labels=[name for name, _, _ in objects],
        embeddings=[visits[path][number] for _, path, number in objects],
        rare=rare,
        labelled=[(name, visits[path][0]) for name, path in known],
        judged=judged,
    )


def _labelled(past: Past) -> list[Embedding]:
    return [embedding for _, embedding in past.labelled]


def worth(past: Past, places: Sequence[int]) -> Kept:
    """Judge a choice."""
    found = sum(past.labels[place] == past.rare for place in places)
    labels = [past.labels[place] for place in places]
    labels += [name for name, _ in past.labelled]
    rows = [*(past.embeddings[place] for place in places), *_labelled(past)]
    return Kept(
        rare=found / past.labels.count(past.rare),
        visitors=len({past.visitors[place] for place in places}) / len(places),
        balanced_accuracy=_accuracy(np.stack(rows), labels, past.judged),
    )


def _accuracy(
    rows: Embedding, labels: Sequence[str], judged: Sequence[tuple[str, Embedding]]
) -> float:
    every = sorted({name for name, _ in judged})
    try:
        head = train_head(
            rows,
            labels,
            groups=[str(number) for number in range(len(labels))],
            classes=sorted(set(labels)),
            backbone="",
        ).head
    except TrainingError:  # of one class only
        return 1 / len(every)
    truth = np.array([every.index(name) for name, _ in judged])
    found = [every.index(head.predict(embedding).best) for _, embedding in judged]
    return balanced_accuracy(truth, np.array(found))


def _mean(results: Sequence[Kept]) -> Kept:
    return Kept(
        **{
            field.name: fmean(getattr(result, field.name) for result in results)
            for field in fields(Kept)
        }
    )


def as_json(task: str, chosen: Kept, random: Kept) -> str:
    """Return one flat object."""
    names = [field.name for field in fields(Kept)]
    values = {name: getattr(chosen, name) for name in names}
    values |= {f"random_{name}": getattr(random, name) for name in names}
    return json.dumps({"task": task} | values)


def as_text(task: str, chosen: Kept, random: Kept) -> str:
    """Return a line for people."""
    return (
        f"{task:24} of the rare {chosen.rare:.3f} are kept ({random.rare:.3f} at"
        f" random), of different visitors {chosen.visitors:.3f}"
        f" ({random.visitors:.3f}), balanced accuracy {chosen.balanced_accuracy:.3f}"
        f" ({random.balanced_accuracy:.3f})"
    )


if __name__ == "__main__":
    main()
