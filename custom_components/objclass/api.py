"""The way to a Frigate, from what a config entry stores."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import DOMAIN
from .data import ObjclassConfigEntry
from .frigate.client import FrigateClient
from .frigate.errors import FrigateAuthError, FrigateError


def create_client(hass: HomeAssistant, data: Mapping[str, Any]) -> FrigateClient:
    """Make a client on Home Assistant's own session. Raises FrigateError."""
    verify_ssl: bool = data[CONF_VERIFY_SSL]
    return FrigateClient(
        async_get_clientsession(hass, verify_ssl=verify_ssl),
        data[CONF_URL],
        username=data.get(CONF_USERNAME),
        password=data.get(CONF_PASSWORD),
        verify_ssl=verify_ssl,
    )


@callback
def async_frigate_failed(
    hass: HomeAssistant, entry: ObjclassConfigEntry, err: FrigateError
) -> HomeAssistantError:
    """Return what to tell who asked; a refused log-in is asked for anew."""
    if isinstance(err, FrigateAuthError):
        entry.async_start_reauth(hass)
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="frigate_failed",
        translation_placeholders={"error": str(err)},
    )
