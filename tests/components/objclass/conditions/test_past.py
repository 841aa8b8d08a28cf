"""Examples for a classifier with a condition come from the right past objects."""

import time
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.collecting.collect import async_collect
from tests.frigate_sim.objects import SimObject

from ..chains import bells_on_collars_on_cats, on
from ..conftest import Frigate, SetUp, classifier_data, classifier_of, data_of, no_past
from ..history.runs import HOUR, been
from ..visits import STRANGER, Visit, requests, script

pytestmark = no_past


@pytest.fixture
async def chain(set_up: SetUp) -> MockConfigEntry:
    """Return an entry with bells that hang on collars that hang on cats."""
    return await bells_on_collars_on_cats(set_up)


async def collected(
    hass: HomeAssistant, entry: MockConfigEntry, number: int = 1
) -> list[Any]:
    """Collect for the collars; return the objects."""
    found = await async_collect(hass, entry, classifier_of(entry, number), count=9)
    return [sample.event_id for sample in found.samples]


def cats(frigate: Frigate, count: int = 2) -> list[SimObject]:
    return [been(frigate, hours=7 * (number + 1)) for number in range(count)]


@pytest.mark.parametrize(
    ("said", "matter"),
    [
        ("leo", True),
        (("leo", 0.79), False),
        ("charlie", False),
        ("none", False),
        (STRANGER, False),
    ],
    ids=str,
)
async def test_the_parent_is_asked_on_the_same_picture(
    hass: HomeAssistant,
    frigate: Frigate,
    chain: MockConfigEntry,
    said: Any,
    matter: bool,
) -> None:
    past = cats(frigate)
    head = script(classifier_of(chain, 0), said)
    fetched = requests(frigate, "snapshot-clean")
    assert set(await collected(hass, chain)) == (
        {cat.id for cat in past} if matter else set()
    )
    assert head.asked == fetched.hits == 2


async def test_what_the_parent_found_out_live_counts_without_asking_again(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    head = script(classifier_of(chain, 0), *["leo"] * 3, "charlie")
    leo, charlie = Visit(frigate, chain), Visit(frigate, chain)
    for visit in (leo, charlie):
        await visit.look(3)
        await visit.end()
    collars = classifier_of(chain, 1)
    kept = await data_of(chain).worker.run(collars.samples.store.find, event_id=leo.id)
    await collars.samples.async_delete([sample.id for sample in kept])
    asked, fetched = head.asked, requests(frigate, "snapshot-clean")
    assert await collected(hass, chain) == [leo.id]
    # One look, at leo, which asks all heads at once.
    assert (fetched.hits, head.asked - asked) == (1, 1)


async def test_what_a_person_says_counts_more_than_what_the_parent_says(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    parent = classifier_of(chain, 0)
    script(parent, "charlie")
    leo, _charlie = cats(frigate)
    for sample in (await async_collect(hass, chain, parent, count=9)).samples:
        if sample.event_id == leo.id:
            await parent.samples.async_label([sample.id], "leo")
    assert await collected(hass, chain) == [leo.id]


async def test_a_grandparent_has_a_say_too(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    cats(frigate)
    script(classifier_of(chain, 0), "charlie", "leo")
    script(classifier_of(chain, 1), "leo")
    assert len(await collected(hass, chain, 2)) == 1


async def test_a_parent_that_knows_nothing_has_to_be_trained_first(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await collected(hass, chain)
    assert refused.value.translation_key == "parent_untrained"
    assert refused.value.translation_placeholders == {
        "classifier": "Collars",
        "parent": "Our cats",
    }


async def test_a_parent_that_is_gone_is_named_as_the_reason(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(condition=on("gone", "leo")))
    with pytest.raises(ServiceValidationError) as refused:
        await collected(hass, entry, 0)
    assert refused.value.translation_key == "condition_broken"


@pytest.mark.parametrize(
    ("parent", "matter"),
    [
        ("frigate_sub_label", True),
        ("frigate_face", True),
        ("frigate_plate", True),
        ("frigate_attribute:collar", True),
        ("frigate_attribute:mood", False),
    ],
)
async def test_what_frigate_has_written_down_is_asked_for(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, parent: str, matter: bool
) -> None:
    leo, other = cats(frigate)
    leo.sub_label, leo.attributes = ("Leo", 0.9), {"collar": ("leo", 1.0)}
    other.sub_label, other.attributes = ("Max", 0.9), {"collar": ("max", 1.0)}
    frigate.world.add_past(
        "leo", leo.camera, time.time() - 30 * HOUR
    )  # of which Frigate knows nothing
    entry = await set_up(classifier_data(condition=on(parent, "leo")))
    fetched = requests(frigate, "snapshot-clean")
    assert await collected(hass, entry, 0) == ([leo.id] if matter else [])
    assert fetched.hits == matter
