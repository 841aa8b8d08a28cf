"""The sub label of an object: what we write, and what we leave alone."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, published
from ..visits import Visit, requests, script, update
from ..writes import told

pytestmark = pytest.mark.usefixtures("impatient_client")


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
        # Frigate says so after each attempt, and names nobody as long as it doubts.
        {"type": "face", "name": "John", "score": 0.6},
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
