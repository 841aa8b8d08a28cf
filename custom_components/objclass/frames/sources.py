"""Where pictures come from: a camera of Frigate's, or an entity of Home Assistant's."""

from abc import ABC, abstractmethod
from typing import override

from homeassistant.core import HomeAssistant

from ..data import FrigateSide, ObjclassConfigEntry
from ..frigate.errors import FrigateAuthError, FrigateError
from ..lookup import is_entity


class NoPictureError(Exception):
    """The camera has no picture to give; the text says why."""


class Source(ABC):
    """A camera."""

    def __init__(self, camera: str) -> None:
        self.camera = camera

    @abstractmethod
    async def async_picture(self) -> bytes:
        """Fetch what it shows now. Raises NoPictureError."""


class EntitySource(Source):
    """A camera entity of Home Assistant's."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        super().__init__(entity_id)
        self._hass = hass

    @override
    async def async_picture(self) -> bytes:
        if "camera" not in self._hass.config.components:
            raise NoPictureError("there are no cameras in Home Assistant")
        # Imported late: it needs a library that only comes with the first camera.
        from homeassistant.components.camera import async_get_image  # noqa: PLC0415

        try:
            return (await async_get_image(self._hass, self.camera)).content
        except Exception as err:
            # A camera's own integration may fail in any way.
            raise NoPictureError(str(err) or type(err).__name__) from err


class FrigateSource(Source):
    """A camera of Frigate's: the whole picture of its detect stream."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        frigate: FrigateSide,
        camera: str,
    ) -> None:
        super().__init__(camera)
        self._hass = hass
        self._entry = entry
        self._frigate = frigate

    @override
    async def async_picture(self) -> bytes:
        try:
            return (await self._frigate.client.latest_frame(self.camera)).data
        except FrigateError as err:
            if isinstance(err, FrigateAuthError):
                self._entry.async_start_reauth(self._hass)
            raise NoPictureError(str(err)) from err


def camera_source(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    frigate: FrigateSide | None,
    camera: str,
) -> Source:
    """Return the camera of that name or entity id. Raises NoPictureError."""
    if is_entity(camera):
        return EntitySource(hass, camera)
    if frigate is None or camera not in frigate.config.cameras:
        raise NoPictureError(f"Frigate has no camera {camera}")
    return FrigateSource(hass, entry, frigate, camera)
