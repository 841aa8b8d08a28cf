"""Adding a Frigate, and changing later how it is reached and what it is told."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
    get_schema_suggested_value,
)
from pytest_homeassistant_custom_component.typing import (
    MqttMockHAClient,
    MqttMockPahoClient,
)

from custom_components.objclass.const import DOMAIN
from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault

from .conftest import Frigate, SetUp, classifier_data, frigate_of
from .surroundings import add_broker, over_tls

ACCOUNTS = {
    "ann": Account(password="secret"),
    "guest": Account(password="guest", role="viewer"),
}
EMPTY = {"past_events": 0}
WITH_LOGIN = EMPTY | {"accounts": ACCOUNTS}

no_past = pytest.mark.parametrize("frigate", [EMPTY], indirect=True)
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


@no_past
async def test_an_address_is_all_it_takes(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    shown = await begin_by_hand(hass)
    assert shown["type"] is FlowResultType.FORM
    assert shown["step_id"] == "manual"
    assert shown["errors"] == {}

    entry = created(await submit(hass, shown, address(f" {frigate.url}/ ")))

    assert entry.title == "127.0.0.1"
    assert entry.unique_id == "frigate"
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": True}
    assert dict(entry.options) == {"write_back": True, "publish_mqtt": True}


@no_past
async def test_the_same_frigate_is_not_added_twice(
    hass: HomeAssistant, set_up: SetUp, frigate: Frigate
) -> None:
    await set_up()
    again = await submit(hass, await begin_by_hand(hass), address(frigate.url))
    assert again["type"] is FlowResultType.ABORT
    assert again["reason"] == "already_configured"


@no_past
async def test_a_second_frigate_is_told_apart_by_its_mqtt_prefix(
    hass: HomeAssistant, set_up: SetUp, frigate: Frigate
) -> None:
    first = await set_up(online=False)
    async with Frigate(hass, prefix="garage") as second:
        shown = await begin_by_hand(hass)
        entry = created(await submit(hass, shown, address(second.url)))
        assert entry.unique_id == "garage"
        async_fire_mqtt_message(hass, "garage/available", "online")
        await hass.async_block_till_done()
        assert frigate_of(entry).pipeline.available
        assert not frigate_of(first).pipeline.available


@no_past
async def test_a_dialogue_left_open_does_not_stand_in_the_way(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    forgotten = await begin_by_hand(hass)
    frigate.gate._accounts = ACCOUNTS
    shown = await submit(hass, forgotten, address(frigate.url, "guest", "guest"))
    assert shown["type"] is FlowResultType.MENU

    created(
        await submit(
            hass, await begin_by_hand(hass), address(frigate.url, "ann", "secret")
        )
    )


# What can go wrong, and how it goes on


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(path="version", status=502), "cannot_connect"),
        (Fault(path="version", status=403), "cannot_connect"),
        (Fault(path="config", status=500), "cannot_connect"),
        (Fault(path="config", damage="truncate"), "cannot_connect"),
        (Fault(path="profile", status=500), "cannot_connect"),
        (Fault(path="version", status=404), "not_frigate"),
        (Fault(path="version", damage="html"), "not_frigate"),
        (Fault(path="config", damage="html"), "not_frigate"),
        (Fault(path="version", status=401), "invalid_auth"),
    ],
)
@no_past
async def test_the_dialogue_goes_on_when_frigate_answers_again(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    fault: Fault,
    error: str,
) -> None:
    fault.hits = 0
    frigate.faults.add(fault)
    shown = await submit(hass, await begin_by_hand(hass), address(frigate.url))
    assert fault.hits
    assert shown["type"] is FlowResultType.FORM
    assert shown["errors"] == {"base": error}
    assert suggested(shown, "url") == frigate.url

    frigate.faults.clear()
    created(await submit(hass, shown, address(frigate.url)))


@pytest.mark.parametrize(
    "wrong", ["http://127.0.0.1:1", "127.0.0.1:5000", "ftp://127.0.0.1", "http://", "?"]
)
@no_past
async def test_a_wrong_address_can_be_corrected(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate, wrong: str
) -> None:
    shown = await submit(hass, await begin_by_hand(hass), address(wrong))
    assert shown["errors"] == {"base": "cannot_connect"}
    created(await submit(hass, shown, address(frigate.url)))


@pytest.mark.parametrize(
    "frigate", [EMPTY | {"version": "0.13.2"}], indirect=True, ids=["0.13"]
)
async def test_a_frigate_that_is_too_old_is_refused_until_it_is_updated(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    shown = await submit(hass, await begin_by_hand(hass), address(frigate.url))
    assert shown["errors"] == {"base": "too_old"}
    assert "0.13.2" in shown["description_placeholders"]["version"]

    async with Frigate(hass, version="0.14.1") as updated:
        created(await submit(hass, shown, address(updated.url)))


class QuietFrigate(Frigate):
    """A Frigate whose MQTT may be turned off."""

    mqtt_enabled = False

    def _config(self) -> dict[str, Any]:
        answer = super()._config()
        answer["mqtt"]["enabled"] = self.mqtt_enabled
        return answer


async def test_a_frigate_without_mqtt_is_refused_until_it_is_turned_on(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, socket_enabled: None
) -> None:
    async with QuietFrigate(hass) as frigate:
        shown = await submit(hass, await begin_by_hand(hass), address(frigate.url))
        assert shown["errors"] == {"base": "frigate_without_mqtt"}
        frigate.mqtt_enabled = True
        created(await submit(hass, shown, address(frigate.url)))


@no_past
async def test_without_the_mqtt_integration_the_dialogue_waits_for_it(
    hass: HomeAssistant, mqtt_client_mock: MqttMockPahoClient, frigate: Frigate
) -> None:
    shown = await submit(hass, await begin_by_hand(hass), address(frigate.url))
    assert shown["errors"] == {"base": "mqtt_missing"}
    await add_broker(hass)
    created(await submit(hass, shown, address(frigate.url)))


@no_past
async def test_without_the_broker_the_dialogue_waits_for_it(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    mqtt_mock.connected = False
    shown = await submit(hass, await begin_by_hand(hass), address(frigate.url))
    assert shown["errors"] == {"base": "mqtt_disconnected"}
    mqtt_mock.connected = True
    created(await submit(hass, shown, address(frigate.url)))


# Log-in and TLS


@with_login
async def test_a_log_in_is_asked_for_checked_and_stored(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    shown = await submit(hass, await begin_by_hand(hass), address(frigate.url))
    assert shown["errors"] == {"base": "invalid_auth"}

    shown = await submit(hass, shown, address(frigate.url, "ann", "wrong"))
    assert shown["errors"] == {"base": "invalid_auth"}
    assert suggested(shown, "login", "username") == "ann"
    assert suggested(shown, "login", "password") is None

    entry = created(await submit(hass, shown, address(frigate.url, "ann", "secret")))
    assert entry.data["username"] == "ann"
    assert entry.data["password"] == "secret"


@with_login
async def test_a_log_in_refused_for_too_many_attempts_is_no_wrong_password(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    frigate.faults.add(Fault(path="login", status=429))
    shown = await submit(
        hass, await begin_by_hand(hass), address(frigate.url, "ann", "secret")
    )
    assert shown["errors"] == {"base": "cannot_connect"}

    frigate.faults.clear()
    # The password need not be typed again.
    entry = created(await submit(hass, shown, address(frigate.url, "ann")))
    assert entry.data["password"] == "secret"


@with_login
async def test_a_viewer_may_go_on_without_writing_to_frigate(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    shown = await submit(
        hass, await begin_by_hand(hass), address(frigate.url, "guest", "guest")
    )
    assert shown["step_id"] == "viewer"
    assert shown["description_placeholders"] == {"role": "viewer"}

    entry = created(await pick(hass, shown, "read_only"))
    assert entry.options == {"write_back": False, "publish_mqtt": True}


@with_login
async def test_a_viewer_may_use_another_account(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    shown = await submit(
        hass, await begin_by_hand(hass), address(frigate.url, "guest", "guest")
    )
    shown = await pick(hass, shown, "manual")
    assert suggested(shown, "url") == frigate.url

    entry = created(await submit(hass, shown, address(frigate.url, "ann", "secret")))
    assert entry.options["write_back"] is True


async def test_a_certificate_is_verified_unless_that_is_turned_off(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    socket_enabled: None,
    tmp_path: Path,
) -> None:
    async with Frigate(hass) as frigate, over_tls(frigate.url, tmp_path) as url:
        shown = await begin_by_hand(hass)
        assert shown["data_schema"] is not None
        assert shown["data_schema"](address(url) | {"verify_ssl": True})
        filled_in = {"url": url, "login": {}}
        shown = await submit(hass, shown, filled_in)
        assert shown["errors"] == {"base": "cannot_connect"}
        assert "certificate" in shown["description_placeholders"]["error"]

        entry = created(await submit(hass, shown, address(url, verify_ssl=False)))
        assert entry.data["verify_ssl"] is False


# One click on what the official integration knows


def official(hass: HomeAssistant, url: str, **data: Any) -> MockConfigEntry:
    """Add an entry as the official Frigate integration stores it."""
    entry = MockConfigEntry(domain="frigate", title=url, data={"url": url, **data})
    entry.add_to_hass(hass)
    return entry


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


# Later


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

    shown = await submit(hass, shown, {"username": "ann", "password": "older"})
    assert shown["errors"] == {"base": "invalid_auth"}
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
