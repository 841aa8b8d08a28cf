"""Events stay together, and every class is held out in every part it can spare."""

import numpy as np

from custom_components.objclass.learning.folds import (
    ALWAYS_TRAINED,
    deal,
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
