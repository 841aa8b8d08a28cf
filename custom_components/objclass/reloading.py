"""When an entry is loaded anew: for a person, for the broker, and for Frigate."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.components import mqtt
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN, LOGGER
from .data import ObjclassConfigEntry
from .frigate.errors import FrigateError
from .objects.pipeline import Pipeline
from .signals import SIGNAL_AVAILABLE

# Frigate says that it is online some time before it answers requests (seconds).
_ASK_AGAIN_AFTER: Final = (0, 5, 10, 20, 40, 80)


@callback
def async_follow_settings(entry: ObjclassConfigEntry) -> None:
    """Reload an entry when a person has changed it."""
    before, reloading = _asked_for(entry), False

    async def reload_if_new(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
        """Reload, but not for what Home Assistant notes, as how it was found."""
        nonlocal reloading
        # What is changed until it is set up again comes along.
        if not reloading and _asked_for(entry) != before:
            reloading = True
            await hass.config_entries.async_reload(entry.entry_id)

    entry.async_on_unload(entry.add_update_listener(reload_if_new))


def _asked_for(entry: ObjclassConfigEntry) -> Mapping[str, Any]:
    return {
        "title": entry.title,
        "data": entry.data,
        "options": entry.options,
        "subentries": {
            # They are changed in place.
            key: (subentry.title, subentry.data)
            for key, subentry in entry.subentries.items()
        },
    }


@callback
def async_follow_broker(hass: HomeAssistant) -> None:
    """Set up what waits for the broker whenever that comes back."""
    mqtt.async_subscribe_connection_status(hass, partial(_async_on_broker, hass))


@callback
def _async_on_broker(hass: HomeAssistant, connected: bool) -> None:
    if not connected:
        return
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.SETUP_RETRY:
            hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def async_follow_frigate(
    hass: HomeAssistant, entry: ObjclassConfigEntry, pipeline: Pipeline
) -> None:
    """Look what is new in Frigate when it comes back after it was away."""
    was_away = False

    @callback
    def on_available() -> None:
        nonlocal was_away
        if not pipeline.available:
            was_away = True
        elif was_away:
            was_away = False
            entry.async_create_background_task(
                hass, _async_reload_if_changed(hass, entry), f"{DOMAIN} ask Frigate"
            )

    entry.async_on_unload(
        async_dispatcher_connect(
            hass, SIGNAL_AVAILABLE.format(entry.entry_id), on_available
        )
    )


async def _async_reload_if_changed(
    hass: HomeAssistant, entry: ObjclassConfigEntry
) -> None:
    """Reload if Frigate has other cameras, zones or objects than before."""
    side = entry.runtime_data.need_frigate()
    for delay in _ASK_AGAIN_AFTER:
        await asyncio.sleep(delay)
        try:
            await side.client.version()
            frigate = await side.client.config()
        except FrigateError as err:
            LOGGER.debug("Frigate %s does not answer yet: %s", entry.title, err)
            continue
        if frigate != side.config:
            LOGGER.info("The configuration of Frigate %s has changed", entry.title)
            hass.config_entries.async_schedule_reload(entry.entry_id)
        return
