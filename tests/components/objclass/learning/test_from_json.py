"""What is read from JSON is what its fields say, or it is refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from custom_components.objclass.learning.from_json import read_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    count: int
    right: bool
    parts: tuple[Part, ...]
    pairs: tuple[tuple[str, int], ...]
    shares: Mapping[str, float]


WHOLE = Whole(
    count=3,
    right=True,
    parts=(Part(name="größe 🐈", share=None), Part(name="", share=0.5)),
    pairs=(("a", 1),),
    shares={"leo": 0.25},
)


def test_what_was_written_is_read_again_also_when_it_never_was_json() -> None:
    assert read_as(Whole, json.loads(json.dumps(asdict(WHOLE)))) == WHOLE
    assert read_as(Whole, asdict(WHOLE)) == WHOLE
    part = read_as(Part, {"name": "x", "share": 1})
    assert part == Part(name="x", share=1.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"count": "3"},
        {"count": True},
        {"count": 1.5},
        {"count": None},
        {"count": 10**400},
        {"right": 1},
        {"parts": {}},
        {"parts": [None]},
        {"parts": [{"name": "x"}]},
        {"parts": [{"name": "x", "share": None, "more": 1}]},
        {"parts": [{"name": "\ud800", "share": None}]},
        {"parts": [{"name": "x", "share": 10**400}]},
        {"parts": [{"name": "x", "share": True}]},
        {"pairs": [["a", 1, 2]]},
        {"pairs": [["a"]]},
        {"pairs": "ab"},
        {"shares": []},
        {"shares": {"\ud800": 0.5}},
        {"shares": {"leo": "0.5"}},
    ],
    ids=repr,
)
def test_anything_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        read_as(Whole, asdict(WHOLE) | changes)


def test_fields_that_are_missing_or_unknown_are_refused() -> None:
    whole = asdict(replace(WHOLE))
    for data in ({**whole, "more": 1}, {"count": 3}, [], None):
        with pytest.raises(ValueError, match="no Whole"):
            read_as(Whole, data)
