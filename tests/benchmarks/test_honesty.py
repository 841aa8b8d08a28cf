"""What a calibration error is worth: beside honest scores, and all seeds together."""

import numpy as np
import pytest

from benchmarks import goals
from benchmarks.honesty import Answers, honest_error, honesty_of


def test_honest_scores_show_an_error_that_fades_with_the_pictures_judged() -> None:
    scores = np.random.default_rng(1).uniform(0.5, 1, 3000)
    assert honest_error(scores[:30]) > 0.08
    assert honest_error(scores) < 0.02
    assert honest_error(scores[:30]) == honest_error(scores[:30])
    assert honest_error(np.ones(30)) == 0


def test_errors_of_single_seeds_that_cancel_each_other_are_gone_together() -> None:
    scores = np.full(10, 0.8)
    lucky = Answers(scores=scores, right=np.ones(10, np.bool_))
    unlucky = Answers(scores=scores, right=np.arange(10) < 6)
    beside = honesty_of([lucky, unlucky])
    assert beside["ece_together"] == pytest.approx(0)
    assert beside["ece_honest"] == pytest.approx(honest_error(scores))
    assert 0 < beside["ece_together_honest"] < beside["ece_honest"]


def test_scores_that_claim_too_much_are_no_better_for_it() -> None:
    boasting = Answers(scores=np.full(500, 0.95), right=np.arange(500) % 2 == 0)
    beside = honesty_of([boasting, boasting])
    assert beside["ece_together"] == pytest.approx(0.45)
    assert beside["ece_together_honest"] < 0.02


def test_the_goal_stays_on_the_mean_and_the_others_stand_beside_it() -> None:
    line = {"balanced_accuracy": 0.9, "ece": 0.06, "memory_mb": 60}
    (goal,) = [item for item in goals.learning([line]) if "calibration" in item.name]
    assert goal.met is False
    several = line | {
        "ece_honest": 0.07,
        "ece_together": 0.04,
        "ece_together_honest": 0.05,
    }
    figures = goals.learning([several, several])
    assert [figure.value for figure in figures[1:5]] == pytest.approx(
        [0.06, 0.07, 0.04, 0.05]
    )
    assert [figure.goal for figure in figures[2:5]] == [None] * 3
    assert goal in figures
