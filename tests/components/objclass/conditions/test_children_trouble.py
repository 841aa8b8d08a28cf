"""Classifiers with a condition when something goes wrong, or ends in the middle."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from numpy.typing import NDArray

from custom_components.objclass.classifier import ObjectClassifier
from custom_components.objclass.conditions import held_looks
from custom_components.objclass.learning.head import Prediction

from ..chains import (
    OUR_CATS,
    WITH_COLLAR,
    cats_and_collar,
    child,
    named,
    of,
    with_id,
)
from ..conftest import (
    Frigate,
    SetUp,
    Told,
    frigate_of,
)
from ..visits import ScriptedHead, Visit, busy_worker, finals, script, settle, update

pytestmark = pytest.mark.parametrize("frigate", [WITH_COLLAR], indirect=True)


async def test_a_child_whose_parent_is_gone_is_not_asked_and_holds_no_looks(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("gone", "leo"))
    script(named(entry, "Our cats"), "leo")
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(4)
    assert frigate_of(entry).pipeline._children._held.of(visit.id) == ()
    await visit.end()
    assert collar.asked == 0


async def test_classifiers_that_hang_on_each_other_are_not_asked(
    frigate: Frigate, set_up: SetUp
) -> None:
    """The form refuses it; a damaged file must not bring everything down."""
    entry = await set_up(
        OUR_CATS,
        with_id(child("bell", "on"), "collar"),
        with_id(child("collar", "red", name="Bell", classes=["on", "off"]), "bell"),
    )
    cats = script(named(entry, "Our cats"), "leo")
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()
    assert (cats.asked, collar.asked) == (4, 0)


async def test_when_frigate_goes_offline_the_chain_is_brought_to_its_end(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry, _, _ = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    frigate.say("available", "offline")
    await frigate.hass.async_block_till_done()
    assert [(f["classifier"], f["class"]) for f in finals(told)] == [
        ("Our cats", "leo"),
        ("Collar", "red"),
    ]


async def test_an_end_while_a_child_is_being_asked_counts_nothing_twice(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry, _, _ = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    async with busy_worker(entry, looking=True):
        frigate._publish_event(visit.next_message())
        frigate.say("available", "offline")
    await visit.say()
    assert {final["classifier"]: final["attempts"] for final in finals(told)} == {
        "Our cats": 2,
        "Collar": 2,
    }


class Interrupted(ScriptedHead):
    """A head during whose first answer something happens."""

    happens: Callable[[], None] | None = None

    def predict(self, embedding: NDArray[np.float32]) -> Prediction:
        if happens := self.happens:
            self.happens = None
            done = threading.Event()
            self.loop.call_soon_threadsafe(lambda: (happens(), done.set()))
            assert done.wait(10)
        return super().predict(embedding)

    loop: asyncio.AbstractEventLoop


def interrupt(
    hass: HomeAssistant, classifier: ObjectClassifier, happens: Callable[[], None]
) -> None:
    """Let something happen while a classifier is being asked."""
    head = script(classifier, "red")
    interrupted = Interrupted(head.classes, head.backbone, ["red"])
    interrupted.happens, interrupted.loop = happens, hass.loop
    kept = classifier.trainings.current
    assert kept is not None
    classifier.trainings.current = replace(kept, head=interrupted)  # type: ignore[arg-type]


async def test_an_object_whose_end_comes_while_a_child_is_asked_has_one_outcome_each(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry, _, _ = await cats_and_collar(set_up, "leo")
    collar = named(entry, "Collar")
    interrupt(hass, collar, lambda: frigate.say("available", "offline"))
    visit = Visit(frigate, entry)
    await visit.look(3)
    await hass.async_block_till_done()
    assert [(end["classifier"], end["attempts"]) for end in finals(told)] == [
        ("Our cats", 3),
        ("Collar", 3),
    ]
    assert of(told, "Collar") == ["red"]


async def test_a_child_that_is_no_matter_any_more_while_it_is_asked_says_nothing(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(OUR_CATS, child("frigate_sub_label", "leo"))
    script(named(entry, "Our cats"), "none")
    visit = Visit(frigate, entry)
    await visit.look(3)

    def frigate_says(name: str) -> None:
        update(
            frigate, type="classification", id=visit.id, model="pets", sub_label=name
        )

    interrupt(hass, named(entry, "Collar"), lambda: frigate_says("charlie"))
    frigate_says("leo")
    await visit.say()
    assert of(told, "Collar") == []
    frigate_says("leo")
    await visit.say()
    assert of(told, "Collar") == ["red"]


async def test_after_a_reload_in_the_middle_the_chain_begins_anew(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry, _, _ = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    await hass.config_entries.async_reload(entry.entry_id)
    frigate.say("available", "online")
    script(named(entry, "Our cats"), "leo")
    script(named(entry, "Collar"), "blue")
    await visit.look(3)
    assert of(told, "Collar") == ["blue"]
    await visit.end()
    assert [final["attempts"] for final in finals(told)] == [3, 3]


async def test_of_a_face_that_was_recognised_before_a_restart_the_sub_label_is_left(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(child("frigate_face", "John"))
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look()
    update(frigate, id=visit.id, type="face", name="John", score=0.95)
    visit.seen.sub_label = ("John", 0.95)
    await visit.look()
    await hass.config_entries.async_reload(entry.entry_id)
    frigate.say("available", "online")
    script(named(entry, "Collar"), "red")
    await visit.look(3)
    assert of(told, "Collar") == ["red"]


async def test_frigate_that_was_away_in_the_middle_begins_the_chain_anew(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 3, "charlie")
    first = Visit(frigate, entry)
    await first.look(3)
    frigate.say("available", "offline")
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.collar_red_in_view").state == "unavailable"  # type: ignore[union-attr]
    frigate.say("available", "online")
    await hass.async_block_till_done()
    # Nobody is in view any more, and what was said before is not taken back.
    assert hass.states.get("binary_sensor.collar_red_in_view").state == "off"  # type: ignore[union-attr]
    second = Visit(frigate, entry)
    await second.look(3)
    await second.end()
    assert of(told, "Collar") == ["red"]
    assert finals(told, second.id)[0]["class"] == "charlie"
    assert len(finals(told, second.id)) == 1


async def test_what_was_said_when_frigate_went_away_is_not_taken_back_when_it_returns(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "none"))
    script(named(entry, "Our cats"), "none")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(2)
    assert of(told, "Collar") == []
    frigate.say("available", "offline")
    frigate.say("available", "online")
    await settle(hass, entry)
    await visit.look(2)
    assert of(told, "Collar") == ["red"]


async def test_looks_are_held_within_bounds(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_looks, "MAX_PER_OBJECT", 3)
    monkeypatch.setattr(held_looks, "MAX_OBJECTS", 2)
    entry, _, collar = await cats_and_collar(set_up, *["charlie"] * 15, "leo")
    visits = [Visit(frigate, entry) for _ in range(3)]
    for visit in visits:
        await visit.look(5)
    held = frigate_of(entry).pipeline._children._held
    assert [len(held.of(visit.id)) for visit in visits] == [0, 3, 3]
    for visit in visits:
        await visit.end()
    assert [len(held.of(visit.id)) for visit in visits] == [0, 0, 0]
    assert collar.asked == 0
