"""What only a simulation has: the truth, starting walks, and switching faults on.

GET  /sim/truth     {id: class} of every object there ever was
GET  /sim/state     what was written, and all objects with their sub labels
POST /sim/walk      {"name", "camera", "duration"?, "rest"?, "stored_after"?} -> {"id"}
GET, POST, DELETE   /sim/faults  the faults (see faults.Fault), one more, none
POST /sim/restart   restart Frigate: no `end` is sent for what is in view
POST /sim/expire    make all log-ins expire
GET  /sim/          a page with the cameras
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from html import escape

from aiohttp import web

from .auth import Gate
from .faults import Fault, Faults
from .rows import row
from .world import World


def routes(
    world: World, gate: Gate, faults: Faults, restart: Callable[[], Awaitable[None]]
) -> list[web.RouteDef]:
    """Return the routes, to be mounted at the root."""

    async def walk(request: web.Request) -> web.Response:
        body = await request.json()
        try:
            seen = world.start_walk(**body)
        except (KeyError, TypeError) as err:
            return web.json_response({"message": f"cannot walk: {err}"}, status=400)
        return web.json_response({"id": seen.id})

    async def add_fault(request: web.Request) -> web.Response:
        try:
            faults.add(Fault.from_json(await request.json()))
        except TypeError as err:
            return web.json_response({"message": str(err)}, status=400)
        return web.json_response(faults.as_json())

    async def clear_faults(request: web.Request) -> web.Response:
        faults.clear()
        return web.json_response([])

    async def restarted(request: web.Request) -> web.Response:
        await restart()
        return web.json_response({})

    async def expire(request: web.Request) -> web.Response:
        gate.expire_all()
        return web.json_response({})

    return [
        web.get("/sim/", _page(world)),
        web.get("/sim/truth", _json(lambda: world.truths)),
        web.get("/sim/state", _json(lambda: _state(world))),
        web.post("/sim/walk", walk),
        web.get("/sim/faults", _json(faults.as_json)),
        web.post("/sim/faults", add_fault),
        web.delete("/sim/faults", clear_faults),
        web.post("/sim/restart", restarted),
        web.post("/sim/expire", expire),
    ]


type _View = Callable[[web.Request], Awaitable[web.Response]]


def _json(value: Callable[[], object]) -> _View:
    async def view(request: web.Request) -> web.Response:
        return web.json_response(value())

    return view


def _state(world: World) -> dict[str, object]:
    objects = world.objects.values()
    return {
        "writes": [asdict(item) for item in world.writes],
        "tracked": [item.id for item in objects if item.tracked],
        "sub_labels": {
            item.id: list(item.sub_label)
            for item in objects
            if item.sub_label is not None
        },
        "attributes": {item.id: item.attributes for item in objects if item.attributes},
        "objects": {item.id: row(item) | {"truth": item.truth} for item in objects},
    }


def _page(world: World) -> _View:
    async def view(request: web.Request) -> web.Response:
        cameras = "".join(
            f'<figure><img src="../api/{name}/latest.jpg?bbox=1&amp;height=360" '
            f"data-camera><figcaption>{name}</figcaption></figure>"
            for name in (escape(item.name) for item in world.cameras)
        )
        return web.Response(text=_PAGE + cameras, content_type="text/html")

    return view


_PAGE = """<!doctype html><meta charset="utf-8"><title>Simulated Frigate</title>
<style>body{font-family:sans-serif;background:#111;color:#eee;display:flex;flex-wrap:wrap}
figure{margin:8px}</style>
<script>setInterval(() => {
  for (const image of document.querySelectorAll("[data-camera]")) {
    const address = new URL(image.src);
    address.searchParams.set("t", Date.now());
    image.src = address;
  }
}, 500)</script>
"""
