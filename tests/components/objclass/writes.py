"""What is written to Frigate, and the attributes that it has a place for."""

from typing import Any

from tests.frigate_sim.cameras import NativeModel

from .conftest import Frigate

COLLAR = NativeModel(
    name="collar", type="attribute", objects=("cat",), classes={"red": 3, "blue": 3}
)
MOOD = NativeModel(
    name="mood", type="attribute", objects=("cat",), classes={"happy": 3, "cross": 3}
)
BARK = NativeModel(
    name="bark", type="attribute", objects=("dog",), classes={"loud": 3, "red": 3}
)


def told(frigate: Frigate, kind: str = "sub_label") -> list[tuple[Any, float | None]]:
    """Return what was written to Frigate, in order."""
    return [
        (write.value, write.score)
        for write in frigate.world.writes
        if write.kind == kind
    ]
