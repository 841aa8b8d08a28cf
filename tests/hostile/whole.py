"""What Frigate really sends, in its newest form: the beginning of every damage."""

from typing import Any, Final

_OBJECT: Final[dict[str, Any]] = {
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
    "label": "cat",
    "sub_label": ["leo", 0.97],
    "top_score": 0.705,
    "false_positive": False,
    "start_time": 1718987128.947436,
    "end_time": None,
    "score": 0.76,
    "box": [232, 248, 400, 416],
    "stationary": False,
    "position_changes": 1,
    "current_zones": ["yard"],
    "entered_zones": ["street", "yard"],
    "has_clip": True,
    "has_snapshot": True,
    "recognized_license_plate": ["KX12", 0.9],
    "collar": ["red", 0.9],
    "leash": [None, None],
}
EVENTS: Final = [
    {"type": kind, "before": _OBJECT, "after": _OBJECT}
    for kind in ("new", "update", "end")
]
UPDATES: Final[list[Any]] = [
    {
        "type": "classification",
        "id": "1718987128.947436-g92ztx",
        "camera": "front_door",
        "timestamp": 1718987130.1,
        "model": "cats",
        "sub_label": "leo",
        "attribute": "leo",
        "score": 0.9,
        "source": "objclass",
    },
    {
        "type": "face",
        "id": "1718987128.947436-g92ztx",
        "name": "ann",
        "score": 0.9,
        "camera": "front_door",
        "timestamp": 1718987130.1,
    },
    {
        "type": "lpr",
        "id": "1718987128.947436-g92ztx",
        "name": "Ann's car",
        "plate": "KX12",
        "score": 0.9,
        "camera": "front_door",
        "timestamp": 1718987130.1,
    },
    {"type": "description", "id": "1718987128.947436-g92ztx", "description": "A cat"},
]
STORED: Final[dict[str, Any]] = {
    "id": "1795319067.021702-edkgmf",
    "label": "cat",
    "sub_label": "leo",
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
        "collar": "red",
        "collar_score": 1.0,
    },
}
CONFIG: Final[dict[str, Any]] = {
    "mqtt": {"enabled": True, "topic_prefix": "frigate", "client_id": "frigate"},
    "cameras": {
        "front_door": {
            "enabled": True,
            "friendly_name": "Front door",
            "detect": {"enabled": True, "width": 1280, "height": 720, "fps": 5},
            "objects": {"track": ["person", "cat"], "filters": {}},
            "snapshots": {"enabled": True, "clean_copy": True},
            "zones": {"yard": {"coordinates": "0,0,1,0,1,1"}},
        }
    },
    "classification": {
        "custom": {
            "cats": {
                "enabled": True,
                "name": "cats",
                "threshold": 0.8,
                "object_config": {
                    "objects": ["cat"],
                    "classification_type": "sub_label",
                },
            },
            "gate": {
                "state_config": {"cameras": {"front_door": {"crop": [0, 0, 1, 1]}}}
            },
        }
    },
    "face_recognition": {"enabled": True, "recognition_threshold": 0.9},
    "lpr": {"enabled": True},
}
DATASET: Final[dict[str, Any]] = {
    "categories": {"leo": ["leo-1795318824.5-abc001.png"], "none": []},
    "training_metadata": None,
}
