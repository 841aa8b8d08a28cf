"""Classifiers that are asked only of some objects, as a household sees them.

"Our cats" tells leo, charlie and others apart; "Collar" is asked only of leo.
"""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.learning import chosen
from custom_components.objclass.learning.backbone import Backbone
from custom_components.objclass.learning.chosen import Choice
from tests.frigate_sim.faults import Fault

from ..chains import (
    OUR_CATS,
    WITH_COLLAR,
    cats_and_collar,
    child,
    named,
    of,
    with_id,
)
from ..conftest import (
    Frigate,
    SetUp,
    Told,
    classifier_data,
    published,
)
from ..visits import Visit, crops, finals, script, update

pytestmark = [
    pytest.mark.usefixtures("impatient_client"),
    pytest.mark.parametrize("frigate", [WITH_COLLAR], indirect=True),
]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Count what the backbone is asked."""
    # It tries itself out when it is loaded.
    chosen.load_here(Choice())
    seen: list[Any] = []
    embed = Backbone.embed

    def counted(backbone: Backbone, pixels: Any) -> Any:
        seen.append(pixels)
        return embed(backbone, pixels)

    monkeypatch.setattr(Backbone, "embed", counted)
    return seen


# Asked or not


async def test_a_child_is_asked_once_its_parent_has_one_of_the_classes(
    frigate: Frigate, set_up: SetUp, told: Told, looks: list[Any]
) -> None:
    entry, cats, collar = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    assert (cats.asked, collar.asked) == (2, 0)
    await visit.look()
    # Now that it is leo, all three looks count, without a picture more.
    assert (cats.asked, collar.asked, len(looks)) == (3, 3, 3)
    assert of(told, "Collar") == ["red"]
    await visit.look()
    assert (cats.asked, collar.asked, len(looks)) == (4, 4, 4)
    await visit.end()
    assert {final["classifier"]: final["class"] for final in finals(told)} == {
        "Our cats": "leo",
        "Collar": "red",
    }
    assert len(await crops(entry, visit.id, 1)) == 4


@pytest.mark.parametrize("said", ["charlie", "none", ("leo", 0.5)], ids=str)
async def test_of_an_object_that_is_none_of_its_own_a_child_says_and_keeps_nothing(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    mqtt_mock: MqttMockHAClient,
    said: Any,
) -> None:
    entry, _, collar = await cats_and_collar(set_up, said)
    visit = Visit(frigate, entry)
    await visit.look(5)
    await visit.end()

    assert collar.asked == 0
    assert [event for event in told if event.data["classifier"] == "Collar"] == []
    assert [said for said in published(mqtt_mock) if said["model"] == "Collar"] == []
    assert await crops(entry, visit.id, 1) == []
    state = hass.states.get("event.collar_front_door_classification")
    assert state is not None
    assert state.state == "unknown"


async def test_a_child_of_a_parent_that_is_not_trained_waits(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "leo"))
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()
    assert collar.asked == 0


async def test_a_child_that_is_not_trained_gets_its_examples_from_the_right_objects(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "leo"))
    script(named(entry, "Our cats"), *["leo"] * 4, "charlie")
    leo, charlie = Visit(frigate, entry), Visit(frigate, entry, "charlie")
    await leo.look(4)
    await leo.end()
    await charlie.look(4)
    await charlie.end()
    assert len(await crops(entry, leo.id, 1)) == 4
    assert await crops(entry, charlie.id, 1) == []


async def test_none_is_an_answer_that_a_child_may_hang_on(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "none"))
    script(named(entry, "Our cats"), "none")
    script(named(entry, "Collar"), "blue")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert of(told, "Collar") == ["blue"]


async def test_a_parent_that_is_decided_only_at_the_end_still_has_its_child_asked(
    frigate: Frigate, set_up: SetUp, told: Told, looks: list[Any]
) -> None:
    entry, _, collar = await cats_and_collar(set_up, "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    await visit.end()

    assert collar.asked == 2 == len(looks)
    assert [(f["classifier"], f["class"]) for f in finals(told)] == [
        ("Our cats", "leo"),
        ("Collar", "red"),
    ]


async def test_all_looks_count_before_a_child_says_anything(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    """Else it would say what the first three looks come to, only to correct it."""
    entry, _, _ = await cats_and_collar(
        set_up,
        *("charlie", "charlie", "leo", "leo", "leo"),
        collar=("blue", "blue", "red", "red", "red"),
    )
    visit = Visit(frigate, entry)
    await visit.look(5)
    assert of(told, "Our cats") == ["charlie", "leo"]
    assert of(told, "Collar") == ["red"]


async def test_a_grandchild_is_asked_in_the_same_moment(
    frigate: Frigate, set_up: SetUp, told: Told, looks: list[Any]
) -> None:
    entry = await set_up(
        # In an order in which nobody can be asked before the others.
        with_id(child("collar", "red", name="Bell", classes=["on", "off"]), "bell"),
        with_id(child("cats", "leo"), "collar"),
        OUR_CATS,
    )
    script(named(entry, "Our cats"), "leo")
    script(named(entry, "Collar"), "red")
    bell = script(named(entry, "Bell"), "on")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert of(told, "Bell") == ["on"]
    assert (bell.asked, len(looks)) == (3, 3)
    await visit.end()
    assert [final["classifier"] for final in finals(told)] == [
        "Our cats",
        "Collar",
        "Bell",
    ]


# Taken back


async def test_what_a_child_said_is_taken_back_when_its_parent_changes_its_mind(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    mqtt_mock: MqttMockHAClient,
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 3, "charlie")
    visit = Visit(frigate, entry)
    await visit.look(3)
    collar = named(entry, "Collar")
    assert hass.states.get("binary_sensor.collar_red_in_view").state == "on"  # type: ignore[union-attr]
    assert visit.seen.attributes == {"Collar": ("red", 1.0)}
    assert len(collar.last_results) == 1
    await visit.look(5)

    assert of(told, "Our cats") == ["leo", "charlie"]
    assert of(told, "Collar") == ["red", None]
    (back,) = [event.data for event in told if event.data["taken_back"]]
    assert (back["taken_back"], back["final"], back["outcome"]) == ("red", False, None)
    for entity, state in {
        "binary_sensor.collar_red_in_view": "off",
        "sensor.collar_front_door": "unknown",
        "sensor.collar_red_last_seen": "unknown",
    }.items():
        shown = hass.states.get(entity)
        assert shown is not None
        assert shown.state == state, entity
    event = hass.states.get("event.collar_front_door_classification")
    assert event is not None
    assert event.attributes["event_type"] == "taken_back"
    assert collar.last_results == ()
    assert visit.seen.attributes == {}
    messages = [said for said in published(mqtt_mock) if said["model"] == "Collar"]
    assert messages[-1]["attribute"] == "none"

    await visit.end()
    assert [final["classifier"] for final in finals(told)] == ["Our cats"]
    # It was no matter for it, so there is nothing to learn from it.
    assert await crops(entry, visit.id, 1) == []
    assert len(await crops(entry, visit.id, 0)) > 0
    await hass.async_block_till_done()
    image = hass.states.get("image.collar_last_crop")
    assert image is not None
    assert image.state == "unknown"


async def test_what_a_person_has_labelled_is_kept_all_the_same(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 3, "charlie")
    visit = Visit(frigate, entry)
    await visit.look(3)
    first, *_ = await crops(entry, visit.id, 1)
    await named(entry, "Collar").samples.async_label([first.id], "red")
    await visit.look(5)
    await visit.end()
    assert [crop.id for crop in await crops(entry, visit.id, 1)] == [first.id]


async def test_the_last_cat_with_that_collar_is_shown_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(set_up, *["leo"] * 6, "charlie")
    first = Visit(frigate, entry)
    await first.look(3)
    await first.end()
    seen_at = hass.states.get("sensor.collar_red_last_seen")
    second = Visit(frigate, entry, camera="back_yard")
    await second.look(3)
    assert hass.states.get("sensor.collar_red_last_seen") != seen_at
    await second.look(5)

    again = hass.states.get("sensor.collar_red_last_seen")
    assert again is not None
    assert seen_at is not None
    assert (again.state, again.attributes["camera"]) == (seen_at.state, "front_door")
    # On the other camera nothing was taken back.
    shown = hass.states.get("sensor.collar_front_door")
    assert shown is not None
    assert shown.state == "red"


async def test_what_was_taken_back_is_said_again_without_another_look(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(child("frigate_sub_label", "leo"))
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    visit.seen.sub_label = ("leo", 0.9)
    await visit.look(3)
    for name in ("charlie", "Leo"):
        update(
            frigate, type="classification", id=visit.id, model="pets", sub_label=name
        )
        await frigate.hass.async_block_till_done()
    assert of(told, "Collar") == ["red", None, "red"]
    assert collar.asked == 3


async def test_taking_back_goes_down_the_chain(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(
        OUR_CATS,
        with_id(child("cats", "leo"), "collar"),
        child("collar", "red", name="Bell", classes=["on", "off"]),
    )
    script(named(entry, "Our cats"), *["leo"] * 3, "charlie")
    script(named(entry, "Collar"), "red")
    script(named(entry, "Bell"), "on")
    visit = Visit(frigate, entry)
    await visit.look(8)
    await visit.end()
    assert of(told, "Collar") == ["red", None]
    assert of(told, "Bell") == ["on", None]
    assert [final["classifier"] for final in finals(told)] == ["Our cats"]


# Sub labels


async def test_the_one_who_knows_better_names_the_object_in_frigate(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(
        set_up, *["leo"] * 3, "charlie", kind="sub_label"
    )
    visit = Visit(frigate, entry)
    await visit.look(4)
    assert visit.seen.sub_label == ("red", 0.95)
    # Taken back: the object has the name again that its parent gives it.
    await visit.look(4)
    assert visit.seen.sub_label == ("charlie", 0.95)
    await visit.end()
    assert visit.seen.sub_label == ("charlie", 0.95)


async def test_a_name_that_could_not_be_taken_back_is_with_the_next_attempt(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(
        set_up, *["leo"] * 3, "charlie", kind="sub_label"
    )
    visit = Visit(frigate, entry)
    await visit.look(4)
    fault = frigate.faults.add(Fault(path="sub_label", method="POST", status=500))
    await visit.look(4)
    assert fault.hits == 1
    assert visit.seen.sub_label == ("red", 0.95)
    frigate.faults.clear()
    await visit.look()
    assert visit.seen.sub_label == ("charlie", 0.95)


async def test_a_sub_label_without_a_successor_is_cleared_when_the_object_has_ended(
    frigate: Frigate, set_up: SetUp
) -> None:
    """Frigate's live view breaks when it is cleared before."""
    entry = await set_up(
        with_id(classifier_data(name="Our cats", kind="attribute"), "cats"),
        child("cats", "leo", kind="sub_label"),
    )
    script(named(entry, "Our cats"), *["leo"] * 3, "charlie")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(8)
    assert visit.seen.sub_label == ("red", 0.95)
    await visit.end()
    assert visit.seen.sub_label == (None, None)


