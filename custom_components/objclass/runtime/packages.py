"""Fast runtimes, which Home Assistant installs while everything is running already.

They cannot be had everywhere (LiteRT has no wheels for musl), so they are never in the
manifest: a requirement that cannot be met breaks the config flow.
"""

import platform
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.requirements import async_process_requirements
from homeassistant.util.package import is_installed

from ..const import DOMAIN
from ..learning.runtimes.runtime_litert import processor_suffices

LITERT: Final = "ai-edge-litert==2.3.0"
NCNN: Final = "ncnn==1.0.20261020"
_PACKAGES: Final = {"litert": LITERT, "ncnn": NCNN}
"""The fastest first, as "auto" takes them."""


async def async_get_package(hass: HomeAssistant, runtime: str) -> None:
    """Install what a runtime needs, if it is not there. Raises RequirementsNotFound."""
    if runtime in _PACKAGES and not hass.config.skip_pip:
        await async_process_requirements(
            hass, DOMAIN, [_PACKAGES[runtime]], is_built_in=False
        )


def is_missing(runtime: str) -> bool:
    """Return whether a runtime has to be installed first. Reads files."""
    return runtime in _PACKAGES and not is_installed(_PACKAGES[runtime])


def wanted_packages(chosen: str, in_use: str) -> list[str]:
    """Return the runtimes to try to get, best first. Reads files: not in the loop."""
    if chosen != "auto":
        return [chosen] if chosen in _PACKAGES and chosen != in_use else []
    faster = list(_PACKAGES)
    if in_use in faster:
        faster = faster[: faster.index(in_use)]
    if "litert" in faster and not _can_be_litert():
        faster.remove("litert")
    return faster


def _can_be_litert() -> bool:
    # Without glibc its version is looked for in the whole file of Python's interpreter.
    return processor_suffices() and platform.libc_ver()[0] == "glibc"
