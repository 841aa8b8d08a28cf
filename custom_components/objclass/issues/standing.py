"""What stands in a classifier's way in Frigate, or in its own samples.

Looked for at set-up, which also happens whenever Frigate's configuration has changed,
and every hour.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..classifier import Classifier, ObjectClassifier
from ..const import (
    CONF_WRITE_BACK,
    DOMAIN,
    ISSUE_IMAGES,
    ISSUE_LABELS,
    ISSUE_RIVALS,
    ISSUE_SNAPSHOTS,
    ISSUE_VIEWER,
    KIND_SUB_LABEL,
)
from ..data import ObjclassConfigEntry
from ..frigate.models import CameraConfig, FrigateConfig
from .problem import Problem, async_tell

_KINDS: Final = (ISSUE_IMAGES, ISSUE_LABELS, ISSUE_RIVALS, ISSUE_SNAPSHOTS)
_EVERY: Final = timedelta(hours=1)
# Who has let so many crops pass has not begun, or does not know how.
_MANY_CROPS: Final = 50
_SNAPSHOTS: Final = "https://docs.frigate.video/configuration/snapshots"
_OBJECTS: Final = "https://docs.frigate.video/configuration/objects"
_PANEL: Final = f"homeassistant://{DOMAIN}"
_PERSON: Final = "person"


@callback
def async_watch_for_issues(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Look now and every hour, as long as the entry is loaded."""

    @callback
    def look(_now: object = None) -> None:
        async_tell(hass, entry, _KINDS, _problems(entry))

    # What the account may do shows when something is written.
    async_tell(hass, entry, (ISSUE_VIEWER,), ())
    look()
    entry.async_on_unload(async_track_time_interval(hass, look, _EVERY))


def _problems(entry: ObjclassConfigEntry) -> Iterator[Problem]:
    data = entry.runtime_data
    for classifier in data.classifiers.values():
        yield from _of_samples(classifier)
        if data.frigate and isinstance(classifier, ObjectClassifier):
            frigate = data.frigate.config
            yield from _of_objects(classifier, frigate)
            if entry.options.get(CONF_WRITE_BACK, True):
                yield from _of_rivals(classifier, frigate)


def _of_samples(classifier: Classifier) -> Iterator[Problem]:
    if classifier.head is None and classifier.unlabelled >= _MANY_CROPS:
        yield Problem(
            kind=ISSUE_IMAGES,
            about=classifier.id,
            placeholders={
                "classifier": classifier.settings.name,
                "crops": str(classifier.unlabelled),
            },
            fixable=False,
            link=_PANEL,
        )


def _of_objects(
    classifier: ObjectClassifier, frigate: FrigateConfig
) -> Iterator[Problem]:
    settings = classifier.settings
    watched = [
        camera
        for camera in frigate.cameras.values()
        if settings.wants_camera(camera.name)
    ]
    seeing = [c for c in watched if not settings.labels.isdisjoint(c.labels)]
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
    without = [camera for camera in seeing if not camera.snapshots_enabled]
    if without:
        yield Problem(
            kind=ISSUE_SNAPSHOTS,
            about=classifier.id,
            placeholders={"classifier": settings.name, "cameras": _titles(without)},
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
        model.name
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
