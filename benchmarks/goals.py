"""What the figures of each benchmark are held against.

Each function takes what a benchmark printed with --json, one object per line, and
returns its figures. The goals are those of the project's issues.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final, Literal

type Line = dict[str, Any]
type Judge = Callable[[Sequence[Line]], list[Figure]]

FIRST_LABELS: Final = 10  # after so many, the chosen ones have to beat random ones
# Times as long as LiteRT, at most.
SLOWER: Final = {"ncnn": 1.5, "numpy": 4.0}
# How objects are made of photos (benchmarks/strangers.py).
ERRING: Final = {
    "walks": "frames that err together",
    "photos": "frames that err independently",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value, and the goal that it is held against, if there is one."""

    name: str
    value: float | None  # None: there was nothing to measure it on
    goal: tuple[Literal["at most", "at least"], float] | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        if self.value is None:
            return False
        direction, limit = self.goal
        return self.value <= limit if direction == "at most" else self.value >= limit


def learning(lines: Sequence[Line]) -> list[Figure]:
    """Judge how right and how honest the product is."""
    return [
        Figure(
            name="balanced error, mean",
            value=1 - fmean(line["balanced_accuracy"] for line in lines),
        ),
        Figure(
            name="calibration error, mean",
            value=fmean(line["ece"] for line in lines),
            goal=("at most", 0.05),
        ),
        *_honesty(lines),
        Figure(
            name="MB added by training, most",
            value=max(line["memory_mb"] for line in lines),
            goal=("at most", 150),
        ),
    ]


def _honesty(lines: Sequence[Line]) -> list[Figure]:
    """Say what the calibration error is worth, of runs over several seeds."""
    beside = {
        "ece_honest": "... that perfectly honest scores would show",
        "ece_together": "... of the answers of all seeds together, mean",
        "ece_together_honest": "... that perfectly honest scores would show then",
    }
    return [
        Figure(name=name, value=fmean(line[key] for line in lines))
        for key, name in beside.items()
        if all(key in line for line in lines)
    ]


def peer(lines: Sequence[Line]) -> list[Figure]:
    """Judge the product beside Frigate's own recipe.

    Tasks on which the recipe learns nothing are left out of the errors.
    """
    learnt = [line for line in lines if line["peer_learnt"]]
    ours = sum(line["ours_balanced_error"] for line in learnt)
    theirs = sum(line["peer_balanced_error"] for line in learnt)
    worse = sum(
        line["ours_balanced_error"] > line["peer_balanced_error"] for line in lines
    )
    return [
        Figure(
            name="mean balanced error, share of the peer's",
            value=ours / theirs if theirs else None,
            goal=("at most", 0.40),
        ),
        Figure(name="tasks that are worse", value=worse, goal=("at most", 0)),
        Figure(
            name="training time, share of the peer's, mean",
            value=fmean(line["time_ratio"] for line in lines),
            goal=("at most", 1 / 40),
        ),
        Figure(
            name="training time with known embeddings, share of the peer's, mean",
            value=fmean(line["fit_ratio"] for line in lines),
            goal=("at most", 1 / 200),
        ),
        Figure(
            name="memory added, share of the peer's, mean",
            value=fmean(line["memory_ratio"] for line in lines),
        ),
    ]


def neighbours(lines: Sequence[Line]) -> list[Figure]:
    """Judge how pictures of the same kind are told from the known."""
    return [_auroc(lines, 0.93)]


def unrelated(lines: Sequence[Line]) -> list[Figure]:
    """Judge how something else altogether is told from the known."""
    return [_auroc(lines, 0.99)]


def _auroc(lines: Sequence[Line], wanted: float) -> Figure:
    return Figure(
        name="AUROC, mean",
        value=fmean(line["auroc"] for line in lines),
        goal=("at least", wanted),
    )


def strangers(lines: Sequence[Line]) -> list[Figure]:
    """Judge who is named after consensus, for each way of making objects of photos."""
    return [
        figure
        for objects, how in ERRING.items()
        if (own := [line for line in lines if line["objects"] == objects])
        for figure in _strangers(own, how)
    ]


