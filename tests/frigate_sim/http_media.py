"""Pictures over HTTP: snapshots, thumbnails and the latest frame."""

from aiohttp import web

from .objects import SimObject
from .pictures import Studio, Style
from .world import World

_UNCHANGING = "private, max-age=31536000"


def routes(world: World, studio: Studio) -> list[web.RouteDef]:
    """Return the routes below /api."""
    media = _Media(world, studio)
    clean = world.version.clean_extension
    thumbnails = "|".join(world.version.picture_extensions)
    frames = "|".join(world.version.frame_extensions)
    recorded = "|".join(world.version.recorded_extensions)
    return [
        web.get("/events/{id}/snapshot.jpg", media.snapshot),
        web.get(f"/events/{{id}}/snapshot-clean.{clean}", media.clean_snapshot),
        web.get(
            f"/events/{{id}}/thumbnail.{{extension:{thumbnails}}}", media.thumbnail
        ),
        web.get(
            f"/{{camera}}/recordings/{{time}}/snapshot.{{extension:{recorded}}}",
            media.recorded,
        ),
        web.get(f"/{{camera}}/latest.{{extension:{frames}}}", media.latest),
    ]


def not_found(message: str) -> web.Response:
    """Answer 404 in Frigate's way."""
    return web.json_response({"success": False, "message": message}, status=404)


class _Media:
    def __init__(self, world: World, studio: Studio) -> None:
        self._world = world
        self._studio = studio
        self._version = world.version

    async def snapshot(self, request: web.Request) -> web.Response:
        seen = self._world.objects.get(request.match_info["id"])
        if seen is None or not (seen.tracked or seen.stored):
            old = self._version.minor < 16
            return not_found("Event not found" if old else "Live frame not available")
        if not seen.tracked and not (seen.moved and seen.snapshots_enabled):
            return not_found("Snapshot not available")
        if seen.tracked or self._version.redraws_ended:
            style = self._style(request)
        else:
            style = self._configured()
        data = await self._studio.best(seen, self._others(seen), style)
        if data is None or seen.best is None:
            return not_found("Live frame not available")
        headers = {"Cache-Control": "no-store" if seen.tracked else _UNCHANGING}
        if self._version.tells_frame_time:
            headers["X-Frame-Time"] = str(seen.best.time)
        return web.Response(body=data, content_type="image/jpeg", headers=headers)

    async def clean_snapshot(self, request: web.Request) -> web.Response:
        seen = self._world.objects.get(request.match_info["id"])
        if seen is None or not seen.stored:
            return not_found("Event not found")
        kept = self._world.snapshots.clean_copy or self._version.minor >= 18
        if not (self._world.snapshots.enabled and seen.moved and kept):
            return not_found("Snapshots and clean_copy must be enabled in the config")
        style = Style(quality=60, extension=self._version.clean_extension)
        data = await self._studio.best(seen, self._others(seen), style)
        cache = "no-cache" if self._version.minor >= 18 else _UNCHANGING
        return web.Response(
            body=data, content_type=style.content_type, headers={"Cache-Control": cache}
        )

    async def thumbnail(self, request: web.Request) -> web.Response:
        seen = self._world.objects.get(request.match_info["id"])
        extension = request.match_info["extension"]
        data = None
        if seen is not None and (seen.tracked or seen.stored):
            data = await self._studio.thumbnail(seen, self._others(seen), extension)
        if data is None:
            return not_found("Event not found")
        style = Style(extension=extension)
        return web.Response(body=data, content_type=style.content_type)

    async def recorded(self, request: web.Request) -> web.Response:
        camera = self._world.camera(request.match_info["camera"])
        time = float(request.match_info["time"])
        if camera is None or not self._world.recorded(time):
            return not_found(f"Recording not found at {time}")
        style = Style(
            height=int(request.query.get("height", 0)) or None,
            extension=request.match_info["extension"],
        )
        objects = self._world.on_camera(camera)
        data = await self._studio.recorded(camera, objects, time, style)
        return web.Response(body=data, content_type=style.content_type)

    async def latest(self, request: web.Request) -> web.Response:
        camera = self._world.camera(request.match_info["camera"])
        if camera is None:
            return not_found("Camera not found")
        style = self._style(request, request.match_info["extension"])
        objects = self._world.on_camera(camera)
        cleared = any(
            item.tracked and item.sub_label == (None, None) for item in objects
        )
        if cleared and style.bbox and self._version.minor >= 16:
            return web.Response(
                status=500, text="Internal Server Error"
            )  # is_label_printable
        data = await self._studio.latest(camera, objects, style)
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=data, content_type=style.content_type, headers=headers)

    def _others(self, seen: SimObject) -> list[SimObject]:
        return self._world.on_camera(seen.camera)

    def _configured(self) -> Style:
        """Return what the `snapshots:` configuration says."""
        snapshots = self._world.snapshots
        return Style(
            bbox=snapshots.bounding_box,
            timestamp=snapshots.timestamp,
            crop=snapshots.crop,
            height=snapshots.height,
        )

    def _style(self, request: web.Request, extension: str = "jpg") -> Style:
        """Read the query; what is left out is off, or as configured from 0.18 on."""
        from_config = self._version.minor >= 18 and "latest" not in request.path
        default = self._configured() if from_config else Style()

        def number(key: str, otherwise: int) -> int:
            try:
                return int(request.query.get(key, otherwise))
            except ValueError:
                detail = [{"type": "int_parsing", "loc": ["query", key]}]
                raise web.HTTPUnprocessableEntity(text=str(detail)) from None

        return Style(
            bbox=bool(number("bbox", default.bbox)),
            timestamp=bool(number("timestamp", default.timestamp)),
            crop=bool(number("crop", default.crop)),
            height=number(self._version.height_parameter, default.height or 0) or None,
            quality=number("quality", 70),
            extension=extension,
        )
