"""The simulated Frigate, put together."""

import asyncio
import itertools
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from . import control, http_server
from .auth import Account, Gate
from .cameras import BACK_YARD, FRONT_DOOR, Camera, NativeModel, Snapshots
from .cast import drawn_cast, photo_cast
from .config import config
from .faults import Faults
from .mqtt import Publisher
from .objects import SimObject
from .pictures import Studio
from .versions import Version
from .world import World

_REMEMBERED = 10_000


class FrigateSim:
    """A Frigate with cameras that see drawn animals, or the photos in a folder.

    Use as `async with FrigateSim(...) as sim`; then `sim.url` is its address (without
    an `accounts` mapping like port 5000, with one like port 8971) and `sim.walk("leo",
    "front_door")` lets somebody be seen. `sim.truths` tells by event id who it really
    was, `sim.world.writes` what clients wrote, `sim.published` what was published,
    with or without an MQTT broker at `mqtt_port`. `past_events` walks have happened
    before the start. `walk_every` lets somebody walk again and again, that many
    seconds apart. `speed` shortens all walks and pauses.
    """

    def __init__(
        self,
        *,
        version: str = "0.17.2",
        host: str = "127.0.0.1",
        http_port: int = 0,
        mqtt_host: str = "127.0.0.1",
        mqtt_port: int | None = None,
        prefix: str = "frigate",
        images: Path | None = None,
        label: str | None = None,
        cameras: Sequence[Camera] = (FRONT_DOOR, BACK_YARD),
        snapshots: Snapshots | None = None,
        models: Sequence[NativeModel] = (),
        past_events: int = 0,
        walk_every: float | None = None,
        speed: float = 1.0,
        accounts: Mapping[str, Account] | None = None,
        cookie: str = "frigate_token",
        base_path: str = "",
        seed: int = 0,
    ) -> None:
        random = Random(seed)
        named = {"label": label} if label else {}
        self.world = World(
            version=Version(version),
            cameras=cameras,
            cast=photo_cast(images, random, **named)
            if images
            else drawn_cast(random, **named),
            snapshots=snapshots or Snapshots(),
            models=models,
            speed=speed,
            random=random,
            publish=self._publish_event,
        )
        self.faults = Faults()
        self.gate = Gate(accounts, self.world.version, cookie)
        self.published: deque[tuple[str, Any]] = deque(maxlen=_REMEMBERED)
        self._moving: defaultdict[str, set[str]] = defaultdict(set)
        self._address = (host, http_port)
        self._base_path = base_path
        self._prefix = prefix
        self._past_events = past_events
        self._walk_every = walk_every
        self._mqtt = Publisher(mqtt_host, mqtt_port, prefix) if mqtt_port else None

    async def __aenter__(self) -> Self:
        self.world.add_history(self._past_events)
        async with AsyncExitStack() as stack:
            self._studio = stack.enter_context(Studio())
            await self._serve(stack)
            if self._mqtt:
                await self._mqtt.start()
                stack.push_async_callback(self._mqtt.stop)
            stack.push_async_callback(self.world.close)
            stack.callback(self.faults.clear)
            if self._walk_every:
                walking = asyncio.create_task(self._keep_walking(self._walk_every))
                stack.callback(walking.cancel)
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._running.aclose()

    async def _serve(self, stack: AsyncExitStack) -> None:
        self._runner = web.AppRunner(self._application(), shutdown_timeout=1)
        stack.push_async_callback(self._runner.cleanup)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._address).start()

    @property
    def url(self) -> str:
        """Return the address to give to a client."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}{self._base_path}"

    @property
    def truths(self) -> Mapping[str, str]:
        """Return by event id what each object really was."""
        return self.world.truths

    def walk(self, name: str, camera: str, **plan: float) -> SimObject:
        """Let somebody walk past; see `World.start_walk`."""
        return self.world.start_walk(name, camera, **plan)

    async def walks_done(self) -> None:
        """Wait until nobody is in view any more."""
        while self.world.walks:
            await asyncio.wait(self.world.walks)

    async def leave(self) -> None:
        """Leave the broker, as a Frigate that is stopped does."""
        if self._mqtt:
            await self._mqtt.stop()

    async def restart(self) -> None:
        """Restart Frigate: what is in view is forgotten, no `end` is sent for it."""
        await self.leave()
        self.world.forget_all()
        if self._mqtt:
            await self._mqtt.start()

    def _application(self) -> web.Application:
        world = self.world
        app = web.Application()
        app.add_subapp(
            f"{self._base_path}/api",
            http_server.api(
                world=world,
                studio=self._studio,
                gate=self.gate,
                faults=self.faults,
                config=self._config,
            ),
        )
        app.add_subapp(
            f"{self._base_path}/clips",
            http_server.clips(
                world=world, studio=self._studio, gate=self.gate, faults=self.faults
            ),
        )
        app.add_routes(control.routes(world, self.gate, self.faults, self.restart))
        return app

    def _config(self) -> dict[str, Any]:
        labels = {subject.label for subject in self.world.cast.values()}
        return config(
            version=self.world.version,
            cameras=self.world.cameras,
            labels=labels,
            snapshots=self.world.snapshots,
            models=self.world.models,
            prefix=self._prefix,
        )

    def say_event(self, message: Any) -> None:
        """Publish on `<prefix>/events` whatever it is, and nothing else."""
        self.published.append(("events", message))
        if self._mqtt:
            self._mqtt.publish("events", message)

    def _publish_event(self, message: dict[str, Any]) -> None:
        self.say_event(message)
        self._publish_motion(message)

    def _publish_motion(self, message: dict[str, Any]) -> None:
        """Tell when something begins or ceases to move on a camera.

        Frigate waits half a minute (`mqtt_off_delay`) before it says that it is over.
        """
        seen = message["after"]
        moving = self._moving[seen["camera"]]
        before = bool(moving)
        (moving.discard if message["type"] == "end" else moving.add)(seen["id"])
        if bool(moving) == before:
            return
        topic, state = f"{seen['camera']}/motion", "ON" if moving else "OFF"
        self.published.append((topic, state))
        if self._mqtt:
            self._mqtt.publish_text(topic, state)

    async def _keep_walking(self, pause: float) -> None:
        """Let everyone walk past in turn, on cameras in turn."""
        names, cameras = sorted(self.world.cast), self.world.cameras
        for number in itertools.count():
            camera = cameras[(number + number // len(names)) % len(cameras)]
            self.world.start_walk(names[number % len(names)], camera.name)
            await asyncio.sleep(pause / self.world.speed)
