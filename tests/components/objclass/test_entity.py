"""The entities of a classifier, as a person finds them on its device."""

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from custom_components.objclass.const import DOMAIN

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past

pytestmark = no_past

# Name, whether it depends on Frigate, category
ENTITIES = {
    "binary_sensor.our_cats_charlie_in_view": ("Our cats charlie in view", True, None),
    "binary_sensor.our_cats_leo_in_view": ("Our cats leo in view", True, None),
    "button.our_cats_train": ("Our cats Train", False, "config"),
    "event.our_cats_back_yard_classification": (
        "Our cats Back yard classification",
        True,
        None,
    ),
    "event.our_cats_front_door_classification": (
        "Our cats Front door classification",
        True,
        None,
    ),
    "image.our_cats_last_crop": ("Our cats Last crop", True, None),
    "sensor.our_cats_accuracy": ("Our cats Accuracy", False, "diagnostic"),
    "sensor.our_cats_back_yard": ("Our cats Back yard", True, None),
    "sensor.our_cats_charlie_last_seen": ("Our cats charlie last seen", True, None),
    "sensor.our_cats_front_door": ("Our cats Front door", True, None),
    "sensor.our_cats_labelled_crops": ("Our cats Labelled crops", False, "diagnostic"),
    "sensor.our_cats_last_training": ("Our cats Last training", False, "diagnostic"),
    "sensor.our_cats_leo_last_seen": ("Our cats leo last seen", True, None),
}
DISABLED = {"sensor.our_cats_training_progress"}


async def test_a_classifier_has_a_device_with_these_entities(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    registry = er.async_get(hass)
    found = er.async_entries_for_config_entry(registry, entry.entry_id)
    assert {item.entity_id for item in found} == set(ENTITIES) | DISABLED
    for entity_id, (name, _, category) in ENTITIES.items():
        state = hass.states.get(entity_id)
        assert state is not None, entity_id
        assert state.attributes["friendly_name"] == name
        assert registry.entities[entity_id].entity_category == category
    for entity_id in DISABLED:
        assert registry.entities[entity_id].disabled_by == "integration"

    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    classifier = classifier_of(entry)
    assert device.name == "Our cats"
    assert device.identifiers == {(DOMAIN, classifier.id)}
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert {item.device_id for item in found} == {device.id}
    assert {item.config_subentry_id for item in found} == {classifier.id}


async def test_what_depends_on_frigate_is_unavailable_until_it_is_online(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up(online=False)

    def unavailable() -> set[str]:
        states = hass.states.async_all()
        return {item.entity_id for item in states if item.state == STATE_UNAVAILABLE}

    live = {entity_id for entity_id, (_, live, _) in ENTITIES.items() if live}
    assert unavailable() == live
    frigate.say("available", "online")
    await hass.async_block_till_done()
    assert unavailable() == set()
    frigate.say("available", "offline")
    await hass.async_block_till_done()
    assert unavailable() == live


async def test_only_cameras_that_are_looked_at_have_entities(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up(
        classifier_data(filter={"cameras": ["back_yard"]}),
        classifier_data(name="Our birds", labels=["bird"]),
    )
    names = set(hass.states.async_entity_ids(["event", "sensor"]))
    assert "sensor.our_cats_back_yard" in names
    assert "event.our_cats_back_yard_classification" in names
    assert not [name for name in names if "front_door" in name]
    # Frigate tracks no birds on any camera.
    assert not [name for name in names if "our_birds_back" in name]
    assert "sensor.our_birds_leo_last_seen" in names


async def test_a_renamed_classifier_renames_its_device_and_keeps_its_entities(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "name": "Cats"}, title="Cats"
    )
    await hass.async_block_till_done()
    state = hass.states.get("sensor.our_cats_front_door")
    assert state is not None
    assert state.attributes["friendly_name"] == "Cats Front door"
