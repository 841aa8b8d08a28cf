"""Sensors: the class last assigned, when each class was last seen, and the training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorExtraStoredData,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .classifier import Classifier, FrameClassifier, ObjectClassifier
from .data import ObjclassConfigEntry
from .entity import (
    CameraEntity,
    ChangingEntity,
    FrameEntity,
    ObjectEntity,
    cameras_of,
)
from .lookup import frame_classifiers, object_classifiers, watched_cameras
from .signals import SIGNAL_RESULT, Result, rounded, state_attributes

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class TrainingSensorDescription(SensorEntityDescription):
    """A figure about the training of a classifier."""

    value: Callable[[Classifier], StateType | datetime]
    attributes: Callable[[Classifier], Mapping[str, Any]] | None = None


TRAINING_SENSORS = (
    TrainingSensorDescription(
        key="labelled",
        translation_key="labelled",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda classifier: sum(classifier.samples.labelled.values()),
        attributes=lambda classifier: {
            "classes": {
                name: classifier.samples.labelled.get(name, 0)
                for name in classifier.settings.all_classes
            }
        },
    ),
    TrainingSensorDescription(
        key="accuracy",
        translation_key="accuracy",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value=lambda classifier: (
            report.accuracy * 100
            # How good a brought model is, nobody knows.
            if classifier.trainings.model is None
            and (report := classifier.trainings.report)
            and report.accuracy is not None
            else None
        ),
    ),
    TrainingSensorDescription(
        key="trained_at",
        translation_key="trained_at",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda classifier: (
            trained.trained_at if (trained := classifier.trainings.current) else None
        ),
    ),
    TrainingSensorDescription(
        key="progress",
        translation_key="progress",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value=lambda classifier: (
            None
            if (progress := classifier.trainings.progress) is None
            else progress * 100
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of each classifier."""
    for classifier in entry.runtime_data.classifiers.values():
        async_add_entities(
            (
                TrainingSensor(entry, classifier, description)
                for description in TRAINING_SENSORS
            ),
            config_subentry_id=classifier.id,
        )
    for classifier in frame_classifiers(entry):
        async_add_entities(
            (
                StateSensor(hass, entry, classifier, camera)
                for camera in watched_cameras(entry, classifier)
            ),
            config_subentry_id=classifier.id,
        )
    for classifier in object_classifiers(entry):
        entities: list[SensorEntity] = [
            ClassSensor(entry, classifier, camera)
            for camera in cameras_of(entry, classifier)
        ]
        entities += (
            LastSeenSensor(entry, classifier, name)
            for name in classifier.settings.classes
        )
        async_add_entities(entities, config_subentry_id=classifier.id)


@dataclass
class KeptSensorData(SensorExtraStoredData):
    """What is kept of a sensor, also when it is unavailable and has no attributes."""

    attributes: Mapping[str, Any]

    @override
    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "attributes": dict(self.attributes)}


