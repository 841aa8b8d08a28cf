"""The product beside Frigate's own training: the same pictures, the same machine.

DIR is as for `scripts/benchmark learning`. Frigate's recipe (see frigate_recipe.py) is
run by TensorFlow in .dev/peer, an environment of its own (requirements_peer.txt) that
is made when it is missing. The weights of its backbone are not downloaded; they are
looked for in ../shared/data/weights beside this folder. The time of the recipe is that
of training and quantising, without importing TensorFlow.

With --json it prints one object per task and line: task, n, judged, and the figures of
both sides (ours_... and peer_...: balanced_error, ece, s, memory_mb) with their ratios
(error_ratio, time_ratio, fit_ratio, memory_ratio). A task that the peer does not learn
(no better than half-way between chance and nothing learnt) has peer_learnt false. With
--seeds these are means, and seeds and the spread (standard deviation) of both errors
are added.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
from learning.evaluation import balanced_accuracy, calibration_error

from .learning import arguments, splits_of
from .measure import measure
from .seeds import Line, add_seeds, by_task, mean_of
from .tasks import Split

ROOT: Final = Path(__file__).parents[1]
ENVIRONMENT: Final = ROOT / ".dev" / "peer"
WEIGHTS: Final = ROOT.parent / "shared/data/weights/mobilenet_v2_0.35_224_no_top.h5"
# The share of the way from chance to perfect that counts as having learnt something.
LEARNT: Final = 0.2
ERRORS: Final = ("ours_balanced_error", "peer_balanced_error")


def main() -> None:
    """Run every task on both sides and print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    add_seeds(parser)
    options = parser.parse_args()
    if not options.weights.is_file():
        raise SystemExit(
            f"The weights of Frigate's backbone are not at {options.weights}. Name the"
            " file mobilenet_v2_0.35_224_no_top.h5 (what Keras gives MobileNetV2 of"
            " width 0.35 without its top) with --weights."
        )
    python = environment()
    results = []
    for splits in by_task(splits_of(options, seeds=options.seeds)):
        runs = [compare(made, options, python) for made in splits]
        results.append(judged(mean_of(runs, *ERRORS)))
        print(
            json.dumps(results[-1]) if options.json else as_text(results[-1]),
            flush=True,
        )
    if not options.json:
        print(summary(results))


def judged(line: Line) -> Line:
    """Add the error ratio, and whether the peer learnt the task at all."""
    ours, peer = (line[key] for key in ERRORS)
    return line | {
        "peer_learnt": peer < line["error_by_chance"] * (1 - LEARNT),
        "error_ratio": ours / peer if peer else None,
    }


def compare(made: Split, options: argparse.Namespace, python: Path) -> Line:
    """Return the figures of both sides for one seed."""
    ours = measure(made, options.runtime, options.threads)
    peer = peer_of(made, python, options.weights)
    order = {name: number for number, name in enumerate(peer["classes"])}
    truth = np.array([order[name] for _, name in made.judged])
    scores = np.array(peer["scores"])
    found = scores.argmax(axis=1)
    seconds = ours.embed_s + ours.fit_s
    return {
        "task": made.task,
        "n": ours.n,
        "judged": ours.judged,
        "ours_balanced_error": 1 - ours.balanced_accuracy,
        "peer_balanced_error": 1 - balanced_accuracy(truth, found),
        "error_by_chance": 1 - 1 / len(order),
        "ours_ece": ours.ece,
        "peer_ece": calibration_error(scores.max(axis=1), found == truth),
        "ours_s": seconds,
        "peer_s": peer["train_s"],
        "time_ratio": seconds / peer["train_s"],
        "fit_ratio": ours.fit_s / peer["train_s"],
        "ours_memory_mb": ours.memory_mb,
        "peer_memory_mb": peer["memory_mb"],
        "memory_ratio": ours.memory_mb / peer["memory_mb"],
    }


def peer_of(made: Split, python: Path, weights: Path) -> dict[str, Any]:
    """Run the recipe on the task; the pictures keep their bytes and get plain names."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, name) in enumerate(made.trained):
            place = Path(folder) / name / f"{name}-{number:05}{path.suffix}"
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, place)
        done = subprocess.run(
            [
                str(python),
                "-c",
                "import frigate_recipe; frigate_recipe.main()",
                *(folder, str(weights), str(made.seed)),
            ],
            input="\n".join(str(path.resolve()) for path, _ in made.judged),
            capture_output=True,
            text=True,
            check=False,
            env={
                name: value
                for name, value in os.environ.items()
                if name != "PYTHONPATH"
            }
            | {"PYTHONPATH": str(ROOT / "benchmarks"), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    if done.returncode:
        raise SystemExit(f"Frigate's recipe failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def environment() -> Path:
    """Return a Python that has TensorFlow, after making the environment if need be."""
    done = subprocess.run([ROOT / "scripts" / "setup", "peer"], check=False)
    if done.returncode:
        raise SystemExit("TensorFlow could not be installed; see above.")
    return ENVIRONMENT / "bin" / "python"


def as_text(result: Line) -> str:
    """Return a line for people."""
    ratio = result["error_ratio"]
    return (
        f"{result['task']:24} {result['n']:4} trained:"
        f" balanced error {result['ours_balanced_error']:.3f} beside"
        f" {result['peer_balanced_error']:.3f}"
        f" ({'-' if ratio is None else f'{ratio:.2f}'}),"
        f" calibration error {result['ours_ece']:.3f} beside {result['peer_ece']:.3f},"
        f" {result['ours_s']:.2f} s beside {result['peer_s']:.1f} s"
        f" (1/{1 / result['time_ratio']:.0f}, known embeddings"
        f" 1/{1 / result['fit_ratio']:.0f}),"
        f" {result['ours_memory_mb']:.0f} MB beside {result['peer_memory_mb']:.0f} MB"
        + ("" if result["peer_learnt"] else "; the peer learnt nothing")
    )


def summary(results: Sequence[Line]) -> str:
    """Return the means over the tasks on which the peer learnt something."""
    used = [result for result in results if result["peer_learnt"]]
    if not used:
        return "The peer learnt nothing on any task."
    ours = fmean(result["ours_balanced_error"] for result in used)
    peer = fmean(result["peer_balanced_error"] for result in used)
    ratios = [item["error_ratio"] for item in used if item["error_ratio"] is not None]
    worse = sum(
        item["ours_balanced_error"] > item["peer_balanced_error"] for item in results
    )
    time = fmean(result["time_ratio"] for result in used)
    return (
        f"mean of {len(used)} tasks: balanced error {ours:.4f} beside {peer:.4f}"
        f" ({ours / peer if peer else 0:.2f}; mean of ratios"
        f" {fmean(ratios) if ratios else 0:.2f}), {worse} tasks worse,"
        f" 1/{1 / time:.0f} of the time"
    )


if __name__ == "__main__":
    main()
