"""Adding a Frigate by its address: what is asked, checked and refused."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import (
    MqttMockHAClient,
    MqttMockPahoClient,
)

from tests.frigate_sim.faults import Fault

from .conftest import EMPTY, Frigate, SetUp, frigate_of, no_past
from .flows import (
    ACCOUNTS,
    address,
    begin_by_hand,
    created,
    pick,
    submit,
    suggested,
    with_login,
)
from .surroundings import add_broker, over_tls


@no_past
async def test_an_address_is_all_it_takes(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    shown = await begin_by_hand(hass)
    assert shown["type"] is FlowResultType.FORM
    assert shown["step_id"] == "manual"
    assert shown["errors"] == {}

    entry = created(await submit(hass, shown, address(f" {frigate.url}/ ")))

    assert entry.title == "Frigate"
    assert entry.unique_id == "frigate"
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": True}
    assert dict(entry.options) == {"write_back": True, "publish_mqtt": True}


@no_past
async def test_an_address_needs_no_http_before_it(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    bare = frigate.url.removeprefix("http://")
    entry = created(await submit(hass, await begin_by_hand(hass), address(bare)))
    assert dict(entry.data) == {"url": frigate.url, "verify_ssl": True}


async def test_the_port_with_a_log_in_is_taken_for_an_encrypted_one(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, socket_enabled: None
) -> None:
    shown = await submit(hass, await begin_by_hand(hass), address("127.0.0.1:8971"))
    assert shown["errors"] == {"base": "cannot_connect"}
    assert suggested(shown, "url") == "https://127.0.0.1:8971"


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
    "wrong", ["http://127.0.0.1:1", "127.0.0.1:1", "ftp://127.0.0.1", "http://", "?"]
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
        assert shown["errors"] == {"base": "bad_certificate"}

        entry = created(await submit(hass, shown, address(url, verify_ssl=False)))
        assert entry.data["verify_ssl"] is False
