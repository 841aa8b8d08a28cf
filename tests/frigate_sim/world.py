"""Everything the simulated Frigate knows: its objects, and who walks past next."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .cameras import Camera, NativeModel, Snapshots
from .cast import Cast
from .objects import SimObject, new_id
from .versions import Version
from .walks import plan_walk

_WALK = 10.0
"""Seconds for which an object is seen, if nothing else is said."""
_GONE_AFTER = 0.2
_TIDY_AFTER = 0.4
"""Seconds between the end of an object and Frigate's forgetting it outside its rows."""
_HISTORY_STEP = 1800.0
_RECORDED_AFTER = 20.0
_RECORDED_FOR = 10 * 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """Something that a client wrote: `kind` is sub_label or attributes."""

    kind: str
    id: str
    value: Any
    score: float | None
    time: float


@dataclass(kw_only=True, eq=False)
class World:
    """The cameras, who may walk past them, and all objects by id, oldest first.

    `truths` tells by id what each object really was, also when it left no row.

    `publish` is called with each message for `<prefix>/events`. With `speed` 2 a walk
    of ten seconds takes five; times in messages are always those of the real clock.
    """

    version: Version
    cameras: Sequence[Camera]
    cast: Cast
    snapshots: Snapshots
    models: Sequence[NativeModel]
    speed: float
    random: Random
    publish: Callable[[dict[str, Any]], None]
    objects: dict[str, SimObject] = field(default_factory=dict)
    truths: dict[str, str] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    walks: set[asyncio.Task[None]] = field(default_factory=set)

    def camera(self, name: str) -> Camera | None:
        """Return a camera by its name."""
        return next((item for item in self.cameras if item.name == name), None)

    def on_camera(self, camera: Camera) -> list[SimObject]:
        """Return all objects that a camera has seen."""
        return [item for item in self.objects.values() if item.camera == camera]

    def recorded(self, moment: float) -> bool:
        """Tell whether there is a recording: it takes a while, and is kept for days."""
        age = time.time() - moment
        return _RECORDED_AFTER <= age <= _RECORDED_FOR

    def start_walk(
        self,
        name: str,
        camera: str,
        *,
        duration: float = _WALK,
        rest: float = 0.0,
        stored_after: float = 0.0,
    ) -> SimObject:
        """Let someone of the cast walk past a camera; KeyError if either is unknown."""
        place = self.camera(camera)
        if place is None:
            raise KeyError(camera)
        seen = self._appear(name, place, time.time(), duration, rest=rest, live=True)
        seen.stored_after = stored_after
        task = asyncio.create_task(self._live(seen), name=f"walk {seen.id}")
        self.walks.add(task)
        task.add_done_callback(self.walks.discard)
        return seen

    def add_past(self, name: str, camera: Camera, start: float) -> SimObject:
        """Add an object that has been and gone."""
        seen = self._appear(name, camera, start, _WALK, rest=0.0, live=False)
        for sighting in seen.walk.sightings:
            seen.see(sighting, start + sighting.at)
        seen.end(seen.now.time + _GONE_AFTER)
        seen.tracked = False
        return seen

    def add_history(self, count: int) -> None:
        """Let everyone have walked past, in turn, at all hours of the last days."""
        names = sorted(self.cast)
        now = time.time()
        for number in range(count):
            camera = self.random.choice(list(self.cameras))
            age = (count - number) * _HISTORY_STEP + self.random.uniform(0, 900)
            self.add_past(names[number % len(names)], camera, now - age)

    def forget_all(self) -> None:
        """Do what a restart does: close all rows, and tell nobody."""
        for task in tuple(self.walks):
            task.cancel()
        for seen in tuple(self.objects.values()):
            if not seen.tracked:
                continue
            seen.tracked = False
            seen.end_time = seen.end_time or seen.start_time + 30
            if not seen.stored:
                del self.objects[seen.id]

    async def close(self) -> None:
        """End all walks."""
        walks = tuple(self.walks)
        for task in walks:
            task.cancel()
        await asyncio.gather(*walks, return_exceptions=True)

    def _appear(
        self,
        name: str,
        camera: Camera,
        start: float,
        duration: float,
        *,
        rest: float,
        live: bool,
    ) -> SimObject:
        subject = self.cast[name]
        appearance = subject.live() if live else subject.past()
        seen = SimObject(
            id=new_id(start),
            camera=camera,
            label=subject.label,
            truth=subject.name,
            appearance=appearance,
            walk=plan_walk(
                camera.size, appearance.aspect, duration, self.random, rest=rest
            ),
            version=self.version,
            snapshots_enabled=self.snapshots.enabled,
        )
        self.objects[seen.id] = seen
        self.truths[seen.id] = seen.truth
        return seen

    async def _live(self, seen: SimObject) -> None:
        """Show an object frame by frame, and send its messages."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        for sighting in seen.walk.sightings:
            await asyncio.sleep(start + sighting.at / self.speed - loop.time())
            self._tell(seen.see(sighting, time.time()))
        await asyncio.sleep(_GONE_AFTER / self.speed)
        await seen.may_leave.wait()
        self._tell(seen.end(time.time()))
        await asyncio.sleep(_TIDY_AFTER / self.speed)
        seen.tracked = False
        if not seen.stored:
            del self.objects[seen.id]

    def _tell(self, message: dict[str, Any] | None) -> None:
        if message is not None:
            self.publish(message)
