"""Write the report of a training from what was predicted for held-out images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .advice import advise
from .cross_validation import HeldOut
from .evaluation import (
    ClassReport,
    DoubtfulLabel,
    TrainingReport,
    calibration_bins,
    calibration_error,
    propose_threshold,
    threshold_points,
)
from .head import Head
from .vectors import softmax

DOUBTFUL = 0.8  # held out and this sure of another class: perhaps a wrong label
_MOST_NAMED = 50  # doubtful labels and near copies that are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a training knows when it is done."""

    head: Head
    held: HeldOut
    folds: int
    targets: NDArray[np.intp]  # (n,)
    events: NDArray[np.intp]  # (n,) near copies joined
    ids: Sequence[str]
    infrared: Sequence[bool] | None
    left_out: Sequence[str]
    copies: Sequence[tuple[int, int]]


def write_report(trained: Trained, *, seconds: float) -> TrainingReport:
    """Put the figures together."""
    head, held = trained.head, trained.held
    truth = trained.targets[held.images]
    probabilities = softmax(held.logits / head.temperature).mean(axis=0)
    found = probabilities.argmax(axis=1)
    scores, right = probabilities.max(axis=1), found == truth
    confusion = np.zeros((len(head.classes),) * 2, int)
    np.add.at(confusion, (truth, found), 1)
    classes = _class_reports(trained, confusion)
    accuracies = [item.accuracy for item in classes if item.accuracy is not None]
    points = threshold_points(scores, right)
    return TrainingReport(
        classes=classes,
        left_out=tuple(trained.left_out),
        images=len(trained.targets),
        events=len(set(trained.events.tolist())),
        folds=trained.folds,
        accuracy=float(right.mean()) if len(right) else None,
        balanced_accuracy=float(np.mean(accuracies)) if accuracies else None,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        penalty=held.penalty,
        temperature=head.temperature,
        calibration_error=calibration_error(scores, right) if len(right) else None,
        calibration=calibration_bins(scores, right),
        thresholds=points,
        proposed_threshold=propose_threshold(points),
        familiarity_limit=head.familiarity.limit if head.familiarity else None,
        doubtful_labels=_doubtful_labels(trained, probabilities),
        near_duplicates=tuple(
            (trained.ids[first], trained.ids[second])
            for first, second in trained.copies[:_MOST_NAMED]
        ),
        advice=advise(classes, trained.left_out, confusion),
        recognised={
            trained.ids[image]: good
            for image, good in zip(held.images, right.tolist(), strict=True)
        },
        recognised_as={
            trained.ids[image]: head.classes[place]
            for image, place in zip(held.images, found.tolist(), strict=True)
        },
        seconds=seconds,
        backbone=head.backbone,
    )


def with_other_names(
    report: TrainingReport, renamed: Mapping[str, str]
) -> TrainingReport:
    """Return a report as it would be had the classes had their new names."""

    def now(name: str) -> str:
        return renamed.get(name, name)

    classes = tuple(replace(item, name=now(item.name)) for item in report.classes)
    left_out = tuple(now(name) for name in report.left_out)
    return replace(
        report,
        classes=classes,
        left_out=left_out,
        doubtful_labels=tuple(
            replace(item, label=now(item.label), suggestion=now(item.suggestion))
            for item in report.doubtful_labels
        ),
        advice=advise(classes, left_out, np.array(report.confusion)),
        recognised_as={key: now(name) for key, name in report.recognised_as.items()},
    )


def _class_reports(
    trained: Trained, confusion: NDArray[np.int_]
) -> tuple[ClassReport, ...]:
    reports = []
    for number, name in enumerate(trained.head.classes):
        own = np.flatnonzero(trained.targets == number)
        judged, called = confusion[number].sum(), confusion[:, number].sum()
        right = int(confusion[number, number])
        reports.append(
            ClassReport(
                name=name,
                images=len(own),
                events=len(set(trained.events[own].tolist())),
                infrared=None
                if trained.infrared is None
                else sum(bool(trained.infrared[image]) for image in own),
                accuracy=right / int(judged) if judged else None,
                precision=right / int(called) if judged and called else None,
            )
        )
    return tuple(reports)


def _doubtful_labels(
    trained: Trained, probabilities: NDArray[np.float64]
) -> tuple[DoubtfulLabel, ...]:
    names = trained.head.classes
    doubtful = []
    for image, row in zip(trained.held.images, probabilities, strict=True):
        found, label = int(row.argmax()), int(trained.targets[image])
        if found != label and row[found] >= DOUBTFUL:
            doubtful.append(
                DoubtfulLabel(
                    sample=trained.ids[image],
                    label=names[label],
                    suggestion=names[found],
                    score=float(row[found]),
                )
            )
    doubtful.sort(key=lambda item: -item.score)
    return tuple(doubtful[:_MOST_NAMED])
