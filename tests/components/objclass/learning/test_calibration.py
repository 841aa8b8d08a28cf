"""A temperature makes scores honest, and a few images alone cannot tell it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from custom_components.objclass.learning.calibration import (
    USUAL_TEMPERATURE,
    fit_temperature,
)
from custom_components.objclass.learning.vectors import softmax


def _held_out(
    count: int, temperature: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Make logits that are honest when they are divided by that temperature."""
    random = np.random.default_rng(0)
    logits = random.normal(scale=2.0, size=(1, count, 2))
    chances = softmax(logits)[0, :, 1]
    targets = (random.random(count) < chances).astype(np.intp)
    return logits * temperature, targets


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
def test_many_images_decide_by_themselves(temperature: float) -> None:
    found = fit_temperature(*_held_out(2000, temperature))
    assert found == pytest.approx(temperature, rel=0.2)


def test_a_few_images_that_were_all_right_do_not_make_every_score_certain() -> None:
    logits = np.array([[[0.1, -0.1], [-0.1, 0.1]] * 4])
    found = fit_temperature(logits, np.array([0, 1] * 4))
    assert USUAL_TEMPERATURE / 4 < found < USUAL_TEMPERATURE


def test_a_single_error_among_a_few_does_not_make_every_score_doubtful() -> None:
    logits = np.array([[[1.0, -1.0], [-1.0, 1.0]] * 4])
    found = fit_temperature(logits, np.array([0, 1] * 3 + [1, 0]))
    assert USUAL_TEMPERATURE < found < USUAL_TEMPERATURE * 3


def test_without_images_nothing_is_changed() -> None:
    assert fit_temperature(np.empty((1, 0, 2)), np.empty(0, np.intp)) == 1
