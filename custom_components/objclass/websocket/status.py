"""Is it working? What each Frigate, its queue and the backbone are doing."""

from typing import Any, Final

from homeassistant.components import mqtt
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_loaded_integration

from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from .command import command

_COUNTS: Final = (
    "attempts",
    "failed_fetches",
    "bad_pictures",
    "invalid_messages",
    "errors",
)


async def _async_status(
    hass: HomeAssistant, _connection: ActiveConnection, _msg: dict[str, Any]
) -> dict[str, Any]:
    return status(hass)


@callback
def status(hass: HomeAssistant) -> dict[str, Any]:
    """Return how all entries, and what they share, are doing."""
    entries: list[ObjclassConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    return {
        "entries": [_entry(hass, entry) for entry in entries],
        "runtime": next(
            (
                _runtime(entry)
                for entry in entries
                if entry.state is ConfigEntryState.LOADED
            ),
            None,
        ),
        "version": str(async_get_loaded_integration(hass, DOMAIN).version),
    }


def _entry(hass: HomeAssistant, entry: ObjclassConfigEntry) -> dict[str, Any]:
    # Raises KeyError as long as MQTT is not set up at all.
    mqtt_connected = "mqtt" in hass.config.components and mqtt.is_connected(hass)
    state: dict[str, Any] = {
        "entry_id": entry.entry_id,
        "title": entry.title,
        "frigate": CONF_URL in entry.data,
        "available": False,
        "mqtt_connected": mqtt_connected,
        "frigate_version": None,
        "waiting": 0,
        "dropped": 0,
        "counts": dict.fromkeys(_COUNTS, 0),
        "ms_per_look": None,
        "error": entry.reason,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return state
    if (frigate := entry.runtime_data.frigate) is None:
        return state | {"available": True}
    pipeline, version = frigate.pipeline, frigate.client.known_version
    seconds = pipeline.seconds_per_look
    return state | {
        "available": pipeline.available,
        "frigate_version": version.text if version else None,
        "waiting": pipeline.waiting,
        "dropped": pipeline.dropped,
        "counts": {name: pipeline.counts[name] for name in _COUNTS},
        "ms_per_look": None if seconds is None else seconds * 1000,
    }


def _runtime(entry: ObjclassConfigEntry) -> dict[str, Any]:
    backbone = entry.runtime_data.worker.backbone
    return {
        "name": backbone.runtime.name,
        "backbone": backbone.identity,
        "threads": backbone.runtime.threads,
    }


COMMANDS = (command("status", _async_status),)
