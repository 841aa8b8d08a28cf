"""How long one embedding takes, by runtime and picture size, and what it is worth.

Every runtime that is installed computes the bundled model's embeddings of 224, 160 and
128 pixels. With DIR (<task>/<class>/*.jpg, as `scripts/benchmark learning` takes it)
the mean accuracy of classifiers trained at each size is shown beside.

With --json it prints one object per runtime and size and line: runtime, threads, size,
median_ms, largest_difference (to the other runtimes, over several pictures; null if
there are none), and with DIR balanced_error and ece.
"""

import argparse
import json
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from learning.backbone import Backbone, RuntimeName, load_backbone
from learning.backbone_model import BUNDLED_SIZE, SMALLER_SIZES, BackboneModel
from numpy.typing import NDArray

from .measure import measure
from .tasks import find_tasks, split

RUNTIMES: Final[tuple[RuntimeName, ...]] = ("litert", "ncnn", "numpy")
PICTURES: Final = 5
ROUNDS: Final = 10
RUNS_PER_ROUND: Final = 10


def pictures(size: int) -> list[NDArray[np.uint8]]:
    """Return pictures from coarse patches to noise, the same every time."""
    generator = np.random.default_rng(7)
    result = []
    for cell in (size, size // 2, size // 8, size // 32, 1)[:PICTURES]:
        cells = generator.integers(0, 256, (size // cell, size // cell, 3), np.uint8)
        result.append(cells.repeat(cell, axis=0).repeat(cell, axis=1))
    return result


def median_milliseconds(backbones: Mapping[str, Backbone]) -> dict[str, float]:
    """Measure in turns, so that what else the machine does strikes all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in backbones}
    for _ in range(ROUNDS):
        for name, backbone in backbones.items():
            image = pictures(backbone.size)[-1]
            backbone.embed(image)
            for _ in range(RUNS_PER_ROUND):
                start = time.perf_counter()
                backbone.embed(image)
                seconds[name].append(time.perf_counter() - start)
    return {name: 1000 * statistics.median(runs) for name, runs in seconds.items()}


def largest_difference(backbones: Mapping[str, Backbone]) -> float | None:
    """Return how far the runtimes' features are apart at most; None if there is one."""
    first, *others = backbones.values()
    if not others:
        return None
    return max(
        float(np.abs(first.embed(image) - other.embed(image)).max())
        for image in pictures(first.size)
        for other in others
    )


def load(threads: int, size: int) -> dict[str, Backbone]:
    """Load each runtime that there is."""
    model = BackboneModel(size=None if size == BUNDLED_SIZE else size)
    backbones: dict[str, Backbone] = {}
    for name in RUNTIMES:
        try:
            backbones[name] = load_backbone(name, threads=threads, model=model)
        except ImportError:
            continue
    return backbones


def worth(folder: Path, size: int, per_class: int) -> dict[str, float]:
    """Return the mean errors of classifiers that are trained at a size."""
    model = BackboneModel(size=None if size == BUNDLED_SIZE else size)
    results = [
        measure(made, "auto", 1, model)
        for task in find_tasks(folder)
        for seed in (1, 2, 3)
        if (made := split(task, per_class=per_class, seed=seed, unknown=None)).judged
    ]
    return {
        "balanced_error": round(
            1 - statistics.fmean(item.balanced_accuracy for item in results), 4
        ),
        "ece": round(statistics.fmean(item.ece for item in results), 4),
    }


def show(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a line."""
    if as_json:
        print(json.dumps(figures), flush=True)
    else:
        print("  ".join(f"{key} {value}" for key, value in figures.items()), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark runtime",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?")
    parser.add_argument("--per-class", type=int, default=20, help="trained on (20)")
    parser.add_argument("--json", action="store_true", help="one object per line")
    parser.add_argument("--threads", type=int, default=1, help="not for NumPy (1)")
    options = parser.parse_args()
    for size in (BUNDLED_SIZE, *SMALLER_SIZES):
        backbones = load(options.threads, size)
        median = median_milliseconds(backbones)
        shared: dict[str, Any] = {"largest_difference": largest_difference(backbones)}
        if options.folder:
            shared |= worth(options.folder, size, options.per_class)
        for name, backbone in backbones.items():
            figures = {
                "runtime": name,
                "threads": backbone.runtime.threads,
                "size": size,
                "median_ms": round(median[name], 2),
            }
            show(figures | shared, as_json=options.json)
        if "litert" in median and not options.json:
            ratios = [
                f"{name} takes {median[name] / median['litert']:.2f} times as long"
                for name in median
                if name != "litert"
            ]
            print(f"at {size}: {', '.join(ratios)}")


if __name__ == "__main__":
    main()
