"""How often, how honestly and how fast: the product on folders of real pictures.

DIR holds <task>/<class>/*.jpg, or is one task. Per task and class, the first pictures
of a seeded shuffle are trained on and the rest are judged. With --unknown CLASS that
class is left out of training, and its pictures should be recognised as unknown.

With --json it prints one object per task and line: task, accuracy, balanced_accuracy,
ece (expected calibration error, 10 bins), embed_s, fit_s, memory_mb (peak memory added
by loading the backbone, embedding and training), n (pictures trained on); with
--unknown also auroc, accepted (share of the unknown where 90 % of the known are
accepted), unfamiliar and known_unfamiliar (shares that the head's own limit stops).
With --seeds these are means; added are seeds, balanced_accuracy_spread and ece_spread
(standard deviations), ece_together (of the answers of all seeds put together), and what
perfectly honest scores would show in place of ece and of that: ece_honest and
ece_together_honest.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from statistics import fmean

from learning.head import FEWEST_CLASSES

from .honesty import honesty_of
from .measure import Measured, Strangers, measure
from .seeds import Line, add_seeds, by_task, mean_of
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


def splits_of(
    options: argparse.Namespace, unknown: str | None = None, seeds: int = 1
) -> list[Split]:
    """Return what to run, the seeds of one task after each other.

    A task that cannot be run is named and left out.
    """
    result: list[Split] = []
    for task in find_tasks(options.folder):
        if options.tasks and task.name not in options.tasks:
            continue
        own = [
            split(task, per_class=options.per_class, seed=seed, unknown=unknown)
            for seed in range(options.seed, options.seed + seeds)
        ]
        if reason := _why_not(own[0], unknown):
            print(f"{task.name} has no {reason}", file=sys.stderr)
        else:
            result += own
    if not result:
        raise SystemExit("There is no task that can be run.")
    return result


def _why_not(made: Split, unknown: str | None) -> str | None:
    """Return what a task lacks."""
    if unknown is not None and not made.strangers:
        return f"class {unknown}"
    if len(made.classes) < FEWEST_CLASSES:
        return "two classes to tell apart"
    return None if made.judged else "pictures left to judge by"


def as_line(measured: Measured) -> Line:
    """Return one flat object."""
    own = _values(measured) | {"judged": measured.judged}
    strangers = own.pop("strangers")
    del own["answers"]
    return own if strangers is None else own | _values(strangers)


def _values(item: Measured | Strangers) -> Line:
    return {field.name: getattr(item, field.name) for field in fields(item)}


def as_json(line: Line) -> str:
    """Return what is printed for programs."""
    return json.dumps({key: line[key] for key in line if key != "judged"})


def as_text(line: Line) -> str:
    """Return a line for people."""
    text = (
        f"{line['task']:24} {line['n']:4} trained, {line['judged']:4} judged:"
        f" accuracy {line['accuracy']:.3f},"
        f" balanced {_with_spread(line, 'balanced_accuracy')},"
        f" calibration error {_with_spread(line, 'ece')};"
        f" embeddings {line['embed_s']:.2f} s ({line['n'] / line['embed_s']:.0f}"
        f" pictures/s), fit {line['fit_s']:.2f} s, {line['memory_mb']:.0f} MB added"
    )
    if "ece_together" in line:
        text += (
            f"; calibration error of all seeds together {line['ece_together']:.3f};"
            f" honest scores' {line['ece_honest']:.3f}, together"
            f" {line['ece_together_honest']:.3f}"
        )
    if "auroc" in line:
        text += (
            f"; unknown: AUROC {line['auroc']:.3f}, {line['accepted']:.1%} accepted at"
            f" 90 % of the known; limit stops {line['unfamiliar']:.1%} of them and"
            f" {line['known_unfamiliar']:.1%} of the known"
        )
    return text


def _with_spread(line: Line, figure: str) -> str:
    spread = line.get(f"{figure}_spread")
    return f"{line[figure]:.3f}" + ("" if spread is None else f" (± {spread:.3f})")


def summary(lines: Sequence[Line]) -> str:
    """Return the means over the tasks."""
    text = (
        f"mean of {len(lines)} tasks: balanced error"
        f" {1 - fmean(line['balanced_accuracy'] for line in lines):.4f},"
        f" calibration error {fmean(line['ece'] for line in lines):.4f}"
    )
    aurocs = [line["auroc"] for line in lines if "auroc" in line]
    return f"{text}, AUROC {fmean(aurocs):.3f}" if aurocs else text


def main() -> None:
    """Run every task and print its figures."""
    parser = arguments(__doc__)
    parser.add_argument("--unknown", metavar="CLASS")
    add_seeds(parser)
    options = parser.parse_args()
    lines = []
    for splits in by_task(splits_of(options, options.unknown, options.seeds)):
        runs = [measure(made, options.runtime, options.threads) for made in splits]
        line = mean_of([as_line(item) for item in runs], "balanced_accuracy", "ece")
        if len(runs) > 1:
            line |= honesty_of([item.answers for item in runs])
        lines.append(line)
        print((as_json if options.json else as_text)(lines[-1]), flush=True)
    if not options.json:
        print(summary(lines))


if __name__ == "__main__":
    main()
