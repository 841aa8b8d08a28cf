"""Changing later how a Frigate is reached, and what it is told."""

from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.const import DOMAIN
from tests.frigate_sim.auth import Account

from .conftest import Frigate, SetUp, classifier_data, no_past
from .flows import address, begin, created, pick, submit, suggested, with_login


def entry_for(hass: HomeAssistant, url: str, **data: Any) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Frigate",
        unique_id="frigate",
        data={"url": url, "verify_ssl": True, **data},
        options={"write_back": True, "publish_mqtt": False},
        subentries_data=[classifier_data()],
    )
    entry.add_to_hass(hass)
    return entry


async def refused(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Set up an entry that Frigate refuses; return the dialogue that this opens."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


@with_login
async def test_a_new_log_in_is_asked_for_when_frigate_refuses_the_old_one(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate.url, username="ann", password="old")
    shown = await refused(hass, entry)
    assert suggested(shown, "username") == "ann"

    shown = await submit(hass, shown, {"username": "anne", "password": "secret"})
    assert shown["errors"] == {"base": "invalid_auth"}
    assert suggested(shown, "username") == "anne"
    result = await submit(hass, shown, {"username": "ann", "password": "secret"})

    assert result["reason"] == "reauth_successful"
    assert entry.data["password"] == "secret"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.options == {"write_back": True, "publish_mqtt": False}


@with_login
async def test_a_running_entry_takes_over_the_new_log_in(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate.url, username="ann", password="secret")
    await hass.config_entries.async_setup(entry.entry_id)
    before = entry.runtime_data
    frigate.gate._accounts = {"ann": Account(password="new")}
    frigate.gate.expire_all()

    shown = await entry.start_reauth_flow(hass)
    result = await submit(hass, shown, {"username": "ann", "password": "new"})

    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not before


@pytest.mark.parametrize("choice", ["read_only", "reauth_confirm"])
@with_login
async def test_a_viewer_who_logs_in_again_is_told_what_that_means(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate, choice: str
) -> None:
    entry = entry_for(hass, frigate.url, username="ann", password="old")
    shown = await refused(hass, entry)
    shown = await submit(hass, shown, {"username": "guest", "password": "guest"})
    assert shown["step_id"] == "viewer"

    result = await pick(hass, shown, choice)
    if choice == "reauth_confirm":
        result = await submit(hass, result, {"username": "ann", "password": "secret"})
    assert result["reason"] == "reauth_successful"
    assert entry.options["write_back"] is (choice == "reauth_confirm")
    assert entry.options["publish_mqtt"] is False
    assert entry.state is ConfigEntryState.LOADED


@with_login
async def test_a_log_in_at_another_frigate_is_refused(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate.url, username="ann", password="old")
    hass.config_entries.async_update_entry(entry, unique_id="garage")
    shown = await refused(hass, entry)
    result = await submit(hass, shown, {"username": "ann", "password": "secret"})
    assert result["reason"] == "other_frigate"
    assert entry.data["password"] == "old"


@with_login
async def test_a_frigate_that_moved_is_found_again_without_the_password(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, "http://127.0.0.1:1", username="ann", password="secret")
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    crops_of = set(entry.subentries)

    shown = await entry.start_reconfigure_flow(hass)
    assert shown["step_id"] == "manual"
    assert suggested(shown, "url") == "http://127.0.0.1:1"
    assert suggested(shown, "login", "username") == "ann"
    assert suggested(shown, "login", "password") is None
    shown = await submit(hass, shown, address("http://127.0.0.1:2", "ann"))
    assert shown["errors"] == {"base": "cannot_connect"}
    result = await submit(hass, shown, address(frigate.url, "ann"))

    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["url"] == frigate.url
    assert entry.data["password"] == "secret"
    assert set(entry.subentries) == crops_of


@no_past
async def test_an_address_without_a_log_in_forgets_the_old_log_in(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate.url, username="ann", password="secret")
    await hass.config_entries.async_setup(entry.entry_id)
    before = entry.runtime_data
    shown = await entry.start_reconfigure_flow(hass)
    result = await submit(hass, shown, address(frigate.url))
    assert result["reason"] == "reconfigure_successful"
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": True}
    assert entry.runtime_data is not before


@no_past
async def test_writing_that_was_turned_off_stays_off_when_the_address_changes(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, "http://127.0.0.1:1")
    hass.config_entries.async_update_entry(entry, options={"write_back": False})
    shown = await entry.start_reconfigure_flow(hass)
    await submit(hass, shown, address(frigate.url))
    assert entry.options == {"write_back": False}


@with_login
async def test_a_viewer_account_turns_writing_off_only_when_that_is_chosen(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = entry_for(hass, frigate.url, username="ann", password="secret")
    shown = await entry.start_reconfigure_flow(hass)
    shown = await submit(hass, shown, address(frigate.url, "guest", "guest"))
    assert shown["step_id"] == "viewer"
    assert entry.data["username"] == "ann"

    result = await pick(hass, shown, "read_only")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["username"] == "guest"
    assert entry.options == {"write_back": False, "publish_mqtt": False}


@no_past
async def test_an_entry_cannot_become_another_frigate(
    hass: HomeAssistant, set_up: SetUp, frigate: Frigate
) -> None:
    entry = await set_up()
    async with Frigate(hass, prefix="garage") as second:
        shown = await entry.start_reconfigure_flow(hass)
        result = await submit(hass, shown, address(second.url))
    assert result["reason"] == "other_frigate"
    assert entry.data["url"] == frigate.url


@no_past
async def test_the_options_say_what_frigate_is_told(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up(options={"write_back": False, "publish_mqtt": True})
    before = entry.runtime_data
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    assert shown["menu_options"] == ["results", "runtime"]
    shown = await hass.config_entries.options.async_configure(
        shown["flow_id"], {"next_step_id": "results"}
    )
    assert suggested(shown, "write_back") is False
    assert suggested(shown, "publish_mqtt") is True

    changed = {"write_back": True, "publish_mqtt": False}
    result = await hass.config_entries.options.async_configure(
        shown["flow_id"], changed
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == changed
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not before


async def test_the_address_of_home_assistants_own_cameras_cannot_be_changed(
    hass: HomeAssistant,
) -> None:
    entry = created(await pick(hass, await begin(hass), "cameras"))
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert result["reason"] == "nothing_to_change"


async def test_without_a_frigate_the_options_are_what_all_classifiers_run_on(
    hass: HomeAssistant,
) -> None:
    entry = created(await pick(hass, await begin(hass), "cameras"))
    assert entry.supports_options
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    assert shown["type"] is FlowResultType.FORM
    assert shown["step_id"] == "runtime"
