"""The simulated Frigate on a real MQTT broker, and as a program of its own."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.frigate_sim import FrigateSim
from tests.stack.broker import Broker, NoBrokerError, running_broker

type Heard = asyncio.Queue[tuple[str, str, bool]]


@pytest.fixture
async def broker(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Broker]:
    try:
        async with running_broker(tmp_path) as running:
            yield running
    except NoBrokerError as err:
        pytest.skip(str(err))


@asynccontextmanager
async def listening(broker: Broker, topic: str) -> AsyncIterator[Heard]:
    """Hear topic, payload and whether it was retained."""
    loop = asyncio.get_running_loop()
    heard: Heard = asyncio.Queue()
    ready = asyncio.Event()

    def on_message(client: Client, data: object, message: MQTTMessage) -> None:
        said = (message.topic, message.payload.decode(), message.retain)
        loop.call_soon_threadsafe(heard.put_nowait, said)

    client = Client(CallbackAPIVersion.VERSION2)

    def on_subscribe(*_: object) -> None:
        loop.call_soon_threadsafe(ready.set)

    client.on_message = on_message
    client.on_subscribe = on_subscribe
    client.connect(broker.host, broker.port)
    client.subscribe(topic)
    client.loop_start()
    try:
        await asyncio.wait_for(ready.wait(), 60)
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


async def test_it_announces_itself_tells_of_objects_and_says_goodbye(
    broker: Broker,
) -> None:
    async with asyncio.timeout(120), listening(broker, "house/#") as heard:
        async with FrigateSim(mqtt_port=broker.port, prefix="house", speed=20) as sim:
            assert await heard.get() == ("house/available", "online", False)
            walk = sim.walk("leo", "front_door", duration=3)
            await sim.walks_done()
        kinds, motion = [], []
        while (said := await heard.get())[0] != "house/available":
            if said[0] == "house/front_door/motion":
                motion.append(said[1])
                continue
            event = json.loads(said[1])
            kinds.append(event["type"])
            assert event["after"]["id"] == walk.id
        assert (kinds[0], kinds[-1]) == ("new", "end")
        assert motion == ["ON", "OFF"]
        assert said == ("house/available", "stopped", False)
        async with listening(broker, "house/available") as later:
            assert await later.get() == ("house/available", "stopped", True)


async def test_without_a_broker_it_says_so(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.frigate_sim.mqtt._FIRST_CONNECTION", 0.2)
    with pytest.raises(TimeoutError, match="no MQTT broker"):
        async with FrigateSim(mqtt_port=9):
            pass


async def test_a_restart_is_seen_as_stopped_and_online(broker: Broker) -> None:
    async with asyncio.timeout(120), listening(broker, "frigate/available") as heard:
        async with FrigateSim(mqtt_port=broker.port) as sim:
            await sim.restart()
        said = [(await heard.get())[1] for _ in range(4)]
    assert said == ["online", "stopped", "online", "stopped"]


@pytest.mark.parametrize(
    ("number", "goodbye"), [(signal.SIGTERM, "stopped"), (signal.SIGKILL, "offline")]
)
async def test_it_runs_as_a_program_until_it_is_ended(
    broker: Broker, number: signal.Signals, goodbye: str
) -> None:
    options = {"--http-port": 0, "--past-events": 3, "--walk-every": 2, "--speed": 10}
    options["--mqtt-port"] = broker.port
    words = [str(word) for option in options.items() for word in option]
    async with asyncio.timeout(120), listening(broker, "frigate/#") as heard:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.frigate_sim", *words),
            cwd=Path(__file__).parents[3],
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        url = (await process.stdout.readline()).decode().split()[-1]
        assert b"leo" in await process.stdout.readline()
        assert (await heard.get())[:2] == ("frigate/available", "online")
        cameras: set[str] = set()
        while len(cameras) < 2:
            topic, said, _ = await heard.get()
            if topic == "frigate/events":
                cameras.add(json.loads(said)["after"]["camera"])
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            assert "front_door" in await page.text()
        process.send_signal(number)
        assert await process.wait() == (0 if number == signal.SIGTERM else -number)
        while (last := await heard.get())[0] != "frigate/available":
            pass
        assert last[1] == goodbye
