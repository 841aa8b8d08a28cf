"""What comes from Frigate, or from whoever may write to the broker."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, Final, Self

from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestServer
from hypothesis import strategies as st

from custom_components.objclass.frigate.client import FrigateClient
from custom_components.objclass.frigate.errors import FrigateError, InvalidMessageError
from custom_components.objclass.frigate.messages import (
    parse_availability,
    parse_event,
    parse_tracked_object_update,
)
from custom_components.objclass.frigate.models import (
    parse_config,
    parse_dataset,
    parse_stored_event,
)
from tests.components.objclass.frigate.examples import STORED

from .damage import JSON, NUMBERS, TEXTS, damaged_bytes, damaged_json
from .target import Target, refused
from .whole import CONFIG, DATASET, EVENTS, UPDATES

# MQTT


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def _payloads(whole: list[Any]) -> st.SearchStrategy[bytes]:
    return (
        damaged_json(whole).map(_as_bytes)
        | damaged_json(whole).map(_as_bytes)
        | damaged_bytes([_as_bytes(value) for value in whole])
        | st.binary(max_size=200)
    )


_NAMES: Final = TEXTS | st.sampled_from(["../../config", "a/b", "..\\b", "/etc/passwd"])
_ODD: Final[dict[str, st.SearchStrategy[Any]]] = {
    "id": _NAMES,
    "camera": _NAMES,
    "frame_time": NUMBERS,
    "box": st.lists(st.integers(-2, 9) | NUMBERS, min_size=4, max_size=4),
}


@st.composite
def _odd_objects(draw: st.DrawFn) -> bytes:
    """Return a sound message but for what names, places or times its object."""
    event = deepcopy(draw(st.sampled_from(EVENTS)))
    key = draw(st.sampled_from(sorted(_ODD)))
    event["after"][key] = draw(_ODD[key])
    return _as_bytes(event)


# What leads out of a folder, or of a part of an address.
_OUTWARDS: Final = frozenset("/\\")


def _is_day(time: float | None) -> bool:
    return time is None or datetime.fromtimestamp(time, UTC).year >= 1970


def _message(payload: bytes) -> bool:
    try:
        seen = parse_event(payload).after
    except InvalidMessageError:
        return False
    # Who is half out of the frame may have a box that begins outside of it.
    box = seen.box
    assert -0xFFFF <= box.x1 < box.x2 <= 0xFFFF
    assert -0xFFFF <= box.y1 < box.y2 <= 0xFFFF
    assert _is_day(seen.frame_time)
    assert not _OUTWARDS & {*seen.id, *seen.camera}
    return True


def _update(payload: bytes) -> bool:
    try:
        update = parse_tracked_object_update(payload)
    except InvalidMessageError:
        return False
    assert not _OUTWARDS & {*(update.id or "")}
    return True


def _availability(payload: bytes) -> bool:
    try:
        parse_availability(payload)
    except InvalidMessageError:
        return False
    return True


# HTTP, what a body says


def _config(value: Any) -> bool:
    try:
        config = parse_config(value)
    except InvalidMessageError:
        return False
    for name, camera in config.cameras.items():
        assert not _OUTWARDS & {*name}
        assert min(camera.width, camera.height) > 0
    assert 0 <= config.face_threshold <= 1
    return True


def _stored(value: Any) -> bool:
    try:
        event = parse_stored_event(value)
    except InvalidMessageError:
        return False
    assert not _OUTWARDS & {*event.id, *event.camera}
    times = (event.start_time, event.end_time, event.snapshot_frame_time)
    assert all(_is_day(time) for time in times)
    if box := event.absolute_box(1280, 720):
        assert 0 <= box.x1 < box.x2 <= 1280
        assert 0 <= box.y1 < box.y2 <= 720
    return True


@st.composite
def _odd_rows(draw: st.DrawFn) -> Any:
    """Return a stored event of which one thing is odd."""
    boxes = st.lists(st.floats(-2, 2), min_size=4, max_size=4)
    odd = {
        "id": _NAMES,
        "camera": _NAMES,
        "start_time": NUMBERS,
        "end_time": NUMBERS,
        "data": boxes.map(lambda box: STORED["data"] | {"box": box}),
    }
    key = draw(st.sampled_from(sorted(odd)))
    return STORED | {key: draw(odd[key])}


def _dataset(value: Any) -> bool:
    try:
        classes = parse_dataset(value)
    except InvalidMessageError:
        return False
    for name in (*classes, *chain.from_iterable(classes.values())):
        assert not _OUTWARDS & {*name}
        assert name not in {"", ".", ".."}
    return True


# HTTP, as it comes over the wire


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCase:
    """An answer, and which request it is the answer to."""

    method: str
    status: int
    kind: str
    body: bytes


METHODS: Final[dict[str, Callable[[FrigateClient], Awaitable[object]]]] = {
    "version": FrigateClient.version,
    "config": FrigateClient.config,
    "role": FrigateClient.role,
    "snapshot": lambda client: client.snapshot("1.0-a"),
    "clean_snapshot": lambda client: client.clean_snapshot("1.0-a"),
    "latest_frame": lambda client: client.latest_frame("yard"),
    "event": lambda client: client.event("1.0-a"),
    "events": lambda client: client.events(limit=10),
    "dataset": lambda client: client.dataset("cats"),
    "set_sub_label": lambda client: client.set_sub_label("1.0-a", "leo", 0.9),
    "set_attributes": lambda client: client.set_attributes("1.0-a", ["leo"]),
}


class _Server:
    """A Frigate that answers whatever it is told to, and a client for it."""

    case: HttpCase

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._runner.run(self._start())

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        server = TestServer(app)
        await server.start_server()
        session = ClientSession(timeout=ClientTimeout(total=10))
        self.client = FrigateClient(session, str(server.make_url("")), retry_delays=())

    async def _answer(self, _request: web.Request) -> web.Response:
        case = self.case
        return web.Response(
            status=case.status, body=case.body, headers={"Content-Type": case.kind}
        )

    def ask(self, case: HttpCase) -> bool:
        """Return whether the client took the answer."""
        self.case = case
        try:
            self._runner.run(self._call(case.method))
        except FrigateError as err:
            return refused(err)
        return True

    async def _call(self, method: str) -> None:
        await METHODS[method](self.client)

    @classmethod
    @cache
    def shared(cls) -> Self:
        return cls()


_ANY_BODY: Final = (
    st.binary(max_size=100)
    | st.sampled_from([b"", b"0.18.0-abc", b"<html>", b"\xff\xd8\xff\xe0", b"[[[" * 50])
    | JSON.map(_as_bytes)
)
_PICTURE: Final = damaged_bytes([b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"RIFF\0\0\0\0WEBP"])
_BODIES: Final[dict[str, st.SearchStrategy[bytes]]] = {
    "version": damaged_bytes([b"0.18.0-abcdef1", b"0.14.1"]),
    "config": damaged_json([CONFIG]).map(_as_bytes),
    "role": damaged_json([{"username": "ann", "role": "viewer"}]).map(_as_bytes),
    "snapshot": _PICTURE,
    "clean_snapshot": _PICTURE,
    "latest_frame": _PICTURE,
    "event": damaged_json([STORED]).map(_as_bytes),
    "events": damaged_json([[STORED, STORED], []]).map(_as_bytes),
    "dataset": damaged_json([DATASET]).map(_as_bytes),
    "set_sub_label": damaged_json([{"success": True}]).map(_as_bytes),
    "set_attributes": damaged_json([{"success": True}]).map(_as_bytes),
}
_OK: Final = (200, 200, 200, 201, 204)
_REFUSALS: Final = (400, 401, 403, 404, 429, 500, 503)
_KINDS: Final = (
    *("application/json", "application/json", "image/jpeg", "image/webp"),
    *("text/html", "text/plain", "x"),
)


@st.composite
def _answers(draw: st.DrawFn) -> HttpCase:
    """Return an answer that may be one to the question, or to none."""
    method = draw(st.sampled_from(sorted(METHODS)))
    return HttpCase(
        method=method,
        status=draw(st.sampled_from(_OK) | st.sampled_from(_REFUSALS)),
        kind=draw(st.sampled_from(_KINDS)),
        body=draw(_BODIES[method] | _BODIES[method] | _ANY_BODY),
    )


TARGETS: Final = (
    Target(
        name="MQTT events",
        cases=_payloads(EVENTS) | _odd_objects() | _odd_objects(),
        attempt=_message,
        whole=[_as_bytes(value) for value in EVENTS],
    ),
    Target(
        name="MQTT updates",
        cases=_payloads(UPDATES),
        attempt=_update,
        whole=[_as_bytes(value) for value in UPDATES],
    ),
    Target(
        name="MQTT availability",
        cases=damaged_bytes([b"online", b"offline"])
        | st.sampled_from([b"online", b"offline", b"stopped"])
        | st.binary(max_size=50),
        attempt=_availability,
    ),
    Target(
        name="Frigate's configuration",
        cases=damaged_json([CONFIG])
        | _NAMES.map(lambda name: CONFIG | {"cameras": {name: {}}}),
        attempt=_config,
    ),
    Target(
        name="stored events",
        cases=damaged_json([STORED]) | _odd_rows(),
        attempt=_stored,
    ),
    Target(
        name="datasets",
        cases=JSON
        | damaged_json([DATASET])
        | st.dictionaries(_NAMES, st.lists(_NAMES, max_size=3), max_size=3).map(
            lambda classes: {"categories": classes}
        ),
        attempt=_dataset,
    ),
    Target(
        name="HTTP answers",
        cases=_answers(),
        attempt=lambda case: _Server.shared().ask(case),
    ),
)
