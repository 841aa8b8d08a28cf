"""Folders that cannot be written to: looking goes on, and whoever can mend it is told.

A disk that is full, or that the system has made read-only, as it does with worn-out SD
cards. Nothing new is kept then, no label taken, and no head trained; what was there
before is still shown and classifies. As soon as the folder can be written to again, all
of that works again by itself.
"""

from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN, ISSUE_STORAGE, LOGGER
from ..data import ObjclassConfigEntry
from .problem import Problem, async_tell

_EVERY: Final = timedelta(minutes=1)


@callback
def async_watch_storage(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Tell of it now and every minute, as long as the entry is loaded."""

    async def look(_now: object) -> None:
        await _async_try(hass, entry)
        _async_tell(hass, entry)

    _async_tell(hass, entry)
    entry.async_on_unload(async_track_time_interval(hass, look, _EVERY))


async def _async_try(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Try to write where it failed; what was only opened to be read is opened anew."""
    classifiers = list(entry.runtime_data.classifiers.values())
    for classifier in classifiers:
        await classifier.async_try_storage()
    if any(c.samples.unwritable and not c.storage_error for c in classifiers):
        LOGGER.info("The files of %s can be written to again", entry.title)
        hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def _async_tell(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    failing = {
        classifier.settings.name: classifier.storage_error
        for classifier in entry.runtime_data.classifiers.values()
        if classifier.storage_error
    }
    problem = Problem(
        kind=ISSUE_STORAGE,
        about=entry.entry_id,
        placeholders={
            "classifiers": ", ".join(failing),
            "folder": hass.config.path(DOMAIN),
            "error": next(iter(failing.values()), ""),
        },
        fixable=False,
    )
    async_tell(hass, entry, (ISSUE_STORAGE,), [problem] if failing else ())
