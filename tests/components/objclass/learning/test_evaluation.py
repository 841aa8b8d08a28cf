"""The figures of a report mean what a person takes them to mean."""

import json
from dataclasses import replace

import numpy as np
import pytest

from custom_components.objclass.learning.evaluation import (
    TrainingReport,
    balanced_accuracy,
    calibration_bins,
    calibration_error,
    clearly_worse,
    propose_threshold,
    threshold_points,
)
from custom_components.objclass.learning.training import train_head

from .clusters import images


@pytest.fixture(scope="module")
def report() -> TrainingReport:
    data = images({"leo": 12, "charlie": 5, "none": 1}, per_event=2, spread=2.5)
    return train_head(
        data.embeddings,
        data.labels,
        groups=data.groups,
        classes=["leo", "charlie", "none", "rex"],
        backbone="test",
        infrared=[number % 2 == 0 for number in range(len(data.labels))],
    ).report


def test_a_report_survives_being_written_as_json(report: TrainingReport) -> None:
    text = json.dumps(report.as_dict())
    assert TrainingReport.from_dict(json.loads(text)) == report


def test_the_report_counts_images_events_and_infrared(report: TrainingReport) -> None:
    leo = next(item for item in report.classes if item.name == "leo")
    assert (leo.images, leo.events, leo.infrared) == (24, 12, 12)
    assert report.images == 36
    assert report.events == 18
    assert report.left_out == ("rex",)


def test_the_confusion_matrix_agrees_with_the_accuracies(
    report: TrainingReport,
) -> None:
    confusion = np.array(report.confusion)
    leo = report.classes[0]
    assert confusion.sum() == len(report.recognised) == 34  # `none` has one event only
    assert leo.accuracy == confusion[0, 0] / confusion[0].sum()
    assert leo.precision == confusion[0, 0] / confusion[:, 0].sum()
    assert report.accuracy == pytest.approx(np.trace(confusion) / confusion.sum())
    assert report.balanced_accuracy == pytest.approx(
        np.mean([item.accuracy for item in report.classes if item.accuracy is not None])
    )


def test_scores_that_are_right_as_often_as_they_say_have_no_error() -> None:
    scores = np.array([0.8] * 10 + [0.5] * 4)
    right = np.array([True] * 8 + [False] * 2 + [True] * 2 + [False] * 2)
    assert calibration_error(scores, right) == pytest.approx(0)


def test_boastful_scores_have_the_error_of_their_boast() -> None:
    scores, right = np.full(10, 0.95), np.array([True] * 7 + [False] * 3)
    assert calibration_error(scores, right) == pytest.approx(0.25)
    assert calibration_error(np.array([]), np.array([], bool)) == 0


def test_the_bins_say_how_often_each_tenth_of_the_scores_was_right() -> None:
    scores = np.array([0.55, 0.6, 0.92, 0.98, 1.0, 0.0])
    right = np.array([True, False, True, True, True, False])
    bins = calibration_bins(scores, right)
    assert [(item.low, item.high, item.images) for item in bins] == [
        (0.0, 0.1, 1),
        (0.5, 0.6, 2),
        (0.9, 1.0, 3),
    ]
    assert bins[1].score == pytest.approx(0.575)
    assert [item.accuracy for item in bins] == [0.0, 0.5, 1.0]


def test_every_held_out_image_is_in_a_bin(report: TrainingReport) -> None:
    assert sum(item.images for item in report.calibration) == len(report.recognised)


def test_a_report_from_before_there_were_bins_can_still_be_read(
    report: TrainingReport,
) -> None:
    data = report.as_dict()
    del data["calibration"]
    assert TrainingReport.from_dict(data) == replace(report, calibration=())


def test_balanced_accuracy_counts_each_class_the_same() -> None:
    labels = np.array([0] * 90 + [1] * 10)
    assert balanced_accuracy(labels, np.zeros(100, int)) == 0.5


def test_the_threshold_that_decides_most_at_98_percent_is_proposed() -> None:
    scores = np.array([0.99] * 60 + [0.86] * 30 + [0.6] * 10)
    right = np.array([True] * 90 + [False] * 10)
    points = threshold_points(scores, right)
    assert propose_threshold(points) == 0.8  # 0.7 to 0.85 decide the same; 0.8 is usual
    assert {point.threshold: point.decided for point in points}[0.8] == 0.9


def test_no_threshold_is_proposed_when_none_is_good_enough() -> None:
    points = threshold_points(np.array([0.99] * 10), np.array([True] * 9 + [False]))
    assert propose_threshold(points) is None


def _with(report: TrainingReport, right: int, wrong: int) -> TrainingReport:
    recognised = {str(number): number < right for number in range(right + wrong)}
    return replace(report, recognised=recognised)


@pytest.mark.parametrize(
    ("right_before", "right_now", "worse"),
    [(95, 80, True), (95, 94, False), (80, 95, False), (95, 95, False)],
)
def test_a_new_head_is_flagged_only_when_it_lost_more_than_luck_explains(
    report: TrainingReport, right_before: int, right_now: int, worse: bool
) -> None:
    old = _with(report, right_before, 100 - right_before)
    new = _with(report, right_now, 100 - right_now)
    assert clearly_worse(new, old) is worse


def test_heads_are_compared_on_the_images_that_both_know(
    report: TrainingReport,
) -> None:
    old = replace(report, recognised={f"old-{number}": True for number in range(50)})
    new = replace(report, recognised={f"new-{number}": False for number in range(50)})
    assert not clearly_worse(new, old)
