"""Frigate's MQTT payloads, read from any version from 0.14 to 0.18.

What differs between versions ends here: fields that a version does not send have a
neutral value, fields that nobody needs are ignored. A payload without the fields that
every version sends, or with values that cannot be true, is an `InvalidMessageError`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import fields
from .errors import InvalidMessageError
from .fields import JsonObject

type EventType = Literal["new", "update", "end"]

SOURCE = "objclass"
"""Marks the classification messages that we publish ourselves."""

_MAX_PAYLOAD = 1 << 20
_EVENT_TYPES: Mapping[object, EventType] = {
    "new": "new",
    "update": "update",
    "end": "end",
}

_NOT_MODELS = frozenset(
    {
        "box",
        "current_attributes",
        "current_zones",
        "entered_zones",
        "path_data",
        "recognized_license_plate",
        "region",
        "score_history",
        "sub_label",
    }
)
"""Fields of a tracked object that hold lists and are no classification model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Corners in pixels of the detect stream; x1 < x2 and y1 < y2."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SubLabel:
    """A name that someone gave to an object, and how sure they were (0..1)."""

    text: str
    score: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The best frame of an object so far: the one that Frigate's snapshot shows."""

    frame_time: float
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackedObject:
    """An object as Frigate tracks it. Times are seconds since the epoch.

    `model_attributes` maps a Frigate classification model of type attribute to what it
    found on this object (Frigate 0.17 and newer). `plate` is the text of its licence
    plate (0.16 and newer).
    """

    id: str
    camera: str
    label: str
    frame_time: float
    box: Box
    snapshot: Snapshot | None
    sub_label: SubLabel | None
    model_attributes: Mapping[str, SubLabel]
    entered_zones: tuple[str, ...]
    false_positive: bool
    plate: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EventMessage:
    """A message on `<prefix>/events`; `after` is the object as it is now."""

    type: EventType
    after: TrackedObject


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackedObjectUpdate:
    """A message on `<prefix>/tracked_object_update`.

    `type` is description, face, lpr or classification in the versions known today.
    `id` is None for a licence plate that belongs to no tracked object.
    A classification has `model` and either `sub_label` or `attribute`; a face has
    `name`; a licence plate has `plate` and, when it is a known one, `name`. `source` is
    `SOURCE` for messages of our own and None for Frigate's.
    """

    type: str
    id: str | None
    model: str | None
    sub_label: str | None
    attribute: str | None
    name: str | None
    plate: str | None
    score: float | None
    source: str | None


def parse_event(payload: str | bytes | bytearray) -> EventMessage:
    """Read a message of `<prefix>/events`, else raise `InvalidMessageError`."""
    data = fields.as_object(fields.load_json(payload, limit=_MAX_PAYLOAD), "message")
    kind = data.get("type")
    event_type = _EVENT_TYPES.get(kind) if isinstance(kind, str) else None
    if event_type is None:
        raise InvalidMessageError("type is none of new, update, end")
    after = _tracked_object(fields.as_object(data.get("after"), "after"))
    return EventMessage(type=event_type, after=after)


def parse_tracked_object_update(
    payload: str | bytes | bytearray,
) -> TrackedObjectUpdate:
    """Read a message of `<prefix>/tracked_object_update`.

    Raises `InvalidMessageError` when it names no object, which only a licence plate may
    leave out; a type that is not known today is no error.
    """
    data = fields.as_object(fields.load_json(payload, limit=_MAX_PAYLOAD), "message")
    kind = fields.text(data, "type")
    of_no_object = kind == "lpr" and data.get("id") is None
    return TrackedObjectUpdate(
        type=kind,
        id=None if of_no_object else fields.safe_name(data, "id"),
        model=fields.optional_text(data.get("model")),
        sub_label=fields.optional_text(data.get("sub_label")),
        attribute=fields.optional_text(data.get("attribute")),
        name=fields.optional_text(data.get("name")),
        plate=fields.optional_text(data.get("plate")),
        score=fields.optional_score(data.get("score")),
        source=fields.optional_text(data.get("source")),
    )


def parse_availability(payload: str | bytes | bytearray) -> bool:
    """Tell from `<prefix>/available` whether Frigate runs."""
    if isinstance(payload, bytes | bytearray):
        payload = payload.decode(errors="replace")
    match payload:
        case "online":
            return True
        case "offline" | "stopped":
            return False
    raise InvalidMessageError("availability is none of online, offline, stopped")


def classification_payload(
    *,
    id: str,  # noqa: A002 - the field's name in Frigate's message
    camera: str,
    timestamp: float,
    model: str,
    sub_label: str | None = None,
    attribute: str | None = None,
    score: float,
) -> str:
    """Write the message that Frigate sends when a classifier has decided.

    The same fields in the same order as Frigate 0.17 and newer on
    `<prefix>/tracked_object_update`, plus our own mark. `timestamp` is the time of the
    frame, `score` 0..1. Exactly one of `sub_label` and `attribute` is given.
    """
    if (sub_label is None) == (attribute is None):
        raise ValueError("a classification has either a sub label or an attribute")
    result = {"attribute": attribute} if sub_label is None else {"sub_label": sub_label}
    message: dict[str, object] = {
        "type": "classification",
        "id": id,
        "camera": camera,
        "timestamp": timestamp,
        "model": model,
        **result,
        "score": score,
        "source": SOURCE,
    }
    return json.dumps(message, allow_nan=False)


def _tracked_object(data: JsonObject) -> TrackedObject:
    return TrackedObject(
        id=fields.safe_name(data, "id"),
        camera=fields.safe_name(data, "camera"),
        label=fields.text(data, "label"),
        frame_time=fields.time(data, "frame_time"),
        box=_box(data.get("box")),
        snapshot=_snapshot(data.get("snapshot")),
        sub_label=_sub_label(data.get("sub_label")),
        model_attributes=_model_attributes(data),
        entered_zones=fields.texts(data.get("entered_zones")),
        false_positive=data.get("false_positive") is True,
        plate=_plate(data.get("recognized_license_plate")),
    )


def _box(value: object) -> Box:
    x1, y1, x2, y2 = fields.pixels(value)
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _snapshot(value: object) -> Snapshot | None:
    if value is None:
        return None
    data = fields.as_object(value, "snapshot")
    return Snapshot(
        frame_time=fields.time(data, "frame_time"), box=_box(data.get("box"))
    )


def _sub_label(value: object) -> SubLabel | None:
    """Read `[text, score]`, `[text, null]` or a text; `[null, null]` was cleared."""
    score: object = None
    match value:
        case [first, second]:
            value, score = first, second
    name = fields.optional_text(value)
    if name is None:
        return None
    return SubLabel(text=name, score=fields.optional_score(score))


def _plate(value: object) -> str | None:
    plate = _sub_label(value)
    return plate.text if plate else None


def _model_attributes(data: JsonObject) -> dict[str, SubLabel]:
    """Find the fields `"<model>": [text, score]`; other lists look different."""
    found: dict[str, SubLabel] = {}
    for key, value in data.items():
        match value:
            case [str(), int() | float()] if key not in _NOT_MODELS:
                name, attribute = fields.optional_text(key), _sub_label(value)
                if name and attribute:
                    found[name] = attribute
    return found
