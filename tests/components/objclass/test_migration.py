"""What any version has stored is read by this one, or left alone if it is newer."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.config_flow import ObjclassConfigFlow
from custom_components.objclass.const import DOMAIN

from .conftest import Frigate

# As 0.1.0 began: no condition, no strangers, no refused trainings, one kind.
FIRST: dict[str, Any] = {
    "name": "Our cats",
    "labels": ["cat"],
    "classes": ["leo", "charlie"],
    "kind": "sub_label",
    "filter": {},
    "rules": {
        "threshold": 0.75,
        "min_attempts": 4.0,
        "agreement": 0.6,
        "max_attempts": 16.0,
        "save_attempts": 100.0,
    },
}
# Frame classifiers as they began: in it was what the form had no default for.
FIRST_FRAME: dict[str, Any] = {
    "name": "Gate",
    "classes": ["open", "shut"],
    "frigate_cameras": ["front_door"],
    "when": {},
    "on": {},
    "rules": {},
}


def stored(frigate: Frigate, **changes: Any) -> MockConfigEntry:
    """Return an entry as the first version has stored it."""
    subentries = [
        ConfigSubentryData(
            subentry_type=kind, title=data["name"], unique_id=None, data=data
        )
        for kind, data in (("classifier", FIRST), ("frame_classifier", FIRST_FRAME))
    ]
    return MockConfigEntry(
        domain=DOMAIN,
        title="frigate.local",
        unique_id="frigate",
        data={"url": frigate.url, "verify_ssl": True},
        options={"write_back": True, "publish_mqtt": True},
        subentries_data=subentries,
        **{"version": 1, "minor_version": 1} | changes,
    )


async def test_what_the_first_version_has_stored_goes_on_working(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = stored(frigate)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED

    by_name = {
        classifier.settings.name: classifier.settings
        for classifier in entry.runtime_data.classifiers.values()
    }
    cats = by_name["Our cats"]
    assert cats.threshold == 0.75
    assert cats.rules.min_attempts == 4
    assert cats.save_attempts == 100
    # What was not asked then has today's defaults.
    assert cats.familiarity
    assert not cats.refuse_worse
    assert cats.condition is None
    gate = by_name["Gate"]
    assert gate.all_classes == ("open", "shut")
    assert gate.save_attempts == 100
    assert hass.states.get("sensor.our_cats_front_door")
    assert hass.states.get("sensor.gate_front_door")
    # The form opens on it, too.
    for subentry_id in entry.subentries:
        shown = await entry.start_subentry_reconfigure_flow(hass, subentry_id)
        assert shown["type"] == "form"
        assert not shown["errors"]


async def test_what_a_newer_minor_version_has_stored_is_read(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> None:
    entry = stored(frigate, minor_version=ObjclassConfigFlow.MINOR_VERSION + 1)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_what_a_newer_major_version_has_stored_is_left_alone(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    frigate: Frigate,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = stored(frigate, version=ObjclassConfigFlow.VERSION + 1)
    entry.add_to_hass(hass)
    before = entry.as_dict()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    # Home Assistant refuses it by itself; `async_migrate_entry` begins with version 2.
    assert "higher than the current version" in caplog.text
    assert entry.as_dict() == before
