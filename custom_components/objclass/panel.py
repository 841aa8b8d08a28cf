"""The panel in the sidebar, for as long as there is a Frigate that it is about.

Everything else works without it, and without a frontend at all.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN

URL_PATH: Final = DOMAIN
_FILES: Final = Path(__file__).parent / "www"


async def async_setup_panel(hass: HomeAssistant) -> None:
    """Serve the panel's code, and show the panel while it is wanted."""
    if "frontend" not in hass.config.components:
        return
    # Browsers keep the files for a month; other files are at another address.
    version = await hass.async_add_executor_job(_version)
    url = f"/{DOMAIN}_static/{version}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(url, str(_FILES), cache_headers=True)]
    )

    async def show() -> None:
        await panel_custom.async_register_panel(
            hass,
            frontend_url_path=URL_PATH,
            webcomponent_name="objclass-panel",
            sidebar_title="Object Classifier",
            sidebar_icon="mdi:shape-outline",
            module_url=f"{url}/panel.js",
        )

    @callback
    def on_entry(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        # An entry that is being loaded anew, or waits for its Frigate, keeps the panel:
        # whoever looks at it must not be thrown out.
        if entry.domain != DOMAIN:
            return
        wanted = any(
            entry.disabled_by is None
            for entry in hass.config_entries.async_entries(DOMAIN)
        )
        if wanted == frontend.async_panel_exists(hass, URL_PATH):
            return
        if wanted:
            hass.async_create_task(show(), "objclass panel")
        else:
            frontend.async_remove_panel(hass, URL_PATH)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, on_entry)
    await show()


def _version() -> str:
    """Return what changes whenever any of the files does."""
    digest = sha256()
    for path in sorted(_FILES.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(_FILES)).encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
