"""A Frigate that costs nothing: prepared pictures over HTTP, messages over MQTT.

The simulated Frigate of the tests draws what its cameras see and is too slow for
hundreds of messages a second. This one answers what Frigate 0.18 answers, for any
object that it has spoken of, and notes which pictures were asked for.
"""

import copy
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from aiohttp import web

from tests.frigate_sim.mqtt import Publisher
from tests.stack.ports import LOOPBACK, free_port

from .pictures import BOX, SIZE, pictures

PREFIX: Final = "frigate"
LAST: Final = "last_of_all"
VERSION: Final = "0.18.0-a1b2c3d"


@dataclass(kw_only=True)
class Seen:
    """An object that messages were sent about; `number` counts them all."""

    id: str
    number: int
    camera: str
    label: str
    kind: int
    start_time: float
    frame_time: float
    ended: bool = False
    before: dict[str, Any] | None = None
    sub_label: list[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A picture that was asked for, at a monotonic time."""

    number: int
    at: float


@dataclass(kw_only=True)
class FastFrigate:
    """One Frigate with so many cameras that track `labels`. Use with `async with`."""

    mqtt_host: str
    mqtt_port: int
    cameras: int
    labels: Sequence[str]
    asked: list[Asked] = field(default_factory=list)
    objects: dict[str, Seen] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        """Connect to the broker, and listen."""
        self._numbers = itertools.count()
        self._pictures = pictures()
        self._publisher = Publisher(self.mqtt_host, self.mqtt_port, PREFIX)
        await self._publisher.start()
        app = web.Application()
        app.add_routes(
            [
                web.get("/api/version", self._version),
                web.get("/api/config", self._config),
                web.get("/api/profile", self._profile),
                web.get("/api/events", self._events),
                web.get("/api/events/{id}", self._event),
                web.get("/api/events/{id}/snapshot.jpg", self._snapshot),
                web.get("/api/events/{id}/snapshot-clean.webp", self._snapshot),
                web.post("/api/events/{id}/sub_label", self._sub_label),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        port = free_port()
        await web.TCPSite(self._runner, LOOPBACK, port).start()
        self.url = f"http://{LOOPBACK}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        await self._publisher.stop()
        await self._runner.cleanup()

    # What it says

    def appear(self, label: str, *, kind: int = 0) -> Seen:
        """Let an object come into view, unsaid; `kind` is what it looks like."""
        number, now = next(self._numbers), time.time()
        seen = Seen(
            id=f"{now:.6f}-n{number:05}",
            number=number,
            camera=f"camera_{number % self.cameras}",
            label=label,
            kind=kind,
            start_time=now,
            frame_time=now,
        )
        self.objects[seen.id] = seen
        return seen

    def tell(self, seen: Seen, *, ended: bool = False) -> float:
        """Publish an object's next message, with a new best frame.

        Returns the monotonic time just before it was sent. An object that has ended is
        soon forgotten.
        """
        first = seen.before is None
        seen.ended = ended
        seen.frame_time = time.time()
        after = _as_message(seen)
        payload = {
            "before": seen.before or after,
            "after": after,
            "type": "end" if ended else "new" if first else "update",
        }
        seen.before = after
        sent = time.monotonic()
        self._publisher.publish("events", payload)
        return sent

    def say_last(self) -> None:
        """Publish something after all that was published before."""
        self._publisher.publish(LAST, {})

    def forget(self, before: float) -> None:
        """Forget the objects that have ended before a time (epoch seconds)."""
        for seen in list(self.objects.values()):
            if seen.ended and seen.frame_time < before:
                del self.objects[seen.id]

    # What it answers

    async def _version(self, _request: web.Request) -> web.Response:
        return web.Response(text=VERSION)

    async def _profile(self, _request: web.Request) -> web.Response:
        return web.json_response({"username": "anonymous", "role": "admin"})

    async def _config(self, _request: web.Request) -> web.Response:
        width, height = SIZE
        camera = {
            "enabled": True,
            "detect": {"enabled": True, "width": width, "height": height, "fps": 5},
            "objects": {"track": [*self.labels], "filters": {}},
            "zones": {},
            "snapshots": {"enabled": True},
        }
        names = [f"camera_{number}" for number in range(self.cameras)]
        return web.json_response(
            {
                "mqtt": {"enabled": True, "topic_prefix": PREFIX, "client_id": PREFIX},
                "cameras": {
                    name: copy.deepcopy(camera) | {"name": name} for name in names
                },
                "classification": {"custom": {}},
                "face_recognition": {"enabled": False},
                "lpr": {"enabled": False},
            }
        )

    async def _events(self, _request: web.Request) -> web.Response:
        return web.json_response([])

    async def _event(self, request: web.Request) -> web.Response:
        seen = self._seen(request)
        width, height = SIZE
        x1, y1, x2, y2 = BOX
        box = [x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height]
        return web.json_response(
            {
                "id": seen.id,
                "label": seen.label,
                "sub_label": seen.sub_label and seen.sub_label[0],
                "camera": seen.camera,
                "start_time": seen.start_time,
                "end_time": seen.frame_time if seen.ended else None,
                "zones": [],
                "has_clip": True,
                "has_snapshot": True,
                "data": {"box": box, "score": 0.9, "top_score": 0.9},
            }
        )

    async def _snapshot(self, request: web.Request) -> web.Response:
        seen = self._seen(request)
        self.asked.append(Asked(number=seen.number, at=time.monotonic()))
        choice = self._pictures[seen.kind % len(self._pictures)]
        picture = choice[int(seen.frame_time * 1000) % len(choice)]
        headers = {
            "X-Frame-Time": f"{seen.frame_time:.6f}",
            "Cache-Control": "no-store",
        }
        return web.Response(body=picture, content_type="image/jpeg", headers=headers)

    async def _sub_label(self, request: web.Request) -> web.Response:
        body = await request.json()
        seen = self._seen(request)
        seen.sub_label = [body["subLabel"], body.get("subLabelScore")]
        return web.json_response({"success": True, "message": "sub label set"})

    def _seen(self, request: web.Request) -> Seen:
        seen = self.objects.get(request.match_info["id"])
        if seen is None:
            raise web.HTTPNotFound
        return seen


def _as_message(seen: Seen) -> dict[str, Any]:
    """Describe an object as Frigate 0.18 does, with a path as long as usual."""
    x1, y1, x2, y2 = BOX
    common: dict[str, Any] = {
        "frame_time": seen.frame_time,
        "score": 0.91,
        "box": [*BOX],
        "area": (x2 - x1) * (y2 - y1),
        "region": [x1 - 40, y1 - 40, x2 + 40, y2 + 40],
        "current_estimated_speed": 0,
        "velocity_angle": 0,
        "recognized_license_plate": None,
    }
    path = [[[0.1 + step / 50, 0.5], seen.start_time + step] for step in range(20)]
    return common | {
        "id": seen.id,
        "camera": seen.camera,
        "snapshot": common | {"attributes": [], "path_data": []},
        "label": seen.label,
        "sub_label": seen.sub_label,
        "top_score": 0.93,
        "computed_score": 0.93,
        "false_positive": False,
        "start_time": seen.start_time,
        "end_time": seen.frame_time if seen.ended else None,
        "ratio": 0.8,
        "stationary": False,
        "active": True,
        "motionless_count": 0,
        "position_changes": 2,
        "current_zones": [],
        "entered_zones": [],
        "has_clip": True,
        "has_snapshot": True,
        "snapshot_clean": True,
        "attributes": {},
        "current_attributes": [],
        "pending_loitering": False,
        "max_severity": "detection",
        "average_estimated_speed": 0,
        "path_data": path,
        "score_history": [0.9] * 10,
    }
