"""Where a Frigate can be reached that has said on MQTT that it is there.

Its message carries the topic prefix and no address. So those are tried that are known:
of the official integration's entries, and of Frigate's apps (add-ons).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.hassio import is_hassio

from .api import create_client
from .const import LOGGER
from .frigate.errors import FrigateError

FRIGATE: Final = "frigate"
# What Frigate's topics begin with unless somebody has changed that.
USUAL_PREFIX: Final = "frigate"
# The host names that the Supervisor gives the variants of Frigate's app.
APPS: Final = (
    "http://ccab4aaf-frigate:5000",
    "http://ccab4aaf-frigate-fa:5000",
    "http://ccab4aaf-frigate-beta:5000",
    "http://ccab4aaf-frigate-fa-beta:5000",
)


async def async_find(hass: HomeAssistant, prefix: str) -> dict[str, Any] | None:
    """Return what an entry stores for the Frigate with this topic prefix, if found."""
    for data in _known(hass, prefix):
        try:
            config = await create_client(hass, data).config()
        except FrigateError as err:
            LOGGER.debug("No Frigate at %s: %s", data[CONF_URL], err)
            continue
        if config.topic_prefix == prefix:
            return data
    return None


def _known(hass: HomeAssistant, prefix: str) -> Iterator[dict[str, Any]]:
    for entry in known_entries(hass).values():
        yield data_of(entry)
    # Who is called otherwise is most likely a lamp that says that it is there.
    if is_hassio(hass) and USUAL_PREFIX in prefix.lower():
        for url in APPS:
            yield entry_data(url, verify_ssl=True, login={})


@callback
def known_entries(hass: HomeAssistant) -> dict[str, ConfigEntry]:
    """Return the entries of the official integration, by their ids."""
    return {
        entry.entry_id: entry
        for entry in hass.config_entries.async_entries(FRIGATE, include_ignore=False)
    }


def data_of(entry: ConfigEntry) -> dict[str, Any]:
    """Return what our entry stores for the Frigate of an official one."""
    return entry_data(
        entry.data[CONF_URL],
        # The official integration does not verify unless it is told to.
        verify_ssl=bool(entry.data.get("validate_ssl")),
        login=entry.data,
    )


def entry_data(
    url: str, *, verify_ssl: bool, login: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what an entry stores; an empty log-in is none."""
    data: dict[str, Any] = {
        CONF_URL: url.strip().rstrip("/"),
        CONF_VERIFY_SSL: verify_ssl,
    }
    if login.get(CONF_USERNAME):
        data[CONF_USERNAME] = login[CONF_USERNAME]
        data[CONF_PASSWORD] = login.get(CONF_PASSWORD, "")
    return data
