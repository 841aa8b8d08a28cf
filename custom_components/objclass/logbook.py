"""The sentences in the logbook: "leo was seen at Back door"."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_RESULT
from .learning.consensus import Outcome
from .lookup import camera_title

type _Describe = Callable[[Event], dict[str, str]]


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, _Describe], None],
) -> None:
    """Describe what a classifier found out about an object."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        who, what = _sentence(event.data)
        where = camera_title(hass, event.data["classifier_id"], event.data["camera"])
        return {
            LOGBOOK_ENTRY_NAME: who,
            LOGBOOK_ENTRY_MESSAGE: f"{what} {where}",
            LOGBOOK_ENTRY_ICON: "mdi:shape",
        }

    async_describe_event(DOMAIN, EVENT_RESULT, describe)


def _sentence(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return who did it and what it was, up to the name of the camera.

    Home Assistant has no translations for such sentences.
    """
    if data["outcome"] == Outcome.NONE:
        what = f"saw a {data['label']} that is none of its classes at"
        return data["classifier"], what
    if data["outcome"] == Outcome.UNDECIDED:
        return data["classifier"], f"could not decide about a {data['label']} at"
    if data.get("taken_back"):
        return data["classifier"], f"took back that {data['taken_back']} was seen at"
    if data["final"]:
        return data["class"], "is gone from"
    return data["class"], "was seen at"
