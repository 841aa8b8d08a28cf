"""Actions: gather examples, label them, train, and classify a picture now."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service

from .classifier import AnyClassifier
from .classify import CLASSIFY_SCHEMA, async_classify_action
from .collecting.collect import async_collect
from .const import ATTR_CAMERAS, ATTR_CLASSIFIER, ATTR_DAYS, ATTR_EVENT_ID, DOMAIN
from .data import ObjclassConfigEntry
from .history.actions import (
    CLASSIFY_HISTORY_SCHEMA,
    HISTORY_SCHEMA,
    async_classify_history_action,
    async_history_action,
)
from .learning.samples.sample import Sample
from .lookup import resolve_classifier
from .search import ORDERS, async_search
from .transfer.actions import (
    EXPORT_SCHEMA,
    IMPORT_SCHEMA,
    async_export_action,
    async_import_action,
)
from .views import async_crop_url

ATTR_CLASS: Final = "class"
ATTR_COUNT: Final = "count"
ATTR_LABELLED: Final = "labelled"
ATTR_LIMIT: Final = "limit"
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
LABEL_SCHEMA: Final = vol.Schema(
    {
        **_CLASSIFIER,
        vol.Required(ATTR_CLASS): cv.string,
        vol.Optional(ATTR_SAMPLES): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_EVENT_ID): cv.string,
    }
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


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; those that change something are for administrators."""
    optional, only = SupportsResponse.OPTIONAL, SupportsResponse.ONLY
    for name, handler, schema, response in (
        ("samples", _async_samples, SAMPLES_SCHEMA, only),
        ("classify", async_classify_action, CLASSIFY_SCHEMA, only),
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
        call.hass,
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
    page = await classifier.samples.async_files(
        classifier.samples.store.page, search, None, call.data[ATTR_LIMIT]
    )
    return {"samples": [_described(call, classifier, item) for item in page.samples]}


async def _async_label(call: ServiceCall) -> ServiceResponse:
    """Give samples a class."""
    _, classifier = _classifier_of(call)
    if not call.data.keys() & {ATTR_SAMPLES, ATTR_EVENT_ID}:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="label_without_crops"
        )
    wanted: list[str] = list(call.data.get(ATTR_SAMPLES, ()))
    if event_id := call.data.get(ATTR_EVENT_ID):
        of_event = await classifier.samples.async_files(
            classifier.samples.store.find, event_id=event_id, limit=-1
        )
        wanted += (sample.id for sample in of_event)
    changed = await classifier.samples.async_label(
        dict.fromkeys(wanted), call.data[ATTR_CLASS] or None
    )
    if not changed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_samples",
            translation_placeholders={"classifier": classifier.settings.name},
        )
    return {"labelled": [*changed], "images": dict(classifier.samples.labelled)}


async def _async_train(call: ServiceCall) -> ServiceResponse:
    """Train a classifier, and wait until its new head is in use."""
    _, classifier = _classifier_of(call)
    trained = await classifier.trainings.async_train()
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
    history = await classifier.trainings.async_history()
    number = call.data.get(ATTR_NUMBER)
    if number is None and classifier.trainings.current:
        number = classifier.trainings.current.number
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
                "in_use": one.number == classifier.trainings.in_use,
            }
            for one in history
        ],
    }


async def _async_rollback(call: ServiceCall) -> ServiceResponse:
    """Put an earlier training in use again."""
    _, classifier = _classifier_of(call)
    number = call.data.get(ATTR_NUMBER)
    if number is None:
        number = await classifier.trainings.async_earlier()
    if number is None:
        raise _no_such_training(classifier)
    await classifier.trainings.async_use(number)
    return {"number": number}


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
