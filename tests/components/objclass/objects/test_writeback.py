"""Telling Frigate: sub label, attribute and MQTT message, with courtesy."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.const import CONF_PUBLISH_MQTT, CONF_WRITE_BACK
from tests.frigate_sim.auth import Account
from tests.frigate_sim.cameras import NativeModel
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
from ..writes import BARK, COLLAR, MOOD, told

pytestmark = pytest.mark.usefixtures("impatient_client")


# Sub labels


async def test_the_sub_label_is_written_once_per_class_and_with_its_score(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    said = [("leo", 0.9)] * 2 + [("leo", 0.9667)] * 2 + [("charlie", 1.0)] * 6
    script(classifier_of(entry), *said)
    visit = Visit(frigate, entry)
    await visit.look(10)
    await visit.end()

    assert told(frigate) == [("leo", 0.922), ("charlie", 1.0)]
    assert visit.seen.sub_label == ("charlie", 1.0)


@pytest.mark.parametrize("outcome", ["none", ("leo", 0.5)], ids=str)
async def test_nothing_is_written_and_nothing_cleared_without_a_class(
    frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient, outcome: Any
) -> None:
    entry = await set_up()
    script(classifier_of(entry), outcome)
    written = requests(frigate, "", "POST")
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()

    assert written.hits == 0
    assert published(mqtt_mock) == []


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
    "message",
    [
        {"type": "classification", "model": "pets", "sub_label": "rex", "score": 1.0},
        {"type": "face", "name": "John", "score": 0.95},
        {"type": "lpr", "name": "John's Car", "plate": "123ABC", "score": 0.95},
    ],
    ids=lambda message: message["type"],
)
async def test_what_frigate_found_out_itself_is_not_overwritten(
    frigate: Frigate, set_up: SetUp, message: dict[str, Any]
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    update(frigate, id=visit.id, camera="front_door", **message)
    # This message of Frigate's does not know of it yet.
    await visit.look(2)
    await visit.end()

    assert told(frigate) == []


@pytest.mark.parametrize(
    "message",
    [
        {"type": "face", "name": None, "score": 0.3},
        {"type": "lpr", "name": None, "plate": "123ABC", "score": 0.95},
        {"type": "description", "description": "A cat on the wall."},
        {"type": "classification", "model": "m", "attribute": "red", "score": 1.0},
    ],
    ids=lambda message: message["type"],
)
async def test_what_is_no_sub_label_does_not_keep_ours_away(
    frigate: Frigate, set_up: SetUp, message: dict[str, Any]
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    update(frigate, id=visit.id, camera="front_door", **message)
    await visit.look()

    assert told(frigate) == [("leo", 0.95)]


async def test_a_sub_label_set_over_http_is_not_overwritten(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    message = visit.next_message()
    await visit.say(message, visit.next_message())
    await visit.look()
    third = visit.next_message()
    # Between two messages, and no message on MQTT tells of it.
    visit.seen.sub_label = ("max", 0.7)
    await visit.say(third)
    await visit.look(2)
    await visit.end()

    assert told(frigate) == []
    assert visit.seen.sub_label == ("max", 0.7)


async def test_a_person_who_corrects_our_sub_label_has_the_last_word(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *["leo"] * 3, *["charlie"] * 6)
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert visit.seen.sub_label == ("leo", 0.95)
    visit.seen.sub_label = ("max", 1.0)
    await visit.look(6)
    await visit.end()

    assert visit.seen.sub_label == ("max", 1.0)
    assert told(frigate) == [("leo", 0.95)]


async def test_an_object_whose_sub_label_was_cleared_may_be_named(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    visit.seen.sub_label = (None, None)
    await visit.look(3)

    assert told(frigate) == [("leo", 0.95)]


async def test_of_two_classifiers_only_the_first_names_an_object(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        classifier_data(name="Our cats"),
        classifier_data(name="Kind", classes=["tabby", "black"]),
    )
    script(classifier_of(entry, 0), "charlie", "leo", "none", *["leo"] * 5)
    script(classifier_of(entry, 1), "tabby")
    visit = Visit(frigate, entry)
    await visit.look(8)
    await visit.end()

    assert told(frigate) == [("tabby", 0.95)]
    for sensor, name in (("our_cats", "leo"), ("kind", "tabby")):
        state = hass.states.get(f"sensor.{sensor}_front_door")
        assert state is not None
        assert state.state == name


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


async def test_a_frigate_that_cannot_be_asked_is_not_written_to(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    frigate.faults.add(Fault(path=f"events/{visit.id}$", status=500, times=1))
    await visit.look()
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


# Attributes


@pytest.mark.parametrize(
    "frigate", [{"models": (COLLAR, MOOD, BARK)} | EMPTY], indirect=True
)
async def test_an_attribute_is_set_and_those_of_other_models_are_kept(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        classifier_data(name="collar", classes=["red", "blue"], kind="attribute")
    )
    script(classifier_of(entry), "red")
    visit = Visit(frigate, entry)
    visit.seen.attributes = {"mood": ("cross", 0.9), "bark": ("loud", 0.9)}
    await visit.look(2)
    # Heard, but not in any message about the object yet.
    visit.seen.attributes["mood"] = ("happy", 1.0)
    update(
        frigate,
        type="classification",
        id=visit.id,
        camera="front_door",
        model="mood",
        attribute="happy",
        score=1.0,
    )
    message = visit.next_message()
    message["after"]["mood"] = ["cross", 0.9]
    await visit.say(message)

    assert visit.seen.attributes["collar"] == ("red", 1.0)
    assert visit.seen.attributes["mood"] == ("happy", 1.0)
    (write,) = told(frigate, "attributes")
    assert sorted(write[0]) == ["happy", "red"]
    assert told(frigate, "sub_label") == []


@pytest.mark.parametrize("frigate", [{"models": (COLLAR, MOOD)} | EMPTY], indirect=True)
async def test_two_attributes_of_ours_live_side_by_side(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        classifier_data(name="collar", classes=["red", "blue"], kind="attribute"),
        classifier_data(name="mood", classes=["happy", "cross"], kind="attribute"),
    )
    script(classifier_of(entry, 0), "red")
    script(classifier_of(entry, 1), "cross")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()

    assert visit.seen.attributes == {"collar": ("red", 1.0), "mood": ("cross", 1.0)}


@pytest.mark.parametrize(
    "models",
    [
        (),
        (NativeModel(name="collar", type="sub_label", objects=("cat",)),),
        (NativeModel(name="collar", type="attribute", objects=("dog",)),),
        (
            NativeModel(
                name="collar", type="attribute", objects=("cat",), enabled=False
            ),
        ),
    ],
    ids=["none", "sub label", "other object", "disabled"],
)
async def test_without_such_a_model_an_attribute_stays_in_home_assistant(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    models: tuple[NativeModel, ...],
) -> None:
    frigate.world.models = models
    entry = await set_up(
        classifier_data(name="collar", classes=["red", "blue"], kind="attribute")
    )
    script(classifier_of(entry), "red")
    written = requests(frigate, "", "POST")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()

    assert written.hits == 0
    state = hass.states.get("sensor.collar_front_door")
    assert state is not None
    assert state.state == "red"


# MQTT


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
