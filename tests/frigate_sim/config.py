"""The configuration that the simulated Frigate reports."""

from collections.abc import Iterable
from typing import Any

from .cameras import Camera, NativeModel, Snapshots
from .versions import Version


def config(
    *,
    version: Version,
    cameras: Iterable[Camera],
    labels: Iterable[str],
    snapshots: Snapshots,
    models: Iterable[NativeModel],
    prefix: str,
) -> dict[str, Any]:
    """Return what /api/config answers; nothing is null in it, as in Frigate."""
    tracked = sorted(labels)
    answer: dict[str, Any] = {
        "auth": {"enabled": True, "cookie_name": "frigate_token"},
        "cameras": {
            item.name: _camera(item, tracked, snapshots, version) for item in cameras
        },
        "detect": {"enabled": True},
        "detectors": {"cpu": {"type": "cpu"}},
        "model": {
            "all_attributes": ["face", "license_plate"],
            "width": 320,
            "height": 320,
        },
        "mqtt": {
            "enabled": True,
            "host": "127.0.0.1",
            "topic_prefix": prefix,
            "client_id": prefix,
            "stats_interval": 60,
            "qos": 0,
        },
        "record": {"enabled": True},
        "snapshots": _snapshots(snapshots, version),
    }
    if version.minor >= 16:
        answer |= {"face_recognition": {"enabled": False}, "lpr": {"enabled": False}}
        answer["classification"] = {"bird": {"enabled": False, "threshold": 0.9}}
    if version.has_attributes:
        answer["classification"]["custom"] = {
            item.name: _model(item) for item in models
        }
    return answer


def _camera(
    camera: Camera, labels: list[str], snapshots: Snapshots, version: Version
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "name": camera.name,
        "enabled": True,
        "detect": {
            "enabled": True,
            "width": camera.width,
            "height": camera.height,
            "fps": 5,
        },
        "objects": {"track": labels, "filters": {}},
        "zones": {name: {"coordinates": "", "objects": []} for name in camera.zones},
        "snapshots": _snapshots(snapshots, version),
        "mqtt": {"enabled": True},
        "record": {"enabled": True},
    }
    if version.minor >= 17 and camera.friendly_name:
        answer["friendly_name"] = camera.friendly_name
    return answer


def _snapshots(snapshots: Snapshots, version: Version) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "enabled": snapshots.enabled,
        "bounding_box": snapshots.bounding_box,
        "timestamp": snapshots.timestamp,
        "crop": snapshots.crop,
        "required_zones": [],
        "quality": 70 if version.minor < 18 else 60,
    }
    if snapshots.height is not None:
        answer["height"] = snapshots.height
    if version.minor < 18:
        answer["clean_copy"] = snapshots.clean_copy
    return answer


def _model(model: NativeModel) -> dict[str, Any]:
    return {
        "enabled": model.enabled,
        "name": model.name,
        "threshold": 0.8,
        "object_config": {
            "objects": list(model.objects),
            "classification_type": model.type,
        },
    }
