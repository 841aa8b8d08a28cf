"""Adding a Frigate that the official integration knows already: one click."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from .conftest import Frigate, no_past
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


@with_login
async def test_one_click_takes_over_what_the_frigate_integration_knows(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    official(hass, frigate.url, validate_ssl=True, username="ann", password="secret")
    shown = await begin(hass)
    assert shown["menu_options"] == ["existing", "manual", "cameras"]

    entry = created(await pick(hass, shown, "existing"))
    assert dict(entry.data) == {
        "url": frigate.url,
        "verify_ssl": True,
        "username": "ann",
        "password": "secret",
    }


@pytest.mark.parametrize("stored", [{}, {"validate_ssl": False, "username": ""}])
@no_past
async def test_one_click_verifies_certificates_no_more_than_frigates_integration(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    stored: dict[str, Any],
) -> None:
    official(hass, frigate.url, **stored)
    entry = created(await pick(hass, await begin(hass), "existing"))
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": False}


@with_login
async def test_what_the_frigate_integration_knows_can_be_corrected(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    official(hass, frigate.url, username="ann", password="old")
    shown = await pick(hass, await begin(hass), "existing")
    assert shown["step_id"] == "manual"
    assert shown["errors"] == {"base": "invalid_auth"}
    assert suggested(shown, "url") == frigate.url
    assert suggested(shown, "verify_ssl") is False
    assert suggested(shown, "login", "username") == "ann"

    created(await submit(hass, shown, address(frigate.url, "ann", "secret")))


@no_past
async def test_an_address_may_be_entered_although_an_entry_is_known(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    official(hass, "http://127.0.0.1:1")
    shown = await begin_by_hand(hass)
    created(await submit(hass, shown, address(frigate.url)))


@no_past
async def test_of_several_known_frigates_one_is_chosen(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    official(hass, "http://127.0.0.1:1")
    wanted = official(hass, frigate.url)
    shown = await pick(hass, await begin(hass), "existing")
    assert shown["type"] is FlowResultType.FORM
    assert shown["step_id"] == "existing"

    entry = created(await submit(hass, shown, {"frigate_entry": wanted.entry_id}))
    assert entry.data["url"] == frigate.url


@no_past
async def test_a_known_frigate_that_is_removed_meanwhile_does_no_harm(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    first, second = official(hass, frigate.url), official(hass, "http://127.0.0.1:1")
    menu = await begin(hass)
    shown = await pick(hass, menu, "existing")
    await hass.config_entries.async_remove(first.entry_id)
    shown = await submit(hass, shown, {"frigate_entry": first.entry_id})
    assert shown["step_id"] == "user"

    await hass.config_entries.async_remove(second.entry_id)
    shown = await pick(hass, shown, "existing")
    assert shown["menu_options"] == ["manual", "cameras"]
    shown = await pick(hass, shown, "manual")
    created(await submit(hass, shown, address(frigate.url)))


async def test_a_frigate_that_a_person_ignores_is_not_offered(
    hass: HomeAssistant,
) -> None:
    MockConfigEntry(domain="frigate", source="ignore").add_to_hass(hass)
    assert (await begin(hass))["menu_options"] == ["manual", "cameras"]
