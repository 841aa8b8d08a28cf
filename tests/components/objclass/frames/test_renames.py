"""A camera or motion sensor that a person renames in Home Assistant goes on working."""

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform

from ..conftest import state_of
from ..visits import script
from .cameras import (
    GATE,
    ShownCamera,
    add_entry,
    frame_data,
    frames_of,
    look,
    next_look,
)

MOTION = "binary_sensor.motion"
RENAMED = "camera.front_gate"
SENSOR = "sensor.gate_gate"


async def add_known_camera(hass: HomeAssistant) -> None:
    """Add a camera that can be renamed."""
    camera = ShownCamera("Gate")
    camera._attr_unique_id = "the gate's"
    setup_test_component_platform(hass, "camera", [camera])
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()


def add_motion_sensor(hass: HomeAssistant) -> None:
    er.async_get(hass).async_get_or_create(
        "binary_sensor",
        "test",
        "the motion's",
        object_id_base="motion",
        original_device_class=BinarySensorDeviceClass.MOTION,
    )


async def test_a_camera_that_is_renamed_is_still_looked_at(
    hass: HomeAssistant,
) -> None:
    await add_known_camera(hass)
    part = [0.0, 0.0, 0.5, 0.5]
    entry = await add_entry(
        hass, frame_data(parts={GATE: part}), frame_data(name="Other")
    )
    before = {
        one.entity_id
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    er.async_get(hass).async_update_entity(GATE, new_entity_id=RENAMED)
    await hass.async_block_till_done()
    for number in (0, 1):
        settings = frames_of(entry, number).settings
        assert settings.cameras == (RENAMED,)
    assert list(frames_of(entry).settings.parts) == [RENAMED]

    script(frames_of(entry), "open", "open", "open")
    await look(hass, entry, 4)
    # What hangs on its entities, such as automations, need not be changed.
    assert state_of(hass, SENSOR) == "open"
    after = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {one.entity_id for one in after} == before


async def test_a_motion_sensor_that_is_renamed_still_tells_of_motion(
    hass: HomeAssistant,
) -> None:
    await add_known_camera(hass)
    add_motion_sensor(hass)
    entry = await add_entry(hass, frame_data(when={"motion_sensors": [MOTION]}))
    er.async_get(hass).async_update_entity(
        MOTION, new_entity_id="binary_sensor.at_the_gate"
    )
    await hass.async_block_till_done()
    script(frames_of(entry), "open", "open", "open")
    await look(hass, entry, 4)
    assert next_look(hass, entry) == []

    hass.states.async_set("binary_sensor.at_the_gate", "on")
    await hass.async_block_till_done()
    (soon,) = next_look(hass, entry)
    assert soon <= 1


async def test_what_else_is_changed_of_a_camera_is_no_reason_to_begin_anew(
    hass: HomeAssistant,
) -> None:
    await add_known_camera(hass)
    entry = await add_entry(hass)
    classifier = frames_of(entry)
    er.async_get(hass).async_update_entity(GATE, name="The gate")
    await hass.async_block_till_done()
    assert frames_of(entry) is classifier
