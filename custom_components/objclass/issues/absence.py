"""A Frigate that has been away for so long that somebody should look."""

from datetime import timedelta
from time import monotonic
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN, ISSUE_AWAY
from ..data import ObjclassConfigEntry
from .problem import Problem, async_tell

_EVERY: Final = timedelta(hours=1)
_TOO_LONG: Final = timedelta(days=1).total_seconds()


@callback
def async_watch_for_absence(hass: HomeAssistant) -> None:
    """Look every hour which Frigates are away, whether their entries are loaded or not.

    They are counted as away since Home Assistant was started, at the longest, and
    however the clock is set meanwhile.
    """
    since: dict[str, float] = {}

    @callback
    def look(_now: object) -> None:
        for entry in hass.config_entries.async_entries(DOMAIN):
            if CONF_URL in entry.data:
                _async_look(hass, entry, since)

    async_track_time_interval(hass, look, _EVERY, cancel_on_shutdown=True)


@callback
def _async_look(
    hass: HomeAssistant, entry: ObjclassConfigEntry, since: dict[str, float]
) -> None:
    if not _is_away(entry):
        since.pop(entry.entry_id, None)
        async_tell(hass, entry, (ISSUE_AWAY,), ())
        return
    now = monotonic()
    if now - since.setdefault(entry.entry_id, now) >= _TOO_LONG:
        problem = Problem(kind=ISSUE_AWAY, about=entry.entry_id, placeholders={})
        async_tell(hass, entry, (ISSUE_AWAY,), (problem,))


def _is_away(entry: ObjclassConfigEntry) -> bool:
    if entry.state in (
        ConfigEntryState.SETUP_RETRY,
        ConfigEntryState.SETUP_IN_PROGRESS,  # it is just being tried again
    ):
        return True
    if entry.state is not ConfigEntryState.LOADED:
        return False  # turned off, or waiting for a log-in, which is told elsewhere
    side = entry.runtime_data.frigate
    return side is not None and not side.available
