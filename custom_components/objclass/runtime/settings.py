"""What the backbone runs on: the settings that all entries share, and where they are.

There is one backbone in a Home Assistant, so they belong to no entry. They are changed
in the options of any of them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..learning.backbone_model import BUNDLED, BUNDLED_SIZE, BackboneModel
from ..learning.chosen import Choice
from ..learning.model_head import PIXEL_RANGES
from ..learning.runtimes.model_server import ModelServer

CONF_BACKBONE: Final = "backbone"
CONF_DEVICE: Final = "device"
CONF_MODEL: Final = "model"
CONF_MODEL_NAME: Final = "model_name"
CONF_PIXEL_RANGE: Final = "pixel_range"
CONF_RUNTIME: Final = "runtime"
CONF_SERVER_URL: Final = "server_url"
CONF_THREADS: Final = "threads"
CONF_TIMEOUT: Final = "timeout"
SECTION_OWN: Final = "own"
SECTION_SERVER: Final = "server"

CPU: Final = "cpu"
GPU: Final = "gpu"
OWN: Final = "own"
DEFAULT_TIMEOUT: Final = 2.0

type RuntimeSettings = Mapping[str, Any]
"""As the form gives them, and as they are stored."""


async def async_read(hass: HomeAssistant) -> RuntimeSettings:
    """Return the stored settings; empty ones mean the defaults."""
    return await _store(hass).async_load() or {}


async def async_write(hass: HomeAssistant, settings: RuntimeSettings) -> None:
    """Store the settings."""
    await _store(hass).async_save(dict(settings))


def choice_of(settings: RuntimeSettings) -> Choice:
    """Say to the library what the settings mean."""
    server = settings.get(SECTION_SERVER, {})
    return Choice(
        runtime=settings.get(CONF_RUNTIME, "auto"),
        threads=int(settings.get(CONF_THREADS, 1)),
        gpu=settings.get(CONF_DEVICE, CPU) == GPU,
        model=_model(settings),
        server=ModelServer(
            url=server[CONF_SERVER_URL],
            model=server.get(CONF_MODEL_NAME, ""),
            timeout=float(server.get(CONF_TIMEOUT, DEFAULT_TIMEOUT)),
        )
        if server.get(CONF_SERVER_URL)
        else None,
    )


def shareable(settings: RuntimeSettings) -> dict[str, Any]:
    """Return what a bug report may contain: no address and no path."""
    choice = choice_of(settings)
    return {
        CONF_RUNTIME: choice.runtime,
        CONF_THREADS: choice.threads,
        CONF_DEVICE: GPU if choice.gpu else CPU,
        CONF_BACKBONE: settings.get(CONF_BACKBONE, str(BUNDLED_SIZE)),
        SECTION_SERVER: choice.server is not None,
    }


def _model(settings: RuntimeSettings) -> BackboneModel:
    backbone = settings.get(CONF_BACKBONE, str(BUNDLED_SIZE))
    if backbone == OWN:
        own = settings[SECTION_OWN]
        return BackboneModel(
            path=Path(own[CONF_MODEL]), pixel_range=PIXEL_RANGES[own[CONF_PIXEL_RANGE]]
        )
    size = int(backbone)
    return BUNDLED if size == BUNDLED_SIZE else BackboneModel(size=size)


def _store(hass: HomeAssistant) -> Store[dict[str, Any]]:
    return Store(hass, 1, f"{DOMAIN}.runtime", private=True, atomic_writes=True)
