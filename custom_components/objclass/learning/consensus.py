"""When several attempts on one object agree.

The rules are the ones Frigate documents for its own classifier ("Assignment
Requirements"): an attempt counts when its score meets the threshold; a class is
assigned after at least three counted attempts when 60 % of them agree; `none` only
suppresses.

One rule is our own. A stranger may pass the limit of each single attempt by a little,
but known objects vary about their distance from what was labelled, and on average lie
well within: attempts that agree on a class are nobody's when their mean distance is
nearly at the limit.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import fmean
from typing import Final

NONE: Final = "none"
# What decided, in plain words, with the figures that it was decided by.
RULES: Final = {
    "too_few": "{counted:.0f} of {needed:.0f} attempts",
    "agreed": "{share:.0%} agree, {needed:.0%} needed",
    "disagreed": "{share:.0%} agree, {needed:.0%} needed",
    "strange": "at {share:.0%} of the limit for strangers, {most:.0%} allowed",
    "ended_early": "it ended after {counted:.0f} counted attempts",
}
# So many attempts on one object are remembered; of one that stays, the last ones.
_REMEMBERED: Final = 100
# Of the limit for strangers: the mean distance of attempts that agree on a class. Lower
# ones stop more strangers, and a fifth as many known objects (benchmarks/README.md).
MOST_TOGETHER: Final = 0.97


class Outcome(StrEnum):
    """How an object ended."""

    ASSIGNED = "assigned"
    NONE = "none"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What it takes to agree. Scores and agreement are fractions of 1."""

    threshold: float = 0.8
    min_attempts: int = 3
    agreement: float = 0.6
    max_attempts: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One classification of one crop.

    An `unfamiliar` crop is unlike everything that was labelled: its `distance` is
    beyond the head's limit. It counts as `none` whatever its score, since a score only
    compares the known classes with each other. `limit` is None where nobody minds
    strangers.
    """

    class_name: str
    score: float
    frame_time: float
    unfamiliar: bool = False
    distance: float | None = None
    limit: float | None = None

    @property
    def vote(self) -> str:
        """The class that it counts for."""
        return NONE if self.unfamiliar else self.class_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt, and whether it took part in the vote."""

    attempt: Attempt
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the counted attempts say; `class_name` is None while they disagree.

    `rule` is one of RULES, `figures` are its placeholders. `unfamiliar` is how many of
    the votes for `none` came from crops that were unlike everything labelled,
    `distance` how far those who voted for the class are from it on average.
    """

    class_name: str | None
    score: float
    votes: Mapping[str, int]
    unfamiliar: int = 0
    distance: float | None = None
    rule: str
    figures: Mapping[str, float]

    @property
    def reason(self) -> str:
        """What decided, in plain words."""
        return RULES[self.rule].format(**self.figures)

    @property
    def attempts(self) -> int:
        """The number of counted attempts."""
        return sum(self.votes.values())

    @property
    def outcome(self) -> Outcome:
        """The verdict as an object's end."""
        if self.class_name is None:
            return Outcome.UNDECIDED
        return Outcome.NONE if self.class_name == NONE else Outcome.ASSIGNED


@dataclass(slots=True)
class Consensus:
    """The attempts of one classifier on one object."""

    rules: Rules
    counted: list[Attempt] = field(default_factory=list)
    tried: deque[Tried] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    unscored: int = 0

    @property
    def full(self) -> bool:
        """Whether further attempts would not count any more."""
        return len(self.counted) >= self.rules.max_attempts

    @property
    def kept_enough(self) -> bool:
        """Whether enough crops were kept while there was no head to score them."""
        return self.unscored >= self.rules.max_attempts

    @property
    def too_few(self) -> bool:
        """Whether there are not yet enough attempts for an agreement."""
        return len(self.counted) < self.rules.min_attempts

    def add_unscored(self) -> None:
        """Note a crop that was only kept, because no head has been trained yet."""
        self.unscored += 1

    def add(self, attempt: Attempt) -> bool:
        """Note an attempt; return whether it counts."""
        counts = not self.full and (
            attempt.unfamiliar or attempt.score >= self.rules.threshold
        )
        if counts:
            self.counted.append(attempt)
        self.tried.append(Tried(attempt=attempt, counts=counts))
        return counts

    def verdict(self) -> Verdict:
        """Weigh the counted attempts by the documented rules."""
        if self.too_few:
            return self._verdict(
                "too_few",
                agreed=False,
                counted=len(self.counted),
                needed=self.rules.min_attempts,
            )
        share = self._votes_of_best() / len(self.counted)
        agreed = share >= self.rules.agreement
        verdict = self._verdict(
            "agreed" if agreed else "disagreed",
            agreed=agreed,
            share=share,
            needed=self.rules.agreement,
        )
        if verdict.outcome is not Outcome.ASSIGNED:
            return verdict
        return self._stranger(verdict) or verdict

    def final_verdict(self) -> Verdict:
        """Weigh the attempts of an object that has ended.

        One that was gone before it could be looked at often enough is decided by what
        there is, if all of its counted attempts agree.
        """
        if not self.too_few:
            return self.verdict()
        return self._verdict(
            "ended_early",
            agreed=bool(self.counted) and self._votes_of_best() == len(self.counted),
            counted=len(self.counted),
        )

    def _stranger(self, verdict: Verdict) -> Verdict | None:
        """Return what is said instead of one whose attempts together are too far."""
        measured = [
            (attempt.distance, attempt.limit)
            for attempt in self.counted
            if attempt.distance is not None and attempt.limit is not None
        ]
        # A head may have been trained in between, and its limit be another.
        share = fmean(distance / limit for distance, limit in measured or [(0.0, 1.0)])
        if share <= MOST_TOGETHER:
            return None
        return replace(
            verdict,
            class_name=NONE,
            distance=fmean(distance for distance, _ in measured),
            rule="strange",
            figures={"share": share, "most": MOST_TOGETHER},
        )

    def _votes_of_best(self) -> int:
        return Counter(a.vote for a in self.counted).most_common(1)[0][1]

    def _verdict(self, rule: str, *, agreed: bool, **figures: float) -> Verdict:
        votes = Counter(attempt.vote for attempt in self.counted)
        # most_common keeps the order of insertion among equals, as Frigate does.
        best = votes.most_common(1)[0][0] if agreed else None
        voters = [attempt for attempt in self.counted if attempt.vote == best]
        distances = [a.distance for a in voters if a.distance is not None]
        return Verdict(
            class_name=best,
            score=fmean(a.score for a in voters) if voters else 0.0,
            votes=votes,
            unfamiliar=sum(attempt.unfamiliar for attempt in self.counted),
            distance=fmean(distances) if distances else None,
            rule=rule,
            figures=figures,
        )
