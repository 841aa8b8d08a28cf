"""Classifiers that are asked only of some objects, as a household sees them.

"Our cats" tells leo, charlie and others apart; "Collar" is asked only of leo.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant
from numpy.typing import NDArray
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass import api, held_looks, worker
from custom_components.objclass.classifier import ObjectClassifier
from custom_components.objclass.const import EVENT_RESULT
from custom_components.objclass.frigate.client import FrigateClient
from custom_components.objclass.learning.backbone import Backbone
from custom_components.objclass.learning.head import Prediction
from tests.frigate_sim.cameras import NativeModel

from .conftest import (
    Frigate,
    SetUp,
    classifier_data,
    data_of,
    frigate_of,
    published,
)
from .visits import ScriptedHead, Visit, busy_worker, crops, finals, script, update

NO_HISTORY = {"past_events": 0}
COLLAR = NativeModel(
    name="Collar", type="attribute", objects=("cat",), classes={"red": 3, "blue": 3}
)
pytestmark = pytest.mark.parametrize(
    "frigate", [{"models": (COLLAR,)} | NO_HISTORY], indirect=True
)

type Told = list[Event[Mapping[str, Any]]]


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    """Return the events that automations get to see."""
    return async_capture_events(hass, EVENT_RESULT)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once what Frigate has not stored yet."""
    monkeypatch.setattr(
        api, "FrigateClient", partial(FrigateClient, retry_delays=(0, 0, 0, 0))
    )


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Count what the backbone is asked."""
    # It tries itself out when it is loaded.
    worker.load_backbone()
    seen: list[Any] = []
    embed = Backbone.embed

    def counted(backbone: Backbone, pixels: Any) -> Any:
        seen.append(pixels)
        return embed(backbone, pixels)

    monkeypatch.setattr(Backbone, "embed", counted)
    return seen


def child(
    parent: str, *classes: str, name: str = "Collar", **changes: Any
) -> ConfigSubentryData:
    """Return a classifier that hangs on another one, or on Frigate."""
    return classifier_data(
        **{"classes": ["red", "blue"], "kind": "attribute", "name": name}
        | changes
        | {"condition": {"parent": parent, "classes": list(classes)}}
    )


def with_id(data: ConfigSubentryData, classifier_id: str) -> ConfigSubentryData:
    return ConfigSubentryData(**data, subentry_id=classifier_id)  # type: ignore[typeddict-unknown-key, typeddict-item]


OUR_CATS = with_id(classifier_data(name="Our cats"), "cats")


def named(entry: MockConfigEntry, name: str) -> ObjectClassifier:
    (found,) = (
        item
        for item in data_of(entry).classifiers.values()
        if item.settings.name == name
    )
    assert isinstance(found, ObjectClassifier)
    return found


async def cats_and_collar(
    set_up: SetUp, *said: Any, collar: tuple[Any, ...] = ("red",), **changes: Any
) -> tuple[MockConfigEntry, ScriptedHead, ScriptedHead]:
    """Set up both classifiers, and what their heads will say."""
    entry = await set_up(OUR_CATS, child("cats", "leo", **changes))
    cats = script(named(entry, "Our cats"), *said)
    return entry, cats, script(named(entry, "Collar"), *collar)


def of(told: Told, name: str) -> list[Any]:
    """Return the classes that a classifier assigned, in order; None was taken back."""
    return [
        event.data["class"]
        for event in told
        if event.data["classifier"] == name and not event.data["final"]
    ]


# Asked or not


async def test_a_child_is_asked_once_its_parent_has_one_of_the_classes(
    frigate: Frigate, set_up: SetUp, told: Told, looks: list[Any]
) -> None:
    entry, cats, collar = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    assert (cats.asked, collar.asked) == (2, 0)
    await visit.look()
    # Now that it is leo, all three looks count, without a picture more.
    assert (cats.asked, collar.asked, len(looks)) == (3, 3, 3)
    assert of(told, "Collar") == ["red"]
    await visit.look()
    assert (cats.asked, collar.asked, len(looks)) == (4, 4, 4)
    await visit.end()
    assert {final["classifier"]: final["class"] for final in finals(told)} == {
        "Our cats": "leo",
        "Collar": "red",
    }
    assert len(await crops(entry, visit.id, 1)) == 4


@pytest.mark.parametrize("said", ["charlie", "none", ("leo", 0.5)], ids=str)
async def test_of_an_object_that_is_none_of_its_own_a_child_says_and_keeps_nothing(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    mqtt_mock: MqttMockHAClient,
    said: Any,
) -> None:
    entry, _, collar = await cats_and_collar(set_up, said)
    visit = Visit(frigate, entry)
    await visit.look(5)
    await visit.end()

    assert collar.asked == 0
    assert [event for event in told if event.data["classifier"] == "Collar"] == []
    assert [said for said in published(mqtt_mock) if said["model"] == "Collar"] == []
    assert await crops(entry, visit.id, 1) == []
    state = hass.states.get("event.collar_front_door_classification")
    assert state is not None
    assert state.state == "unknown"


async def test_a_child_of_a_parent_that_is_not_trained_waits(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "leo"))
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()
    assert collar.asked == 0


async def test_a_child_that_is_not_trained_gets_its_examples_from_the_right_objects(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "leo"))
    script(named(entry, "Our cats"), *["leo"] * 4, "charlie")
    leo, charlie = Visit(frigate, entry), Visit(frigate, entry, "charlie")
    await leo.look(4)
    await leo.end()
    await charlie.look(4)
    await charlie.end()
    assert len(await crops(entry, leo.id, 1)) == 4
    assert await crops(entry, charlie.id, 1) == []


async def test_none_is_an_answer_that_a_child_may_hang_on(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "none"))
    script(named(entry, "Our cats"), "none")
    script(named(entry, "Collar"), "blue")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert of(told, "Collar") == ["blue"]


async def test_a_parent_that_is_decided_only_at_the_end_still_has_its_child_asked(
    frigate: Frigate, set_up: SetUp, told: Told, looks: list[Any]
) -> None:
    entry, _, collar = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    await visit.end()

    assert collar.asked == 2 == len(looks)
    assert [(f["classifier"], f["class"]) for f in finals(told)] == [
        ("Our cats", "leo"),
        ("Collar", "red"),
    ]


async def test_all_looks_count_before_a_child_says_anything(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    """Else it would say what the first three looks come to, only to correct it."""
    entry, _, _ = await cats_and_collar(
        set_up,
        *("charlie", "charlie", "leo", "leo", "leo"),
        collar=("blue", "blue", "red", "red", "red"),
    )
    visit = Visit(frigate, entry)
    await visit.look(5)
    assert of(told, "Our cats") == ["charlie", "leo"]
    assert of(told, "Collar") == ["red"]


async def test_a_grandchild_is_asked_in_the_same_moment(
    frigate: Frigate, set_up: SetUp, told: Told, looks: list[Any]
) -> None:
    entry = await set_up(
        # In an order in which nobody can be asked before the others.
        with_id(child("collar", "red", name="Bell", classes=["on", "off"]), "bell"),
        with_id(child("cats", "leo"), "collar"),
        OUR_CATS,
    )
    script(named(entry, "Our cats"), "leo")
    script(named(entry, "Collar"), "red")
    bell = script(named(entry, "Bell"), "on")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert of(told, "Bell") == ["on"]
    assert (bell.asked, len(looks)) == (3, 3)
    await visit.end()
    assert [final["classifier"] for final in finals(told)] == [
        "Our cats",
        "Collar",
        "Bell",
    ]


# Taken back


async def test_what_a_child_said_is_taken_back_when_its_parent_changes_its_mind(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    mqtt_mock: MqttMockHAClient,
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 3, "charlie")
    visit = Visit(frigate, entry)
    await visit.look(3)
    collar = named(entry, "Collar")
    assert hass.states.get("binary_sensor.collar_red_in_view").state == "on"  # type: ignore[union-attr]
    assert visit.seen.attributes == {"Collar": ("red", 1.0)}
    assert len(collar.last_results) == 1
    await visit.look(5)

    assert of(told, "Our cats") == ["leo", "charlie"]
    assert of(told, "Collar") == ["red", None]
    (back,) = [event.data for event in told if event.data["taken_back"]]
    assert (back["taken_back"], back["final"], back["outcome"]) == ("red", False, None)
    for entity, state in {
        "binary_sensor.collar_red_in_view": "off",
        "sensor.collar_front_door": "unknown",
        "sensor.collar_red_last_seen": "unknown",
    }.items():
        shown = hass.states.get(entity)
        assert shown is not None
        assert shown.state == state, entity
    event = hass.states.get("event.collar_front_door_classification")
    assert event is not None
    assert event.attributes["event_type"] == "taken_back"
    assert collar.last_results == ()
    assert visit.seen.attributes == {}
    messages = [said for said in published(mqtt_mock) if said["model"] == "Collar"]
    assert messages[-1]["attribute"] == "none"

    await visit.end()
    assert [final["classifier"] for final in finals(told)] == ["Our cats"]
    # It was no matter for it, so there is nothing to learn from it.
    assert await crops(entry, visit.id, 1) == []
    assert len(await crops(entry, visit.id, 0)) > 0


async def test_what_a_person_has_labelled_is_kept_all_the_same(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 3, "charlie")
    visit = Visit(frigate, entry)
    await visit.look(3)
    first, *_ = await crops(entry, visit.id, 1)
    await named(entry, "Collar").async_label([first.id], "red")
    await visit.look(5)
    await visit.end()
    assert [crop.id for crop in await crops(entry, visit.id, 1)] == [first.id]


async def test_the_last_cat_with_that_collar_is_shown_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 6, "charlie")
    first = Visit(frigate, entry)
    await first.look(3)
    await first.end()
    seen_at = hass.states.get("sensor.collar_red_last_seen")
    second = Visit(frigate, entry, camera="back_yard")
    await second.look(3)
    assert hass.states.get("sensor.collar_red_last_seen") != seen_at
    await second.look(5)

    again = hass.states.get("sensor.collar_red_last_seen")
    assert again is not None
    assert seen_at is not None
    assert (again.state, again.attributes["camera"]) == (seen_at.state, "front_door")
    # On the other camera nothing was taken back.
    shown = hass.states.get("sensor.collar_front_door")
    assert shown is not None
    assert shown.state == "red"


async def test_what_was_taken_back_is_said_again_without_another_look(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(child("frigate_sub_label", "leo"))
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    visit.seen.sub_label = ("leo", 0.9)
    await visit.look(3)
    for name in ("charlie", "Leo"):
        update(
            frigate, type="classification", id=visit.id, model="pets", sub_label=name
        )
        await frigate.hass.async_block_till_done()
    assert of(told, "Collar") == ["red", None, "red"]
    assert collar.asked == 3


async def test_taking_back_goes_down_the_chain(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(
        OUR_CATS,
        with_id(child("cats", "leo"), "collar"),
        child("collar", "red", name="Bell", classes=["on", "off"]),
    )
    script(named(entry, "Our cats"), *["leo"] * 3, "charlie")
    script(named(entry, "Collar"), "red")
    script(named(entry, "Bell"), "on")
    visit = Visit(frigate, entry)
    await visit.look(8)
    await visit.end()
    assert of(told, "Collar") == ["red", None]
    assert of(told, "Bell") == ["on", None]
    assert [final["classifier"] for final in finals(told)] == ["Our cats"]


# Sub labels


async def test_the_one_who_knows_better_names_the_object_in_frigate(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(
        set_up, *["leo"] * 3, "charlie", kind="sub_label"
    )
    visit = Visit(frigate, entry)
    await visit.look(4)
    assert visit.seen.sub_label == ("red", 0.95)
    # Taken back: the object has the name again that its parent gives it.
    await visit.look(4)
    assert visit.seen.sub_label == ("charlie", 0.95)
    await visit.end()
    assert visit.seen.sub_label == ("charlie", 0.95)


async def test_a_sub_label_without_a_successor_is_cleared_when_the_object_has_ended(
    frigate: Frigate, set_up: SetUp
) -> None:
    """Frigate's live view breaks when it is cleared before."""
    entry = await set_up(
        with_id(classifier_data(name="Our cats", kind="attribute"), "cats"),
        child("cats", "leo", kind="sub_label"),
    )
    script(named(entry, "Our cats"), *["leo"] * 3, "charlie")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(8)
    assert visit.seen.sub_label == ("red", 0.95)
    await visit.end()
    assert visit.seen.sub_label == (None, None)


