"""Events stay together, and every class is held out in every part it can spare."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from custom_components.objclass.learning.folds import (
    ALWAYS_TRAINED,
    deal,
    guess_visits,
    join_groups,
    near_copies,
)
from custom_components.objclass.learning.vectors import unit_rows


def test_images_of_one_event_are_held_out_together() -> None:
    groups = np.repeat(np.arange(20), 4)
    folds = deal(np.repeat([0, 1], 40), groups, 5, seed=0)
    for group in range(20):
        assert len(set(folds[groups == group])) == 1


def test_every_fold_gets_its_share_of_every_class() -> None:
    targets = np.repeat([0, 1, 2], [50, 20, 10])
    folds = deal(targets, np.arange(80), 5, seed=0)
    for number, share in ((0, 10), (1, 4), (2, 2)):
        assert np.bincount(folds[targets == number]).tolist() == [share] * 5


def test_a_class_seen_in_one_event_only_is_never_held_out() -> None:
    targets = np.array([0] * 10 + [1] * 6)
    groups = np.array([*range(10), *[10] * 6])
    folds = deal(targets, groups, 5, seed=0)
    assert set(folds[10:]) == {ALWAYS_TRAINED}
    assert ALWAYS_TRAINED not in folds[:10]


def test_another_seed_deals_differently_and_the_same_seed_the_same() -> None:
    targets, groups = np.repeat([0, 1], 20), np.arange(40)
    first = deal(targets, groups, 5, seed=0)
    np.testing.assert_array_equal(first, deal(targets, groups, 5, seed=0))
    assert (first != deal(targets, groups, 5, seed=1)).any()


def test_the_same_picture_in_two_events_makes_them_one() -> None:
    rows = unit_rows(np.random.default_rng(0).normal(size=(6, 100)))
    rows[4] = rows[1]
    groups = ["a", "a", "b", "b", "c", "c"]
    pairs = near_copies(rows, groups)
    assert pairs == [(1, 4)]
    assert join_groups(groups, pairs).tolist() == [0, 0, 1, 1, 0, 0]


def test_copies_within_an_event_are_expected_and_not_named() -> None:
    rows = unit_rows(np.ones((3, 10)))
    assert near_copies(rows, ["a", "a", "a"]) == []


def test_copies_are_found_among_more_rows_than_one_block() -> None:
    rows = unit_rows(np.random.default_rng(1).normal(size=(1100, 30)))
    rows[1050] = rows[3]
    rows[1090] = rows[600]
    groups = [str(number) for number in range(1100)]
    assert near_copies(rows, groups) == [(3, 1050), (600, 1090)]


def _visits(rows: NDArray[np.float64], **changes: Any) -> list[int]:
    known = {"labels": ["leo"] * len(rows), "unknown": [True] * len(rows)} | changes
    return list(guess_visits(unit_rows(rows), **known).values())


def test_pictures_of_which_no_visit_is_known_are_one_where_they_look_alike() -> None:
    random = np.random.default_rng(2)
    visits = np.repeat(random.normal(size=(6, 200)), 4, axis=0)
    found = _visits(visits + 0.2 * random.normal(size=visits.shape))
    assert [len(set(found[at : at + 4])) for at in range(0, 24, 4)] == [1] * 6
    assert len(set(found)) == 6


def test_pictures_that_are_not_alike_stay_visits_of_their_own() -> None:
    assert _visits(np.random.default_rng(3).normal(size=(30, 200))) == [*range(30)]


@pytest.mark.parametrize("count", [1, 2, 5, 40, 700])
def test_a_camera_that_shows_the_same_for_days_leaves_visits_to_hold_out(
    count: int,
) -> None:
    rows = 1 + 0.05 * np.random.default_rng(4).normal(size=(count, 50))
    sizes = np.unique(_visits(rows), return_counts=True)[1]
    assert max(sizes) <= max(1, count / 4)


def test_known_visits_and_other_classes_are_left_as_they_are() -> None:
    rows = np.ones((12, 10))
    labels = ["leo"] * 4 + ["charlie"] * 8
    unknown = [False] * 4 + [True] * 8
    guessed = guess_visits(unit_rows(rows), labels, unknown)
    assert sorted(guessed) == list(range(4, 12))
    assert set(guessed.values()) <= set(range(4, 12))
