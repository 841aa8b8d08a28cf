"""Presence: whether a class is in view."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

from .conftest import Frigate, SetUp, classifier_of, entity_of, no_past
from .visits import Visit, script

pytestmark = no_past

LEO = "binary_sensor.our_cats_leo_in_view"
CHARLIE = "binary_sensor.our_cats_charlie_in_view"


async def test_a_class_is_in_view_from_its_recognition_until_it_leaves(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    assert entity_of(hass, LEO).state == "off"
    assert entity_of(hass, LEO).attributes["device_class"] == "occupancy"
    script(classifier_of(entry), "leo")
    changes = async_capture_events(hass, "state_changed")
    visit = Visit(frigate, entry)
    await visit.look(2)
    assert entity_of(hass, LEO).state == "off"
    await visit.look(3)
    assert entity_of(hass, LEO).state == "on"
    assert entity_of(hass, LEO).attributes["cameras"] == ["front_door"]
    assert entity_of(hass, CHARLIE).state == "off"
    await visit.end()
    assert entity_of(hass, LEO).state == "off"
    assert entity_of(hass, LEO).attributes["cameras"] == []
    mine = [change for change in changes if change.data["entity_id"] == LEO]
    assert [change.data["new_state"].state for change in mine] == ["on", "off"]


async def test_a_class_stays_in_view_until_all_of_it_have_left(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    first, second = Visit(frigate, entry), Visit(frigate, entry, camera="back_yard")
    await first.look(3)
    await second.look(3)
    assert entity_of(hass, LEO).attributes["cameras"] == ["back_yard", "front_door"]
    await first.end()
    assert entity_of(hass, LEO).state == "on"
    assert entity_of(hass, LEO).attributes["cameras"] == ["back_yard"]
    await second.end()
    assert entity_of(hass, LEO).state == "off"


async def test_nobody_is_in_view_who_was_not_recognised(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "none")
    visit = Visit(frigate, entry)
    await visit.look(4)
    assert entity_of(hass, LEO).state == "off"
    assert entity_of(hass, CHARLIE).state == "off"


async def test_a_mind_that_is_changed_moves_the_presence_over(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *["charlie"] * 3, "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert (entity_of(hass, CHARLIE).state, entity_of(hass, LEO).state) == ("on", "off")
    await visit.look(5)
    assert (entity_of(hass, CHARLIE).state, entity_of(hass, LEO).state) == ("off", "on")


async def test_nobody_is_in_view_after_frigate_was_away(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert entity_of(hass, LEO).state == "on"
    frigate.say("available", "offline")
    await hass.async_block_till_done()
    assert entity_of(hass, LEO).state == "unavailable"
    frigate.say("available", "online")
    await hass.async_block_till_done()
    assert entity_of(hass, LEO).state == "off"
