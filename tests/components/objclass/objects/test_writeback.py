"""Telling Frigate: whether at all, again when it failed, and the MQTT message."""

import pytest
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.const import CONF_PUBLISH_MQTT, CONF_WRITE_BACK
from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault

from ..conftest import (
    EMPTY,
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    frigate_of,
    published,
)
from ..visits import Visit, requests, script, settle, update
from ..writes import told

pytestmark = pytest.mark.usefixtures("impatient_client")


async def test_writing_back_can_be_turned_off(
    frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    entry = await set_up(options={CONF_WRITE_BACK: False})
    script(classifier_of(entry), "leo")
    written = requests(frigate, "", "POST")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()

    assert written.hits == 0
    assert published(mqtt_mock) != []


@pytest.mark.parametrize(
    "frigate",
    [{"version": v} | EMPTY for v in ("0.14.1", "0.15.2")],
    indirect=True,
)
async def test_old_frigates_are_asked_again_until_they_know_the_object(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    fault = frigate.faults.add(Fault(path="sub_label", status=404, times=3))
    visit = Visit(frigate, entry)
    await visit.look(3)

    assert fault.hits == 3
    assert told(frigate) == [("leo", 0.95)]


@pytest.mark.parametrize("frigate", [{"version": "0.14.1"}], indirect=True)
async def test_what_frigate_would_not_take_is_written_at_the_end(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry, stored_after=60)
    await visit.look(4)
    assert told(frigate) == []
    visit.seen.stored_after = 0
    visit.seen.stored = True
    await visit.end()

    assert told(frigate) == [("leo", 0.95)]


@pytest.mark.parametrize("status", [500, 502, 429])
async def test_what_failed_is_written_with_the_next_attempt(
    frigate: Frigate, set_up: SetUp, status: int
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    frigate.faults.add(Fault(path="sub_label", status=status, times=1))
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert told(frigate) == []
    await visit.look()
    assert told(frigate) == [("leo", 0.95)]


async def test_a_viewer_account_is_not_tried_again_and_mentioned_once(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    mqtt_mock: MqttMockHAClient,
) -> None:
    frigate.gate._accounts = {"eve": Account(password="pw", role="viewer")}
    entry = await set_up(data={"username": "eve", "password": "pw"})
    script(classifier_of(entry), "leo")
    written = requests(frigate, "sub_label", "POST")
    for _ in range(2):
        visit = Visit(frigate, entry)
        await visit.look(4)
        await visit.end()

    assert written.hits == 1
    assert caplog.text.count("may not set sub labels") == 1
    assert len(published(mqtt_mock)) == 4
    assert not hass.config_entries.flow.async_progress()


async def test_a_refused_log_in_asks_for_a_new_one(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    frigate.faults.add(Fault(path="sub_label", status=401))
    visit = Visit(frigate, entry)
    await visit.look(3)

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_frigates_own_message_is_sent_byte_for_byte_plus_our_mark(
    frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    entry = await set_up(
        classifier_data(name="pets", classes=["rex", "leo"]),
        classifier_data(name="collar", classes=["rex", "leo"], kind="attribute"),
    )
    script(classifier_of(entry, 0), ("rex", 1.0))
    script(classifier_of(entry, 1), ("rex", 0.9876))
    visit = Visit(frigate, entry)
    await visit.look(4)

    calls = [
        call.args
        for call in mqtt_mock.async_publish.call_args_list
        if call.args[0].startswith("frigate/")
    ]
    # As Frigate 0.18 sent it: key order, spaces and all. Told for every attempt that
    # agrees, like there; the fourth agrees as well.
    expected = (
        '{"type": "classification", "id": "%s", "camera": "front_door", '
        '"timestamp": %r, "model": "%s", "%s": "rex", "score": %s, '
        '"source": "objclass"}'
    )
    assert calls == [
        ("frigate/tracked_object_update", expected % (visit.id, *said), 0, False)
        for frame in visit.seen.frames[-2:]
        for said in (
            (frame.time, "pets", "sub_label", "1.0"),
            (frame.time, "collar", "attribute", "0.988"),
        )
    ]


async def test_we_do_not_hear_ourselves(
    frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *["leo"] * 3, *["charlie"] * 5)
    visit = Visit(frigate, entry)
    await visit.look(3)
    (message,) = published(mqtt_mock)
    update(frigate, **message)
    await visit.look(5)

    assert [name for name, _ in told(frigate)] == ["leo", "charlie"]


async def test_the_mqtt_message_can_be_turned_off(
    frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    entry = await set_up(options={CONF_PUBLISH_MQTT: False})
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()

    assert published(mqtt_mock) == []
    assert told(frigate) == [("leo", 0.95)]


async def test_a_broker_that_is_gone_does_not_stop_the_rest(
    frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    mqtt_mock.async_publish.side_effect = HomeAssistantError("no broker")
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()
    await settle(frigate.hass, entry)

    assert told(frigate) == [("leo", 0.95)]
    assert frigate_of(entry).pipeline.counts["errors"] == 0
