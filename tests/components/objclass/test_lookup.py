"""Finding a classifier by what people and programs call it."""

from collections.abc import AsyncIterator

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.lookup import find_classifier, resolve_classifier

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past

pytestmark = no_past


@pytest.fixture
async def house(frigate: Frigate, set_up: SetUp) -> MockConfigEntry:
    """Return the entry of a Frigate with cats and dogs."""
    return await set_up(classifier_data(), classifier_data(name="Our dogs"))


@pytest.fixture
async def garage(
    hass: HomeAssistant, house: MockConfigEntry
) -> AsyncIterator[MockConfigEntry]:
    """Return the entry of a second Frigate, with cats too."""
    async with Frigate(hass, prefix="garage") as frigate:
        entry = MockConfigEntry(
            domain=DOMAIN,
            unique_id="garage",
            data={"url": frigate.url, "verify_ssl": True},
            subentries_data=[classifier_data()],
        )
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        yield entry


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, classifier_of(entry).id), entry.entry_id
    )
    assert device is not None
    return device


async def test_a_name_that_two_frigates_use_is_ambiguous_but_a_device_is_not(
    hass: HomeAssistant, house: MockConfigEntry, garage: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        resolve_classifier(hass, "our cats")
    assert str(raised.value) == (
        "There is more than one classifier called our cats; use its device"
    )
    for entry in (house, garage):
        cats = classifier_of(entry)
        for name in (cats.id, device_of(hass, entry).id):
            assert resolve_classifier(hass, name) == (entry, cats)
    assert resolve_classifier(hass, "Our dogs") == (house, classifier_of(house, 1))


async def test_only_running_classifiers_are_found(
    hass: HomeAssistant, house: MockConfigEntry, garage: MockConfigEntry
) -> None:
    cats, device = classifier_of(garage), device_of(hass, garage)
    dr.async_get(hass).async_update_device(device.id, name_by_user="Garage cats")
    await hass.config_entries.async_unload(garage.entry_id)

    assert find_classifier(hass, cats.id) is None
    assert resolve_classifier(hass, "Our cats") == (house, classifier_of(house))
    with pytest.raises(ServiceValidationError) as raised:
        resolve_classifier(hass, device.id)
    # A person does not know devices by their id.
    assert str(raised.value) == (
        "There is no classifier Garage cats that is set up and running. "
        "There are: Our cats, Our dogs"
    )
    await hass.config_entries.async_unload(house.entry_id)
    with pytest.raises(ServiceValidationError, match="There are: -"):
        resolve_classifier(hass, "Our cats")


async def test_a_device_of_something_else_is_no_classifier(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain="frigate")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        identifiers={("frigate", classifier_of(house).id)},
        name="Front door",
    )
    with pytest.raises(ServiceValidationError, match="no classifier Front door"):
        resolve_classifier(hass, device.id)


async def test_classifiers_are_found_by_their_id(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    cats = classifier_of(house)
    assert find_classifier(hass, cats.id) is cats
    assert find_classifier(hass, "gone") is None
