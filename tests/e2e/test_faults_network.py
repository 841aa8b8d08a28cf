"""The broker and Frigate go away, are slow, and come back: it goes on by itself.

What the entry does meanwhile (unavailable entities, retries at set-up) is tested with
the same parts in `test_reloading`; here it is a real broker that is killed
and a real port on which nobody listens any more.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import Json
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.ports import free_port
from tests.stack.websocket import CommandError

from .stage import Stage, staged

SENSOR = "sensor.network_front_door"


class Frigate:
    """A Frigate that can be stopped as a whole, and started again where it was."""

    def __init__(self, broker: Broker) -> None:
        self._options = {"mqtt_port": broker.port, "http_port": free_port()}
        self._running = AsyncExitStack()
        self.sim: FrigateSim

    async def start(self) -> FrigateSim:
        sim = FrigateSim(
            **self._options, prefix="network", version="0.18.0", past_events=40, speed=2
        )
        self.sim = await self._running.enter_async_context(sim)
        return self.sim

    async def stop(self) -> None:
        await self._running.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def frigate(broker: Broker) -> AsyncIterator[Frigate]:
    frigate = Frigate(broker)
    await frigate.start()
    yield frigate
    await frigate.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def trained(
    home_assistant: HomeAssistant, frigate: Frigate
) -> AsyncIterator[Stage]:
    async with staged(home_assistant, frigate.sim, "Network") as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def stage(trained: Stage, frigate: Frigate) -> AsyncIterator[Stage]:
    """Return the classifier; after each test it works, and nothing odd was logged."""
    yield trained
    trained.sim = frigate.sim
    trained.sim.faults.clear()
    await trained.sees()
    trained.expect_calm()


async def is_shown(stage: Stage, *, available: bool) -> Json:
    """Wait until the sensor of a camera says that Frigate is there, or away."""
    return await stage.api.wait_for_state(
        SENSOR, lambda state: (state["state"] != "unavailable") is available, within=120
    )


async def test_a_broker_that_was_killed_and_comes_back(
    stage: Stage, broker: Broker
) -> None:
    before = await stage.sees()
    pid = await broker.kill()
    try:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        await is_shown(stage, available=False)
        lost = stage.sim.walk("leo", "front_door", duration=1)
        await stage.sim.walks_done()
        assert {"new", "end"} <= {*stage.said(lost.id)}
    finally:
        await broker.start()
    shown = await is_shown(stage, available=True)
    # What happened meanwhile was never heard of, and nothing is made up for it.
    assert shown["attributes"].get("event_id") in {before, None}
    assert await stage.samples(event_id=lost.id) == {}


async def test_a_frigate_that_is_stopped_and_started_again(
    stage: Stage, frigate: Frigate
) -> None:
    await stage.sees()
    await frigate.stop()
    await is_shown(stage, available=False)
    with pytest.raises(OSError, match="Connect"):
        await _connect(frigate)
    await stage.api.reload_entry(stage.entry_id)
    waiting = await stage.api.wait_for_entry(stage.entry_id, "setup_retry")
    assert "Frigate" in waiting["reason"]
    stage.sim = await frigate.start()
    await stage.api.wait_for_entry(stage.entry_id, within=180)
    await is_shown(stage, available=True)


async def _connect(frigate: Frigate) -> None:
    port = frigate._options["http_port"]
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def test_a_frigate_that_was_restarted_and_never_says_that_an_object_ended(
    stage: Stage,
) -> None:
    async with (
        stage.api.websocket() as ws,
        ws.events("objclass_result") as results,
    ):
        walk, _ = await stage.names(results)
        await stage.sim.restart()
        end = await stage.outcome(results, walk.id, final=True)
    assert end["final"]
    await stage.sim.walks_done()
    assert "new" in stage.said(walk.id)
    assert "end" not in stage.said(walk.id)
    await stage.api.wait_for_state(
        "binary_sensor.network_leo_in_view", "off", within=60
    )


async def test_a_frigate_that_takes_eight_seconds_for_every_answer(
    stage: Stage,
) -> None:
    slow = stage.sim.faults.add(Fault(delay=8))
    async with (
        stage.api.websocket() as ws,
        ws.events("objclass_result") as results,
    ):
        walk = stage.sim.walk("leo", "front_door", duration=20)
        end = await stage.outcome(results, walk.id, final=True)
    assert slow.waited >= 16, "two answers were late"
    # The pictures came late, and were looked at all the same.
    assert end["attempts"] >= 1
    assert end["class"] in {"leo", None}


async def test_a_log_in_that_expires_again_and_again(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    async with (
        FrigateSim(
            mqtt_port=broker.port,
            prefix="expiring",
            version="0.18.0",
            past_events=40,
            speed=2,
            accounts={"ann": Account(password="secret", lasts=1)},
        ) as sim,
        staged(
            home_assistant, sim, "Expiring", username="ann", password="secret"
        ) as stage,
    ):
        before = sim.gate.log_ins
        await stage.sees()
        await stage.sees("charlie", "back_yard")
        assert sim.gate.log_ins >= before + 2
        assert await stage.reauth_flows() == []
        stage.expect_calm()


async def test_a_log_in_that_is_refused_is_asked_for_and_then_goes_on(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    """The panel's own questions ask for it too: here collecting."""
    async with (
        FrigateSim(
            mqtt_port=broker.port,
            prefix="refusing",
            version="0.18.0",
            past_events=40,
            speed=2,
            accounts={"ann": Account(password="secret")},
        ) as sim,
        staged(
            home_assistant, sim, "Refusing", username="ann", password="secret"
        ) as stage,
    ):
        sim.gate._accounts = {"ann": Account(password="changed")}
        sim.gate.expire_all()
        with pytest.raises(CommandError, match="refuses the user name or password"):
            await stage.command("collect", count=2)
        (flow,) = await stage.reauth_flows()
        answer = await stage.api.post(
            f"/api/config/config_entries/flow/{flow['flow_id']}",
            {"username": "ann", "password": "changed"},
        )
        assert answer["reason"] == "reauth_successful"
        await stage.api.wait_for_entry(stage.entry_id)
        await stage.sees()
        stage.expect_calm()