async def test_a_name_that_a_person_has_given_meanwhile_is_not_cleared(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        with_id(classifier_data(name="Our cats", kind="attribute"), "cats"),
        child("cats", "leo", kind="sub_label"),
    )
    script(named(entry, "Our cats"), *["leo"] * 3, "charlie")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(8)
    visit.seen.sub_label = ("max", 1.0)
    await visit.end()
    assert visit.seen.sub_label == ("max", 1.0)


# What Frigate itself says


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        ("frigate_face", {"type": "face", "name": "John", "score": 0.95}),
        ("frigate_plate", {"type": "lpr", "name": "John", "plate": "1", "score": 0.9}),
        ("frigate_plate", {"type": "lpr", "name": None, "plate": "john", "score": 0.9}),
        (
            "frigate_sub_label",
            {"type": "classification", "model": "staff", "sub_label": "john"},
        ),
        (
            "frigate_attribute:staff",
            {"type": "classification", "model": "staff", "attribute": "john"},
        ),
    ],
    ids=str,
)
async def test_a_child_is_asked_as_soon_as_frigate_has_said_it(
    frigate: Frigate,
    set_up: SetUp,
    looks: list[Any],
    parent: str,
    message: dict[str, Any],
) -> None:
    entry = await set_up(child(parent, "John"))
    collar = script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(2)
    # Nobody is interested yet: no picture is fetched.
    assert looks == []
    update(frigate, id=visit.id, camera="front_door", **message)
    await visit.say()
    assert collar.asked == 1
    await visit.look(2)
    assert collar.asked == 3 == len(looks)


async def test_looks_for_others_count_when_frigate_says_it_later(
    frigate: Frigate, set_up: SetUp, looks: list[Any], told: Told
) -> None:
    entry = await set_up(OUR_CATS, child("frigate_face", "John"))
    script(named(entry, "Our cats"), "leo")
    script(named(entry, "Collar"), "red")
    visit = Visit(frigate, entry)
    await visit.look(3)
    update(frigate, id=visit.id, type="face", name="John", score=0.95)
    await visit.say()
    assert of(told, "Collar") == ["red"]
    assert len(looks) == 3
