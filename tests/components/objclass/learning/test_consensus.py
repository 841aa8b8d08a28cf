"""When attempts agree: the rules that Frigate documents for its own classifier."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.objclass.learning.consensus import (
    NONE,
    Attempt,
    Consensus,
    Outcome,
    Rules,
)


def attempt(class_name: str, score: float = 0.9, **more: object) -> Attempt:
    return Attempt(class_name=class_name, score=score, frame_time=1.0, **more)


def after(names: str, rules: Rules | None = None) -> Consensus:
    """Note attempts: l for leo, c for charlie, n for none, u for unfamiliar."""
    consensus = Consensus(rules or Rules())
    for letter in names:
        consensus.add(
            attempt("leo", 0.99, unfamiliar=True)
            if letter == "u"
            else attempt({"l": "leo", "c": "charlie", "n": NONE}[letter])
        )
    return consensus


def test_the_rules_are_those_that_frigate_documents() -> None:
    rules = Rules()
    assert (rules.threshold, rules.min_attempts) == (0.8, 3)
    assert (rules.agreement, rules.max_attempts) == (0.6, 16)


@pytest.mark.parametrize(
    ("names", "class_name"),
    [
        ("", None),
        ("l", None),
        ("ll", None),
        ("lll", "leo"),
        ("llc", "leo"),  # 67 %
        ("lcn", None),
        ("llcc", None),  # 50 %
        ("lllc", "leo"),
        ("lllcc", "leo"),  # exactly 60 %
        ("llccn", None),
        ("lllccn", None),
        ("llllcccnnn", None),
        ("llllllcccc", "leo"),  # exactly 60 % of 10
        ("lllllllllcccccc", "leo"),  # exactly 60 % of 15
        ("lllcccccc", "charlie"),  # the later ones outvote the first
    ],
)
def test_a_class_is_assigned_from_three_attempts_when_60_percent_agree(
    names: str, class_name: str | None
) -> None:
    verdict = after(names).verdict()
    assert verdict.class_name == class_name
    assert verdict.outcome is (Outcome.ASSIGNED if class_name else Outcome.UNDECIDED)


@pytest.mark.parametrize("names", ["nnn", "nnl", "nnnll", "uuu", "nuu", "luuc" + "uu"])
def test_none_and_strangers_only_suppress(names: str) -> None:
    verdict = after(names).verdict()
    assert verdict.outcome is Outcome.NONE
    assert verdict.class_name == NONE


def test_none_votes_against_a_class() -> None:
    assert after("lln").verdict().class_name == "leo"
    assert after("llnn").verdict().class_name is None


def test_an_unfamiliar_crop_counts_as_none_whatever_it_looks_like_and_scores() -> None:
    consensus = Consensus(Rules())
    assert consensus.add(attempt("leo", 1.0, unfamiliar=True))
    assert consensus.add(attempt("leo", 0.1, unfamiliar=True))
    assert consensus.add(attempt("leo"))
    assert dict(consensus.verdict().votes) == {NONE: 2, "leo": 1}
    assert consensus.verdict().class_name == NONE


def at(*distances: float, limit: float | None = 10.0) -> Consensus:
    """Note attempts on leo, so far from everything labelled."""
    consensus = Consensus(Rules())
    for distance in distances:
        far = limit is not None and distance > limit
        consensus.add(attempt("leo", unfamiliar=far, distance=distance, limit=limit))
    return consensus


def test_attempts_that_are_all_barely_familiar_are_together_a_stranger() -> None:
    verdict = at(9.9, 9.8, 9.7, 9.9).verdict()
    assert verdict.class_name == NONE
    assert verdict.outcome is Outcome.NONE
    assert dict(verdict.votes) == {"leo": 4}
    assert verdict.distance == pytest.approx(9.825)
    assert verdict.score == pytest.approx(0.9)
    assert verdict.reason == "at 98% of the limit for strangers, 97% allowed"


def test_a_known_object_may_be_far_in_some_attempts() -> None:
    assert at(9.9, 9.8, 9.0, 9.9).verdict().class_name == "leo"
    assert at(9.9, 9.8, 10.5, 8.0).verdict().class_name == "leo"
    assert at(9.9, 9.8, 10.5, 9.9).verdict().class_name == NONE


def test_a_head_that_was_trained_in_between_has_its_own_limit() -> None:
    consensus = at(9.9, 9.9)
    consensus.add(attempt("leo", distance=4.9, limit=5.0))
    assert consensus.verdict().class_name == NONE
    consensus.add(attempt("leo", distance=3.0, limit=5.0))
    assert consensus.verdict().class_name == "leo"


def test_where_nobody_minds_strangers_distances_do_not_matter() -> None:
    assert at(99, 99, 99, limit=None).verdict().class_name == "leo"
    assert after("lll").verdict().class_name == "leo"


def test_what_ends_too_early_is_not_judged_by_its_mean_distance() -> None:
    assert at(9.9, 9.9).final_verdict().class_name == "leo"


@pytest.mark.parametrize(
    ("names", "first"), [("llcc", "leo"), ("ccll", "charlie"), ("lccl", "leo")]
)
def test_among_equals_the_class_that_was_seen_first_is_assigned(
    names: str, first: str
) -> None:
    assert after(names, Rules(agreement=0.5)).verdict().class_name == first


@pytest.mark.parametrize(
    ("score", "counts"),
    [(0.8, True), (1.0, True), (0.7999, False), (0.0, False), (float("nan"), False)],
)
def test_an_attempt_counts_when_its_score_meets_the_threshold(
    score: float, counts: bool
) -> None:
    consensus = Consensus(Rules(threshold=0.8))
    assert consensus.add(attempt("leo", score)) is counts
    assert consensus.verdict().attempts == counts


def test_attempts_below_the_threshold_neither_help_nor_harm() -> None:
    consensus = after("ll")
    for _ in range(100):
        consensus.add(attempt("charlie", 0.5))
    assert consensus.verdict().outcome is Outcome.UNDECIDED
    assert not consensus.full
    consensus.add(attempt("leo"))
    assert consensus.verdict().class_name == "leo"


def test_the_score_is_the_mean_of_those_who_agree() -> None:
    consensus = Consensus(Rules())
    for class_name, score in (("leo", 0.8), ("leo", 1.0), ("charlie", 0.99)):
        consensus.add(attempt(class_name, score))
    assert consensus.verdict().score == pytest.approx(0.9)


def test_while_they_disagree_there_is_no_score_but_the_votes_can_be_seen() -> None:
    verdict = after("lc").verdict()
    assert verdict.score == 0
    assert dict(verdict.votes) == {"leo": 1, "charlie": 1}
    assert verdict.attempts == 2
    assert verdict.reason == "2 of 3 attempts"


def test_an_assigned_class_changes_when_the_votes_do() -> None:
    consensus = after("lll")
    before = consensus.verdict()
    for _ in range(5):
        consensus.add(attempt("charlie"))
    assert consensus.verdict().class_name == "charlie"
    assert before.class_name == "leo", "an old verdict must not change afterwards"
    assert before.attempts == 3


def test_no_more_than_the_most_attempts_count() -> None:
    consensus = after("l" * 16)
    assert consensus.full
    assert not consensus.add(attempt("charlie"))
    assert not consensus.add(attempt("charlie", unfamiliar=True))
    assert consensus.verdict().attempts == 16


def test_an_object_is_not_looked_at_for_ever_before_the_first_training() -> None:
    consensus = Consensus(Rules(max_attempts=4))
    for _ in range(4):
        assert not consensus.kept_enough
        consensus.add_unscored()
    assert consensus.kept_enough
    assert not consensus.full
    assert consensus.final_verdict().outcome is Outcome.UNDECIDED
    assert consensus.final_verdict().attempts == 0


@pytest.mark.parametrize(
    ("names", "outcome", "class_name"),
    [
        ("", Outcome.UNDECIDED, None),
        ("l", Outcome.ASSIGNED, "leo"),
        ("ll", Outcome.ASSIGNED, "leo"),
        ("lc", Outcome.UNDECIDED, None),
        ("ln", Outcome.UNDECIDED, None),
        ("lu", Outcome.UNDECIDED, None),
        ("n", Outcome.NONE, NONE),
        ("nu", Outcome.NONE, NONE),
        ("llc", Outcome.ASSIGNED, "leo"),
        ("llcc", Outcome.UNDECIDED, None),
    ],
)
def test_what_ends_too_early_is_decided_only_if_all_attempts_agree(
    names: str, outcome: Outcome, class_name: str | None
) -> None:
    verdict = after(names).final_verdict()
    assert (verdict.outcome, verdict.class_name) == (outcome, class_name)


def test_own_rules_are_followed() -> None:
    strict = Rules(min_attempts=5, agreement=1.0, threshold=0.5)
    assert after("llll", strict).verdict().class_name is None
    assert after("lllll", strict).verdict().class_name == "leo"
    assert after("lllllc", strict).verdict().class_name is None
    assert after("l", Rules(min_attempts=1)).verdict().class_name == "leo"


def frigates_consensus(attempts: Sequence[Attempt]) -> tuple[str, float] | None:
    """Weigh attempts as get_weighted_score in Frigate's custom_classification.py."""
    history = [a for a in attempts if a.score >= 0.8]
    if len(history) < 3:
        return None
    best, count = Counter(a.class_name for a in history).most_common(1)[0]
    if count < 0.6 * len(history) or best == NONE:
        return None
    scores = [a.score for a in history if a.class_name == best]
    return best, sum(scores) / len(scores)


@given(
    st.lists(
        st.builds(
            attempt,
            st.sampled_from(["leo", "charlie", NONE]),
            st.sampled_from([0.2, 0.79, 0.8, 0.9, 1.0]),
        ),
        max_size=16,
    )
)
def test_with_frigates_rules_the_assignment_is_frigates(
    attempts: list[Attempt],
) -> None:
    consensus = Consensus(Rules())
    for one in attempts:
        consensus.add(one)
    verdict = consensus.verdict()
    assigned = verdict.outcome is Outcome.ASSIGNED
    ours = (verdict.class_name, verdict.score) if assigned else None
    assert ours == frigates_consensus(attempts)
