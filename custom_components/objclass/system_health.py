"""A few lines on Home Assistant's page about its own health."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .lookup import loaded_classifiers
from .websocket.status import status


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told."""
    register.async_register_info(async_info)


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what one wants to know first when something is odd; no names."""
    now = status(hass)
    entries = now["entries"]
    classifiers = [classifier for _, classifier in loaded_classifiers(hass)]
    return {
        "frigates_available": f"{sum(e['available'] for e in entries)}/{len(entries)}",
        "classifiers_trained": (
            f"{sum(c.head is not None for c in classifiers)}/{len(classifiers)}"
        ),
        "runtime": now["runtime"] and now["runtime"]["name"],
        "milliseconds_per_look": max(
            (round(e["ms_per_look"], 1) for e in entries if e["ms_per_look"]),
            default=None,
        ),
        "attempts": sum(e["counts"]["attempts"] for e in entries),
        "waiting": sum(e["waiting"] for e in entries),
        "dropped": sum(e["dropped"] for e in entries),
        "errors": sum(e["counts"]["errors"] for e in entries),
    }
