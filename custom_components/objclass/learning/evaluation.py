"""What a training says about its head: the report, and the figures in it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import comb
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .from_json import read_as

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
USUAL_THRESHOLD = 0.8
WANTED_PRECISION = 0.98  # of the threshold that is proposed
CALIBRATION_BINS = 10
LUCK = 0.05  # a change less likely than this by chance counts as one


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport:
    """One class, cross-validated; None where too few images could be held out."""

    name: str
    images: int
    events: int
    infrared: int | None  # grey images, None when the caller did not say
    accuracy: float | None  # share of its images that were recognised (recall)
    precision: float | None  # share of the images called so that were it


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPoint:
    """What a threshold would do to single attempts, cross-validated."""

    threshold: float
    decided: float  # share of attempts that meet it
    precision: float | None  # share of those that are right, None when there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Held-out images whose scores lie in one tenth, and how often they were right."""

    low: float  # scores above this, up to `high`
    high: float
    images: int  # at least 1
    score: float  # their mean score
    accuracy: float  # share of them that was right


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulLabel:
    """A labelled image that the other images contradict: a likely mistake."""

    sample: str
    label: str
    suggestion: str
    score: float  # probability of the suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do next: a key and placeholders to translate, and the plain words."""

    key: str
    placeholders: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """How good a head is and how one knows; kept in its file, readable as JSON.

    All shares are 0 to 1. Cross-validated figures are None when no image could
    be held out, because every class had but one event.
    """

    classes: tuple[ClassReport, ...]  # those in the head, in its order
    left_out: tuple[str, ...]  # classes without a single image
    images: int
    events: int
    folds: int
    accuracy: float | None
    balanced_accuracy: float | None  # mean of the classes' accuracies
    confusion: tuple[tuple[int, ...], ...]  # [labelled][recognised], in images
    penalty: float
    temperature: float
    calibration_error: float | None  # expected calibration error, 10 bins
    calibration: tuple[CalibrationBin, ...]  # of those bins the ones with images
    thresholds: tuple[ThresholdPoint, ...]
    proposed_threshold: float | None  # None when none reaches 98 % precision
    familiarity_limit: float | None
    doubtful_labels: tuple[DoubtfulLabel, ...]
    near_duplicates: tuple[tuple[str, str], ...]
    advice: tuple[Advice, ...]
    recognised: Mapping[str, bool]  # sample id: was it right while it was held out
    recognised_as: Mapping[str, str]  # sample id: its class while it was held out
    seconds: float
    backbone: str
    labels: str = ""  # what the store said of its labels; empty when not known

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote.

        Raises ValueError or OverflowError when it is something else.
        """
        # Reports that were written before there were these have none.
        return read_as(cls, {"calibration": [], "labels": "", **data})


def calibration_bins(
    scores: NDArray[np.floating], right: NDArray[np.bool_]
) -> tuple[CalibrationBin, ...]:
    """Return how often scores were right, in bins of equal width; no empty bins.

    scores: (n,) probability of the predicted class; right: (n,). This is what a
    reliability diagram shows.
    """
    bins = CALIBRATION_BINS
    places = np.clip(np.ceil(scores * bins).astype(int) - 1, 0, bins - 1)
    return tuple(
        CalibrationBin(
            low=place / bins,
            high=(place + 1) / bins,
            images=int((places == place).sum()),
            score=float(scores[places == place].mean()),
            accuracy=float(right[places == place].mean()),
        )
        for place in np.unique(places).tolist()
    )


def calibration_error(scores: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error: mean |share right - mean score|.

    As in Guo et al. 2017, "On calibration of modern neural networks"; of the bins of
    `calibration_bins`, 0 without images.
    """
    if len(scores) == 0:
        return 0.0
    gaps = (
        item.images * abs(item.accuracy - item.score)
        for item in calibration_bins(scores, right)
    )
    return sum(gaps) / len(scores)


def balanced_accuracy(labels: NDArray[np.intp], predicted: NDArray[np.intp]) -> float:
    """Return the mean over the classes that occur in `labels` of their share right."""
    return float(
        np.mean(
            [np.mean(predicted[labels == name] == name) for name in np.unique(labels)]
        )
    )


def threshold_points(
    scores: NDArray[np.floating], right: NDArray[np.bool_]
) -> tuple[ThresholdPoint, ...]:
    """Precision and share decided at each of `THRESHOLDS`."""
    points = []
    for threshold in THRESHOLDS:
        met = scores >= threshold
        points.append(
            ThresholdPoint(
                threshold=threshold,
                decided=float(met.mean()) if len(met) else 0.0,
                precision=float(right[met].mean()) if met.any() else None,
            )
        )
    return tuple(points)


def propose_threshold(points: Sequence[ThresholdPoint]) -> float | None:
    """Return the threshold that decides most with 98 % precision, if there is one.

    Among equals it is the one nearest to the threshold that a classifier starts with.
    """
    good = [
        point
        for point in points
        if point.precision is not None and point.precision >= WANTED_PRECISION
    ]
    if not good:
        return None
    return max(
        good,
        key=lambda point: (point.decided, -abs(point.threshold - USUAL_THRESHOLD)),
    ).threshold


def clearly_worse(new: TrainingReport, old: TrainingReport) -> bool:
    """Tell whether a new head is worse than luck allows, on the images both know.

    Both reports say which images were right while held out, so neither head has an
    advantage. One-sided sign test on the images on which they differ, at 5 %.
    """
    shared = old.recognised.keys() & new.recognised.keys()
    lost = sum(old.recognised[key] and not new.recognised[key] for key in shared)
    won = sum(new.recognised[key] and not old.recognised[key] for key in shared)
    if lost <= won:
        return False
    differing = lost + won
    chance = sum(comb(differing, count) for count in range(lost, differing + 1))
    return bool(chance / 2**differing < LUCK)
