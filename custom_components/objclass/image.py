"""Images: the newest crop of a classifier."""

from typing import override

from homeassistant.components.image import ImageEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .classifier import Classifier, ObjectClassifier
from .classifier.samples import LastCrop
from .data import ObjclassConfigEntry
from .entity import ChangingEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the image of each classifier."""
    for classifier in entry.runtime_data.classifiers.values():
        async_add_entities(
            [LastCropImage(hass, entry, classifier)], config_subentry_id=classifier.id
        )


class LastCropImage(ChangingEntity, ImageEntity):
    """What the classifier looked at last."""

    _attr_translation_key = "last_crop"
    _attr_content_type = "image/jpeg"

    def __init__(
        self, hass: HomeAssistant, entry: ObjclassConfigEntry, classifier: Classifier
    ) -> None:
        ChangingEntity.__init__(self, entry, classifier, "last_crop")
        ImageEntity.__init__(self, hass)
        self._shown: LastCrop | None = None
        self._update()

    @override
    async def async_image(self) -> bytes | None:
        crop = self.classifier.samples.last_crop
        return crop.jpeg if crop else None

    @property
    @override
    def available(self) -> bool:
        """Crops of objects come from Frigate only."""
        if isinstance(self.classifier, ObjectClassifier):
            return self._entry.runtime_data.need_frigate().available
        return True

    @callback
    @override
    def _async_on_available(self) -> None:
        self.async_write_ha_state()

    @callback
    @override
    def _async_on_changed(self) -> None:
        # Two objects are often seen in one frame, so the time tells nothing.
        if self.classifier.samples.last_crop is not self._shown:
            self._update()
            self.async_write_ha_state()

    def _update(self) -> None:
        self._shown = crop = self.classifier.samples.last_crop
        self._attr_image_last_updated = crop.taken_at if crop else None
        self._attr_extra_state_attributes = (
            {"camera": crop.camera, "event_id": crop.event_id} if crop else {}
        )
