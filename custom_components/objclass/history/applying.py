"""The third phase: telling Frigate, with the courtesy of `writeback`."""

from homeassistant.core import HomeAssistant

from ..classifier import ObjectClassifier
from ..data import ObjclassConfigEntry
from ..frigate.errors import (
    FrigateConnectionError,
    FrigateNotFoundError,
    FrigatePermissionError,
    FrigateResponseError,
)
from ..objects.told import Told
from ..objects.tracking import past_object
from ..objects.writeback import Writeback
from .found import Found, UnusableError
from .looking import tracked_of
from .patience import async_patiently


async def async_tell(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    writeback: Writeback,
    found: Found,
) -> Told:
    """Write one result to Frigate's object, and say what became of it.

    Raises FrigatePermissionError when the account may not write at all.
    """
    classifier = entry.runtime_data.classifiers.get(found.classifier_id)
    name = found.class_name
    if (
        not isinstance(classifier, ObjectClassifier)
        or name is None
        or name not in classifier.settings.classes
    ):
        return Told.GONE

    async def write() -> Told:
        event = await entry.runtime_data.need_frigate().client.event(found.event_id)
        if event is None:
            return Told.GONE
        state = past_object(tracked_of(entry, event))
        return await writeback.async_write_past(state, classifier, name, found.score)

    try:
        return await async_patiently(hass, entry, write)
    except FrigatePermissionError:
        raise
    except UnusableError, FrigateNotFoundError:
        return Told.GONE
    except FrigateConnectionError, FrigateResponseError:
        return Told.REFUSED
