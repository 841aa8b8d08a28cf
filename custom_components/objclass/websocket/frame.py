"""What a camera shows now, to draw on."""

from base64 import b64encode
from typing import Any

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..frames import NoPictureError, camera_source
from ..learning.crop import PictureError
from ..learning.frame import preview
from ..lookup import loaded_entry
from .command import command


async def _async_frame(
    hass: HomeAssistant, _connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, str]:
    """Return the picture of a camera that an entry may look at, as a data URL."""
    entry = loaded_entry(hass, msg["entry_id"])
    data, camera = entry.runtime_data, msg["camera"]
    try:
        source = camera_source(hass, entry, data.frigate, camera)
        picture = await source.async_picture()
        jpeg = await data.worker.run(preview, picture)
    except (NoPictureError, PictureError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="camera_failed",
            translation_placeholders={"camera": camera, "error": str(err)},
        ) from err
    return {"picture": f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"}


COMMANDS = (
    command(
        "frame",
        _async_frame,
        {vol.Required("entry_id"): str, vol.Required("camera"): str},
        admin=True,
    ),
)
