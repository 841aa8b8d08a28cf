"""From a message of Frigate's to a look: who is looked at, and what is ignored."""

from homeassistant.core import HomeAssistant

from ..conftest import (
    Frigate,
    SetUp,
    Told,
    classifier_data,
    classifier_of,
    state_of,
    teach,
)
from ..visits import (
    Visit,
    crops,
    finals,
    requests,
    script,
)


async def test_a_cat_in_the_yard_gets_its_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)

    visit = Visit(frigate, entry, "leo", "front_door")
    await visit.look(5)
    state = hass.states.get("sensor.our_cats_front_door")
    assert state is not None
    assert state.state == "leo"
    assert state.attributes["event_id"] == visit.id
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "on"
    await visit.end()

    assert visit.seen.sub_label is not None
    assert visit.seen.sub_label[0] == "leo"
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "off"


async def test_a_frame_is_one_attempt_however_often_frigate_speaks_of_it(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    fetched = requests(frigate, "snapshot")
    visit = Visit(frigate, entry)
    message = visit.next_message()
    later = visit.next_message()
    later["after"]["snapshot"] = message["after"]["snapshot"]
    visit.seen.best = visit.seen.frames[3]

    for same in (message, message, later, later):
        await visit.say(same)

    assert fetched.hits == 1
    assert len(await crops(entry, visit.id)) == 1


async def test_repeated_reordered_and_late_messages_change_nothing(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    sent = []
    for _ in range(4):
        message = visit.next_message()
        sent.append(message)
        await visit.say(message)
        await visit.say(*reversed(sent))
    last = visit.end_message()
    await visit.say(last)
    await visit.say(*sent, last, *reversed(sent), last)

    assert len(await crops(entry, visit.id)) == 4
    assert [final["attempts"] for final in finals(told)] == [4]
    # The end may come first, too.
    other = Visit(frigate, entry)
    updates = [other.next_message() for _ in range(3)]
    await other.say(other.end_message(), *reversed(updates))
    await other.say(*updates)
    assert len(finals(told, other.id)) == 1


async def test_only_the_wanted_objects_cameras_and_zones_are_looked_at(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(
        classifier_data(name="Yard", filter={"cameras": ["back_yard"]}),
        classifier_data(name="Steps", filter={"zones": ["steps"]}),
    )
    for number in range(2):
        script(classifier_of(entry, number), "leo")
    fetched = requests(frigate, "snapshot")
    dog = Visit(frigate, entry, "rex", "back_yard")
    await dog.look()
    await dog.end()
    assert fetched.hits == 0

    yard = Visit(frigate, entry, "leo", "back_yard")
    await yard.look()
    await yard.end()
    door = Visit(frigate, entry, "leo", "front_door")
    message = door.next_message()
    assert "steps" not in message["after"]["entered_zones"]
    await door.say(message)
    before = fetched.hits
    while "steps" not in message["after"]["entered_zones"]:
        message = door.next_message()
    await door.say(message)
    assert fetched.hits == before + 1
    await door.end()

    assert [(final["classifier"], final["event_id"]) for final in finals(told)] == [
        ("Yard", yard.id),
        ("Steps", door.id),
    ]


async def test_who_enters_a_zone_without_a_better_picture_is_looked_at_nevertheless(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(
        classifier_data(name="Everywhere"),
        classifier_data(name="Steps", filter={"zones": ["steps"]}),
    )
    heads = [script(classifier_of(entry, number), "leo") for number in range(2)]
    visit = Visit(frigate, entry)
    message = visit.next_message()
    await visit.say(message)
    end = visit.end_message()
    end["after"]["entered_zones"] = ["steps"]
    await visit.say(end)

    assert [head.asked for head in heads] == [1, 1]
    assert {(final["classifier"], final["attempts"]) for final in finals(told)} == {
        ("Everywhere", 1),
        ("Steps", 1),
    }


async def test_what_frigate_takes_for_a_mistake_is_no_object(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    fetched = requests(frigate, "snapshot")
    visit = Visit(frigate, entry)
    message = visit.next_message()
    message["after"]["false_positive"] = True
    await visit.say(message)

    assert fetched.hits == 0
    assert not told