async def test_a_name_that_a_person_has_given_meanwhile_is_not_cleared(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        with_id(classifier_data(name="Our cats", kind="attribute"), "cats"),
        child("cats", "leo", kind="sub_label"),
    )
    script(named(entry, "Our cats"), *["leo"] * 3, "charlie")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(8)
    visit.seen.sub_label = ("max", 1.0)
    await visit.end()
    assert visit.seen.sub_label == ("max", 1.0)


# What Frigate itself says


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        ("frigate_face", {"type": "face", "name": "John", "score": 0.95}),
        ("frigate_plate", {"type": "lpr", "name": "John", "plate": "1", "score": 0.9}),
        ("frigate_plate", {"type": "lpr", "name": None, "plate": "john", "score": 0.9}),
        (
            "frigate_sub_label",
            {"type": "classification", "model": "staff", "sub_label": "john"},
        ),
        (
            "frigate_attribute:staff",
            {"type": "classification", "model": "staff", "attribute": "john"},
        ),
    ],
    ids=str,
)
async def test_a_child_is_asked_as_soon_as_frigate_has_said_it(
    frigate: Frigate,
    set_up: SetUp,
    looks: list[Any],
    parent: str,
    message: dict[str, Any],
) -> None:
    entry = await set_up(child(parent, "John"))
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(2)
    # Nobody is interested yet: no picture is fetched.
    assert looks == []
    update(frigate, id=visit.id, camera="front_door", **message)
    await visit.say()
    assert collar.asked == 1
    await visit.look(2)
    assert collar.asked == 3 == len(looks)


async def test_looks_for_others_count_when_frigate_says_it_later(
    frigate: Frigate, set_up: SetUp, looks: list[Any], told: Told
) -> None:
    entry = await set_up(OUR_CATS, child("frigate_face", "John"))
    script(named(entry, "Our cats"), "leo")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(3)
    update(frigate, id=visit.id, type="face", name="John", score=0.95)
    await visit.say()
    assert of(told, "Collar") == ["red"]
    assert len(looks) == 3


# Trouble


async def test_a_child_whose_parent_is_gone_is_not_asked_and_holds_no_looks(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("gone", "leo"))
    script(named(entry, "Our cats"), "leo")
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(4)
    assert len(frigate_of(entry).pipeline._children._held) == 0
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
    async with busy_worker(entry):
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
    kept = classifier.trained
    assert kept is not None
    classifier.trained = replace(kept, head=interrupted)  # type: ignore[arg-type]


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
    assert len(held) == 6
    assert held.of(visits[0].id) == ()
    for visit in visits:
        await visit.end()
    assert len(held) == 0
    assert collar.asked == 0
