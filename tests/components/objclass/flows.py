"""Steps of the dialogue that adds a Frigate, and the accounts of that Frigate."""

from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.objclass.const import DOMAIN
from tests.frigate_sim.auth import Account

from .conftest import EMPTY

ACCOUNTS = {
    "ann": Account(password="secret"),
    "guest": Account(password="guest", role="viewer"),
}
WITH_LOGIN = EMPTY | {"accounts": ACCOUNTS}

with_login = pytest.mark.parametrize("frigate", [WITH_LOGIN], indirect=True)


async def begin(hass: HomeAssistant) -> ConfigFlowResult:
    """Press "Add integration"."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def submit(
    hass: HomeAssistant, shown: ConfigFlowResult, answer: dict[str, Any]
) -> ConfigFlowResult:
    """Answer a form or a menu, and wait for what becomes of it."""
    result = await hass.config_entries.flow.async_configure(shown["flow_id"], answer)
    await hass.async_block_till_done()
    return result


async def pick(
    hass: HomeAssistant, shown: ConfigFlowResult, option: str
) -> ConfigFlowResult:
    assert shown["type"] is FlowResultType.MENU
    assert option in shown["menu_options"]
    return await submit(hass, shown, {"next_step_id": option})


async def begin_by_hand(hass: HomeAssistant) -> ConfigFlowResult:
    """Press "Add integration", and choose to enter an address."""
    return await pick(hass, await begin(hass), "manual")


def address(
    url: str, username: str = "", password: str = "", *, verify_ssl: bool = True
) -> dict[str, Any]:
    """Fill in the form."""
    login = {"username": username, "password": password} if username else {}
    return {"url": url, "verify_ssl": verify_ssl, "login": login}


def suggested(shown: ConfigFlowResult, *keys: str) -> Any:
    """Return what a form has filled in already."""
    assert shown["data_schema"] is not None
    schema = shown["data_schema"].schema
    for section in keys[:-1]:
        schema = schema[section].schema.schema
    return get_schema_suggested_value(schema, keys[-1])


def created(result: ConfigFlowResult) -> ConfigEntry:
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry


def official(hass: HomeAssistant, url: str, **data: Any) -> MockConfigEntry:
    """Add an entry as the official Frigate integration stores it."""
    entry = MockConfigEntry(domain="frigate", title=url, data={"url": url, **data})
    entry.add_to_hass(hass)
    return entry
