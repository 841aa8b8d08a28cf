"""What Frigate really sends, in its newest form: the beginning of every damage."""

from typing import Any, Final

from tests.components.objclass.frigate.examples import OBJECT_0_18

_OBJECT: Final[dict[str, Any]] = OBJECT_0_18 | {
    "label": "cat",
    "sub_label": ["leo", 0.97],
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
