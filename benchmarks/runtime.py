"""How long one embedding takes on each runtime, and how far the runtimes differ.

With --json it prints one object per runtime and line: runtime, threads, median_ms,
largest_difference (to the other runtime, over several pictures; null if there is none).
"""

import argparse
import json
import statistics
import time
from collections.abc import Mapping
from typing import Final

import numpy as np
from learning.backbone import Backbone, load_backbone
from numpy.typing import NDArray

PICTURES: Final = 5
ROUNDS: Final = 10
RUNS_PER_ROUND: Final = 10


def pictures(size: int) -> list[NDArray[np.uint8]]:
    """Return pictures from coarse patches to noise, the same every time."""
    generator = np.random.default_rng(7)
    result = []
    for cell in (size, size // 2, size // 7, size // 28, 1)[:PICTURES]:
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
    if len(backbones) == 1:
        return None
    a, b = backbones.values()
    return max(
        float(np.abs(a.embed(image) - b.embed(image)).max())
        for image in pictures(a.size)
    )


def load(threads: int) -> dict[str, Backbone]:
    """Load each runtime that there is."""
    backbones = {"numpy": load_backbone("numpy")}
    try:
        backbones["litert"] = load_backbone("litert", threads=threads)
    except ImportError:
        return backbones
    return backbones


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark runtime", description="Time the backbone's runtimes."
    )
    parser.add_argument("--json", action="store_true", help="one object per line")
    parser.add_argument("--threads", type=int, default=1, help="of LiteRT (1)")
    arguments = parser.parse_args()
    backbones = load(arguments.threads)
    median = median_milliseconds(backbones)
    difference = largest_difference(backbones)
    for name in sorted(backbones):
        figures = {
            "runtime": name,
            "threads": backbones[name].runtime.threads,
            "median_ms": round(median[name], 2),
            "largest_difference": difference,
        }
        if arguments.json:
            print(json.dumps(figures))
        else:
            print("  ".join(f"{key} {value}" for key, value in figures.items()))
    if "litert" in backbones and not arguments.json:
        print(f"numpy takes {median['numpy'] / median['litert']:.2f} times as long")


if __name__ == "__main__":
    main()
