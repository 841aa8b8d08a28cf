"""How often, how honestly and how fast: the product on folders of real pictures.

DIR holds <task>/<class>/*.jpg, or is one task. Per task and class, the first pictures
of a seeded shuffle are trained on and the rest are judged. With --unknown CLASS that
class is left out of training, and its pictures should be recognised as unknown.

With --json it prints one object per task and line: task, accuracy, balanced_accuracy,
ece (expected calibration error, 10 bins), embed_s, fit_s, memory_mb (peak memory added
by loading the backbone, embedding and training), n (pictures trained on); with
--unknown also auroc, accepted (share of the unknown where 90 % of the known are
accepted), unfamiliar and known_unfamiliar (shares that the head's own limit stops).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from learning.head import FEWEST_CLASSES

from .measure import Measured, measure
from .tasks import Split, find_tasks, split


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return the options that the benchmarks of learning share."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--tasks", metavar="NAME", nargs="+", help="only these (all)")
    parser.add_argument("--per-class", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--runtime", choices=("auto", "litert", "ncnn", "numpy"), default="auto"
    )
    parser.add_argument("--threads", type=int, default=1, help="of LiteRT and ncnn")
    parser.add_argument("--json", action="store_true")
    return parser


def splits_of(options: argparse.Namespace, unknown: str | None = None) -> list[Split]:
    """Return what to run; a task that cannot be run is named and left out."""
    result = []
    for task in find_tasks(options.folder):
        if options.tasks and task.name not in options.tasks:
            continue
        made = split(
            task, per_class=options.per_class, seed=options.seed, unknown=unknown
        )
        if unknown is not None and not made.strangers:
            print(f"{task.name} has no class {unknown}", file=sys.stderr)
        elif len(made.classes) < FEWEST_CLASSES:
            print(f"{task.name} has no two classes to tell apart", file=sys.stderr)
        elif not made.judged:
            print(f"{task.name} has no pictures left to judge by", file=sys.stderr)
        else:
            result.append(made)
    if not result:
        raise SystemExit("There is no task that can be run.")
    return result


def as_json(measured: Measured) -> str:
    """Return one flat object."""
    values = asdict(measured)
    del values["judged"]
    strangers = values.pop("strangers")
    return json.dumps(values | (strangers or {}))


def as_text(measured: Measured) -> str:
    """Return a line for people."""
    line = (
        f"{measured.task:24} {measured.n:4} trained, {measured.judged:4} judged:"
        f" accuracy {measured.accuracy:.3f}, balanced {measured.balanced_accuracy:.3f},"
        f" calibration error {measured.ece:.3f};"
        f" embeddings {measured.embed_s:.2f} s ({measured.n / measured.embed_s:.0f}"
        f" pictures/s), fit {measured.fit_s:.2f} s, {measured.memory_mb:.0f} MB added"
    )
    if measured.strangers is not None:
        found = measured.strangers
        line += (
            f"; unknown: AUROC {found.auroc:.3f}, {found.accepted:.1%} accepted at 90 %"
            f" of the known; limit stops {found.unfamiliar:.1%} of them and"
            f" {found.known_unfamiliar:.1%} of the known"
        )
    return line


def summary(results: Sequence[Measured]) -> str:
    """Return the means over the tasks."""
    line = (
        f"mean of {len(results)} tasks: balanced error"
        f" {1 - fmean(item.balanced_accuracy for item in results):.4f},"
        f" calibration error {fmean(item.ece for item in results):.4f}"
    )
    aurocs = [item.strangers.auroc for item in results if item.strangers is not None]
    return f"{line}, AUROC {fmean(aurocs):.3f}" if aurocs else line


def main() -> None:
    """Run every task and print its figures."""
    parser = arguments(__doc__)
    parser.add_argument("--unknown", metavar="CLASS")
    options = parser.parse_args()
    results = []
    for made in splits_of(options, options.unknown):
        results.append(measure(made, options.runtime, options.threads))
        print((as_json if options.json else as_text)(results[-1]), flush=True)
    if not options.json:
        print(summary(results))


if __name__ == "__main__":
    main()
