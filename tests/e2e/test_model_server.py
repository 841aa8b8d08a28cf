"""Another machine does the work, is lost, and regained: a real MLServer."""

from pathlib import Path

import pytest

from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import Api, until
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.model_server import MLSERVER, ModelServer

from .test_setting_up import CLASSIFIER

SETTINGS = {
    "runtime": "auto",
    "threads": 1,
    "device": "cpu",
    "backbone": "224",
    "own": {"pixel_range": "zero_to_255"},
}

pytestmark = pytest.mark.skipif(
    not MLSERVER.exists(),
    reason="MLServer is not installed: scripts/test e2e installs it",
)


async def runs_on(api: Api, *names: str) -> None:
    """Look at past objects until one of these runtimes has done it."""

    async def look() -> bool | None:
        await api.call("objclass.collect", classifier="Visitors", count=1)
        async with api.websocket() as ws:
            status = await ws.command("objclass/status")
        return status["runtime"]["name"] in names or None

    await until(look, f"{names} to do the work", within=240)


async def choose(api: Api, entry_id: str, **server: object) -> str:
    flow = await api.start_options_flow(entry_id)
    await flow.submit({"next_step_id": "runtime"})
    answer = await flow.submit(SETTINGS | {"server": {"timeout": 20, **server}})
    return str(answer["type"])


async def test_a_model_server_is_lost_and_regained(
    home_assistant: HomeAssistant, broker: Broker, tmp_path: Path
) -> None:
    api = home_assistant.api
    async with (
        FrigateSim(mqtt_port=broker.port, prefix="served", past_events=60) as sim,
        ModelServer(tmp_path) as server,
    ):
        flow = await api.start_flow("objclass")
        await flow.submit({"next_step_id": "manual"})
        entry = await flow.submit({"url": sim.url, "verify_ssl": True, "login": {}})
        entry_id = entry["result"]["entry_id"]
        try:
            await api.wait_for_entry(entry_id)
            flow = await api.start_subentry_flow(entry_id, "classifier")
            await flow.submit(CLASSIFIER)
            await api.wait_for_entry(entry_id)

            where = {"server_url": server.url, "model_name": "objclass"}
            assert await choose(api, entry_id, **where) == "create_entry"
            await runs_on(api, "server")
            await server.stop()
            await runs_on(api, "litert", "ncnn", "numpy")
            await server.start()
            await runs_on(api, "server")
            assert await choose(api, entry_id) == "create_entry"
            await runs_on(api, "litert", "ncnn", "numpy")
        finally:
            await api.delete_entry(entry_id)
