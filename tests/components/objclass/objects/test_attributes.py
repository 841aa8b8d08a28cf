"""The attributes of an object: ours, and those of others that we must not lose."""

import pytest
from homeassistant.core import HomeAssistant

from tests.frigate_sim.cameras import NativeModel

from ..conftest import EMPTY, Frigate, SetUp, classifier_data, classifier_of
from ..visits import Visit, requests, script, update
from ..writes import BARK, COLLAR, MOOD, told

pytestmark = pytest.mark.usefixtures("impatient_client")


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
