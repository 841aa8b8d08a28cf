"""Binary sensors: whether a class is in view, or what a camera shows is "on"."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .classifier import FrameClassifier, ObjectClassifier
from .data import ObjclassConfigEntry
from .entity import ChangingEntity, FrameEntity, ObjectEntity
from .lookup import frame_classifiers, object_classifiers, watched_cameras
from .signals import state_attributes

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up what is in view, and which cameras are in their "on" state."""
    for of_frames in frame_classifiers(entry):
        if of_frames.settings.on_class is not None:
            async_add_entities(
                (
                    StateBinarySensor(hass, entry, of_frames, camera)
                    for camera in watched_cameras(entry, of_frames)
                ),
                config_subentry_id=of_frames.id,
            )
    for classifier in object_classifiers(entry):
        async_add_entities(
            (
                InViewSensor(entry, classifier, name)
                for name in classifier.settings.classes
            ),
            config_subentry_id=classifier.id,
        )


class StateBinarySensor(FrameEntity, BinarySensorEntity):
    """Whether a camera shows the one of two classes that means "on"."""

    _attr_translation_key = "frame_state"

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        classifier: FrameClassifier,
        camera: str,
    ) -> None:
        super().__init__(hass, entry, classifier, "is_on", camera)
        # The sensor beside it already has the name of the camera alone.
        self._attr_translation_placeholders = {
            **self._attr_translation_placeholders,
            "class": classifier.settings.on_class or "",
        }
        if device_class := classifier.settings.device_class:
            self._attr_device_class = BinarySensorDeviceClass(device_class)

    @property
    @override
    def is_on(self) -> bool | None:
        state = self.classifier.state(self.camera)
        if state is None:
            return None
        return state.class_name == self.classifier.settings.on_class

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        state = self.classifier.state(self.camera)
        return state_attributes(state) if state else None


class InViewSensor(ChangingEntity, ObjectEntity, BinarySensorEntity):
    """Whether an object of a class is in view of any camera."""

    _attr_translation_key = "in_view"
    _attr_device_class = BinarySensorDeviceClass.OCCUPANCY

    def __init__(
        self, entry: ObjclassConfigEntry, classifier: ObjectClassifier, class_name: str
    ) -> None:
        super().__init__(entry, classifier, f"in_view-{class_name}")
        self._class_name = class_name
        self._attr_translation_placeholders = {"class": class_name}
        self._update()

    @callback
    @override
    def _async_on_changed(self) -> None:
        before = (self._attr_is_on, self._attr_extra_state_attributes)
        self._update()
        if before != (self._attr_is_on, self._attr_extra_state_attributes):
            self.async_write_ha_state()

    def _update(self) -> None:
        cameras = sorted(
            {
                seen.camera
                for seen in self.classifier.in_view.values()
                if seen.class_name == self._class_name
            }
        )
        self._attr_is_on = bool(cameras)
        self._attr_extra_state_attributes = {"cameras": cameras}
