"""Following the cameras and motion sensors of Home Assistant's that a person renames.

They are stored by their entity ids, and what is called otherwise would never be looked
at again. A classifier's own entities keep their names, and all that hangs on them.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event

from ..const import (
    CONF_CAMERA_ENTITIES,
    CONF_MOTION_SENSORS,
    CONF_PARTS,
    DOMAIN,
    SECTION_WHEN,
    SUBENTRY_FRAME,
)
from ..data import ObjclassConfigEntry


@callback
def async_follow_renames(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Change the settings with every new name, until the entry is unloaded."""

    @callback
    def on_change(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] == "update" and "old_entity_id" in data:
            _async_rename(hass, entry, data["old_entity_id"], data["entity_id"])

    followed = {
        entity_id
        for subentry in entry.get_subentries_of_type(SUBENTRY_FRAME)
        for entity_id in _entities(subentry.data)
    }
    entry.async_on_unload(
        async_track_entity_registry_updated_event(hass, followed, on_change)
    )


@callback
def _async_rename(
    hass: HomeAssistant, entry: ObjclassConfigEntry, old: str, new: str
) -> None:
    for subentry in list(entry.get_subentries_of_type(SUBENTRY_FRAME)):
        if old in _entities(subentry.data):
            _async_keep_entities(hass, entry, subentry.subentry_id, old, new)
            hass.config_entries.async_update_subentry(
                entry, subentry, data=_renamed(subentry.data, old, new)
            )


@callback
def _async_keep_entities(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier_id: str,
    old: str,
    new: str,
) -> None:
    """Let the entities about a camera be about the one that is called otherwise."""
    registry = er.async_get(hass)
    for ours in er.async_entries_for_config_entry(registry, entry.entry_id):
        unique_id = ours.unique_id.removesuffix(f"-{old}")
        if ours.config_subentry_id != classifier_id or unique_id == ours.unique_id:
            continue
        unique_id = f"{unique_id}-{new}"
        # The new name may be that of a camera that is gone but still looked for.
        if registry.async_get_entity_id(ours.domain, DOMAIN, unique_id) is None:
            registry.async_update_entity(ours.entity_id, new_unique_id=unique_id)


def _entities(data: Mapping[str, Any]) -> Collection[str]:
    return {
        *data.get(CONF_CAMERA_ENTITIES, ()),
        *data.get(SECTION_WHEN, {}).get(CONF_MOTION_SENSORS, ()),
    }


def _renamed(data: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    def named(entity_ids: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(new if one == old else one for one in entity_ids))

    when = data.get(SECTION_WHEN, {})
    return {
        **data,
        CONF_CAMERA_ENTITIES: named(data.get(CONF_CAMERA_ENTITIES, ())),
        CONF_PARTS: {
            new if camera == old else camera: part
            for camera, part in data.get(CONF_PARTS, {}).items()
        },
        SECTION_WHEN: {
            **when,
            CONF_MOTION_SENSORS: named(when.get(CONF_MOTION_SENSORS, ())),
        },
    }
