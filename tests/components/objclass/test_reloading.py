"""A Frigate or broker that goes away, comes back, or comes back different."""

import logging

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass import reloading
from tests.frigate_sim.cameras import BACK_YARD, FRONT_DOOR
from tests.frigate_sim.faults import Fault

from .conftest import Frigate, SetUp, data_of, no_past, state_of
from .entries import entry_for, finish
from .surroundings import connect

SENSOR = "sensor.our_cats_front_door"


@no_past
async def test_entities_are_unavailable_while_the_broker_is_lost(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    assert state_of(hass, SENSOR) == "unknown"

    for _ in range(2):
        await connect(hass, mqtt_mock, connected=False)
        assert state_of(hass, SENSOR) == STATE_UNAVAILABLE
    assert entry.state is ConfigEntryState.LOADED
    # What does not depend on Frigate stays.
    assert state_of(hass, "sensor.our_cats_labelled_crops") == "0"

    await connect(hass, mqtt_mock, connected=True)
    assert state_of(hass, SENSOR) == "unknown"


@no_past
async def test_entities_are_unavailable_while_frigate_is_offline_which_is_logged_once(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(online=False)
    assert state_of(hass, SENSOR) == STATE_UNAVAILABLE
    frigate.say("available", "online")
    await hass.async_block_till_done()
    assert state_of(hass, SENSOR) == "unknown"

    caplog.clear()
    for payload in ("stopped", "offline", "offline"):
        frigate.say("available", payload)
        await hass.async_block_till_done()
        assert state_of(hass, SENSOR) == STATE_UNAVAILABLE
    for _ in range(2):
        frigate.say("available", "online")
        await hass.async_block_till_done()
    await hass.async_block_till_done()
    await finish(entry, "ask")
    assert state_of(hass, SENSOR) == "unknown"
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.objclass")
        and record.levelno >= logging.INFO
    ]
    assert ours == ["Frigate Frigate is offline", "Frigate Frigate is online"]


@no_past
async def test_a_camera_that_frigate_has_got_meanwhile_gets_its_entities(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reloading, "_ASK_AGAIN_AFTER", (0, 0, 0))
    frigate.world.cameras = [FRONT_DOOR]
    entry = await set_up()
    assert hass.states.get("sensor.our_cats_back_yard") is None

    frigate.say("available", "offline")
    frigate.world.cameras = [FRONT_DOOR, BACK_YARD]
    starting = frigate.faults.add(Fault(path="version", status=502, times=2))
    frigate.say("available", "online")
    await hass.async_block_till_done()
    await finish(entry, "ask")
    await hass.async_block_till_done()

    assert starting.hits == 2
    assert hass.states.get("sensor.our_cats_back_yard")


@no_past
async def test_the_entities_of_a_camera_that_is_gone_go(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    assert hass.states.get("event.our_cats_back_yard_classification")

    frigate.say("available", "offline")
    frigate.world.cameras = [FRONT_DOOR]
    frigate.say("available", "online")
    await hass.async_block_till_done()
    await finish(entry, "ask")
    await hass.async_block_till_done()

    names = er.async_get(hass).entities.data
    assert SENSOR in names
    assert not [name for name in names if "back_yard" in name]


@no_past
async def test_a_frigate_that_comes_back_the_same_disturbs_nothing(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    before = data_of(entry)
    frigate.say("available", "offline")
    frigate.say("available", "online")
    await hass.async_block_till_done()
    await finish(entry, "ask")
    await hass.async_block_till_done()
    assert data_of(entry) is before


@no_past
async def test_a_frigate_that_never_answers_again_is_asked_a_few_times_only(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reloading, "_ASK_AGAIN_AFTER", (0, 0, 0))
    entry = await set_up()
    broken = frigate.faults.add(Fault(path="version", status=502))
    frigate.say("available", "offline")
    frigate.say("available", "online")
    await hass.async_block_till_done()
    await finish(entry, "ask")
    assert broken.hits == 3
    assert entry.state is ConfigEntryState.LOADED


@no_past
async def test_a_frigate_that_changes_its_mqtt_prefix_stays_the_same_frigate(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    frigate._prefix = "house"
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.unique_id == "house"

    flow = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"


@no_past
async def test_a_prefix_that_two_frigates_share_is_left_to_the_first(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    async with Frigate(hass, prefix="garage") as second:
        entry = entry_for(hass, second)
        hass.config_entries.async_update_entry(entry, unique_id="garage")
        second._prefix = "frigate"
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        assert entry.unique_id == "garage"
