"""A simulated Frigate of any version, and the client that talks to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from custom_components.objclass.frigate.client import FrigateClient
from tests.frigate_sim import FrigateSim
from tests.frigate_sim.versions import KNOWN

SPEED = 25.0

type Pair = tuple[FrigateSim, FrigateClient]
type Start = Callable[..., AbstractAsyncContextManager[Pair]]


@pytest.fixture(params=KNOWN)
def version(request: pytest.FixtureRequest) -> str:
    """Each version of Frigate in turn."""
    return str(request.param)


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def start(session: aiohttp.ClientSession) -> Start:
    """Start a simulated Frigate; `client` holds options of the client."""

    @asynccontextmanager
    async def running(
        client: dict[str, Any] | None = None, **options: Any
    ) -> AsyncIterator[Pair]:
        async with FrigateSim(**{"speed": SPEED} | options) as sim:
            defaults: dict[str, Any] = {"retry_delays": (0.05, 0.1, 0.2, 0.4, 0.8)}
            yield sim, FrigateClient(session, sim.url, **defaults | (client or {}))

    return running