class RestoredSensor(ObjectEntity, RestoreSensor):
    """A sensor that comes back from a restart with its value and its attributes."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        kept = await self.async_get_last_extra_data()
        last = await self.async_get_last_sensor_data()
        if kept and last and self._is_valid(last.native_value):
            self._attr_native_value = last.native_value
            self._attr_extra_state_attributes = kept.as_dict().get("attributes", {})

    def _is_valid(self, value: object) -> bool:
        """Return whether a value may still be shown."""
        return value is not None

    @property
    @override
    def extra_restore_state_data(self) -> KeptSensorData:
        return KeptSensorData(
            self.native_value,
            self.native_unit_of_measurement,
            self.extra_state_attributes or {},
        )


class ClassSensor(CameraEntity, RestoredSensor):
    """The class that was last assigned to an object on a camera."""

    _attr_translation_key = "class"
    _attr_device_class = SensorDeviceClass.ENUM
    _unrecorded_attributes = frozenset({"votes", "attempts", "distance", "frame_time"})

    def __init__(
        self, entry: ObjclassConfigEntry, classifier: ObjectClassifier, camera: str
    ) -> None:
        super().__init__(entry, classifier, "class", camera)
        self._attr_options = list(classifier.settings.classes)

    @override
    def _is_valid(self, value: object) -> bool:
        return value in self.classifier.settings.classes

    @callback
    @override
    def _async_on_result(self, result: Result) -> None:
        if result.outcome is not None:
            return
        if result.taken_back is not None:
            self._take_back(result.event_id)
            return
        self._attr_native_value = result.verdict.class_name
        self._attr_extra_state_attributes = {
            "event_id": result.event_id,
            "score": round(result.verdict.score, 3),
            "attempts": result.verdict.attempts,
            "votes": dict(result.verdict.votes),
            "distance": rounded(result.verdict.distance),
            "frame_time": result.frame_time,
        }
        self.async_write_ha_state()

    @callback
    def _take_back(self, event_id: str) -> None:
        if (self.extra_state_attributes or {}).get("event_id") == event_id:
            self._attr_native_value = None
            self._attr_extra_state_attributes = {}
            self.async_write_ha_state()


class StateSensor(FrameEntity, SensorEntity):
    """What a camera shows, once that is confirmed."""

    _attr_translation_key = "frame_state"
    _attr_device_class = SensorDeviceClass.ENUM

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        classifier: FrameClassifier,
        camera: str,
    ) -> None:
        super().__init__(hass, entry, classifier, "state", camera)
        self._attr_options = list(classifier.settings.classes)

    @property
    @override
    def native_value(self) -> str | None:
        state = self.classifier.state(self.camera)
        return state.class_name if state else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        state = self.classifier.state(self.camera)
        return state_attributes(state) if state else None


class LastSeenSensor(RestoredSensor):
    """When a class was last seen, on any camera."""

    _attr_translation_key = "last_seen"
    _attr_device_class = SensorDeviceClass.TIMESTAMP

    def __init__(
        self, entry: ObjclassConfigEntry, classifier: ObjectClassifier, class_name: str
    ) -> None:
        super().__init__(entry, classifier, f"last_seen-{class_name}")
        self._class_name = class_name
        self._before: tuple[str, Any, dict[str, Any]] | None = None
        self._attr_translation_placeholders = {"class": class_name}

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is found out about objects."""
        await super().async_added_to_hass()
        self.follow(SIGNAL_RESULT.format(self.classifier.id), self._async_on_result)

    @callback
    def _async_on_result(self, result: Result) -> None:
        if result.taken_back == self._class_name:
            self._take_back(result.event_id)
        if result.verdict.class_name != self._class_name:
            return
        # Once when it is recognised and once when it leaves, not for every attempt.
        if result.changed or result.outcome is not None:
            if self._before is None or self._before[0] != result.event_id:
                self._before = (
                    result.event_id,
                    self.native_value,
                    dict(self.extra_state_attributes or {}),
                )
            self._attr_native_value = dt_util.utc_from_timestamp(result.frame_time)
            self._attr_extra_state_attributes = {"camera": result.camera}
            self.async_write_ha_state()

    @callback
    def _take_back(self, event_id: str) -> None:
        """Show again when it was last seen before, unless it was seen since."""
        if self._before is not None and self._before[0] == event_id:
            _, self._attr_native_value, self._attr_extra_state_attributes = self._before
            self._before = None
            self.async_write_ha_state()


class TrainingSensor(ChangingEntity, SensorEntity):
    """A figure about the training; known whether Frigate runs or not."""

    entity_description: TrainingSensorDescription

    def __init__(
        self,
        entry: ObjclassConfigEntry,
        classifier: Classifier,
        description: TrainingSensorDescription,
    ) -> None:
        super().__init__(entry, classifier, description.key)
        self.entity_description = description
        self._shown: object = None

    @property
    @override
    def available(self) -> bool:
        """What a damaged file does not say is not nothing."""
        return self.classifier.samples.store.readable

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value(self.classifier)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        attributes = self.entity_description.attributes
        return attributes(self.classifier) if attributes else None

    @callback
    @override
    def _async_on_changed(self) -> None:
        # Every look is a change to the classifier, and hardly any is one to these.
        shown = (self.available, self.native_value, self.extra_state_attributes)
        if shown != self._shown:
            self._shown = shown
            self.async_write_ha_state()
