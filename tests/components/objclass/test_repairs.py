"""What only a person can mend, and how."""

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .chains import BELLS, CATS, COLLARS, bells_on_collars_on_cats, change, on
from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from .repairing import issues, mend, opened
from .visits import Visit, script

pytestmark = no_past


@pytest.fixture
async def chain(set_up: SetUp) -> MockConfigEntry:
    """Return an entry with bells that hang on collars that hang on cats."""
    return await bells_on_collars_on_cats(set_up)


def told(hass: HomeAssistant) -> dict[str, str | None]:
    """Return what is wrong, by what it is about."""
    return {name: issue.translation_key for name, issue in issues(hass).items()}


async def remove(hass: HomeAssistant, entry: MockConfigEntry, which: str) -> None:
    hass.config_entries.async_remove_subentry(entry, which)
    await hass.async_block_till_done()


async def test_a_removed_parent_is_told_and_its_child_asked_of_all_if_wanted(
    hass: HomeAssistant,
    frigate: Frigate,
    chain: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    assert told(hass) == {}
    await remove(hass, chain, CATS)
    # The bells hang on the collars, which are still there.
    assert told(hass) == {f"condition-{COLLARS}": "parent_gone"}

    shown = await opened(hass, hass_client, "condition")
    assert shown["menu_options"] == ["drop", "leave"]
    assert shown["description_placeholders"]["classifier"] == "Collars"
    answer = await mend(hass, hass_client, "condition", "drop")
    assert answer["type"] == "create_entry"
    assert told(hass) == {}
    assert "condition" not in chain.subentries[COLLARS].data
    head = script(classifier_of(chain, 0), "leo")
    visit = Visit(frigate, chain)
    frigate.say("available", "online")
    await visit.look()
    assert head.asked == 1


async def test_it_may_be_left_asleep_without_being_mentioned_again(
    hass: HomeAssistant,
    frigate: Frigate,
    chain: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    await remove(hass, chain, CATS)
    answer = await mend(hass, hass_client, "condition", "leave")
    assert answer["reason"] == "left"
    assert told(hass) == {}
    await hass.config_entries.async_reload(chain.entry_id)
    assert told(hass) == {}
    assert chain.subentries[COLLARS].data["condition"] == on(CATS, "leo")


async def test_another_condition_mends_it_too(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    await remove(hass, chain, CATS)
    await change(hass, chain, COLLARS, condition=on("frigate_sub_label", "leo"))
    assert told(hass) == {}


async def test_a_removed_class_is_told_until_it_is_there_again(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    await change(hass, chain, CATS, classes=["charlie"])
    assert told(hass) == {f"condition-{COLLARS}": "parent_class_gone"}
    await change(hass, chain, CATS, classes=["charlie", "leo"])
    assert told(hass) == {}


async def test_a_child_that_is_removed_itself_needs_no_repair(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    await remove(hass, chain, CATS)
    await remove(hass, chain, COLLARS)
    assert told(hass) == {f"condition-{BELLS}": "parent_gone"}
    await hass.config_entries.async_remove(chain.entry_id)
    assert told(hass) == {}


@pytest.mark.parametrize(
    "parent", ["frigate_face", "frigate_plate", "frigate_attribute:collar"]
)
async def test_what_frigate_does_not_do_any_more_is_told(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, parent: str
) -> None:
    await set_up(classifier_data(condition=on(parent, "leo")))
    assert list(told(hass).values()) == ["parent_gone"]
