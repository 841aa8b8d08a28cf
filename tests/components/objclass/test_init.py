"""Setting up a Frigate: waiting for what is missing, and letting go of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import mqtt
from homeassistant.config_entries import (
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigSubentryData,
)
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    MqttMockHAClient,
    MqttMockPahoClient,
    WebSocketGenerator,
)

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.learning import chosen
from custom_components.objclass.learning.backbone import Backbone, load_backbone
from custom_components.objclass.learning.backbone_model import BackboneModel
from custom_components.objclass.learning.chosen import Choice
from custom_components.objclass.learning.samples import SampleStoreError
from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault

from .conftest import (
    EMPTY,
    Frigate,
    SetUp,
    Told,
    classifier_data,
    classifier_of,
    data_of,
    frigate_of,
    no_past,
    state_of,
)
from .crops import keep, keep_some_of_each
from .entries import entry_for, rename
from .surroundings import add_broker, connect
from .visits import Visit, finals, settle, until

SENSOR = "sensor.our_cats_front_door"


@no_past
async def test_an_entry_waits_for_the_mqtt_integration_and_goes_on_by_itself(
    hass: HomeAssistant, mqtt_client_mock: MqttMockPahoClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "mqtt_missing"

    await add_broker(hass)
    await until(lambda: entry.state is ConfigEntryState.LOADED)


@no_past
async def test_an_entry_waits_for_the_broker_and_goes_on_by_itself(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    await connect(hass, mqtt_mock, connected=False)
    entry = entry_for(hass, frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "mqtt_disconnected"

    await connect(hass, mqtt_mock, connected=True)
    await until(lambda: entry.state is ConfigEntryState.LOADED)


@no_past
async def test_an_entry_waits_for_frigate(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    frigate.faults.add(Fault(path="config", status=502))
    entry = entry_for(hass, frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason is not None
    assert entry.reason.startswith("Connecting to Frigate failed: ")
    assert entry.reason.endswith("HTTP 502")

    frigate.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    "frigate",
    [EMPTY | {"accounts": {"ann": Account(password="secret")}}],
    indirect=True,
)
async def test_an_entry_that_is_refused_asks_for_a_log_in(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "invalid_auth"
    assert [
        flow["context"]["source"]
        for flow in entry.async_get_active_flows(hass, {"reauth"})
    ] == ["reauth"]


async def test_entities_survive_a_frigate_in_safe_mode(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, socket_enabled: None
) -> None:
    async with BrokenFrigate(hass) as frigate:
        entry = entry_for(hass, frigate)
        await hass.config_entries.async_setup(entry.entry_id)
        known = er.async_get(hass).entities.data.keys()
        before = set(known)
        assert SENSOR in before

        frigate.safe_mode = True
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "frigate_without_mqtt"
        assert set(known) == before


class BrokenFrigate(Frigate):
    """A Frigate whose configuration may have a mistake: then it has no cameras."""

    safe_mode = False

    def _config(self) -> dict[str, Any]:
        answer = super()._config()
        if self.safe_mode:
            answer |= {"safe_mode": True, "mqtt": {"enabled": False}, "cameras": {}}
        return answer


class LateFrigate(Frigate):
    """A Frigate that is asked just when somebody turns MQTT off."""

    meanwhile: Callable[[], None] | None = None

    def _config(self) -> dict[str, Any]:
        if self.meanwhile:
            self.meanwhile()
        return super()._config()


async def test_a_set_up_that_fails_halfway_leaves_nothing_in_the_way_of_the_next(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, socket_enabled: None
) -> None:
    def turn_mqtt(off: ConfigEntryDisabler | None) -> None:
        (broker,) = hass.config_entries.async_entries(mqtt.DOMAIN)
        object.__setattr__(broker, "disabled_by", off)
        mqtt_mock.connected = off is None

    async with LateFrigate(hass) as frigate:
        entry = entry_for(hass, frigate)
        frigate.meanwhile = partial(turn_mqtt, ConfigEntryDisabler.USER)
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_ERROR
        assert hass.states.async_all() == []

        frigate.meanwhile = None
        turn_mqtt(None)
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        frigate.say("available", "online")
        await hass.async_block_till_done()
        assert state_of(hass, SENSOR) == "unknown"


async def test_nothing_is_said_before_there_are_entities_that_show_it(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    await keep_some_of_each(classifier_of(entry))
    await classifier_of(entry).trainings.async_train()
    forward = hass.config_entries.async_forward_entry_setups
    visit = Visit(frigate, entry)

    async def somebody_comes_and_goes(*args: Any) -> None:
        for message in (visit.next_message(), visit.end_message()):
            frigate._publish_event(message)
        with suppress(TimeoutError):
            await asyncio.wait_for(frigate_of(entry).pipeline.async_wait_idle(), 1)
        assert not told
        await forward(*args)

    monkeypatch.setattr(
        hass.config_entries, "async_forward_entry_setups", somebody_comes_and_goes
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    await settle(hass, entry)
    assert [final["event_id"] for final in finals(told)] == [visit.id]


@no_past
async def test_a_classifier_of_a_kind_that_is_not_known_is_left_alone(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A newer version has made it, and somebody has gone back to this one."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="frigate",
        data={"url": frigate.url, "verify_ssl": True},
        subentries_data=[
            classifier_data(),
            ConfigSubentryData(
                subentry_type="sound_classifier",
                title="Barking",
                unique_id=None,
                data={"name": "Barking", "ears": 2},
            ),
        ],
    )
    entry.add_to_hass(hass)
    (unknown,) = entry.get_subentries_of_type("sound_classifier")
    kept = er.async_get(hass).async_get_or_create(
        "sensor",
        DOMAIN,
        "barking",
        config_entry=entry,
        config_subentry_id=unknown.subentry_id,
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert [c.settings.name for c in entry.runtime_data.classifiers.values()] == [
        "Our cats"
    ]
    assert "Barking is of a kind that is not known" in caplog.text
    # For the way back.
    assert unknown.data == {"name": "Barking", "ears": 2}
    assert er.async_get(hass).async_get(kept.entity_id)


@no_past
async def test_a_class_that_goes_takes_its_entities_along(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    names = er.async_get(hass).entities.data
    gone = {
        "binary_sensor.our_cats_leo_in_view",
        "sensor.our_cats_leo_last_seen",
    }
    before = set(names)
    assert gone <= before
    rename(hass, entry, "charlie")
    await hass.async_block_till_done()
    assert set(names) == before - gone


@no_past
async def test_unloading_ends_everything_and_loading_starts_it_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    pipeline, classifier = frigate_of(entry).pipeline, classifier_of(entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass, SENSOR) == STATE_UNAVAILABLE
    assert all(task.done() for task in pipeline._tasks)
    assert not entry._background_tasks
    frigate.say("available", "offline")
    frigate.say("events", "{}")
    await hass.async_block_till_done()
    assert pipeline.available
    assert not pipeline.counts
    with pytest.raises(SampleStoreError, match="closed"):
        classifier.samples.store.counts()

    assert await hass.config_entries.async_setup(entry.entry_id)
    frigate.say("available", "online")
    await hass.async_block_till_done()
    assert state_of(hass, SENSOR) == "unknown"


@no_past
async def test_two_frigates_share_one_worker_until_the_last_one_goes(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    first = await set_up()
    async with Frigate(hass, prefix="garage") as frigate:
        second = entry_for(hass, frigate)
        hass.config_entries.async_update_entry(second, unique_id="garage")
        await hass.config_entries.async_setup(second.entry_id)
        assert data_of(first).worker is data_of(second).worker

        await hass.config_entries.async_unload(first.entry_id)
        await keep(classifier_of(second), "leo")
        assert classifier_of(second).samples.labelled == {"leo": 1}


@no_past
async def test_a_job_that_a_new_set_up_interrupts_does_not_blame_the_files(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    async with Frigate(hass, prefix="garage") as frigate:
        # With it the threads go on when the first one is set up anew.
        second = entry_for(hass, frigate)
        hass.config_entries.async_update_entry(second, unique_id="garage")
        await hass.config_entries.async_setup(second.entry_id)
        await hass.config_entries.async_reload(entry.entry_id)

        with pytest.raises(HomeAssistantError) as caught:
            await classifier.trainings.async_train()
        assert caught.value.translation_key == "stopped"


@no_past
async def test_a_device_can_be_removed_by_hand_only_when_its_classifier_is_gone(
    hass: HomeAssistant, set_up: SetUp, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = await set_up()
    registry = dr.async_get(hass)
    (device,) = dr.async_entries_for_config_entry(registry, entry.entry_id)
    left = registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "gone")}
    )
    client = await hass_ws_client(hass)
    answer = await client.remove_device(device.id)
    assert not answer["success"]
    answer = await client.remove_device(left.id)
    assert answer["success"]
    assert registry.async_get(left.id) is None


@no_past
async def test_a_missing_backbone_is_said_and_the_entry_works_once_it_is_there(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_choice: Choice) -> Backbone:
        return load_backbone(model=BackboneModel(path=Path("mobilenet.tflite")))

    entry = entry_for(hass, frigate)
    with monkeypatch.context() as context:
        context.setattr(chosen, "load_here", missing)
        await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "backbone_failed"
    assert "mobilenet.tflite" in str(entry.error_reason_translation_placeholders)

    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
