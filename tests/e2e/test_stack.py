"""The stage on which everything else is played: it has to be real and to go away."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.stack import processes
from tests.stack.api import until
from tests.stack.broker import AMQTT, Broker, find_broker, running_broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.ports import free_port, listening

REPOSITORY = Path(__file__).parents[2]


async def test_home_assistant_is_running_and_its_owner_signed_in(
    home_assistant: HomeAssistant,
) -> None:
    config = await home_assistant.api.get("/api/config")
    assert config["state"] == "RUNNING"
    assert config["version"] == "2026.11.0"
    async with home_assistant.api.websocket() as ws:
        assert "logbook" in await ws.command("get_panels")


async def test_an_mqtt_message_goes_through_the_broker_and_back(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    assert (await home_assistant.api.entries("mqtt"))[0]["state"] == "loaded"
    await _mqtt_round_trip(home_assistant)
    assert "127.0.0.1" in broker.log.read_text()


async def test_without_mosquitto_the_amqtt_broker_does(tmp_path: Path) -> None:
    async with (
        running_broker(tmp_path, program=AMQTT) as substitute,
        HomeAssistant(tmp_path) as hass,
    ):
        await hass.api.add_mqtt(substitute)
        await _mqtt_round_trip(hass)
        await _mqtt_remembers(hass)


async def test_states_survive_a_restart_and_the_account_a_power_cut(
    tmp_path: Path,
) -> None:
    async with HomeAssistant(tmp_path) as hass:
        await hass.restart()
        assert await hass.api.states()
        await hass.kill()
        await hass.start()
        assert await hass.api.states()


@pytest.mark.parametrize("program", [find_broker(), AMQTT], ids=lambda path: path.name)
async def test_a_killed_parent_takes_its_programs_along(
    program: Path, tmp_path: Path
) -> None:
    script = (
        "import asyncio, pathlib, sys\n"
        "from tests.stack.broker import running_broker\n"
        "async def main():\n"
        "    folder, program = map(pathlib.Path, sys.argv[1:])\n"
        "    async with running_broker(folder, program=program) as broker:\n"
        "        print(broker.port, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, tmp_path, program),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    port = int(await parent.stdout.readline())
    assert not await _is_silent(port)
    parent.kill()
    await parent.wait()
    await until(lambda: _is_silent(port), "the broker to end", within=60)


async def test_a_program_that_ends_at_once_is_reported_with_its_words(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    process = await processes.start(
        sys.executable, "-c", "import sys; sys.exit('no such thing')", log=log
    )
    with pytest.raises(processes.ProcessEndedError, match="no such thing"):
        await listening(free_port(), process, log, within=60)


async def _mqtt_round_trip(hass: HomeAssistant) -> None:
    async with (
        hass.api.websocket() as ws,
        ws.subscribe("mqtt/subscribe", topic="stack/test") as messages,
    ):
        async with asyncio.timeout(60):
            while True:  # the subscription reaches the broker a moment later
                await hass.api.call("mqtt.publish", topic="stack/test", payload="hello")
                try:
                    message = await messages.next(within=1)
                except TimeoutError:
                    continue
                assert message["payload"] == "hello"
                return


async def _mqtt_remembers(hass: HomeAssistant) -> None:
    """Frigate says whether it is available in a retained message."""
    await hass.api.call(
        "mqtt.publish", topic="stack/kept", payload="online", retain=True
    )
    async with (
        hass.api.websocket() as ws,
        ws.subscribe("mqtt/subscribe", topic="stack/kept") as messages,
    ):
        assert (await messages.next(within=60))["retain"] is True


async def _is_silent(port: int) -> bool | None:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return None
