"""What there is: classifiers, and the entries that they belong to."""

from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from ..classifier import Classifier, ObjectClassifier
from ..condition_form import frigate_parents
from ..const import DOMAIN
from ..data import FrigateSide, ObjclassConfigEntry
from ..frigate.models import FrigateConfig
from ..learning.standing_advice import standing_advice
from ..lookup import loaded_classifiers
from .command import command


async def _async_classifiers(
    hass: HomeAssistant, connection: ActiveConnection, _msg: dict[str, Any]
) -> dict[str, Any]:
    return {
        "classifiers": [
            classifier_state(entry, classifier)
            for entry, classifier in loaded_classifiers(hass)
        ],
        "entries": [
            _entry(entry) for entry in hass.config_entries.async_entries(DOMAIN)
        ],
        "is_admin": connection.user.is_admin,
    }


@callback
def classifier_state(
    entry: ObjclassConfigEntry, classifier: Classifier
) -> dict[str, Any]:
    """Return all that is shown of a classifier as a whole."""
    settings = classifier.settings
    return {
        "id": classifier.id,
        "entry_id": entry.entry_id,
        "entry_title": entry.title,
        "name": settings.name,
        "classes": list(settings.classes),
        "all_classes": list(settings.all_classes),
        "labelled": dict(classifier.labelled),
        "unlabelled": classifier.unlabelled,
        "training": classifier.training,
        "trained": _trained(classifier),
        "imported_model": classifier.model is not None,
        "advice": _advice(classifier),
        "outdated": classifier.trained is not None
        and (classifier.outdated or classifier.labels_changed),
        **_about_what_it_sees(entry, classifier),
    }


def _about_what_it_sees(
    entry: ObjclassConfigEntry, classifier: Classifier
) -> dict[str, Any]:
    """Return what is peculiar to what a classifier looks at."""
    if isinstance(classifier, ObjectClassifier):
        return _about_objects(entry.runtime_data.need_frigate(), classifier)
    return {}


def _about_objects(
    frigate: FrigateSide, classifier: ObjectClassifier
) -> dict[str, Any]:
    settings = classifier.settings
    rules = settings.rules
    return {
        "kind": settings.kind,
        "labels": sorted(settings.labels),
        "cameras": [
            camera
            for camera in _cameras(frigate.config)
            if settings.wants_camera(camera["id"])
        ],
        "rules": {
            "threshold": rules.threshold,
            "min_attempts": rules.min_attempts,
            "agreement": rules.agreement,
            "max_attempts": rules.max_attempts,
            "save_attempts": settings.save_attempts,
        },
        "condition": _condition(frigate, classifier),
        "in_view": [
            {"class": seen.class_name, "camera": seen.camera, "event_id": event_id}
            for event_id, seen in classifier.in_view.items()
        ],
        "last": [
            {
                "camera": result.camera,
                "class": result.verdict.class_name,
                "score": result.verdict.score,
                "time": result.frame_time,
                "event_id": result.event_id,
            }
            for result in classifier.last_results
        ],
        "available": frigate.available,
    }


def _condition(
    frigate: FrigateSide, classifier: ObjectClassifier
) -> dict[str, Any] | None:
    """Return what a classifier hangs on; `parent_name` is None when that is gone."""
    condition = classifier.settings.condition
    if condition is None:
        return None
    chain = frigate.pipeline.chain
    parent = chain.parent(classifier)
    name = condition.attribute or condition.parent if condition.on_frigate else None
    return {
        "parent": condition.parent,
        "parent_name": parent.settings.name if parent else name,
        "classes": list(condition.classes),
        "broken": chain.is_broken(classifier),
    }


def _trained(classifier: Classifier) -> dict[str, Any] | None:
    if (kept := classifier.trained) is None:
        return None
    return {
        "number": kept.number,
        "trained_at": kept.trained_at.isoformat(),
        "accuracy": kept.report.accuracy,
        "balanced_accuracy": kept.report.balanced_accuracy,
        "images": kept.report.images,
        "proposed_threshold": kept.report.proposed_threshold,
    }


def _advice(classifier: Classifier) -> list[dict[str, Any]]:
    advice = standing_advice(
        classifier.class_counts,
        classifier.settings.all_classes,
        classifier.trained.report if classifier.trained else None,
    )
    return [
        {"key": item.key, "placeholders": dict(item.placeholders), "text": item.text}
        for item in advice
    ]


def _entry(entry: ObjclassConfigEntry) -> dict[str, Any]:
    """Return what can be chosen for a classifier of an entry."""
    state: dict[str, Any] = {
        "entry_id": entry.entry_id,
        "title": entry.title,
        "available": False,
        "labels": [],
        "cameras": [],
        "zones": [],
        "frigate_models": [],
        "parents": [],
    }
    if entry.state is ConfigEntryState.LOADED and (side := entry.runtime_data.frigate):
        frigate = side.config
        zones = {zone for camera in frigate.cameras.values() for zone in camera.zones}
        state |= {
            "available": side.available,
            "labels": list(frigate.labels),
            "cameras": _cameras(frigate),
            "zones": sorted(zones),
            "frigate_models": sorted(frigate.custom_models),
            "parents": list(frigate_parents(frigate)),
        }
    return state


def _cameras(frigate: FrigateConfig) -> list[dict[str, str]]:
    return [
        {"id": name, "name": camera.title} for name, camera in frigate.cameras.items()
    ]


COMMANDS = (command("classifiers", _async_classifiers),)
