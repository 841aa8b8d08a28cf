"""Messages of every version that come twice, overtake each other, or lack something.

What each single field means, and is worth when it is missing, is tested in
`frigate/test_messages`, and that old messages change nothing in `test_tracking`; here
all of it comes at once over a real broker.

Clocks: that of Frigate jumps here, ours in `test_faults_clock`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from tests.frigate_sim.disorder import ClockJump, Disorder
from tests.frigate_sim.sim import FrigateSim
from tests.frigate_sim.versions import KNOWN
from tests.stack.api import until
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.ports import free_port

from .stage import Stage, staged

PREFIX = "messages"
CAMERA = "front_door"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def trained(
    home_assistant: HomeAssistant, broker: Broker
) -> AsyncIterator[tuple[Stage, int]]:
    """Return a trained classifier, and the port of its Frigate, which is down."""
    port = free_port()
    async with FrigateSim(
        mqtt_port=broker.port,
        http_port=port,
        prefix=PREFIX,
        version="0.18.0",
        past_events=40,
    ) as sim:
        stages = staged(home_assistant, sim, "Messages")
        stage = await stages.__aenter__()
    yield stage, port
    await stages.__aexit__(None, None, None)


@asynccontextmanager
async def updated(
    trained: tuple[Stage, int], broker: Broker, version: str
) -> AsyncIterator[Stage]:
    """Let the Frigate be of another version from now on."""
    stage, port = trained
    async with FrigateSim(
        mqtt_port=broker.port, http_port=port, prefix=PREFIX, version=version, speed=2
    ) as stage.sim:
        await stage.api.reload_entry(stage.entry_id)
        await stage.api.wait_for_entry(stage.entry_id)
        yield stage
    stage.expect_calm()


@pytest.mark.parametrize("version", KNOWN)
async def test_disorder_among_the_messages_changes_no_result(
    trained: tuple[Stage, int], broker: Broker, version: str
) -> None:
    async with updated(trained, broker, version) as stage:
        assert (await stage.status())["frigate_version"].startswith(version)
        disorder = Disorder(stage.sim)
        async with (
            stage.api.websocket() as ws,
            ws.events("objclass_result") as results,
        ):
            first = stage.sim.walk("leo", CAMERA, duration=10)
            await stage.outcome(results, first.id, final=True)
            second = stage.sim.walk("leo", CAMERA, duration=10)
            ends: list[str] = []
            while second.id not in ends:
                result = (await results.next(within=120))["data"]
                if result["classifier_id"] == stage.classifier and result["final"]:
                    ends.append(result["event_id"])
            attempts = result["attempts"]
        # Each object ended once, whatever was said of it afterwards.
        assert ends == [second.id]
        assert all(
            disorder.sent[kind] >= 2
            for kind in ("nonsense", "missing", "unknown", "twice", "late", "overtaken")
        ), disorder.sent
        counts = await stage.counts()
        # `null` and whatever else is no message, with each message of either object.
        assert counts["invalid_messages"] >= disorder.sent["nonsense"]
        assert counts["errors"] == 0
        assert attempts >= 1

        async def kept() -> bool | None:
            crops = await stage.samples(event_id=second.id)
            return len(crops) >= attempts or None

        # However often Frigate spoke of a frame: it was looked at, and counted, once.
        await until(kept, "a crop of each attempt", within=60)
        await stage.sees()


async def test_a_frigate_whose_clock_jumps(
    trained: tuple[Stage, int], broker: Broker
) -> None:
    # Before 0.18 a picture does not say when it was taken.
    async with updated(trained, broker, "0.17.2") as stage:
        clock = ClockJump(stage.sim)
        for seconds in (-86_400.0, 0.0, 86_400.0, 0.0):
            clock.seconds = seconds
            await stage.sees()
        assert clock.sent >= 4


async def test_a_clock_that_jumps_back_while_an_object_is_in_view(
    trained: tuple[Stage, int], broker: Broker
) -> None:
    async with updated(trained, broker, "0.17.2") as stage:
        clock = ClockJump(stage.sim)
        async with (
            stage.api.websocket() as ws,
            ws.events("objclass_result") as results,
        ):
            walk, _ = await stage.names(results, camera=CAMERA)
            clock.seconds = -3600.0
            walk.may_leave.set()
            end = await stage.outcome(results, walk.id, final=True)
        assert clock.sent >= 1
        assert end["class"] in {"leo", None}
        clock.seconds = 0.0
        await stage.sees()
