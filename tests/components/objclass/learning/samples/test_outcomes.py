"""Why an event ended as it did can be read as long as a crop of it is kept."""

from pathlib import Path

from custom_components.objclass.learning.consensus import (
    Attempt,
    Outcome,
    Tried,
    Verdict,
)
from custom_components.objclass.learning.samples.outcomes import KeptOutcome

from .stores import add, opened

LEO = KeptOutcome(
    event_id="one",
    outcome=Outcome.ASSIGNED,
    verdict=Verdict(
        class_name="leo",
        score=0.93,
        votes={"leo": 3, "none": 1},
        rule="agreed",
        figures={"share": 0.75, "needed": 0.6},
    ),
    attempts=(
        Tried(
            attempt=Attempt(class_name="leo", score=0.93, frame_time=1.5), counts=True
        ),
        Tried(
            attempt=Attempt(
                class_name="max", score=0.4, frame_time=2.5, unfamiliar=True
            ),
            counts=False,
        ),
    ),
)
UNDECIDED = KeptOutcome(
    event_id="two",
    outcome=Outcome.UNDECIDED,
    verdict=Verdict(
        class_name=None, score=0.0, votes={}, rule="ended_early", figures={"counted": 0}
    ),
)


def test_an_outcome_is_read_as_it_was_also_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        add(store, "a", event_id="one")
        add(store, "b", event_id="two")
        store.put_outcomes([LEO])
        store.put_outcomes([UNDECIDED])
    with opened(tmp_path) as store:
        assert store.outcomes(["one", "gone", "two"]) == {"one": LEO, "two": UNDECIDED}
        assert store.outcomes([]) == {}


def test_an_outcome_goes_with_the_last_crop_of_its_event(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name in "abc":
            add(store, name, event_id="two" if name == "c" else "one")
        store.put_outcomes([LEO])
        store.put_outcomes([UNDECIDED])
        store.delete(["a"])
        assert set(store.outcomes(["one", "two"])) == {"one", "two"}
        store.prune(1)
        assert set(store.outcomes(["one", "two"])) == {"two"}


def test_events_without_a_crop_leave_nothing_behind(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put_outcomes([LEO])
        assert store.outcomes(["one"]) == {}


def test_the_last_word_counts(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        add(store, "a", event_id="one")
        before = KeptOutcome(
            event_id="one", outcome=Outcome.UNDECIDED, verdict=UNDECIDED.verdict
        )
        store.put_outcomes([before, LEO])
        assert store.outcomes(["one"]) == {"one": LEO}
