"""A Frigate that says on MQTT that it is there is offered, and only once."""

import asyncio
from typing import Any

import pytest
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass import discovery
from custom_components.objclass.const import DOMAIN

from .conftest import Frigate, SetUp, no_past
from .flows import (
    address,
    begin,
    begin_by_hand,
    created,
    official,
    pick,
    submit,
    suggested,
    with_login,
)
from .visits import requests


async def offered(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return what *Devices & services* shows as discovered."""
    await hass.async_block_till_done()
    begun = "discovery flow objclass"
    await asyncio.gather(
        *(task for task in hass._background_tasks if begun in repr(task))
    )
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == "mqtt"
    ]


async def announced(
    hass: HomeAssistant,
    payload: str = "online",
    *,
    prefix: str = "frigate",
    retain: bool = False,
) -> None:
    """Let Frigate say how it is; what it said before we listened is retained."""
    async_fire_mqtt_message(hass, f"{prefix}/available", payload, retain=retain)
    await hass.async_block_till_done()


async def opened(hass: HomeAssistant) -> Any:
    """Open the one dialogue that is offered, as the frontend does."""
    (flow,) = await offered(hass)
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


@no_past
async def test_a_frigate_of_the_official_integration_takes_one_click(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    official(hass, "http://127.0.0.1:1")
    official(hass, frigate.url)
    await announced(hass, retain=True)
    (flow,) = await offered(hass)
    assert flow["context"]["title_placeholders"] == {"name": "Frigate"}

    shown = await opened(hass)
    assert shown["step_id"] == "discovery_confirm"
    assert shown["description_placeholders"]["address"] == frigate.url
    entry = created(await submit(hass, shown, {}))
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": False}
    assert entry.unique_id == "frigate"


@no_past
async def test_frigates_app_is_found_by_its_host_name(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "http://ccab4aaf-frigate:5000" in discovery.APPS
    # The Supervisor's host names are known only inside of its network.
    monkeypatch.setattr(discovery, "APPS", ("http://127.0.0.1:1", frigate.url))
    await announced(hass)
    assert (await opened(hass))["step_id"] == "manual"

    hass.config.components.add("hassio")
    monkeypatch.setattr(discovery, "APPS", ("http://127.0.0.1:1",))
    assert (await opened(hass))["step_id"] == "manual"
    monkeypatch.setattr(discovery, "APPS", ("http://127.0.0.1:1", frigate.url))
    shown = await opened(hass)
    assert shown["description_placeholders"]["address"] == frigate.url
    entry = created(await submit(hass, shown, {}))
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": True}


@no_past
async def test_without_a_known_address_it_is_asked_for(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    await announced(hass)
    shown = await opened(hass)
    assert shown["type"] is FlowResultType.FORM
    assert shown["step_id"] == "manual"
    created(await submit(hass, shown, address(frigate.url)))
    assert not await offered(hass)


@no_past
async def test_a_frigate_that_answers_late_is_found_when_the_dialogue_is_opened(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    """Frigate says that it is online some time before it answers requests."""
    await announced(hass)
    assert (await opened(hass))["step_id"] == "manual"
    official(hass, frigate.url)
    assert (await opened(hass))["step_id"] == "discovery_confirm"


@no_past
async def test_a_frigate_with_another_topic_prefix_takes_one_click_too(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    async with Frigate(hass, prefix="garage") as garage:
        official(hass, frigate.url)
        official(hass, garage.url)
        await announced(hass, prefix="garage", retain=True)
        (flow,) = await offered(hass)
        assert flow["context"]["title_placeholders"] == {"name": "Frigate (garage)"}
        shown = await opened(hass)
        assert shown["step_id"] == "discovery_confirm"
        assert shown["description_placeholders"]["address"] == garage.url
        entry = created(await submit(hass, shown, {}))
        assert entry.unique_id == "garage"
        # As it was offered, and told from the other.
        assert entry.title == "Frigate (garage)"
        assert entry.data["url"] == garage.url
        await announced(hass, "offline", prefix="garage")
        await announced(hass, prefix="garage")
        assert not await offered(hass)


@no_past
async def test_what_else_says_that_it_is_there_is_no_frigate_and_bothers_nobody(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await announced(hass, prefix="kitchen_lamp")
    assert not await offered(hass)
    # Not even a Supervisor is asked about lamps.
    hass.config.components.add("hassio")
    asked = requests(frigate, "config")
    monkeypatch.setattr(discovery, "APPS", (frigate.url,))
    await announced(hass, prefix="bathroom_lamp")
    assert not await offered(hass)
    assert asked.hits == 0
    official(hass, frigate.url)
    await announced(hass, prefix="attic_lamp")
    assert not await offered(hass)
    assert asked.hits == 1


@no_past
async def test_the_address_of_another_frigate_is_not_offered(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    async with Frigate(hass, prefix="garage") as garage:
        official(hass, garage.url)
        await announced(hass)
        assert (await opened(hass))["step_id"] == "manual"


@with_login
async def test_a_log_in_that_frigate_refuses_by_now_can_be_corrected(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    known = official(hass, frigate.url, username="ann", password="secret")
    await announced(hass)
    shown = await opened(hass)
    assert shown["step_id"] == "discovery_confirm"

    frigate.gate._accounts = {}
    shown = await submit(hass, shown, {})
    assert shown["step_id"] == "manual"
    assert shown["errors"] == {"base": "invalid_auth"}
    assert suggested(shown, "url") == known.data["url"]


@with_login
async def test_an_account_that_may_only_look_is_asked_how_to_go_on(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    official(hass, frigate.url, username="guest", password="guest")
    await announced(hass)
    shown = await submit(hass, await opened(hass), {})
    assert shown["step_id"] == "viewer"
    # Another account is entered into the form, and not looked for once more.
    shown = await pick(hass, shown, "manual")
    assert shown["step_id"] == "manual"
    assert suggested(shown, "login", "username") == "guest"


@no_past
async def test_a_frigate_that_is_set_up_is_not_offered_again(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    await announced(hass, "offline")
    await announced(hass)
    assert not await offered(hass)


@no_past
async def test_home_assistants_own_cameras_do_not_hide_a_frigate(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    created(await pick(hass, await begin(hass), "cameras"))
    await announced(hass)
    assert len(await offered(hass)) == 1


@pytest.mark.parametrize("payload", ["offline", "stopped", ""])
async def test_a_frigate_that_is_away_is_offered_when_it_is_back(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, payload: str
) -> None:
    await announced(hass, payload)
    assert not await offered(hass)
    await announced(hass)
    assert len(await offered(hass)) == 1


async def test_the_same_frigate_is_offered_once(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    for payload in ("online", "offline", "online"):
        await announced(hass, payload)
    assert len(await offered(hass)) == 1


async def test_a_frigate_that_a_person_ignores_is_not_offered(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    MockConfigEntry(domain=DOMAIN, source="ignore", unique_id="frigate").add_to_hass(
        hass
    )
    await announced(hass)
    assert not await offered(hass)


@no_past
async def test_adding_it_by_hand_ends_the_offer(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    await announced(hass)
    assert len(await offered(hass)) == 1
    created(await submit(hass, await begin_by_hand(hass), address(frigate.url)))
    assert not await offered(hass)
