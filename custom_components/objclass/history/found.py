"""What a run made of the pictures of the past."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..learning.consensus import Outcome


class UnusableError(Exception):
    """There is no picture that could be looked at; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one classifier made of one picture of the past.

    `class_name` is None while it is undecided; `likeliest` is the class with the
    highest score, `score` that score. A moment of the recordings has no `label`, and
    nobody is told of it. `told` is what became of telling Frigate.
    """

    event_id: str
    classifier_id: str
    camera: str
    label: str
    time: float
    outcome: Outcome
    class_name: str | None
    likeliest: str
    score: float
    unfamiliar: bool
    sample_id: str | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """Some of the results of a run; `more` tells whether there are others behind."""

    results: Sequence[Found]
    total: int
    more: bool
