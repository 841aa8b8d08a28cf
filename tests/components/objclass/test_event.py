"""Event entities: one event when somebody is recognised, or leaves unrecognised."""

import pytest
from homeassistant.core import Event, HomeAssistant, State
from pytest_homeassistant_custom_component.common import async_capture_events

from .conftest import Frigate, SetUp, classifier_of, no_past
from .visits import Visit, script

pytestmark = no_past

FRONT = "event.our_cats_front_door_classification"
BACK = "event.our_cats_back_yard_classification"


def fired(changes: list[Event], entity_id: str = FRONT) -> list[State]:
    """Return what an event entity told, without its silence."""
    return [
        change.data["new_state"]
        for change in changes
        if change.data["entity_id"] == entity_id
        and change.data["new_state"].state not in ("unknown", "unavailable")
    ]


async def test_an_automation_hears_once_who_was_recognised(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.9))
    changes = async_capture_events(hass, "state_changed")
    visit = Visit(frigate, entry)
    await visit.look(5)
    await visit.end()

    (state,) = fired(changes)
    assert state.attributes["event_types"] == ["leo", "charlie", "none", "undecided"]
    assert state.attributes["event_type"] == "leo"
    assert state.attributes["event_id"] == visit.id
    assert state.attributes["camera"] == "front_door"
    assert state.attributes["label"] == "cat"
    assert state.attributes["score"] == 0.9
    assert state.attributes["attempts"] == 3
    assert state.attributes["final"] is False
    assert fired(changes, BACK) == []


@pytest.mark.parametrize(
    ("said", "heard"), [("none", "none"), (("leo", 0.5), "undecided")]
)
async def test_an_automation_hears_once_who_left_unrecognised(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    said: str | tuple[str, float],
    heard: str,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), said)
    changes = async_capture_events(hass, "state_changed")
    visit = Visit(frigate, entry, camera="back_yard")
    await visit.look(5)
    assert fired(changes, BACK) == []
    await visit.end()

    (state,) = fired(changes, BACK)
    assert state.attributes["event_type"] == heard
    assert state.attributes["final"] is True
    assert fired(changes) == []


async def test_an_automation_hears_of_a_mind_that_is_changed(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *["charlie"] * 3, "leo")
    changes = async_capture_events(hass, "state_changed")
    visit = Visit(frigate, entry)
    await visit.look(9)
    await visit.end()
    heard = [state.attributes["event_type"] for state in fired(changes)]
    assert heard == ["charlie", "leo"]


async def test_a_restart_repeats_nothing_and_forgets_nothing(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()
    before = hass.states.get(FRONT)
    await hass.config_entries.async_reload(entry.entry_id)
    frigate.say("available", "online")
    await hass.async_block_till_done()
    after = hass.states.get(FRONT)
    assert before is not None
    assert after is not None
    assert after.state == before.state
    assert after.attributes == before.attributes
