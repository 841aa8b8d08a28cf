"""The simulated Frigate's HTTP server: what nginx serves of it."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from . import classification, http_events, http_media
from .auth import Gate
from .faults import Faults
from .pictures import Studio
from .world import World

_CACHED_SECONDS = 5.0


def api(
    *,
    world: World,
    studio: Studio,
    gate: Gate,
    faults: Faults,
    config: Callable[[], dict[str, Any]],
) -> web.Application:
    """Return the application for /api."""

    async def version(request: web.Request) -> web.Response:
        return web.Response(text=world.version.full_text)

    async def configuration(request: web.Request) -> web.Response:
        return web.json_response(config())

    async def stats(request: web.Request) -> web.Response:
        cameras = {item.name: {"camera_fps": 5.0} for item in world.cameras}
        service = {"uptime": 4312, "version": world.version.full_text}
        return web.json_response({"cameras": cameras, "service": service})

    app = _guarded(faults.handle, gate.handle, Cache().handle)
    app.add_routes(
        [
            web.get("/version", version),
            web.get("/config", configuration),
            web.get("/stats", stats),
            web.get("/profile", gate.profile),
            web.post("/login", gate.log_in),
            *http_events.routes(world),
            *http_media.routes(world, studio),
            *classification.routes(world, studio),
        ]
    )
    return app


def clips(
    *, world: World, studio: Studio, gate: Gate, faults: Faults
) -> web.Application:
    """Return the application for /clips."""
    app = _guarded(faults.handle, gate.handle)
    app.add_routes(classification.clips(world, studio))
    return app


class Cache:
    """Keeps JSON answers for five seconds, as Frigate's nginx does."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[float, web.Response]] = {}

    async def handle(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Answer from memory unless the client asks not to."""
        key = (request.path_qs, request["role"])
        kept = self._kept.get(key)
        bypass = "X-Cache-Bypass" in request.headers
        if request.method == "GET" and kept and not bypass:
            at, old = kept
            if time.monotonic() - at < _CACHED_SECONDS:
                return web.Response(body=old.body, content_type=old.content_type)
        answer = await handler(request)
        is_json = (
            answer.content_type == "application/json" and answer.status == HTTPStatus.OK
        )
        if request.method == "GET" and is_json and isinstance(answer, web.Response):
            self._kept[key] = (time.monotonic(), answer)
        return answer


type _Step = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


def _guarded(*steps: _Step) -> web.Application:
    return web.Application(middlewares=[_as_middleware(step) for step in steps])


def _as_middleware(step: _Step) -> Any:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await step(request, handler)

    return middleware
