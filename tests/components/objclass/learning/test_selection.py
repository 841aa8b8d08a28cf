"""Chosen samples are unlike each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.objclass.learning.selection import most_diverse

from .clusters import images


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
