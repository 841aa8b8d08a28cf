"""What Frigate's HTTP interface answers, as far as we use it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from . import fields
from .errors import InvalidMessageError
from .fields import JsonObject
from .messages import Box, Snapshot, SubLabel, TrackedObject

type ModelType = Literal["sub_label", "attribute", "state"]

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:[-+ ].*)?")

_DETECT_SIZE = (1280, 720)
"""The size of the detect stream that Frigate itself assumes when it knows none."""

_FACE_THRESHOLD = 0.9
"""Frigate's own default of face_recognition.recognition_threshold."""


@dataclass(frozen=True, order=True, slots=True)
class FrigateVersion:
    """A version to compare; `text` is what Frigate said, like 0.17.2-abcdef0."""

    major: int
    minor: int
    patch: int = 0
    text: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0.17.2-abcdef0`, `0.18.0-beta1`, `0.18-0`, else InvalidMessageError."""
        text = text.strip()
        found = _VERSION.fullmatch(text)
        if found is None or len(text) > fields.MAX_TEXT:
            raise InvalidMessageError("not a version")
        major, minor, patch = found.groups(default="0")
        return cls(int(major), int(minor), int(patch), text)


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraConfig:
    """A camera; `width` and `height` are those of the detect stream, in pixels.

    `labels` are the objects it tracks, `zones` the names of its zones. Without
    `clean_copy` Frigate up to 0.17 keeps no plain picture of an object that has ended.
    """

    name: str
    friendly_name: str | None
    width: int
    height: int
    labels: tuple[str, ...]
    zones: tuple[str, ...]
    snapshots_enabled: bool
    clean_copy: bool

    @property
    def title(self) -> str:
        """What people call it."""
        return self.friendly_name or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomModel:
    """A classification model of Frigate's own (0.17 and newer)."""

    name: str
    type: ModelType
    objects: tuple[str, ...]
    enabled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FrigateConfig:
    """The parts of Frigate's configuration that matter to us."""

    mqtt_enabled: bool
    topic_prefix: str
    cameras: Mapping[str, CameraConfig]
    custom_models: Mapping[str, CustomModel]
    face_recognition: bool
    lpr: bool
    face_threshold: float = _FACE_THRESHOLD

    @property
    def labels(self) -> tuple[str, ...]:
        """All objects that any camera tracks, in alphabetical order."""
        return tuple(
            sorted({item for camera in self.cameras.values() for item in camera.labels})
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """An encoded picture (JPEG, PNG or WebP) and the time of its frame, if known."""

    data: bytes = field(repr=False)
    frame_time: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEvent:
    """An object in Frigate's database.

    `box` is left, top, width and height of the snapshot's box as fractions of the
    frame. `snapshot_clean` tells whether a plain snapshot is kept (0.18 and newer).
    """

    id: str
    camera: str
    label: str
    sub_label: SubLabel | None
    model_attributes: Mapping[str, SubLabel]
    start_time: float
    end_time: float | None
    zones: tuple[str, ...]
    snapshot_clean: bool
    snapshot_frame_time: float | None
    box: tuple[float, float, float, float] | None
    plate: str | None = None

    def absolute_box(self, width: int, height: int) -> Box | None:
        """Return the box in pixels of a frame of this size, cut off at its edges.

        Rounded down like Frigate does it; None without a box or when nothing is left.
        """
        if self.box is None:
            return None
        left, top, wide, high = self.box
        x1, x2 = (int(min(max(x, 0), 1) * width) for x in (left, left + wide))
        y1, y2 = (int(min(max(y, 0), 1) * height) for y in (top, top + high))
        return Box(x1=x1, y1=y1, x2=x2, y2=y2) if x1 < x2 and y1 < y2 else None

    def as_tracked(self, width: int, height: int) -> TrackedObject | None:
        """Return what a message would say of it now, None without a usable box.

        `width` and `height` are those of the camera's detect stream. Frigate before
        0.18 does not keep the time of the snapshot: then it is that of the start.
        """
        box = self.absolute_box(width, height)
        if box is None:
            return None
        time = self.snapshot_frame_time or self.start_time
        return TrackedObject(
            id=self.id,
            camera=self.camera,
            label=self.label,
            frame_time=time,
            box=box,
            snapshot=Snapshot(frame_time=time, box=box),
            sub_label=self.sub_label,
            model_attributes=self.model_attributes,
            entered_zones=self.zones,
            false_positive=False,
        )


def parse_config(value: object) -> FrigateConfig:
    """Read the answer of /api/config."""
    data = fields.as_object(value, "config")
    mqtt = fields.as_object(data.get("mqtt"), "mqtt")
    custom = fields.child(fields.child(data, "classification"), "custom")
    cameras = fields.as_object(data.get("cameras"), "cameras")
    return FrigateConfig(
        mqtt_enabled=mqtt.get("enabled") is not False,
        topic_prefix=fields.optional_text(mqtt.get("topic_prefix")) or "frigate",
        cameras={
            name: _camera(name, fields.child(cameras, name))
            for name in cameras
            if fields.is_safe_name(name)
        },
        custom_models={
            name: _custom_model(name, fields.child(custom, name)) for name in custom
        },
        face_recognition=fields.child(data, "face_recognition").get("enabled") is True,
        lpr=fields.child(data, "lpr").get("enabled") is True,
        face_threshold=_face_threshold(fields.child(data, "face_recognition")),
    )


def _face_threshold(data: JsonObject) -> float:
    threshold = fields.optional_score(data.get("recognition_threshold"))
    return _FACE_THRESHOLD if threshold is None else threshold


def _camera(name: str, data: JsonObject) -> CameraConfig:
    detect = fields.child(data, "detect")
    snapshots = fields.child(data, "snapshots")
    width, height = (
        fields.count(detect.get("width")),
        fields.count(detect.get("height")),
    )
    if not (width and height):
        width, height = _DETECT_SIZE
    return CameraConfig(
        name=name,
        friendly_name=fields.optional_text(data.get("friendly_name")),
        width=width,
        height=height,
        labels=fields.texts(fields.child(data, "objects").get("track")),
        zones=tuple(fields.child(data, "zones")),
        snapshots_enabled=snapshots.get("enabled") is True,
        clean_copy=snapshots.get("clean_copy") is not False,
    )


def _custom_model(name: str, data: JsonObject) -> CustomModel:
    """Read a model; one with a state_config is a state model, as in Frigate."""
    objects = fields.child(data, "object_config")
    kind: ModelType = "sub_label"
    if objects.get("classification_type") == "attribute":
        kind = "attribute"
    if fields.child(data, "state_config"):
        kind = "state"
    return CustomModel(
        name=name,
        type=kind,
        objects=fields.texts(objects.get("objects")),
        enabled=data.get("enabled") is not False,
    )


def parse_dataset(value: object) -> dict[str, tuple[str, ...]]:
    """Read the files of each class out of /api/classification/{name}/dataset.

    A class or a file whose name cannot be part of an address is left out.
    """
    categories = fields.child(fields.as_object(value, "dataset"), "categories")
    return {
        name: tuple(
            file
            for file in files
            if isinstance(file, str) and fields.is_file_name(file)
        )
        for name, files in categories.items()
        if fields.is_file_name(name) and isinstance(files, list)
    }


def parse_stored_event(value: object) -> StoredEvent:
    """Read one object of /api/events or /api/events/{id}."""
    row = fields.as_object(value, "event")
    data = fields.child(row, "data")
    return StoredEvent(
        id=fields.safe_name(row, "id"),
        camera=fields.safe_name(row, "camera"),
        label=fields.text(row, "label"),
        sub_label=_named(row.get("sub_label"), data.get("sub_label_score")),
        model_attributes=_model_attributes(data),
        start_time=fields.time(row, "start_time"),
        end_time=fields.optional_time(row.get("end_time")),
        zones=fields.texts(row.get("zones")),
        snapshot_clean=data.get("snapshot_clean") is True,
        snapshot_frame_time=fields.optional_time(data.get("snapshot_frame_time")),
        box=_fractions(data.get("box")),
        plate=fields.optional_text(data.get("recognized_license_plate")),
    )


def _named(value: object, score: object) -> SubLabel | None:
    name = fields.optional_text(value)
    if name is None:
        return None
    return SubLabel(text=name, score=fields.optional_score(score))


def _model_attributes(data: JsonObject) -> dict[str, SubLabel]:
    """Find the pairs `"<model>": text` and `"<model>_score": number`."""
    found = {}
    for key in data.keys() - {"recognized_license_plate"}:
        attribute = _named(data[key], data.get(f"{key}_score"))
        if attribute and attribute.score is not None:
            found[key] = attribute
    return found


def _fractions(value: object) -> tuple[float, float, float, float] | None:
    match value:
        case [_, _, _, _]:
            left, top, wide, high = map(fields.optional_number, value)
        case _:
            return None
    if left is None or top is None or wide is None or high is None:
        return None
    return left, top, wide, high
