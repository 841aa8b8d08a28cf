"""What stands in a classifier's way in Frigate, or in its own samples.

Looked for at set-up, which also happens whenever Frigate's configuration has changed,
and every hour.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval

from ..classifier import Classifier, ObjectClassifier
from ..conditions.condition import FRIGATE_FACE, FRIGATE_PLATE, Condition
from ..const import (
    CONF_WRITE_BACK,
    DOMAIN,
    ISSUE_CONDITION,
    ISSUE_FEW,
    ISSUE_IMAGES,
    ISSUE_LABELS,
    ISSUE_RIVALS,
    ISSUE_SNAPSHOTS,
    ISSUE_VIEWER,
    KIND_SUB_LABEL,
)
from ..data import ObjclassConfigEntry
from ..frigate.models import CameraConfig, FrigateConfig
from ..lookup import object_classifiers
from ..signals import SIGNAL_CHANGED
from .problem import Problem, async_see_anew, async_tell

_OF_SAMPLES: Final = (ISSUE_FEW, ISSUE_IMAGES)
_KINDS: Final = (
    *_OF_SAMPLES,
    *(ISSUE_CONDITION, ISSUE_LABELS, ISSUE_RIVALS, ISSUE_SNAPSHOTS),
)
_EVERY: Final = timedelta(hours=1)
# Who has let so many crops pass has not begun, does not know how, or has forgotten.
_MANY_CROPS: Final = 50
_SNAPSHOTS: Final = "https://docs.frigate.video/configuration/snapshots"
_OBJECTS: Final = "https://docs.frigate.video/configuration/objects"
_PERSON: Final = "person"


@callback
def async_watch_for_issues(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Look now and every hour, as long as the entry is loaded."""

    @callback
    def look(_now: object = None) -> None:
        async_tell(hass, entry, _KINDS, _problems(entry))

    # What the account may do shows when something is written.
    async_see_anew(hass, f"{ISSUE_VIEWER}-{entry.entry_id}")
    look()
    entry.async_on_unload(async_track_time_interval(hass, look, _EVERY))
    for classifier in entry.runtime_data.classifiers.values():
        entry.async_on_unload(_async_watch_training(hass, entry, classifier))


@callback
def _async_watch_training(
    hass: HomeAssistant, entry: ObjclassConfigEntry, classifier: Classifier
) -> CALLBACK_TYPE:
    """Take back what a training has mended, as soon as it has."""
    head = classifier.head

    @callback
    def changed() -> None:
        nonlocal head
        if classifier.head is head:
            return
        head = classifier.head
        of_all = (_of_samples(item) for item in entry.runtime_data.classifiers.values())
        async_tell(hass, entry, _OF_SAMPLES, chain.from_iterable(of_all))

    return async_dispatcher_connect(hass, SIGNAL_CHANGED.format(classifier.id), changed)


def _problems(entry: ObjclassConfigEntry) -> Iterator[Problem]:
    data = entry.runtime_data
    for classifier in data.classifiers.values():
        yield from _of_samples(classifier)
    if data.frigate is None:
        return
    frigate, classifiers = data.frigate.config, object_classifiers(entry)
    for of_objects in classifiers:
        parent = data.frigate.pipeline.chain.parent(of_objects)
        yield from _of_condition(of_objects, parent, frigate)
        yield from _of_labels(of_objects, frigate)
        if entry.options.get(CONF_WRITE_BACK, True):
            yield from _of_rivals(of_objects, frigate)
    yield from _of_snapshots(entry.entry_id, classifiers, frigate)


def _of_samples(classifier: Classifier) -> Iterator[Problem]:
    settings, head = classifier.settings, classifier.head
    if head is None and classifier.trainings.current is not None:
        return  # it is just being trained anew, for another network
    known = head.classes if head else ()
    missing = [name for name in settings.classes if name not in known]
    if classifier.samples.unlabelled < _MANY_CROPS or not missing:
        return
    yield Problem(
        kind=ISSUE_FEW if head else ISSUE_IMAGES,
        about=classifier.id,
        placeholders={
            "classifier": settings.name,
            "classes": ", ".join(missing),
            "crops": str(classifier.samples.unlabelled),
        },
        link=f"/{DOMAIN}/{classifier.id}/recent",
    )


