"""Counts, inside a running Home Assistant, what the integration holds on to.

Only for tests: they put it beside the integration and ask with `inspector/held`.
"""

import asyncio
import gc
import threading
from collections import Counter
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv

CONFIG_SCHEMA = cv.empty_config_schema("inspector")
OURS = "objclass"


async def async_setup(hass: HomeAssistant, _config: Mapping[str, Any]) -> bool:
    """Offer the command."""
    websocket_api.async_register_command(hass, _held)
    return True


@websocket_api.websocket_command({vol.Required("type"): "inspector/held"})
@callback
def _held(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    gc.collect()
    loop: Any = hass.loop
    connection.send_result(
        msg["id"],
        {
            "tasks": _count(
                task.get_name() for task in asyncio.all_tasks() if _is_ours(task)
            ),
            "threads": _count(thread.name for thread in threading.enumerate()),
            "timers": _count(
                "timer"
                for timer in loop._scheduled
                if not timer.cancelled() and _ends_with_us(timer)
            ),
            "objects": _count(
                type(item).__name__
                for item in gc.get_objects()
                if OURS in str(type(item).__module__)
            ),
        },
    )


def _is_ours(item: object) -> bool:
    return OURS in repr(item)


def _ends_with_us(timer: Any) -> bool:
    """Return whether something of ours is called, by whatever helper of core's.

    From its callback over the helper to what that calls it is three steps at most.
    """
    reached = [timer._callback, *(timer._args or ())]
    for _ in range(4):
        if any(OURS in _module(item) for item in reached):
            return True
        reached = gc.get_referents(*reached)
    return False


def _module(item: Any) -> str:
    where = item if isinstance(item, FunctionType) else type(item)
    return str(where.__module__)


def _count(names: Any) -> dict[str, int]:
    return dict(Counter(names))
