"""Binary sensors: whether a class is in view."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .classifier import ObjectClassifier
from .data import ObjclassConfigEntry
from .entity import ObjectEntity
from .lookup import object_classifiers

PARALLEL_UPDATES = 0


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a presence sensor for each class of each classifier."""
    for classifier in object_classifiers(entry):
        async_add_entities(
            (
                InViewSensor(entry, classifier, name)
                for name in classifier.settings.classes
            ),
            config_subentry_id=classifier.id,
        )


class InViewSensor(ObjectEntity, BinarySensorEntity):
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
