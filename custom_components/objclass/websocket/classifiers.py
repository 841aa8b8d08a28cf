"""What there is: classifiers, and the entries that they belong to."""

from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from ..classifier import AnyClassifier, FrameClassifier, ObjectClassifier
from ..const import DOMAIN, SUBENTRY_CLASSIFIER, SUBENTRY_FRAME
from ..data import FrigateSide, ObjclassConfigEntry
from ..flow.condition import frigate_parents
from ..frigate.models import FrigateConfig
from ..learning.standing_advice import standing_advice
from ..lookup import loaded_classifiers, title_of, watched_cameras
from .command import command


async def _async_classifiers(
    hass: HomeAssistant, connection: ActiveConnection, _msg: dict[str, Any]
) -> dict[str, Any]:
    return {
        "classifiers": [
            classifier_state(hass, entry, classifier)
            for entry, classifier in loaded_classifiers(hass)
        ],
        "entries": [
            _entry(entry) for entry in hass.config_entries.async_entries(DOMAIN)
        ],
        "is_admin": connection.user.is_admin,
    }


@callback
def classifier_state(
    hass: HomeAssistant, entry: ObjclassConfigEntry, classifier: AnyClassifier
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
        "labelled": dict(classifier.samples.labelled),
        "unlabelled": classifier.samples.unlabelled,
        "training": classifier.trainings.progress,
        "trained": _trained(classifier),
        "imported_model": classifier.trainings.model is not None,
        "advice": _advice(classifier),
        "outdated": classifier.trainings.current is not None
        and (classifier.trainings.outdated or classifier.trainings.labels_changed),
        **_about_what_it_sees(hass, entry, classifier),
    }


def _about_what_it_sees(
    hass: HomeAssistant, entry: ObjclassConfigEntry, classifier: AnyClassifier
) -> dict[str, Any]:
    """Return what is peculiar to what a classifier looks at."""
    if isinstance(classifier, ObjectClassifier):
        return _about_objects(entry.runtime_data.need_frigate(), classifier)
    return _about_frames(hass, entry, classifier)


def _about_frames(
    hass: HomeAssistant, entry: ObjclassConfigEntry, classifier: FrameClassifier
) -> dict[str, Any]:
    settings, feeds = classifier.settings, entry.runtime_data.frames.feeds
    watched = watched_cameras(entry, classifier)
    return {
        "type": SUBENTRY_FRAME,
        "kind": None,
        "labels": [],
        "cameras": [
            {"id": camera, "name": title_of(hass, entry, camera)} for camera in watched
        ],
        "parts": {
            camera: [part.left, part.top, part.right, part.bottom]
            for camera, part in settings.parts.items()
        },
        "rules": {
            "threshold": settings.rules.threshold,
            "confirmations": settings.rules.confirmations,
            "interval": settings.interval,
            "save_attempts": settings.save_attempts,
        },
        "states": [
            {
                "camera": camera,
                "class": state.class_name,
                "score": state.score,
                "since": state.since,
            }
            for camera in watched
            if (state := classifier.state(camera))
        ],
        "in_view": [],
        "last": [
            {
                "camera": change.camera,
                "class": change.state.class_name,
                "score": change.state.score,
                "time": change.state.since,
                "event_id": None,
            }
            for change in classifier.last_changes
        ],
        "available": any(feeds[camera].available for camera in watched),
    }


def _about_objects(
    frigate: FrigateSide, classifier: ObjectClassifier
) -> dict[str, Any]:
    settings = classifier.settings
    rules = settings.rules
    return {
        "type": SUBENTRY_CLASSIFIER,
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


def _trained(classifier: AnyClassifier) -> dict[str, Any] | None:
    if (kept := classifier.trainings.current) is None:
        return None
    return {
        "number": kept.number,
        "trained_at": kept.trained_at.isoformat(),
        "accuracy": kept.report.accuracy,
        "balanced_accuracy": kept.report.balanced_accuracy,
        "images": kept.report.images,
        "proposed_threshold": kept.report.proposed_threshold,
    }


def _advice(classifier: AnyClassifier) -> list[dict[str, Any]]:
    advice = standing_advice(
        classifier.samples.class_counts,
        classifier.settings.all_classes,
        classifier.trainings.report,
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
        "types": list(entry.supported_subentry_types),
    }
    if entry.state is ConfigEntryState.LOADED and entry.runtime_data.frigate is None:
        state["available"] = True
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
