"""Ten labels that the product asks for, beside ten at random.

DIR is as for `scripts/benchmark learning`. Of each task a third of the pictures is kept
to judge by. Of the others five at a time are labelled and a head is trained: once with
the pictures that the product asks for, once with random ones. Prints the balanced
accuracy after 10, 20 and 40 labels, mean of --seeds runs; a class without a label is
never right.

With --json it prints one object per task and number of labels: task, labels, chosen,
random, error (standard error of their difference: below about twice that, a difference
may be chance).
"""

import argparse
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Final

import numpy as np
from learning.backbone import Backbone, load_backbone
from learning.crop import decode, middle, pixels_of
from learning.evaluation import balanced_accuracy
from learning.head import Head
from learning.selection import most_instructive
from learning.training import TrainingError, train_head
from numpy.typing import NDArray

from .tasks import Task, find_tasks

CHECKED: Final = (10, 20, 40)
BATCH: Final = 5
JUDGED: Final = 1 / 3

type Pick = Callable[[list[int], Head | None], list[int]]


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
        paths = [path for own in task.pictures.values() for path in own]
        embeddings = np.stack([_embed(path, backbone) for path in paths])
        runs = [run(task, embeddings, seed) for seed in range(options.seeds)]
        for place, labels in enumerate(CHECKED):
            chosen = fmean(one[place] for one, _ in runs)
            random = fmean(other[place] for _, other in runs)
            error = standard_error([one[place] - other[place] for one, other in runs])
            if options.json:
                values = {"task": task.name, "labels": labels, "chosen": chosen}
                print(json.dumps(values | {"random": random, "error": error}))
            else:
                print(
                    f"{task.name:24} {labels:3} labels: {chosen:.3f} chosen,"
                    f" {random:.3f} random ({chosen - random:+.3f} ± {error or 0:.3f})",
                    flush=True,
                )


def standard_error(values: Sequence[float]) -> float | None:
    """Return that of the mean; None for a single value."""
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None


def run(
    task: Task, embeddings: NDArray[np.float32], seed: int
) -> tuple[list[float], list[float]]:
    """Return the balanced accuracies of chosen and of random labels."""
    names = [name for name, own in task.pictures.items() for _ in own]
    random = np.random.default_rng(seed)
    order = random.permutation(len(names))
    judged, pool = np.split(order, [int(len(order) * JUDGED)])

    def chosen(labelled: list[int], head: Head | None) -> list[int]:
        others = [place for place in pool if place not in set(labelled)]
        picked = most_instructive(
            embeddings[others],
            BATCH,
            labelled=embeddings[labelled],
            predictions=[head.predict(embeddings[place]) for place in others]
            if head
            else (),
        )
        return [others[place] for place in picked]

    def at_random(labelled: list[int], _: Head | None) -> list[int]:
        return list(pool[len(labelled) : len(labelled) + BATCH])

    return (
        _follow(chosen, embeddings, names, judged),
        _follow(at_random, embeddings, names, judged),
    )


def _follow(
    pick: Pick,
    embeddings: NDArray[np.float32],
    names: Sequence[str],
    judged: NDArray[np.intp],
) -> list[float]:
    """Label as `pick` says; return the balanced accuracy at each checked number."""
    labelled: list[int] = []
    head: Head | None = None
    accuracies = []
    while len(labelled) < CHECKED[-1]:
        labelled += pick(labelled, head)
        head = _trained(embeddings[labelled], [names[place] for place in labelled])
        if len(labelled) in CHECKED:
            accuracies.append(_accuracy(head, embeddings, names, judged))
    return accuracies


def _trained(embeddings: NDArray[np.float32], labels: Sequence[str]) -> Head | None:
    try:
        return train_head(
            embeddings,
            labels,
            groups=[str(number) for number in range(len(labels))],
            classes=sorted(set(labels)),
            backbone="",
        ).head
    except TrainingError:  # one class so far
        return None


def _accuracy(
    head: Head | None,
    embeddings: NDArray[np.float32],
    names: Sequence[str],
    judged: NDArray[np.intp],
) -> float:
    every = sorted(set(names))
    if head is None:
        return 1 / len(every)
    truth = np.array([every.index(names[place]) for place in judged])
    found = [every.index(head.predict(embeddings[place]).best) for place in judged]
    return balanced_accuracy(truth, np.array(found))


def _embed(path: Path, backbone: Backbone) -> NDArray[np.float32]:
    return backbone.embed(pixels_of(middle(decode(path.read_bytes())), backbone.size))


if __name__ == "__main__":
    main()
