"""Classifying a picture now: an object's, what a camera shows, or a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.media_source import async_resolve_media
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import MediaSelector

from .api import async_frigate_failed
from .classifier import AnyClassifier, FrameClassifier
from .const import ATTR_CLASSIFIER, ATTR_EVENT_ID, DOMAIN
from .data import ObjclassConfigEntry
from .frames.sources import EntitySource, NoPictureError
from .frigate.errors import FrigateError
from .learning.crop import MAX_BYTES, PictureError
from .learning.frame import look_at_frame
from .learning.look import Look, look
from .lookup import resolve_classifier

ATTR_MEDIA: Final = "media"

_PICTURES: Final = frozenset({ATTR_ENTITY_ID, ATTR_EVENT_ID, ATTR_MEDIA})
CLASSIFY_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_CLASSIFIER): cv.string,
        vol.Optional(ATTR_ENTITY_ID): cv.entity_domain("camera"),
        vol.Optional(ATTR_EVENT_ID): cv.string,
        vol.Optional(ATTR_MEDIA): MediaSelector({"accept": ["image/*"]}),
    }
)


async def async_classify_action(call: ServiceCall) -> ServiceResponse:
    """Classify a picture now, whatever the rules for objects say."""
    entry, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    # A field of a form that was cleared is an empty text.
    if sum(bool(call.data.get(picture)) for picture in _PICTURES) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="classify_without_picture"
        )
    if classifier.head is None:
        raise _not_trained(classifier)
    try:
        seen = await _async_look(call, entry, classifier)
    except FrigateError as err:
        raise async_frigate_failed(call.hass, entry, err) from err
    except PictureError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="bad_picture",
            translation_placeholders={"error": str(err)},
        ) from err
    # Another network may have come into use while the picture was fetched.
    if (prediction := seen.predictions.get(classifier.id)) is None:
        raise _not_trained(classifier)
    return {
        "class": prediction.best,
        "score": prediction.score,
        "scores": dict(prediction.scores),
        "unfamiliar": prediction.unfamiliar,
        "distance": prediction.distance,
        "meets_threshold": prediction.score >= classifier.settings.threshold,
    }


def _not_trained(classifier: AnyClassifier) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_trained",
        translation_placeholders={"classifier": classifier.settings.name},
    )


async def _async_look(
    call: ServiceCall, entry: ObjclassConfigEntry, classifier: AnyClassifier
) -> Look:
    """Look at the picture that a call names."""
    data = entry.runtime_data
    where: dict[str, Any] = {}
    entity_id: str = call.data.get(ATTR_ENTITY_ID, "")
    if event_id := call.data.get(ATTR_EVENT_ID):
        picture, where = await _async_event_picture(entry, event_id)
    elif entity_id:
        picture = await _async_camera_picture(call.hass, entity_id)
    else:
        picture = await _async_media(call.hass, call.data[ATTR_MEDIA])
    run, backbone, heads = data.worker.run, data.worker.backbone, classifier.heads
    if isinstance(classifier, FrameClassifier):
        part = classifier.settings.part_of(entity_id)
        return (await run(look_at_frame, backbone, picture, {part: heads}))[part]
    return await run(look, backbone, picture, heads, **where)


async def _async_event_picture(
    entry: ObjclassConfigEntry, event_id: str
) -> tuple[bytes, dict[str, Any]]:
    """Return the picture of an object, and where in it the object is."""
    frigate = entry.runtime_data.need_frigate()
    client = frigate.client
    event = await client.event(event_id)
    camera = frigate.config.cameras.get(event.camera) if event else None
    box = event.absolute_box(camera.width, camera.height) if event and camera else None
    if event is None or camera is None or box is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="event_unknown",
            translation_placeholders={"event_id": event_id},
        )
    fetch = client.clean_snapshot if event.end_time else client.snapshot
    return (await fetch(event_id)).data, {
        "box": (box.x1, box.y1, box.x2, box.y2),
        "frame_size": (camera.width, camera.height),
    }


async def _async_camera_picture(hass: HomeAssistant, entity_id: str) -> bytes:
    """Return what a camera shows now."""
    if hass.states.get(entity_id) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="entity_unknown",
            translation_placeholders={"entity_id": entity_id},
        )
    try:
        return await EntitySource(hass, entity_id).async_picture()
    except NoPictureError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="camera_failed",
            translation_placeholders={"camera": entity_id, "error": str(err)},
        ) from err


async def _async_media(hass: HomeAssistant, media: Mapping[str, Any]) -> bytes:
    """Read a picture that the media browser knows."""
    resolved = await async_resolve_media(hass, media["media_content_id"], None)
    if resolved.path is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="media_not_local"
        )
    return await hass.async_add_executor_job(_read_picture, resolved.path)


def _read_picture(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as err:
        raise PictureError(f"{path.name} cannot be read: {err.strerror}") from err
    if len(data) > MAX_BYTES:
        raise PictureError(f"{path.name} is too large")
    return data
