"""What Frigate itself says of an object, whichever of its processes is heard first."""

from typing import Any

import pytest

from custom_components.objclass.frigate.findings import Findings
from custom_components.objclass.frigate.messages import (
    Box,
    SubLabel,
    TrackedObject,
    TrackedObjectUpdate,
)


def tracked(
    sub_label: str | None = None, plate: str | None = None, **attributes: str
) -> TrackedObject:
    """Return an event message about an object."""
    return TrackedObject(
        id="1.0-abc",
        camera="front_door",
        label="person",
        frame_time=10.0,
        box=Box(x1=0, y1=0, x2=10, y2=10),
        snapshot=None,
        sub_label=None if sub_label is None else SubLabel(text=sub_label, score=0.9),
        model_attributes={
            model: SubLabel(text=text, score=0.9) for model, text in attributes.items()
        },
        entered_zones=(),
        false_positive=False,
        plate=plate,
    )


def update(kind: str, **said: Any) -> TrackedObjectUpdate:
    """Return a message about one finding."""
    empty: dict[str, Any] = dict.fromkeys(
        ("model", "sub_label", "attribute", "name", "plate")
    )
    empty |= {"score": 0.95, "source": None}
    return TrackedObjectUpdate(type=kind, id="1.0-abc", **(empty | said))


def after(*messages: TrackedObject | TrackedObjectUpdate) -> Findings:
    """Return what is known after some messages."""
    findings, before = Findings(), None
    for message in messages:
        if isinstance(message, TrackedObject):
            findings.hear_event(message, before, ours={"ours"})
            before = message
        else:
            findings.hear_update(message, face_threshold=0.9)
    return findings


def test_a_face_is_known_from_the_recognition_threshold_on() -> None:
    assert after(update("face", name="John", score=0.89)).face is None
    found = after(update("face", name="John", score=0.9))
    assert (found.face, found.sub_label) == ("John", "John")


def test_a_later_attempt_that_fails_does_not_take_a_face_away() -> None:
    found = after(
        update("face", name="John"),
        update("face", name=None, score=0.0),
        update("face", name="Jane", score=0.5),
    )
    assert found.face == "John"


def test_an_event_message_that_does_not_know_of_it_yet_changes_nothing() -> None:
    found = after(
        tracked(),
        update("face", name="John"),
        update("lpr", name="Postman", plate="123ABC"),
        update("classification", model="collar", attribute="red"),
        tracked(),
    )
    assert found.face == "John"
    assert found.plate == {"Postman", "123ABC"}
    assert found.attributes == {"collar": "red"}


def test_a_plate_is_known_by_its_name_and_its_text() -> None:
    found = after(
        update("lpr", name="Postman", plate="123ABC"), tracked(plate="123ABC")
    )
    assert found.plate == {"Postman", "123ABC"}
    assert found.sub_label == "Postman"


def test_a_plate_that_is_read_better_replaces_the_old_reading() -> None:
    assert after(tracked(plate="1Z3"), tracked(plate="123")).plate == {"123"}


def test_the_name_that_a_person_gives_replaces_the_face() -> None:
    found = after(update("face", name="John"), tracked("John"), tracked("Jane"))
    assert (found.face, found.sub_label) == (None, "Jane")


def test_what_a_person_clears_is_gone() -> None:
    found = after(tracked("John", collar="red", mood="calm"), tracked(mood="calm"))
    assert found.sub_label is None
    assert found.attributes == {"mood": "calm"}


def test_a_sub_label_of_ours_is_no_finding_of_frigates() -> None:
    assert after(tracked(), tracked("ours")).sub_label is None


@pytest.mark.parametrize("kind", ["description", "whatever comes next"])
def test_other_messages_say_nothing(kind: str) -> None:
    assert after(update(kind)) == Findings()
