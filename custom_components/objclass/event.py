"""Events: what an object was found to be, for automations."""

from typing import Final, override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .classifier import ObjectClassifier
from .data import ObjclassConfigEntry, Result
from .entity import CameraEntity, cameras_of
from .learning.consensus import Outcome
from .lookup import object_classifiers

PARALLEL_UPDATES = 0

UNDECIDED: Final = "undecided"
# A class that was assigned is none any more: the classifier's condition is not met.
TAKEN_BACK: Final = "taken_back"


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up an event entity for each camera of each classifier."""
    for classifier in object_classifiers(entry):
        async_add_entities(
            (
                ClassificationEvent(entry, classifier, camera)
                for camera in cameras_of(entry, classifier)
            ),
            config_subentry_id=classifier.id,
        )


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
        if result.camera != self.camera or not (result.changed or ended_without):
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
