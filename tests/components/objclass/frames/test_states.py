"""A camera's state: confirmed, shown, told, and known again after a restart."""

import pytest
from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.objclass.classifier import frames

from ..visits import STRANGER, Said, script
from .cameras import GATE, add_cameras, add_entry, frame_data, frames_of, look

SENSOR = "sensor.gate_gate"


async def shown(
    hass: HomeAssistant, entry: MockConfigEntry, *said: Said, looks: int | None = None
) -> State:
    """Look as often as the head has something to say; return the sensor's state."""
    script(frames_of(entry), *said)
    await look(hass, entry, len(said) if looks is None else looks)
    state = hass.states.get(SENSOR)
    assert state is not None
    return state


async def test_a_state_is_shown_after_three_equal_results_and_not_before(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    assert (await shown(hass, entry, "open", "open")).state == "unknown"
    state = await shown(hass, entry, ("open", 0.9))
    assert state.state == "open"
    assert state.attributes["options"] == ["open", "shut"]
    assert state.attributes["confirmed_by"] == 3
    assert state.attributes["score"] == pytest.approx((0.95 + 0.95 + 0.9) / 3, abs=1e-3)

    before = state.attributes["since"]
    assert (await shown(hass, entry, "shut", "shut", "open")).state == "open"
    assert (await shown(hass, entry, "shut", "shut")).state == "open"
    state = await shown(hass, entry, "shut")
    assert state.state == "shut"
    assert state.attributes["since"] > before


async def test_the_rules_can_be_chosen(hass: HomeAssistant) -> None:
    await add_cameras(hass, "Gate")
    rules = {"confirmations": 1, "threshold": 0.6}
    entry = await add_entry(hass, frame_data(rules=rules))
    assert (await shown(hass, entry, ("open", 0.59))).state == "unknown"
    assert (await shown(hass, entry, ("open", 0.6))).state == "open"


async def test_a_picture_unlike_all_that_was_labelled_changes_nothing(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    await shown(hass, entry, "shut", looks=3)
    assert (await shown(hass, entry, STRANGER, looks=4)).state == "shut"


async def test_strange_pictures_count_where_a_person_wants_that(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass, frame_data(rules={"familiarity": False}))
    assert (await shown(hass, entry, STRANGER, looks=3)).state == "open"


async def test_each_camera_has_a_state_of_its_own(hass: HomeAssistant) -> None:
    await add_cameras(hass, "Gate", "Drive")
    entry = await add_entry(
        hass, frame_data(camera_entities=[GATE, "camera.drive"], rules={})
    )
    # They are looked at together: open is what one shows, shut the other.
    script(frames_of(entry), *(("open", "shut") * 3))
    await look(hass, entry, 3)
    states = {
        name: state.state
        for name in ("gate", "drive")
        if (state := hass.states.get(f"sensor.gate_{name}"))
    }
    assert sorted(states.values()) == ["open", "shut"]


async def test_a_binary_sensor_is_on_in_the_class_that_was_named(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(
        hass, frame_data(on={"on_class": "open", "device_class": "garage_door"})
    )
    state = hass.states.get("binary_sensor.gate_gate_open")
    assert state is not None
    assert state.state == "unknown"
    assert state.attributes["device_class"] == "garage_door"
    # Not the name of the sensor beside it.
    assert state.name == "Gate Gate open"
    for name, expected in (("open", "on"), ("shut", "off")):
        await shown(hass, entry, name, looks=3)
        state = hass.states.get("binary_sensor.gate_gate_open")
        assert state is not None
        assert state.state == expected
        assert state.attributes["confirmed_by"] == 3


async def test_without_a_class_for_on_there_is_no_binary_sensor(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    await add_entry(
        hass,
        frame_data(),
        frame_data(name="Sky", classes=["sun", "rain", "snow"], on={"on_class": "sun"}),
    )
    assert not hass.states.async_entity_ids("binary_sensor")


async def test_an_event_tells_a_change_but_not_what_was_so_from_the_start(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    await shown(hass, entry, "shut", looks=4)
    event = hass.states.get("event.gate_gate_changed")
    assert event is not None
    assert event.state == "unknown"
    changes = async_capture_events(hass, "state_changed")
    await shown(hass, entry, "open", looks=5)
    (told,) = [
        change.data["new_state"]
        for change in changes
        if change.data["entity_id"] == "event.gate_gate_changed"
    ]
    assert told.attributes["event_type"] == "open"
    assert told.attributes["camera"] == "camera.gate"
    assert told.attributes["before"] == "shut"
    assert told.attributes["confirmed_by"] == 3


async def test_the_state_is_known_again_after_a_reload(hass: HomeAssistant) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    before = await shown(hass, entry, "open", looks=3)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    after = hass.states.get(SENSOR)
    assert after is not None
    assert (after.state, after.attributes) == ("open", before.attributes)


async def test_the_state_of_a_class_that_is_gone_is_forgotten(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    await shown(hass, entry, "open", looks=3)
    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "classes": ["ajar", "shut"]}
    )
    await hass.async_block_till_done()
    state = hass.states.get(SENSOR)
    assert state is not None
    assert (state.state, state.attributes["options"]) == ("unknown", ["ajar", "shut"])


async def test_the_last_picture_is_shown(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    await shown(hass, entry, "open")
    image = hass.states.get("image.gate_last_crop")
    assert image is not None
    assert image.attributes["camera"] == GATE


async def test_a_full_disk_does_not_stop_the_states(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    monkeypatch.setattr(frames, "write_states", full)
    assert (await shown(hass, entry, "open", looks=3)).state == "open"


async def test_what_a_head_says_of_a_class_that_is_gone_is_no_result(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    script(frames_of(entry), "ajar", classes=("ajar", "shut"))
    await look(hass, entry, 4)
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == "unknown"


async def test_a_camera_that_frigate_does_not_have_is_left_out(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass, frame_data(frigate_cameras=["gone"]))
    assert list(entry.runtime_data.frames.feeds) == [GATE]
    assert "gone is not looked at" in caplog.text
