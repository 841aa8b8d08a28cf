"""Keeping the crop of a result, which somebody wants to label, after the run."""

from homeassistant.core import HomeAssistant

from ..classifier import AnyClassifier, FrameClassifier, ObjectClassifier
from ..data import ObjclassConfigEntry
from .found import Found, UnusableError
from .frame_looking import async_keep_moment, async_look_at_moment
from .looking import async_keep, async_look, tracked_of
from .run import PastFrame


async def async_keep_anew(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: AnyClassifier,
    found: Found,
) -> str:
    """Ask Frigate for the picture again and keep it; return the id of the sample.

    Raises FrigateError, PictureError, or UnusableError where it cannot be looked at.
    """
    if isinstance(classifier, FrameClassifier):
        return await _async_keep_moment(hass, entry, classifier, found)
    return await _async_keep_object(hass, entry, classifier, found.event_id)


async def _async_keep_object(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: ObjectClassifier,
    event_id: str,
) -> str:
    event = await entry.runtime_data.need_frigate().client.event(event_id)
    if event is None:
        raise UnusableError("it is gone")
    tracked = tracked_of(entry, event)
    seen = await async_look(hass, entry, tracked, classifier.heads)
    return await async_keep(classifier, tracked, seen)


async def _async_keep_moment(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: FrameClassifier,
    found: Found,
) -> str:
    moment = PastFrame(camera=found.camera, time=found.time)
    looks = await async_look_at_moment(hass, entry, moment, [classifier])
    if classifier.id not in looks:
        raise UnusableError("the classifier is not trained, or looks elsewhere")
    return await async_keep_moment(classifier, moment, looks[classifier.id])
