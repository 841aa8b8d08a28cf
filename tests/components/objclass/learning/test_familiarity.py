"""The gate against strangers: what it measures, and that it means it."""

import numpy as np
import pytest

from custom_components.objclass.learning.familiarity import (
    SHRINKAGE,
    familiarity_limit,
    fit_familiarity,
    held_out_distances,
    stretch,
)
from custom_components.objclass.learning.logistic import span_of
from custom_components.objclass.learning.vectors import unit_rows

from .clusters import images


def _known(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    data = images(["charlie", "leo"], per_event=1, seed=seed)
    return unit_rows(data.embeddings), np.array(
        [data.classes.index(label) for label in data.labels]
    )


def test_it_is_the_mahalanobis_distance_under_the_shrunk_covariance() -> None:
    rows, targets = _known()
    gate = fit_familiarity(rows, targets, limit=1.0)
    means = np.stack([rows[targets == number].mean(axis=0) for number in (0, 1)])
    inside = rows - means[targets]
    covariance = inside.T @ inside / (len(rows) - 2)
    sphere = np.eye(rows.shape[1]) * np.trace(covariance) / rows.shape[1]
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * sphere
    other = unit_rows(images(["bus"]).embeddings)

    wanted = []
    for mean in means:
        apart = other - mean
        wanted.append((apart @ np.linalg.inv(shrunk) * apart).sum(axis=1))
    # The classes spread alike here, so that only the unit of measurement differs.
    ratio = gate.distances(other) ** 2 / np.min(wanted, axis=0)
    assert ratio.std() / ratio.mean() < 0.03


def test_one_is_how_far_a_known_image_usually_lies() -> None:
    rows, targets = _known()
    new, _ = _known(seed=1)
    assert np.median(
        fit_familiarity(rows, targets, limit=1.0).distances(new)
    ) == pytest.approx(1, abs=0.2)


def test_held_out_distances_are_like_those_of_new_images() -> None:
    """In its own coordinates the answer is the same, and much faster."""
    rows, targets = _known()
    folds = np.arange(len(rows)) % 5
    held, _ = held_out_distances(rows, targets, folds, rows.shape[1])
    inside, _ = held_out_distances(span_of(rows).rows, targets, folds, rows.shape[1])
    np.testing.assert_allclose(held, inside, rtol=1e-6)
    new = fit_familiarity(rows, targets, limit=1.0).distances(_known(seed=1)[0])
    assert np.median(held) == pytest.approx(np.median(new), rel=0.1)


def test_a_wide_class_does_not_make_strangers_of_a_narrow_one_familiar() -> None:
    """`none` is everything else: its spread is not that of one cat."""
    random = np.random.default_rng(0)
    narrow = random.normal(size=60) + 0.2 * random.normal(size=(20, 60))
    wide = 1.5 * random.normal(size=(20, 60))
    rows = unit_rows(np.concatenate([narrow, wide]))
    gate = fit_familiarity(rows, np.repeat([0, 1], 20), limit=1.0)
    assert gate.variances[0] < 0.5 * gate.variances[1]


def test_the_limit_keeps_97_percent_of_the_known() -> None:
    distances = np.random.default_rng(0).gamma(4, size=1000)
    limit = familiarity_limit(distances)
    assert limit is not None
    assert np.mean(distances <= limit) == pytest.approx(0.97, abs=0.002)


@pytest.mark.parametrize("labelled", [10, 16, 80])
def test_known_objects_stay_known_when_only_a_few_images_were_labelled(
    labelled: int,
) -> None:
    """The farthest of ten is nearer than what comes by later."""
    random = np.random.default_rng(0)
    new, kept = random.normal(1, 0.1, 2000), []
    for _ in range(100):
        limit = familiarity_limit(random.normal(1, 0.1, labelled))
        assert limit is not None
        kept.append(np.mean(new <= limit))
    assert np.mean(kept) > 0.94


def test_a_handful_of_images_sets_no_limit() -> None:
    assert familiarity_limit(np.ones(5)) is None


def test_images_that_are_never_held_out_have_no_distance() -> None:
    rows, targets = _known()
    folds = np.full(len(rows), -1)
    folds[:4] = [0, 1, 0, 1]
    distances, _ = held_out_distances(rows, targets, folds, rows.shape[1])
    assert np.isfinite(distances[:4]).all()
    assert np.isnan(distances[4:]).all()


def test_views_are_held_out_with_the_images_that_they_show() -> None:
    rows, targets = _known()
    folds = np.arange(len(rows)) % 5
    views = unit_rows(rows + 0.02 * np.random.default_rng(0).normal(size=rows.shape))
    of = [3, 1, 12]
    span = span_of(rows)
    same = np.column_stack([span.rows, np.zeros(len(rows))])
    whole = held_out_distances(rows, targets, folds, rows.shape[1], views[of], of)
    short = held_out_distances(
        same, targets, folds, rows.shape[1], span.project_with_rest(views[of]), of
    )
    np.testing.assert_allclose(short[1], whole[1], rtol=1e-6)
    copies = held_out_distances(rows, targets, folds, rows.shape[1], rows[of], of)
    np.testing.assert_allclose(copies[1], copies[0][of])


def test_the_limit_grows_with_what_compression_adds_to_distances() -> None:
    plain = np.random.default_rng(0).gamma(4, size=20)
    plain[3] = np.nan
    assert stretch(plain, 1.3 * plain) == pytest.approx(1.3)
    wide, usual = familiarity_limit(plain[4:], 1.3), familiarity_limit(plain[4:])
    assert (wide, usual) == (pytest.approx(1.3 * (usual or 0)), usual)


def test_one_odd_picture_does_not_open_the_gate() -> None:
    assert stretch(np.ones(5), np.array([1.1, 1.1, 1.1, 1.1, 50.0])) == 1.1


def test_compression_never_closes_the_gate() -> None:
    assert stretch(np.ones(5), np.full(5, 0.8)) == 1
    assert stretch(np.full(2, np.nan), np.ones(2)) == 1
    assert stretch(np.empty(0), np.empty(0)) == 1
