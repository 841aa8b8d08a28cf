"""What to attach to a report of a problem, without what nobody else should know.

Addresses, log-ins and all names that people gave (classifiers, classes, cameras, zones)
are left out or become numbers: a class is often called like a person.
"""

from collections import Counter
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from yarl import URL

from .classifier import AnyClassifier, FrameClassifier
from .conditions.condition import Condition
from .const import DOMAIN
from .data import FrigateSide, ObjclassConfigEntry
from .frigate.errors import FrigateError
from .learning.consensus import NONE
from .learning.evaluation import TrainingReport
from .objects.pipeline import Pipeline
from .runtime.settings import shareable
from .settings import FrameSettings

# Names and ids; the other figures of a report say nothing about anybody.
_PRIVATE: Final = (
    *("advice", "classes", "doubtful_labels", "labels", "left_out", "near_duplicates"),
    *("recognised", "recognised_as"),
)


async def async_get_config_entry_diagnostics(
    _hass: HomeAssistant, entry: ObjclassConfigEntry
) -> dict[str, Any]:
    """Describe one Frigate and all its classifiers."""
    if entry.state is not ConfigEntryState.LOADED:
        return {"entry": _entry(entry)}
    data = entry.runtime_data
    return {
        "entry": _entry(entry),
        "frigate": await _async_frigate(data.frigate) if data.frigate else None,
        "runtime": data.worker.backbone.runtime.name,
        "runtime_settings": shareable(data.worker.settings),
        "backbone": data.worker.backbone.identity,
        "pipeline": _pipeline(data.frigate.pipeline) if data.frigate else None,
        "feeds": [
            {"available": feed.available, "looks": feed.looks, "missed": feed.missed}
            for feed in data.frames.feeds.values()
        ],
        "classifiers": [_classifier(item) for item in data.classifiers.values()],
    }


async def async_get_device_diagnostics(
    _hass: HomeAssistant, entry: ObjclassConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Describe one classifier."""
    if entry.state is not ConfigEntryState.LOADED:
        return {"entry": _entry(entry)}
    for classifier in entry.runtime_data.classifiers.values():
        if (DOMAIN, classifier.id) in device.identifiers:
            return _classifier(classifier)
    return {}


def _entry(entry: ObjclassConfigEntry) -> dict[str, Any]:
    """Return what is stored. Why a set-up failed is its key: a text has an address."""
    told = {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "classifiers": Counter(
            subentry.subentry_type for subentry in entry.subentries.values()
        ),
        "options": dict(entry.options),
    }
    if CONF_URL not in entry.data:
        return told
    url = URL(entry.data[CONF_URL])
    return told | {
        "url": f"{url.scheme}://{REDACTED}:{url.port}",
        "log_in": CONF_USERNAME in entry.data,
        "verify_ssl": entry.data[CONF_VERIFY_SSL],
    }


async def _async_frigate(side: FrigateSide) -> dict[str, Any]:
    frigate = side.config
    try:
        version = (await side.client.version()).text
    except FrigateError as err:
        version = type(err).__name__
    return {
        "version": version,
        "cameras": [
            {
                "size": [camera.width, camera.height],
                "labels": list(camera.labels),
                "zones": len(camera.zones),
                "snapshots_enabled": camera.snapshots_enabled,
                "clean_copy": camera.clean_copy,
            }
            for camera in frigate.cameras.values()
        ],
        "custom_models": [model.type for model in frigate.custom_models.values()],
        "face_recognition": frigate.face_recognition,
        "lpr": frigate.lpr,
    }


def _pipeline(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "available": pipeline.available,
        "waiting": pipeline.waiting,
        "dropped": pipeline.dropped,
        "counts": dict(pipeline.counts),
        "seconds_per_look": pipeline.seconds_per_look,
    }


def _classifier(classifier: AnyClassifier) -> dict[str, Any]:
    settings, trained = classifier.settings, classifier.trainings.current
    numbers = {name: f"class {n}" for n, name in enumerate(settings.classes, 1)}
    numbers[NONE] = NONE
    return {
        **_rules(classifier),
        "save_attempts": settings.save_attempts,
        "familiarity": settings.familiarity,
        "refuse_worse": settings.refuse_worse,
        "labelled": {
            numbers.get(name, "a class that is gone"): count
            for name, count in classifier.samples.labelled.items()
        },
        "training": classifier.trainings.progress,
        "outdated": classifier.trainings.outdated,
        "trained_at": trained.trained_at.isoformat() if trained else None,
        "report": _report(trained.report, numbers) if trained else None,
    }


def _rules(classifier: AnyClassifier) -> dict[str, Any]:
    """Return what is peculiar to what a classifier looks at."""
    if isinstance(classifier, FrameClassifier):
        return _frame_rules(classifier.settings)
    settings = classifier.settings
    return {
        "kind": settings.kind,
        "labels": sorted(settings.labels),
        "cameras": len(settings.cameras),
        "zones": len(settings.zones),
        "rules": {
            "threshold": settings.rules.threshold,
            "min_attempts": settings.rules.min_attempts,
            "agreement": settings.rules.agreement,
            "max_attempts": settings.rules.max_attempts,
        },
        "condition": _condition(settings.condition),
        "in_view": len(classifier.in_view),
    }


def _condition(condition: Condition | None) -> dict[str, Any] | None:
    """Return what kind of thing a classifier hangs on, without names."""
    if condition is None:
        return None
    kind = condition.parent.partition(":")[0] if condition.on_frigate else "classifier"
    return {"parent": kind, "classes": len(condition.classes)}


def _frame_rules(settings: FrameSettings) -> dict[str, Any]:
    return {
        "kind": "frame",
        "cameras": len(settings.cameras),
        "parts": len(settings.parts),
        "interval": settings.interval,
        "frigate_motion": settings.frigate_motion,
        "motion_sensors": len(settings.motion_sensors),
        "rules": {
            "threshold": settings.rules.threshold,
            "confirmations": settings.rules.confirmations,
        },
        "publish": settings.publish,
        "binary_sensor": settings.on_class is not None,
        "device_class": settings.device_class,
    }


def _report(report: TrainingReport, numbers: dict[str, str]) -> dict[str, Any]:
    figures = report.as_dict()
    return {
        **{key: value for key, value in figures.items() if key not in _PRIVATE},
        "classes": [
            {**item, "name": numbers.get(item["name"], "a class that is gone")}
            for item in figures["classes"]
        ],
        "left_out": len(report.left_out),
        "doubtful_labels": len(report.doubtful_labels),
        "near_duplicates": len(report.near_duplicates),
        "advice": [item.key for item in report.advice],
    }
