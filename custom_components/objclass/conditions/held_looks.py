"""The looks at objects in view that a classifier may still be asked about.

A classifier with a condition is asked once its parent has an answer, which takes some
looks. They are held here, so that it can then be asked about all of them: what the
backbone made of a picture is never computed a second time.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..frigate.messages import TrackedObject
from ..learning.look import Glimpse

# So many of one object, the newest. A crop and its embedding take about 20 kB (measured
# on photos), so that all of them together take about 10 MB.
MAX_PER_OBJECT: Final = 16
MAX_OBJECTS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLook:
    """A look at an object as it was in the frame of that time."""

    tracked: TrackedObject
    frame_time: float
    glimpse: Glimpse


class HeldLooks:
    """Looks by object; with too many objects, the one looked at longest ago goes."""

    def __init__(self) -> None:
        self._looks: dict[str, deque[HeldLook]] = {}

    def add(self, look: HeldLook) -> None:
        """Hold a look."""
        event_id = look.tracked.id
        looks = self._looks.pop(event_id, None) or deque(maxlen=MAX_PER_OBJECT)
        looks.append(look)
        self._looks[event_id] = looks
        if len(self._looks) > MAX_OBJECTS:
            del self._looks[next(iter(self._looks))]

    def of(self, event_id: str) -> Sequence[HeldLook]:
        """Return the looks at an object, oldest first."""
        return tuple(self._looks.get(event_id, ()))

    def forget(self, event_id: str) -> None:
        """Let go of the looks at an object."""
        self._looks.pop(event_id, None)
