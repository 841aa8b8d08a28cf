"""Figures over several seeds: one shuffle says little where pictures are few."""

import argparse
from collections.abc import Sequence
from itertools import groupby
from statistics import fmean, stdev
from typing import Any

from .tasks import Split

type Line = dict[str, Any]


def add_seeds(parser: argparse.ArgumentParser) -> None:
    """Add the option --seeds."""
    parser.add_argument(
        "--seeds",
        type=int,
        default=1,
        metavar="N",
        help="the mean of this many seeds, from --seed on",
    )


def by_task(splits: Sequence[Split]) -> list[list[Split]]:
    """Return the splits of each task, which follow each other."""
    return [list(own) for _, own in groupby(splits, key=lambda made: made.task)]


def mean_of(lines: Sequence[Line], *spread_of: str) -> Line:
    """Return the mean of what the seeds of one task gave; a single one as it is.

    None is left out of a mean. Added are `seeds`, how many there were, and the standard
    deviation of the figures in `spread_of`, as `<figure>_spread`.
    """
    if len(lines) == 1:
        return lines[0]
    result = {key: _mean([line[key] for line in lines]) for key in lines[0]}
    result["seeds"] = len(lines)
    for key in spread_of:
        result[f"{key}_spread"] = stdev(line[key] for line in lines)
    return result


def _mean(values: Sequence[Any]) -> Any:
    known = [value for value in values if value is not None]
    if not known:
        return None
    if all(value == known[0] for value in known):
        return known[0]
    return fmean(known)
