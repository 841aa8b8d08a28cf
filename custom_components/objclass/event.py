"""Events: what an object was found to be, for automations."""

from typing import Final, override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .classifier import FrameClassifier, ObjectClassifier
from .data import ObjclassConfigEntry
from .entity import CameraEntity, FrameEntity, cameras_of
from .learning.consensus import Outcome
from .lookup import frame_classifiers, object_classifiers, watched_cameras
from .signals import Result, StateChange, state_attributes

PARALLEL_UPDATES = 0

UNDECIDED: Final = "undecided"
# A class that was assigned is none any more: the classifier's condition is not met.
TAKEN_BACK: Final = "taken_back"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up an event entity for each camera of each classifier."""
    for of_frames in frame_classifiers(entry):
        async_add_entities(
            (
                StateEvent(hass, entry, of_frames, camera)
                for camera in watched_cameras(entry, of_frames)
            ),
            config_subentry_id=of_frames.id,
        )
    for classifier in object_classifiers(entry):
        async_add_entities(
            (
                ClassificationEvent(entry, classifier, camera)
                for camera in cameras_of(entry, classifier)
            ),
            config_subentry_id=classifier.id,
        )


class StateEvent(FrameEntity, EventEntity):
    """Fires when a camera changes from one state to another."""

    _attr_translation_key = "frame_state"

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        classifier: FrameClassifier,
        camera: str,
    ) -> None:
        super().__init__(hass, entry, classifier, "changed", camera)
        self._attr_event_types = list(classifier.settings.classes)

    @callback
    @override
    def _async_on_state(self, change: StateChange) -> None:
        # When it was not known before, nothing has happened.
        if change.camera != self.camera or change.before is None:
            return
        self._trigger_event(
            change.state.class_name,
            {
                "camera": self.camera,
                "before": change.before.class_name,
                **state_attributes(change.state),
            },
        )
        self.async_write_ha_state()


class ClassificationEvent(CameraEntity, EventEntity):
    """Fires when a class is assigned, or when an object ends without one."""

    _attr_translation_key = "classification"

    def __init__(
        self, entry: ObjclassConfigEntry, classifier: ObjectClassifier, camera: str
    ) -> None:
        super().__init__(entry, classifier, "classification", camera)
        self._attr_event_types = [*classifier.settings.all_classes, UNDECIDED]
        if classifier.settings.condition is not None:
            self._attr_event_types.append(TAKEN_BACK)

    @callback
    @override
    def _async_on_result(self, result: Result) -> None:
        ended_without = result.outcome in (Outcome.NONE, Outcome.UNDECIDED)
        if not (result.changed or ended_without):
            return
        without = UNDECIDED if result.taken_back is None else TAKEN_BACK
        self._trigger_event(
            result.verdict.class_name or without,
            {
                "camera": result.camera,
                "event_id": result.event_id,
                "label": result.label,
                "score": round(result.verdict.score, 3),
                "attempts": result.verdict.attempts,
                "unfamiliar": result.verdict.unfamiliar,
                "final": result.outcome is not None,
            },
        )
        self.async_write_ha_state()
