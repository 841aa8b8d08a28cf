"""When what a camera shows counts as a new state.

The rules are those of Frigate's state models: an answer counts when its score meets the
threshold, and a new state is believed after three equal answers in a row. What Frigate
does not have: each camera is judged by itself, a picture unlike everything labelled is
no answer, and a change that is not confirmed is given up instead of being looked into
for ever.
"""

from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRules:
    """What it takes to believe in a new state. The threshold is a fraction of 1."""

    threshold: float = 0.8
    confirmations: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a picture looks like; `time` is when it was taken (epoch seconds)."""

    class_name: str
    score: float
    time: float
    unfamiliar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state that was confirmed.

    `since` is when the first of the `confirmed_by` equal answers was seen that led to
    it (epoch seconds), `score` their mean score.
    """

    class_name: str
    score: float
    since: float
    confirmed_by: int


class Step(StrEnum):
    """What an answer has brought."""

    NO_RESULT = "no_result"
    SAME = "same"
    PENDING = "pending"
    CHANGED = "changed"


class Confirmation:
    """The state of one camera for one classifier, and the change that is under way."""

    def __init__(self, rules: ConfirmationRules, state: State | None = None) -> None:
        self.state = state
        self._rules = rules
        self._row: list[Answer] = []
        self._no_results = 0
        self._turns = 0

    @property
    def pending(self) -> bool:
        """Whether a change waits for more equal answers."""
        return bool(self._row)

    def interrupt(self) -> None:
        """Forget the change under way, as when the camera cannot be looked at."""
        self._row.clear()
        self._turns = 0

    def add(self, answer: Answer) -> Step:
        """Take in an answer.

        One that does not count neither adds to the row nor ends it; but as many of them
        in a row as it takes to confirm a state end the change that was under way, as do
        as many turns from one new class to another.
        """
        if answer.unfamiliar or answer.score < self._rules.threshold:
            self._no_results += 1
            if self._no_results >= self._rules.confirmations:
                self.interrupt()
            return Step.NO_RESULT
        self._no_results = 0
        if self.state is not None and answer.class_name == self.state.class_name:
            self.interrupt()
            return Step.SAME
        if self._row and self._row[-1].class_name != answer.class_name:
            self._row.clear()
            self._turns += 1
            if self._turns >= self._rules.confirmations:
                self.interrupt()
                return Step.NO_RESULT
        self._row.append(answer)
        if len(self._row) < self._rules.confirmations:
            return Step.PENDING
        self.state = State(
            class_name=answer.class_name,
            score=fmean(one.score for one in self._row),
            since=self._row[0].time,
            confirmed_by=len(self._row),
        )
        self.interrupt()
        return Step.CHANGED
