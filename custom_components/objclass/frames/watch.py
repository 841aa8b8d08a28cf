"""When one classifier wants to look at one camera."""

from dataclasses import dataclass, field
from typing import Final

from ..classifier import FrameClassifier
from ..learning.frame import Part
from ..settings import DEFAULT_INTERVAL

# While a change is being confirmed, and while something moves (seconds).
QUICK: Final = 0.5
ON_MOTION: Final = 1.0


@dataclass(slots=True, kw_only=True)
class Watch:
    """A classifier's eye on a camera.

    `due` is when it wants to look next, in the loop's time; None is not before
    something moves. `moving` are the topics and entities that tell of motion now,
    `stirred` is whether any of them told anything new since the look was begun.
    """

    classifier: FrameClassifier
    camera: str
    due: float | None = 0.0
    looked_at: float = 0.0
    moving: set[str] = field(default_factory=set)
    stirred: bool = False

    @property
    def part(self) -> Part:
        """Where in the picture it looks."""
        return self.classifier.settings.part_of(self.camera)

    def plan(self, now: float, *, missed: float | None = None) -> None:
        """Note a look, and when the next one is wanted.

        `missed` is after how many seconds to try again when there was no picture.
        """
        self.looked_at = now
        delays = [self.classifier.settings.interval]
        if self.classifier.state(self.camera) is None:
            # Also who looks on motion only, wants to know how it is to begin with.
            delays.append(DEFAULT_INTERVAL)
        if missed is not None:
            delays = [missed]
        elif self.classifier.pending(self.camera):
            delays.append(QUICK)
        elif self.moving or self.stirred:
            # What stopped meanwhile may have moved after the picture was taken.
            delays.append(ON_MOTION)
        self.due = min((now + d for d in delays if d is not None), default=None)

    def note_motion(self, source: str, *, moving: bool) -> bool:
        """Note that something moves or stopped; return whether to look sooner."""
        self.stirred |= moving is not (source in self.moving)
        if not moving:
            self.moving.discard(source)
            return False
        self.moving.add(source)
        soon = self.looked_at + ON_MOTION
        if self.due is not None and self.due <= soon:
            return False
        self.due = soon
        return True
