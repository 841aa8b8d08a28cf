"""Chosen samples are unlike each other; labels asked for are those that teach."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custom_components.objclass.learning.head import Prediction
from custom_components.objclass.learning.selection import (
    most_diverse,
    most_instructive,
)

from .clusters import images

SURE = Prediction(
    scores={"leo": 0.98, "charlie": 0.02},
    best="leo",
    score=0.98,
    distance=0.9,
    unfamiliar=False,
)
UNSURE = replace(SURE, scores={"leo": 0.5, "charlie": 0.5}, score=0.5)
STRANGE = replace(SURE, distance=1.9, unfamiliar=True)


def test_one_of_each_kind_comes_before_a_second_of_any() -> None:
    data = images({"cat": 8, "dog": 2, "bus": 1, "owl": 5}, spread=0.3)
    chosen = most_diverse(list(data.embeddings), 4)
    assert {data.labels[place] for place in chosen} == {"cat", "dog", "bus", "owl"}


def test_near_copies_come_last() -> None:
    data = images({"cat": 6}, per_event=3)
    chosen = most_diverse(list(data.embeddings), 6)
    assert len({data.groups[place] for place in chosen}) == 6


def test_each_is_the_one_farthest_from_those_before_it() -> None:
    degrees = np.radians([0, 10, 90, 50, 170])
    rows = np.stack((np.cos(degrees), np.sin(degrees)), axis=1).astype(np.float32)
    assert most_diverse(list(rows), 5) == [0, 4, 2, 3, 1]


def test_what_looks_like_a_labelled_one_comes_last() -> None:
    data = images({"cat": 3, "dog": 3, "bus": 3}, spread=0.3)
    names = ["cat", "dog"]
    known = [data.embeddings[data.labels.index(name)] for name in names]
    chosen = most_diverse(list(data.embeddings), 1, known)
    assert [data.labels[place] for place in chosen] == ["bus"]


def test_what_the_head_is_unsure_of_or_has_not_seen_is_kept_sooner() -> None:
    degrees = np.radians([0, 50, 60])
    rows = list(np.stack((np.cos(degrees), np.sin(degrees)), axis=1).astype("f4"))
    known = rows[:1]
    assert most_diverse(rows, 1, known, [SURE] * 3) == [2]
    for doubtful in (UNSURE, STRANGE):
        assert most_diverse(rows, 1, known, [SURE, doubtful, SURE]) == [1]
    # But no copy of what is labelled, however unsure.
    assert most_diverse(rows, 2, known, [UNSURE, SURE, SURE]) == [2, 1]


def test_brightness_alone_makes_no_difference() -> None:
    rows = np.array([[1, 0], [9, 0], [1, 1]], np.float32)
    assert most_diverse(list(rows), 2) == [0, 2]


@pytest.mark.parametrize(("count", "chosen"), [(0, 0), (-1, 0), (1, 1), (9, 3)])
def test_no_more_are_chosen_than_asked_for_or_there(count: int, chosen: int) -> None:
    assert len(most_diverse(list(np.eye(3, dtype=np.float32)), count)) == chosen
    assert most_diverse([], count) == []


@given(
    st.lists(
        st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=12
    ),
    st.integers(1, 15),
)
def test_none_is_chosen_twice_also_among_equal_and_empty_ones(
    values: list[list[int]], count: int
) -> None:
    rows = [np.array(row, np.float32) for row in values]
    chosen = most_diverse(rows, count)
    assert len(chosen) == len(set(chosen)) == min(count, len(rows))
    assert chosen[0] == 0
    assert chosen == most_diverse(rows, count)
    # A larger choice begins with the smaller one.
    assert most_diverse(rows, count + 1)[: len(chosen)] == chosen


# Labels to ask for


def _kinds(*names: str, per_kind: int = 20) -> NDArray[np.float32]:
    """Make pictures of each kind, one kind after the other."""
    return np.concatenate(
        [
            images({name: per_kind}, per_event=1, seed=number).embeddings
            for number, name in enumerate(names)
        ]
    )


def test_the_first_labels_asked_for_cover_every_kind() -> None:
    rows = _kinds("leo", "charlie", "rex", "bus")
    assert {place // 20 for place in most_instructive(rows, 4)} == {0, 1, 2, 3}


def test_what_the_head_is_unsure_of_is_asked_for_first() -> None:
    rows = _kinds("leo", "charlie")
    for first, second in ((SURE, UNSURE), (UNSURE, SURE)):
        says = [first] * 20 + [second] * 20
        assert says[most_instructive(rows, 1, predictions=says)[0]] is UNSURE


def test_strangers_are_asked_for_however_sure_the_head_is() -> None:
    rows = _kinds("leo", "bus")
    for first, second in ((SURE, STRANGE), (STRANGE, SURE)):
        says = [first] * 20 + [second] * 20
        assert says[most_instructive(rows, 1, predictions=says)[0]] is STRANGE


def test_what_looks_like_a_labelled_sample_is_not_asked_for_again() -> None:
    rows = _kinds("leo", "charlie")
    labelled = images({"leo": 20}, per_event=1, seed=0).embeddings
    assert most_instructive(rows, 1, labelled=labelled)[0] >= 20


def test_one_sample_of_each_event_comes_before_a_second_one() -> None:
    data = images(["leo", "charlie"], per_event=4)
    chosen = most_instructive(data.embeddings, 25, groups=data.groups)
    assert len({data.groups[place] for place in chosen[:20]}) == 20
    assert len(set(chosen)) == 25


def test_no_more_than_there_is_can_be_asked_for() -> None:
    rows = _kinds("leo", per_kind=3)
    assert sorted(most_instructive(rows, 10)) == [0, 1, 2]
    assert most_instructive(rows[:0], 10) == []
    assert most_instructive(rows, 0) == []


def test_the_same_samples_are_asked_for_every_time() -> None:
    rows = _kinds("leo", "charlie")
    assert most_instructive(rows, 8) == most_instructive(rows, 8)


def test_identical_samples_are_no_obstacle() -> None:
    assert len(most_instructive(np.ones((5, 8), np.float32), 3)) == 3
