"""Files that cannot be used: looking goes on, and whoever can mend it is told.

A disk that is full, or that the system has made read-only, as it does with worn-out SD
cards. Nothing new is kept then, no label taken, and no head trained; what was there
before is still shown and classifies. As soon as the folder can be written to again, all
of that works again by itself.

A file of samples that is damaged, which stays so until somebody has it rescued, or
brings back an older one: its classifier goes on with what it was trained on, too.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..classifier import AnyClassifier
from ..const import DOMAIN, ISSUE_DAMAGED, ISSUE_STORAGE, LOGGER
from ..data import ObjclassConfigEntry
from .problem import Problem, async_tell

_EVERY: Final = timedelta(minutes=1)


@callback
def async_watch_storage(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Tell of it now and every minute, as long as the entry is loaded."""

    async def look(_now: object) -> None:
        classifiers = list(entry.runtime_data.classifiers.values())
        for classifier in classifiers:
            await classifier.samples.async_try_storage()
        # It may have been unloaded meanwhile.
        if entry.state is ConfigEntryState.LOADED:
            _async_tell(hass, entry)
            _async_open_anew(hass, entry, classifiers)

    _async_tell(hass, entry)
    entry.async_on_unload(async_track_time_interval(hass, look, _EVERY))


@callback
def _async_open_anew(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifiers: Iterable[AnyClassifier],
) -> None:
    """Open files anew that were opened only to be read, and can be written by now."""
    every = [classifier.samples for classifier in classifiers]
    if any(one.store.unwritable and not one.storage_error for one in every):
        LOGGER.info("The files of %s can be written to again", entry.title)
        hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def _async_tell(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    async_tell(hass, entry, (ISSUE_DAMAGED, ISSUE_STORAGE), _problems(hass, entry))


def _problems(hass: HomeAssistant, entry: ObjclassConfigEntry) -> Iterator[Problem]:
    failing = {}
    for classifier in entry.runtime_data.classifiers.values():
        samples = classifier.samples
        if samples.store.damage:
            yield Problem(
                kind=ISSUE_DAMAGED,
                about=classifier.id,
                placeholders={
                    "classifier": classifier.settings.name,
                    "file": str(samples.store.path),
                    "error": samples.store.damage,
                },
            )
        elif samples.storage_error:
            failing[classifier.settings.name] = samples.storage_error
    if failing:
        yield Problem(
            kind=ISSUE_STORAGE,
            about=entry.entry_id,
            placeholders={
                "classifiers": ", ".join(failing),
                "folder": hass.config.path(DOMAIN),
                "error": next(iter(failing.values())),
            },
            fixable=False,
        )
