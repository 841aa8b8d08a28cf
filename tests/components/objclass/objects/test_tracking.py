"""What is known of the objects in view, whatever order messages come in."""

from typing import Any

import pytest

from custom_components.objclass.frigate.messages import Box, TrackedObject
from custom_components.objclass.frigate.models import Picture
from custom_components.objclass.objects import tracking
from custom_components.objclass.objects.tracking import (
    FORGET_AFTER,
    ObjectState,
    Tracker,
)


def tracked(event_id: str = "1.0-abc", **changes: Any) -> TrackedObject:
    """Return what a message says of an object."""
    said: dict[str, Any] = {
        "camera": "front_door",
        "label": "cat",
        "frame_time": 10.0,
        "box": Box(x1=0, y1=0, x2=10, y2=10),
        "snapshot": None,
        "sub_label": None,
        "model_attributes": {},
        "entered_zones": (),
        "false_positive": False,
    }
    return TrackedObject(id=event_id, **(said | changes))


def test_an_older_message_does_not_replace_a_newer_one() -> None:
    tracker = Tracker()
    tracker.update(tracked(frame_time=10, entered_zones=("lawn",)), ended=False)
    state = tracker.update(tracked(frame_time=9), ended=False)
    assert state is not None
    assert state.latest.entered_zones == ("lawn",)


def test_an_end_counts_even_if_it_is_overtaken() -> None:
    tracker = Tracker()
    tracker.update(tracked(frame_time=9), ended=True)
    state = tracker.update(tracked(frame_time=10), ended=False)
    assert state is not None
    assert state.ended
    assert state.latest.frame_time == 10


def test_the_picture_of_an_object_goes_with_it() -> None:
    tracker = Tracker()
    state = tracker.update(tracked(), ended=True)
    assert state is not None
    state.held = Picture(data=b"a picture", frame_time=11.0)
    assert tracker.forget("1.0-abc")
    assert state.held is None


def test_what_has_ended_does_not_come_back() -> None:
    tracker = Tracker()
    tracker.update(tracked(), ended=True)
    assert tracker.forget("1.0-abc")
    assert not tracker.forget("1.0-abc")
    assert tracker.get("1.0-abc") is None
    assert tracker.update(tracked(frame_time=11), ended=False) is None
    assert not list(tracker)


def test_what_was_given_up_comes_back_with_news_unless_it_has_ended() -> None:
    tracker = Tracker()
    states = [tracker.update(tracked(name), ended=False) for name in ("parked", "gone")]
    for state in states:
        assert state is not None
        assert tracker.forget(state.id)
        tracker.give_up(state)
    # What was sent before comes late, or twice.
    assert tracker.update(tracked("parked"), ended=False) is None
    assert tracker.update(tracked("gone", frame_time=11), ended=True) is None
    assert tracker.update(tracked("gone", frame_time=12), ended=False) is None
    assert tracker.update(tracked("parked", frame_time=11), ended=False) is states[0]
    assert list(tracker) == [states[0]]


def test_ended_objects_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "_REMEMBERED_ENDS", 3)
    tracker = Tracker()
    for number in range(5):
        tracker.update(tracked(f"{number}"), ended=True)
        tracker.forget(f"{number}")
    again = [tracker.update(tracked(f"{number}"), ended=True) for number in range(5)]
    assert [state is not None for state in again] == [True, True, False, False, False]


def test_objects_may_be_forgotten_while_they_are_gone_through() -> None:
    tracker = Tracker()
    for number in range(3):
        tracker.update(tracked(f"{number}"), ended=False)
    for state in tracker:
        tracker.forget(state.id)
    assert not list(tracker)


def test_an_object_is_overdue_when_it_was_not_spoken_of_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(tracking, "monotonic", lambda: now)
    tracker = Tracker()
    tracker.update(tracked("old"), ended=False)
    tracker.update(tracked("spoken of"), ended=False)
    now += FORGET_AFTER / 2
    tracker.update(tracked("spoken of"), ended=False)
    now += FORGET_AFTER / 2 + 1
    assert [state.id for state in tracker.overdue()] == ["old"]


def test_a_foreign_sub_label_stays_foreign() -> None:
    state = ObjectState(tracked())
    state.note_own_name("leo")
    state.note_sub_label(None)
    state.note_sub_label("leo")
    assert state.may_be_named_by("ours")
    state.note_sub_label("rex")
    # A message that was sent before somebody named it comes late.
    state.note_sub_label(None)
    assert not state.may_be_named_by("ours")


def test_only_one_classifier_names_an_object() -> None:
    state = ObjectState(tracked())
    assert state.may_be_named_by("ours")
    assert state.may_be_named_by("other")
    state.named_by = "ours"
    assert state.may_be_named_by("ours")
    assert not state.may_be_named_by("other")