def _strangers(lines: Sequence[Line], how: str) -> list[Figure]:
    """Judge one way of making objects.

    Where no limit lets 90 % of the known get their class, there is no share of
    strangers to speak of.
    """
    reached = [
        line["assigned_at_90"] for line in lines if line["assigned_at_90"] is not None
    ]
    return [
        Figure(
            name=f"{how}: strangers given a class where 90 % of the known get theirs,"
            " mean",
            value=fmean(reached) if reached else None,
            goal=("at most", 0.10),
        ),
        Figure(
            name=f"{how}: share of runs where 90 % of the known are not reached",
            value=1 - fmean(line["reached_at_90"] for line in lines),
            goal=("at most", 0),
        ),
        Figure(
            name=f"{how}: strangers given a class, at the classifier's own limit, mean",
            value=fmean(line["assigned"] for line in lines),
        ),
        Figure(
            name=f"{how}: known ones given theirs, at the classifier's own limit, mean",
            value=fmean(line["known_assigned"] for line in lines),
        ),
    ]


def active(lines: Sequence[Line]) -> list[Figure]:
    """Judge the labels that are asked for beside random ones."""
    return [
        Figure(
            name=f"{line['task']}, {line['labels']} labels: gain over random ones",
            value=line["chosen"] - line["random"],
            goal=("at least", 0.0) if line["labels"] == FIRST_LABELS else None,
        )
        for line in lines
    ]


def collect(lines: Sequence[Line]) -> list[Figure]:
    """Judge what is collected beside a random choice."""
    worse = sum(line["rare"] < line["random_rare"] for line in lines)
    return [
        Figure(
            name="rare objects that are kept, mean",
            value=fmean(line["rare"] for line in lines),
        ),
        Figure(
            name="tasks where a random choice keeps more of them",
            value=worse,
            goal=("at most", 0),
        ),
        Figure(
            name="balanced accuracy: gain over a random choice, mean",
            value=fmean(
                line["balanced_accuracy"] - line["random_balanced_accuracy"]
                for line in lines
            ),
            goal=("at least", 0.0),
        ),
    ]


def export(lines: Sequence[Line]) -> list[Figure]:
    """Judge an export beside the classifier that it came from."""
    return [
        Figure(
            name="pictures of the same class, least share",
            value=min(line["same_class"] for line in lines),
            goal=("at least", 1),
        ),
        Figure(
            name="difference of a score, most",
            value=max(line["largest_difference"] for line in lines),
            goal=("at most", 0.02),
        ),
    ]


def runtime(lines: Sequence[Line]) -> list[Figure]:
    """Judge the runtimes of the backbone, at its full size."""
    largest = max(line["size"] for line in lines)
    taken = {
        line["runtime"]: line["median_ms"] for line in lines if line["size"] == largest
    }
    if "litert" not in taken:
        return []
    return [
        Figure(
            name=f"{name}, times as long as LiteRT",
            value=taken[name] / taken["litert"],
            goal=("at most", slower),
        )
        for name, slower in SLOWER.items()
        if name in taken
    ]


def hostile(lines: Sequence[Line]) -> list[Figure]:
    """Judge what came of hostile input."""
    return [
        Figure(
            name="different cases",
            value=sum(line["different"] for line in lines),
            goal=("at least", 100_000),
        ),
        Figure(
            name="findings",
            value=sum(line["findings"] for line in lines),
            goal=("at most", 0),
        ),
        Figure(
            name="slowest case, ms",
            value=max(line["slowest_ms"] for line in lines),
        ),
    ]


def stated(lines: Sequence[Line]) -> list[Figure]:
    """Take figures that come with their goals: each is to be at most that."""
    return [
        Figure(
            name=f"{line['figure']} ({line['unit']})",
            value=line["value"],
            goal=None if line["goal"] is None else ("at most", line["goal"]),
        )
        for line in lines
    ]
