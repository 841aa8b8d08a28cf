"""The solver against scikit-learn, which solves the same problem another way."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from custom_components.objclass.learning import logistic
from custom_components.objclass.learning.vectors import softmax, unit_rows


def _problem(
    n: int, d: int, k: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Overlapping clusters of unequal size, weighted so that they count the same."""
    random = np.random.default_rng(seed)
    targets = np.sort(random.integers(0, k, n) * random.integers(0, 2, n))
    targets[:k] = np.arange(k)
    rows = unit_rows(random.normal(size=(n, d)) + random.normal(size=(k, d))[targets])
    weights = 1 / np.bincount(targets)[targets]
    return rows, targets, weights / weights.sum()


@pytest.mark.parametrize(("n", "d", "k"), [(40, 300, 2), (120, 1280, 3), (300, 20, 5)])
@pytest.mark.parametrize("penalty", [1e-2, 1e-4])
def test_finds_the_same_optimum_as_scikit_learn(
    n: int, d: int, k: int, penalty: float
) -> None:
    rows, targets, weights = _problem(n, d, k, seed=n)
    span = logistic.span_of(rows)
    fitted = logistic.fit(
        span, np.eye(k)[targets], weights[None], penalty, tolerance=1e-9
    )[0]
    ours, bias = span.restore(fitted[:-1], fitted[-1])

    # With two classes scikit-learn has one row of weights, the difference of our two
    # opposite ones, so that the same penalty counts twice.
    strength = 2 / penalty if k == 2 else 1 / penalty
    theirs = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000)
    theirs.fit(rows, targets, sample_weight=weights)
    wanted = theirs.predict_proba(rows)

    np.testing.assert_allclose(softmax(rows @ ours + bias), wanted, atol=1e-5)
    if k == 2:
        ours = ours[:, 1:] - ours[:, :1]
    np.testing.assert_allclose(ours.T, theirs.coef_, atol=1e-4)


def test_solving_folds_together_gives_what_solving_each_alone_gives() -> None:
    rows, targets, weights = _problem(60, 200, 3, seed=1)
    span = logistic.span_of(rows)
    folds = np.arange(60) % 4
    every = np.stack([np.where(folds == fold, 0, weights) for fold in range(4)])
    every /= every.sum(axis=1, keepdims=True)
    one_hot = np.eye(3)[targets]

    together = logistic.fit(span, one_hot, every, 1e-3, tolerance=1e-10)

    for fold in range(4):
        alone = logistic.fit(span, one_hot, every[[fold]], 1e-3, tolerance=1e-10)
        np.testing.assert_allclose(together[[fold]], alone, atol=1e-6)


def test_a_held_out_row_has_no_influence() -> None:
    rows, targets, weights = _problem(60, 200, 3, seed=2)
    weights[-5:] = 0
    weights /= weights.sum()
    fitted = []
    for used in (slice(None), slice(-5)):
        span = logistic.span_of(rows[used])
        answer = logistic.fit(
            span, np.eye(3)[targets[used]], weights[None, used], 1e-3, tolerance=1e-10
        )[0]
        fitted.append(span.restore(answer[:-1], answer[-1])[0])
    np.testing.assert_allclose(fitted[0], fitted[1], atol=1e-6)


def test_the_span_keeps_all_distances_and_projects_other_rows() -> None:
    rows = unit_rows(np.random.default_rng(3).normal(size=(20, 100)))
    span = logistic.span_of(rows)
    assert span.rows.shape[1] <= 20
    np.testing.assert_allclose(
        np.linalg.norm(span.rows[0] - span.rows[1:], axis=1),
        np.linalg.norm(rows[0] - rows[1:], axis=1),
    )
    np.testing.assert_allclose(span.project(rows), span.rows, atol=1e-12)


def test_identical_images_in_two_classes_end_in_equal_scores() -> None:
    rows = unit_rows(np.ones((6, 50)))
    span = logistic.span_of(rows)
    targets = np.eye(2)[[0, 0, 0, 1, 1, 1]]
    fitted = logistic.fit(span, targets, np.full((1, 6), 1 / 6), 1e-3)[0]
    weights, bias = span.restore(fitted[:-1], fitted[-1])
    np.testing.assert_allclose(softmax(rows @ weights + bias), 0.5, atol=1e-6)
