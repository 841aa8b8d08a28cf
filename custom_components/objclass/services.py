"""Actions: gather examples, label them, train, and classify a picture now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.media_source import async_resolve_media
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import MediaSelector
from homeassistant.helpers.service import async_register_admin_service

from .api import async_frigate_failed
from .classifier import AnyClassifier, FrameClassifier
from .collecting.collect import async_collect
from .const import DOMAIN
from .data import ObjclassConfigEntry
from .frigate.errors import FrigateError
from .history.actions import (
    CLASSIFY_HISTORY_SCHEMA,
    HISTORY_SCHEMA,
    async_classify_history_action,
    async_history_action,
)
from .learning.crop import MAX_BYTES, PictureError
from .learning.frame import look_at_frame
from .learning.look import Look, look
from .learning.samples import Sample
from .lookup import resolve_classifier
from .search import ORDERS, async_search
from .transfer.actions import (
    EXPORT_SCHEMA,
    IMPORT_SCHEMA,
    async_export_action,
    async_import_action,
)
from .views import async_crop_url

ATTR_CAMERAS: Final = "cameras"
ATTR_CLASS: Final = "class"
ATTR_CLASSIFIER: Final = "classifier"
ATTR_COUNT: Final = "count"
ATTR_DAYS: Final = "days"
ATTR_EVENT_ID: Final = "event_id"
ATTR_LABELLED: Final = "labelled"
ATTR_LIMIT: Final = "limit"
ATTR_MEDIA: Final = "media"
ATTR_NUMBER: Final = "number"
ATTR_ORDER: Final = "order"
ATTR_SAMPLES: Final = "samples"

_CLASSIFIER: Final = {vol.Required(ATTR_CLASSIFIER): cv.string}
COLLECT_SCHEMA: Final = vol.Schema(
    {
        **_CLASSIFIER,
        vol.Optional(ATTR_COUNT, default=24): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=200)
        ),
        vol.Optional(ATTR_CAMERAS, default=list): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_DAYS): vol.All(vol.Coerce(float), vol.Range(min=0)),
    }
)
LABEL_SCHEMA: Final = vol.All(
    vol.Schema(
        {
            **_CLASSIFIER,
            vol.Required(ATTR_CLASS): cv.string,
            vol.Optional(ATTR_SAMPLES): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional(ATTR_EVENT_ID): cv.string,
        }
    ),
    cv.has_at_least_one_key(ATTR_SAMPLES, ATTR_EVENT_ID),
)
SAMPLES_SCHEMA: Final = vol.Schema(
    {
        **_CLASSIFIER,
        vol.Optional(ATTR_LABELLED): cv.boolean,
        vol.Optional(ATTR_CLASS): cv.string,
        vol.Optional(ATTR_EVENT_ID): cv.string,
        vol.Optional(ATTR_ORDER, default="newest"): vol.In(ORDERS),
        vol.Optional(ATTR_LIMIT, default=50): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=500)
        ),
    }
)
TRAIN_SCHEMA: Final = vol.Schema(_CLASSIFIER)
NUMBER_SCHEMA: Final = vol.Schema(
    {**_CLASSIFIER, vol.Optional(ATTR_NUMBER): vol.All(vol.Coerce(int), vol.Range(1))}
)
_PICTURES: Final = (ATTR_ENTITY_ID, ATTR_EVENT_ID, ATTR_MEDIA)
CLASSIFY_SCHEMA: Final = vol.All(
    vol.Schema(
        {
            **_CLASSIFIER,
            vol.Exclusive(ATTR_ENTITY_ID, "picture"): cv.entity_domain("camera"),
            vol.Exclusive(ATTR_EVENT_ID, "picture"): cv.string,
            vol.Exclusive(ATTR_MEDIA, "picture"): MediaSelector(
                {"accept": ["image/*"]}
            ),
        }
    ),
    cv.has_at_least_one_key(*_PICTURES),
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; those that change something are for administrators."""
    optional, only = SupportsResponse.OPTIONAL, SupportsResponse.ONLY
    for name, handler, schema, response in (
        ("samples", _async_samples, SAMPLES_SCHEMA, only),
        ("classify", _async_classify, CLASSIFY_SCHEMA, only),
        ("report", _async_report, NUMBER_SCHEMA, only),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema=schema, supports_response=response
        )
    for name, handler, schema, response in (
        ("collect", _async_collect, COLLECT_SCHEMA, optional),
        (
            "classify_history",
            async_classify_history_action,
            CLASSIFY_HISTORY_SCHEMA,
            optional,
        ),
        ("history", async_history_action, HISTORY_SCHEMA, optional),
        ("label", _async_label, LABEL_SCHEMA, optional),
        ("train", _async_train, TRAIN_SCHEMA, optional),
        ("rollback", _async_rollback, NUMBER_SCHEMA, optional),
        ("export", async_export_action, EXPORT_SCHEMA, only),
        ("import", async_import_action, IMPORT_SCHEMA, optional),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, handler, schema=schema, supports_response=response
        )


async def _async_collect(call: ServiceCall) -> ServiceResponse:
    """Gather examples from Frigate's past objects."""
    entry, classifier = _classifier_of(call)
    collected = await async_collect(
        entry,
        classifier,
        count=call.data[ATTR_COUNT],
        cameras=call.data[ATTR_CAMERAS],
        days=call.data.get(ATTR_DAYS),
    )
    return {
        "samples": [_described(call, classifier, item) for item in collected.samples],
        "unusable": collected.unusable,
    }


