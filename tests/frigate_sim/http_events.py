"""Objects over HTTP: reading rows, writing sub labels and attributes."""

import json
import time
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from .auth import admin_needed
from .http_media import not_found
from .objects import SimObject
from .rows import row, select
from .world import World, Write

_LONGEST_SUB_LABEL = 100


def routes(world: World) -> list[web.RouteDef]:
    """Return the routes below /api."""
    events = _Events(world)
    found = [
        web.get("/events", events.list_all),
        web.get("/events/{id}", events.one),
        web.post("/events/{id}/sub_label", events.set_sub_label),
    ]
    if world.version.has_attributes:
        found.append(web.post("/events/{id}/attributes", events.set_attributes))
    return found


class _Events:
    def __init__(self, world: World) -> None:
        self._world = world
        self._version = world.version

    async def list_all(self, request: web.Request) -> web.Response:
        found = select(self._world.objects.values(), request.query)
        return web.json_response([row(item) for item in found])

    async def one(self, request: web.Request) -> web.Response:
        seen = self._world.objects.get(request.match_info["id"])
        if seen is None or not seen.stored:
            return web.json_response("Event not found", status=404)
        return web.json_response(row(seen))

    async def set_sub_label(self, request: web.Request) -> web.Response:
        if refusal := admin_needed(request, self._version):
            return refusal
        body = await _body(request)
        if problem := self._sub_label_problem(body):
            return self._unprocessable(problem)
        seen = self._world.objects.get(request.match_info["id"])
        unstored_is_fine = self._version.writes_unstored
        if seen is None or not (seen.stored or (unstored_is_fine and seen.tracked)):
            return not_found(f"Event {request.match_info['id']} not found.")
        text, score = body["subLabel"], body.get("subLabelScore")
        if not text and self._version.minor >= 16:
            seen.sub_label = (None, None)
        else:
            seen.sub_label = (text, score)
        if score is not None:
            seen.row_sub_label_score = score
        self._note("sub_label", seen, text, score)
        message = f"Event {seen.id} sub label set to {text or None}"
        return web.json_response({"success": True, "message": message})

    async def set_attributes(self, request: web.Request) -> web.Response:
        if refusal := admin_needed(request, self._version):
            return refusal
        body = await _body(request)
        values = body.get("attributes")
        if not isinstance(values, list):
            return self._unprocessable(
                {"loc": ["body", "attributes"], "type": "missing"}
            )
        seen = self._world.objects.get(request.match_info["id"])
        if seen is None or not seen.stored:
            return not_found(f"Event {request.match_info['id']} not found.")
        applied = list(self._apply(seen, values))
        if not applied:
            message = "No matching attributes found for this object type."
            return web.json_response({"success": False, "message": message}, status=400)
        self._note("attributes", seen, values, None)
        message = f"Updated {len(applied)} attribute(s)"
        return web.json_response(
            {"success": True, "message": message, "applied": applied}
        )

    def _apply(self, seen: SimObject, values: list[str]) -> Iterable[dict[str, Any]]:
        """Set each attribute model's match; a model without one is cleared.

        Either is an update that Frigate's answer tells of.
        """
        for model in self._world.models:
            right_kind = model.enabled and model.type == "attribute"
            if not right_kind or seen.label not in model.objects:
                continue
            match = next((value for value in values if value in model.classes), None)
            if match is None:
                seen.attributes.pop(model.name, None)
                yield {"model": model.name, "label": None, "score": None}
                continue
            seen.attributes[model.name] = (match, 1.0)
            yield {"model": model.name, "label": match, "score": 1.0}

    def _sub_label_problem(self, body: dict[str, Any]) -> dict[str, Any] | None:
        text, score = body.get("subLabel"), body.get("subLabelScore")
        if not isinstance(text, str):
            return {"loc": ["body", "subLabel"], "type": "missing", "input": text}
        if len(text) > _LONGEST_SUB_LABEL:
            return {
                "loc": ["body", "subLabel"],
                "type": "string_too_long",
                "input": text,
            }
        if score is None:
            return None
        zero_is_fine = self._version.minor < 15
        if not isinstance(score, int | float) or score > 1 or score < 0:
            return {"loc": ["body", "subLabelScore"], "type": "less_than_equal"}
        if score == 0 and not zero_is_fine:
            return {"loc": ["body", "subLabelScore"], "type": "greater_than"}
        return None

    def _unprocessable(self, problem: dict[str, Any]) -> web.Response:
        if self._version.minor < 15:
            answer = {"success": False, "message": f"Invalid {problem['loc'][1]}"}
            return web.json_response(answer, status=400)
        return web.json_response({"detail": [problem]}, status=422)

    def _note(
        self, kind: str, seen: SimObject, value: Any, score: float | None
    ) -> None:
        self._world.writes.append(
            Write(kind=kind, id=seen.id, value=value, score=score, time=time.time())
        )


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
