"""Telling a Frigate that is away from a picture that is broken."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from itertools import chain, repeat
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.errors import (
    FrigateAuthError,
    FrigateConnectionError,
    FrigateError,
    FrigateResponseError,
)

# How long Frigate is waited for before it is asked again (seconds); the last for ever.
DELAYS: tuple[float, ...] = (1, 2, 5, 10, 30, 60)
# What fails so often while Frigate answers otherwise is broken.
_TRIES: Final = 3


async def async_patiently[T](
    hass: HomeAssistant, entry: ObjclassConfigEntry, ask: Callable[[], Awaitable[T]]
) -> T:
    """Ask Frigate, and wait for it as long as it is away or wants a new log-in.

    Raises FrigateError for what does not work although Frigate is there.
    """
    failures = 0
    for delay in chain(DELAYS, repeat(DELAYS[-1])):
        try:
            return await ask()
        except FrigateAuthError:
            entry.async_start_reauth(hass)
        except (FrigateConnectionError, FrigateResponseError) as err:
            # Frigate's web server answers for it while it restarts.
            if (
                isinstance(err, FrigateResponseError)
                and err.status < HTTPStatus.INTERNAL_SERVER_ERROR
            ):
                raise
            # It may have come back between the two questions.
            failures += await _async_answers(entry)
            if failures == _TRIES:
                raise
            LOGGER.debug("The past has to wait: %s", err)
        await asyncio.sleep(delay)
    raise AssertionError


async def _async_answers(entry: ObjclassConfigEntry) -> bool:
    try:
        await entry.runtime_data.need_frigate().client.version()
    except FrigateError:
        return False
    return True
