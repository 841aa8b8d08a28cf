"""What Frigate really sends, from 0.14 to 0.18, and what it has stored."""

from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[4]
PAYLOADS = REPOSITORY.parent / "shared" / "reference" / "frigate" / "payloads"

# What each version adds to a tracked object (frigate: TrackedObject.to_dict).
OBJECT_0_14: dict[str, Any] = {
    "id": "1718987128.947436-g92ztx",
    "camera": "front_door",
    "frame_time": 1718987130.1,
    "snapshot": {
        "frame_time": 1718987129.9,
        "box": [220, 245, 385, 410],
        "area": 27225,
        "region": [170, 195, 435, 460],
        "score": 0.75,
        "attributes": [],
    },
    "label": "dog",
    "sub_label": None,
    "top_score": 0.705,
    "false_positive": False,
    "start_time": 1718987128.947436,
    "end_time": None,
    "score": 0.76,
    "box": [232, 248, 400, 416],
    "area": 28224,
    "ratio": 1.0,
    "region": [170, 195, 435, 460],
    "stationary": False,
    "motionless_count": 0,
    "position_changes": 1,
    "current_zones": ["yard"],
    "entered_zones": ["street", "yard"],
    "has_clip": True,
    "has_snapshot": True,
    "attributes": {},
    "current_attributes": [],
}
OBJECT_0_15 = OBJECT_0_14 | {
    "active": True,
    "pending_loitering": False,
    "max_severity": "alert",
}
OBJECT_0_16 = OBJECT_0_15 | {
    "current_estimated_speed": 0,
    "average_estimated_speed": 0,
    "velocity_angle": 0,
    "path_data": [[[0.2359, 0.5694], 1718987129.9]],
    "recognized_license_plate": ["KX12", 0.9],
}
OBJECT_0_17 = OBJECT_0_16 | {
    "score_history": [0.7, 0.75],
    "sub_label": ["rex", 1.0],
    "collar": ["red", 0.9],
    "leash": [None, None],
}
OBJECT_0_18 = OBJECT_0_17 | {"snapshot_clean": True, "computed_score": 0.705}
VERSIONS = {
    "0.14": OBJECT_0_14,
    "0.15": OBJECT_0_15,
    "0.16": OBJECT_0_16,
    "0.17": OBJECT_0_17,
    "0.18": OBJECT_0_18,
}


STORED: dict[str, Any] = {
    "id": "1795319067.021702-edkgmf",
    "label": "dog",
    "sub_label": "rex",
    "camera": "front_door",
    "start_time": 1795319067.021702,
    "end_time": 1795319077.1707017,
    "false_positive": False,
    "zones": ["yard"],
    "thumbnail": None,
    "has_clip": True,
    "has_snapshot": True,
    "data": {
        "box": [0.490625, 0.4819, 0.2086, 0.3708],
        "score": 0.95,
        "top_score": 0.95,
        "snapshot_clean": True,
        "snapshot_frame_time": 1795319076.9685357,
        "sub_label_score": 0.5,
        "recognized_license_plate": "KX12",
        "recognized_license_plate_score": 0.8,
        "collar": "rex",
        "collar_score": 1.0,
    },
}


def payloads() -> Path:
    if not PAYLOADS.is_dir():
        pytest.skip(f"recorded Frigate payloads are not there: {PAYLOADS}")
    return PAYLOADS
