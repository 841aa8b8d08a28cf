"""Frigate's own classification models over HTTP (0.17 and newer)."""

from aiohttp import web

from .auth import admin_by_default
from .cameras import NativeModel
from .http_media import not_found
from .pictures import Studio
from .world import World

_FIRST_IMAGE = 1795318824
"""The time in the names of the dataset's images, which are one second apart."""


def routes(world: World, studio: Studio) -> list[web.RouteDef]:
    """Return the routes below /api."""
    if not world.version.has_attributes:
        return []
    models = _Models(world)
    return [
        web.get("/classification/{name}/dataset", models.dataset),
        web.get("/classification/{name}/train", models.train_images),
        web.get("/classification/attributes", models.attributes),
    ]


def clips(world: World, studio: Studio) -> list[web.RouteDef]:
    """Return the routes below /clips, static files to Frigate's nginx."""

    async def image(request: web.Request) -> web.Response:
        model = _named(world, request.match_info["model"])
        category, name = request.match_info["category"], request.match_info["file"]
        if model is None or name not in _files(model).get(category, ()):
            return not_found("File not found")
        if category not in world.cast:
            return not_found("File not found")
        data = await studio.portrait(world.cast[category].past())
        return web.Response(body=data, content_type="image/png")

    return [web.get("/{model}/dataset/{category}/{file}", image)]


class _Models:
    def __init__(self, world: World) -> None:
        self._world = world

    async def dataset(self, request: web.Request) -> web.Response:
        if refusal := admin_by_default(request, self._world.version):
            return refusal
        model = _named(self._world, request.match_info["name"])
        if model is None:
            return web.json_response({"categories": {}, "training_metadata": None})
        files = _files(model)
        count = sum(len(names) for names in files.values())
        metadata = {
            "has_trained": False,
            "last_training_date": None,
            "last_training_image_count": 0,
            "current_image_count": count,
            "new_images_count": count,
            "dataset_changed": count > 0,
        }
        return web.json_response({"categories": files, "training_metadata": metadata})

    async def train_images(self, request: web.Request) -> web.Response:
        refusal = admin_by_default(request, self._world.version)
        return refusal or web.json_response([])

    async def attributes(self, request: web.Request) -> web.Response:
        wanted = request.query.get("object_type")
        found = {
            model.name: sorted(name for name in model.classes if name != "none")
            for model in self._world.models
            if model.type == "attribute" and (wanted is None or wanted in model.objects)
        }
        if request.query.get("group_by_model") in {"1", "true", "True"}:
            return web.json_response(found)
        return web.json_response(
            sorted({name for names in found.values() for name in names})
        )


def _named(world: World, name: str) -> NativeModel | None:
    return next((item for item in world.models if item.name == name), None)


def _files(model: NativeModel) -> dict[str, list[str]]:
    """Name the images of each class as Frigate does."""
    return {
        category: [
            f"{category}-{_FIRST_IMAGE + number}.5-abc{number:03}.png"
            for number in range(count)
        ]
        for category, count in model.classes.items()
    }
