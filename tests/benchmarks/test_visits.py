"""A visit is decided by the product's consensus, at any limit for strangers."""

import math
from pathlib import Path

from learning.head import Prediction

from benchmarks.visits import (
    PHOTOS,
    Visit,
    assigned,
    gathered,
    share_right,
    strictest_limit,
)


def visit(name: str, distance: float, score: float = 0.9) -> Visit:
    seen = Prediction(
        scores={name: score, "other": 1 - score},
        best=name,
        score=score,
        distance=distance,
        unfamiliar=False,
    )
    return [seen] * 6


def test_a_visit_is_assigned_what_its_frames_agree_on() -> None:
    assert assigned(visit("leo", 5), math.inf) == "leo"
    assert assigned(visit("leo", 5), 4.9) is None
    assert assigned(visit("none", 5), math.inf) is None
    assert assigned(visit("leo", 5, score=0.7), math.inf) is None


def test_the_strictest_limit_leaves_as_many_of_the_known_as_wanted() -> None:
    visits = [visit("leo", distance) for distance in range(1, 11)]
    names = ["leo"] * 10
    limit = strictest_limit(visits, names, 0.9)
    assert 9 <= limit < 10
    assert share_right(visits, names, limit) == 0.9
    unsure = [visit("leo", 1, score=0.5)] * 2
    assert strictest_limit(unsure, names[:2], 0.9) is None


def test_a_visit_gathers_different_photos_of_one_kind() -> None:
    bengals = [Path(f"Bengal_{number}.jpg") for number in range(8)]
    pugs = [Path(f"pug_{number}.jpg") for number in range(4)]
    visits = gathered([*bengals, *pugs])
    assert [visit[0] for visit in visits] == [*bengals, *pugs]
    assert all(len(set(visit)) == PHOTOS for visit in visits[:8])
    assert all(set(visit) <= set(bengals) for visit in visits[:8])
    assert all(set(visit) == set(pugs) for visit in visits[8:])
    assert gathered([*bengals, *pugs]) == visits


def test_where_a_kind_has_too_few_photos_a_visit_takes_any() -> None:
    photos = [Path(f"{name}.jpg") for name in ("a_1", "b_1", "b_2", "c_1")]
    assert all(set(visit) == set(photos) for visit in gathered(photos))
