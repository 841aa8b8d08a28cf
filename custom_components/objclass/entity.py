"""What all entities of a classifier have in common."""

from collections.abc import Callable
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.util.signal_type import SignalType

from .classifier import Classifier, FrameClassifier, ObjectClassifier
from .const import DOMAIN
from .data import ObjclassConfigEntry
from .lookup import title_of
from .signals import (
    SIGNAL_AVAILABLE,
    SIGNAL_CAMERA_RESULT,
    SIGNAL_CHANGED,
    SIGNAL_STATE,
    Result,
    StateChange,
)


class ClassifierEntity(Entity):
    """An entity on the device of a classifier."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: ObjclassConfigEntry, classifier: Classifier, key: str
    ) -> None:
        self.classifier = classifier
        self._entry = entry
        self._attr_unique_id = f"{classifier.id}-{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, classifier.id)},
            name=classifier.settings.name,
            manufacturer="Object Classifier",
            model=(
                "Frame classifier"
                if isinstance(classifier, FrameClassifier)
                else "Classifier"
            ),
            configuration_url=f"homeassistant://{DOMAIN}/{classifier.id}/recent",
            entry_type=DeviceEntryType.SERVICE,
        )
        entry.runtime_data.unique_ids.add(self._attr_unique_id)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow whether there is anything to show."""
        await super().async_added_to_hass()
        self.follow(
            SIGNAL_AVAILABLE.format(self._entry.entry_id), self._async_on_available
        )

    @callback
    def follow[*Ts](self, signal: SignalType[*Ts], hear: Callable[[*Ts], None]) -> None:
        """Hear a signal for as long as the entity is there."""
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, hear))

    @callback
    def _async_on_available(self) -> None:
        """Frigate, or the pictures of a camera, came or went."""


class ChangingEntity(ClassifierEntity):
    """An entity about what a classifier has: labels, a training, who is in view.

    Every look changes that, so only those follow it that show some of it.
    """

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the classifier."""
        await super().async_added_to_hass()
        self.follow(SIGNAL_CHANGED.format(self.classifier.id), self._async_on_changed)

    @callback
    def _async_on_changed(self) -> None:
        """Labels, training, the newest crop or what is in view changed."""


class ObjectEntity(ClassifierEntity):
    """An entity about tracked objects, which means nothing unless Frigate runs."""

    classifier: ObjectClassifier

    def __init__(
        self, entry: ObjclassConfigEntry, classifier: ObjectClassifier, key: str
    ) -> None:
        super().__init__(entry, classifier, key)
        self._frigate = entry.runtime_data.need_frigate()

    @property
    @override
    def available(self) -> bool:
        return self._frigate.available

    @callback
    @override
    def _async_on_available(self) -> None:
        self.async_write_ha_state()


class CameraEntity(ObjectEntity):
    """An entity about the objects on one camera."""

    def __init__(
        self,
        entry: ObjclassConfigEntry,
        classifier: ObjectClassifier,
        key: str,
        camera: str,
    ) -> None:
        super().__init__(entry, classifier, f"{key}-{camera}")
        self.camera = camera
        config = self._frigate.config.cameras[camera]
        self._attr_translation_placeholders = {"camera": config.title}

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is found out about the objects on the camera."""
        await super().async_added_to_hass()
        self.follow(
            SIGNAL_CAMERA_RESULT.format(self.classifier.id, self.camera),
            self._async_on_result,
        )

    @callback
    def _async_on_result(self, result: Result) -> None:
        """Something was found out about an object on the camera."""


class FrameEntity(ClassifierEntity):
    """An entity about the state of one camera, known while its pictures come."""

    classifier: FrameClassifier

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        classifier: FrameClassifier,
        key: str,
        camera: str,
    ) -> None:
        super().__init__(entry, classifier, f"{key}-{camera}")
        self.camera = camera
        self._feed = entry.runtime_data.frames.feeds[camera]
        self._attr_translation_placeholders = {"camera": title_of(hass, entry, camera)}

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the state of the camera."""
        await super().async_added_to_hass()
        self.follow(SIGNAL_STATE.format(self.classifier.id), self._async_on_state)

    @property
    @override
    def available(self) -> bool:
        return self._feed.available

    @callback
    @override
    def _async_on_available(self) -> None:
        self.async_write_ha_state()

    @callback
    def _async_on_state(self, change: StateChange) -> None:
        if change.camera == self.camera:
            self.async_write_ha_state()


def cameras_of(entry: ObjclassConfigEntry, classifier: ObjectClassifier) -> list[str]:
    """Return the cameras on which a classifier may see something."""
    settings = classifier.settings
    return [
        name
        for name, camera in entry.runtime_data.need_frigate().config.cameras.items()
        if settings.wants_camera(name) and not settings.labels.isdisjoint(camera.labels)
    ]
