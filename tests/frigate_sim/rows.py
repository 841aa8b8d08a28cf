"""Objects as Frigate's database and its HTTP interface describe them."""

from collections.abc import Iterable, Mapping
from typing import Any

from .objects import SimObject, area


def row(seen: SimObject) -> dict[str, Any]:
    """Return an object as /api/events does."""
    return {
        "id": seen.id,
        "label": seen.label,
        "sub_label": seen.sub_label and seen.sub_label[0],
        "camera": seen.camera.name,
        "start_time": seen.start_time,
        "end_time": seen.end_time,
        "false_positive": False,
        "zones": list(seen.entered_zones),
        "thumbnail": None,
        "has_clip": seen.moved,
        "has_snapshot": seen.moved and seen.snapshots_enabled,
        "retain_indefinitely": False,
        "plus_id": None,
        "top_score": None,
        "box": None,
        "data": _data(seen),
    }


def _data(seen: SimObject) -> dict[str, Any]:
    minor = seen.version.minor
    data: dict[str, Any] = {
        "attributes": [],
        "type": "object",
        "max_severity": "detection",
    }
    if seen.best is not None:
        x1, y1, x2, y2 = seen.best.sighting.box
        width, height = seen.camera.size
        box = (x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height)
        score = seen.best.sighting.score
        data |= {
            "box": list(box),
            "region": list(box),
            "score": score,
            "top_score": score,
        }
        if minor >= 18:
            data |= {"snapshot_clean": True, "snapshot_frame_time": seen.best.time}
            data |= {"snapshot_area": area(seen.best.sighting.box)}
    if minor >= 16:
        data |= {"velocity_angle": 0, "average_estimated_speed": 0}
        data |= {"path_data": [list(item) for item in seen.path]}
    if seen.row_sub_label_score is not None:
        data["sub_label_score"] = seen.row_sub_label_score
    for model, (value, sureness) in seen.attributes.items():
        if value is not None:
            data |= {model: value, f"{model}_score": sureness}
    return data


def select(objects: Iterable[SimObject], query: Mapping[str, str]) -> list[SimObject]:
    """Return the stored objects that /api/events lists for a query, newest first."""
    found = [item for item in objects if item.stored and _matches(item, query)]
    found.sort(key=lambda item: item.start_time, reverse=True)
    if query.get("sort") == "date_asc":
        found.reverse()
    return found[: int(query.get("limit") or 100)]


def _matches(seen: SimObject, query: Mapping[str, str]) -> bool:
    def named(key: str, values: Iterable[str | None]) -> bool:
        wanted = query.get(key, query.get(f"{key}s", "all"))
        if wanted == "all":
            return True
        names = wanted.split(",")
        return any((value or "None") in names for value in values)

    flags = {
        "has_clip": seen.moved,
        "has_snapshot": seen.moved and seen.snapshots_enabled,
        "in_progress": seen.end_time is None,
    }
    return (
        named("camera", [seen.camera.name])
        and named("label", [seen.label])
        and named("sub_label", [seen.sub_label and seen.sub_label[0]])
        and named("zone", seen.entered_zones or [None])
        and seen.start_time > float(query.get("after") or 0)
        and seen.start_time < float(query.get("before") or 1e12)
        and all(
            bool(int(query[key])) == is_so
            for key, is_so in flags.items()
            if key in query
        )
    )