async def _async_samples(call: ServiceCall) -> ServiceResponse:
    """List kept crops, newest first."""
    _, classifier = _classifier_of(call)
    search = await async_search(
        classifier,
        {
            "labelled": call.data.get(ATTR_LABELLED),
            "label": call.data.get(ATTR_CLASS),
            "event_id": call.data.get(ATTR_EVENT_ID),
        },
        call.data[ATTR_ORDER],
    )
    page = await classifier.async_files(
        classifier.samples.page, search, None, call.data[ATTR_LIMIT]
    )
    return {"samples": [_described(call, classifier, item) for item in page.samples]}


async def _async_label(call: ServiceCall) -> ServiceResponse:
    """Give samples a class."""
    _, classifier = _classifier_of(call)
    wanted: list[str] = list(call.data.get(ATTR_SAMPLES, ()))
    if event_id := call.data.get(ATTR_EVENT_ID):
        of_event = await classifier.async_files(
            classifier.samples.find, event_id=event_id, limit=-1
        )
        wanted += (sample.id for sample in of_event)
    changed = await classifier.async_label(
        dict.fromkeys(wanted), call.data[ATTR_CLASS] or None
    )
    if not changed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_samples",
            translation_placeholders={"classifier": classifier.settings.name},
        )
    return {"labelled": [*changed], "images": dict(classifier.labelled)}


async def _async_train(call: ServiceCall) -> ServiceResponse:
    """Train a classifier, and wait until its new head is in use."""
    _, classifier = _classifier_of(call)
    trained = await classifier.async_train()
    report = trained.kept.report
    return {
        "classifier": classifier.settings.name,
        "images": {item.name: item.images for item in report.classes},
        "classes_without_images": list(report.left_out),
        "skipped": trained.skipped,
        "worse_than_before": trained.worse,
        "in_use": trained.taken,
        "accuracy": report.accuracy,
        "balanced_accuracy": report.balanced_accuracy,
        "proposed_threshold": report.proposed_threshold,
        "advice": [item.text for item in report.advice],
        "seconds": round(trained.seconds, 3),
    }


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return how good a training is, and which ones are kept."""
    _, classifier = _classifier_of(call)
    history = await classifier.async_history()
    number = call.data.get(ATTR_NUMBER)
    if number is None and classifier.trained:
        number = classifier.trained.number
    report = next((one.report for one in history if one.number == number), None)
    if report is None:
        raise _no_such_training(classifier)
    return {
        "report": report.as_dict(),
        "trainings": [
            {
                "number": one.number,
                "trained_at": one.trained_at.isoformat(),
                "accuracy": one.report.accuracy,
                "images": one.report.images,
                "in_use": classifier.trained is not None
                and one.number == classifier.trained.number,
            }
            for one in history
        ],
    }


async def _async_rollback(call: ServiceCall) -> ServiceResponse:
    """Put an earlier training in use again."""
    _, classifier = _classifier_of(call)
    number = call.data.get(ATTR_NUMBER)
    if number is None:
        in_use = classifier.trained.number if classifier.trained else 0
        earlier = (one.number for one in await classifier.async_history())
        number = max((one for one in earlier if one < in_use), default=None)
    if number is None:
        raise _no_such_training(classifier)
    await classifier.async_use(number)
    return {"number": number}


async def _async_classify(call: ServiceCall) -> ServiceResponse:
    """Classify a picture now, whatever the rules for objects say."""
    entry, classifier = _classifier_of(call)
    if classifier.head is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_trained",
            translation_placeholders={"classifier": classifier.settings.name},
        )
    try:
        seen = await _async_look(call, entry, classifier)
    except FrigateError as err:
        raise async_frigate_failed(entry, err) from err
    except PictureError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="bad_picture",
            translation_placeholders={"error": str(err)},
        ) from err
    prediction = seen.predictions[classifier.id]
    return {
        "class": prediction.best,
        "score": prediction.score,
        "scores": dict(prediction.scores),
        "unfamiliar": prediction.unfamiliar,
        "distance": prediction.distance,
        "meets_threshold": prediction.score >= classifier.settings.threshold,
    }


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
    heads = {classifier.id: classifier.head} if classifier.head else {}
    run, backbone = data.worker.run, data.worker.backbone
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
    if hass.states.get(entity_id) is None or "camera" not in hass.config.components:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="entity_unknown",
            translation_placeholders={"entity_id": entity_id},
        )
    # Imported late: it needs a library that only comes with the first camera.
    from homeassistant.components.camera import async_get_image  # noqa: PLC0415

    return (await async_get_image(hass, entity_id)).content


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


def _classifier_of(call: ServiceCall) -> tuple[ObjclassConfigEntry, AnyClassifier]:
    return resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])


def _described(
    call: ServiceCall, classifier: AnyClassifier, sample: Sample
) -> dict[str, Any]:
    """Return what a caller gets to see of a sample; the address is good for an hour."""
    return {
        "id": sample.id,
        "event_id": sample.event_id,
        "camera": sample.camera,
        "time": sample.time,
        "class": sample.label,
        "scores": dict(sample.scores),
        "url": async_crop_url(call.hass, classifier.id, sample.id),
    }


def _no_such_training(classifier: AnyClassifier) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_such_training",
        translation_placeholders={"classifier": classifier.settings.name},
    )