def _of_condition(
    classifier: ObjectClassifier,
    parent: ObjectClassifier | None,
    frigate: FrigateConfig,
) -> Iterator[Problem]:
    """Return the condition of a classifier, if nothing can meet it any more."""
    settings, condition = classifier.settings, classifier.settings.condition
    if condition is None:
        return
    gone = _is_gone(condition, parent, frigate)
    if gone or (
        parent and set(condition.classes).isdisjoint(parent.settings.all_classes)
    ):
        yield Problem(
            kind=ISSUE_CONDITION,
            about=classifier.id,
            text="parent_gone" if gone else "parent_class_gone",
            placeholders={
                "classifier": settings.name,
                "classes": ", ".join(condition.classes),
                "parent": parent.settings.name if parent else "",
            },
        )


def _is_gone(
    condition: Condition, parent: ObjectClassifier | None, frigate: FrigateConfig
) -> bool:
    """Return whether there is nothing any more that could meet a condition."""
    if not condition.on_frigate:
        return parent is None
    if condition.attribute is not None:
        return condition.attribute not in frigate.custom_models
    return (condition.parent == FRIGATE_FACE and not frigate.face_recognition) or (
        condition.parent == FRIGATE_PLATE and not frigate.lpr
    )


def _watched(
    classifier: ObjectClassifier, frigate: FrigateConfig
) -> tuple[list[CameraConfig], list[CameraConfig]]:
    """Return the cameras of a classifier, and those of them that track its objects."""
    settings = classifier.settings
    watched = [
        camera
        for camera in frigate.cameras.values()
        if settings.wants_camera(camera.name)
    ]
    return watched, [c for c in watched if not settings.labels.isdisjoint(c.labels)]


def _of_labels(
    classifier: ObjectClassifier, frigate: FrigateConfig
) -> Iterator[Problem]:
    settings = classifier.settings
    watched, seeing = _watched(classifier, frigate)
    if not seeing:
        yield Problem(
            kind=ISSUE_LABELS,
            about=classifier.id,
            placeholders={
                "classifier": settings.name,
                "labels": ", ".join(sorted(settings.labels)),
                "cameras": _titles(watched),
            },
            link=_OBJECTS,
        )


def _of_snapshots(
    entry_id: str, classifiers: Iterable[ObjectClassifier], frigate: FrigateConfig
) -> Iterator[Problem]:
    """One for all classifiers, since it is mended in one place."""
    seeing = {
        camera.name
        for classifier in classifiers
        for camera in _watched(classifier, frigate)[1]
    }
    without = [
        camera
        for camera in frigate.cameras.values()
        if camera.name in seeing and not camera.snapshots_enabled
    ]
    if without:
        yield Problem(
            kind=ISSUE_SNAPSHOTS,
            about=entry_id,
            placeholders={"cameras": _titles(without)},
            link=_SNAPSHOTS,
        )


def _titles(cameras: list[CameraConfig]) -> str:
    return ", ".join(camera.title for camera in cameras) or "-"


def _of_rivals(
    classifier: ObjectClassifier, frigate: FrigateConfig
) -> Iterator[Problem]:
    """Who else names the same objects: the first to do so wins, which looks random."""
    settings = classifier.settings
    if settings.kind != KIND_SUB_LABEL:
        return
    rivals = [
        f"the classification model {model.name}"
        for model in frigate.custom_models.values()
        if model.enabled
        and model.type == KIND_SUB_LABEL
        and not settings.labels.isdisjoint(model.objects)
    ]
    if frigate.face_recognition and _PERSON in settings.labels:
        rivals.append("face recognition")
    if rivals:
        yield Problem(
            kind=ISSUE_RIVALS,
            about=classifier.id,
            placeholders={
                "classifier": settings.name,
                "labels": ", ".join(sorted(settings.labels)),
                "rivals": ", ".join(rivals),
            },
        )
