"""The life of one tracked object: what is known of it, and when Frigate tells it."""

import asyncio
import math
import random
import string
from dataclasses import dataclass, field
from typing import Any

from .cameras import Camera
from .scene import Appearance, Corners
from .versions import Version
from .walks import Sighting, Walk

_UNSURE_FRAMES = 3
"""So many frames pass before an object counts as a true positive."""
_BETTER_PICTURE_INTERVAL = 5.0
_LONGEST_SILENCE = 60.0
_STATIONARY_FRAMES = 50

type Named = tuple[str | None, float | None]


def new_id(start: float) -> str:
    """Make an event id as Frigate does."""
    letters = string.ascii_lowercase + string.digits
    return f"{start:.6f}-{''.join(random.choices(letters, k=6))}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """A sighting and the time of its frame."""

    time: float
    number: int
    sighting: Sighting


@dataclass(kw_only=True, eq=False)
class SimObject:
    """One object. `truth` is what it really is; Frigate only knows `label`.

    `stored_after` is how many seconds pass between the first message and the moment
    Frigate keeps a snapshot, and with that a database row. `in_view` is set with the
    first message. While `may_leave` is cleared it stays, however slow a test is.
    """

    id: str
    camera: Camera
    label: str
    truth: str
    appearance: Appearance
    walk: Walk
    version: Version
    snapshots_enabled: bool
    stored_after: float = 0.0
    frames: list[Frame] = field(default_factory=list)
    best: Frame | None = None
    sub_label: Named | None = None
    row_sub_label_score: float | None = None
    attributes: dict[str, Named] = field(default_factory=dict)
    end_time: float | None = None
    tracked: bool = True
    stored: bool = False
    current_zones: list[str] = field(default_factory=list)
    entered_zones: list[str] = field(default_factory=list)
    path: list[tuple[tuple[float, float], float]] = field(default_factory=list)
    motionless: int = 0
    published_at: float = 0.0
    better_at: float = 0.0
    before: dict[str, Any] | None = None
    first_sure: float | None = None
    in_view: asyncio.Event = field(default_factory=asyncio.Event)
    may_leave: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Let it go when its walk is over."""
        self.may_leave.set()

    @property
    def start_time(self) -> float:
        """Return the time of the first frame."""
        return self.frames[0].time

    @property
    def now(self) -> Frame:
        """Return the newest frame."""
        return self.frames[-1]

    @property
    def stationary(self) -> bool:
        """Tell whether it has not moved for a while."""
        return self.motionless > _STATIONARY_FRAMES

    @property
    def moved(self) -> bool:
        """Tell whether it moved enough for Frigate to keep pictures of it."""
        if self.first_sure is None:
            return False
        return self.now.sighting.at - self.first_sure >= self.stored_after

    def see(self, sighting: Sighting, time: float) -> dict[str, Any] | None:
        """Take in the next frame; return the message if Frigate sends one now."""
        moving = bool(self.frames) and self.now.sighting.box != sighting.box
        was_stationary, was_moved, zones = (
            self.stationary,
            self.moved,
            self.current_zones,
        )
        self.frames.append(Frame(time=time, number=len(self.frames), sighting=sighting))
        self.motionless = 0 if moving or len(self.frames) == 1 else self.motionless + 1
        if self.before is None:
            self.before = self.as_dict()
        if len(self.frames) <= _UNSURE_FRAMES:
            return None
        first = self.first_sure is None
        if first:
            self.first_sure = sighting.at
            self.in_view.set()
        self._keep_if_better()
        self._enter_zones()
        changes = (
            self.stationary != was_stationary,
            self.moved != was_moved,
            self.current_zones != zones,
            sighting.at - self.published_at > _LONGEST_SILENCE,
            self._step_on_path(),
            sighting.at - self.published_at > _BETTER_PICTURE_INTERVAL
            and self.better_at > self.published_at,
        )
        if not first and not any(changes):
            return None
        return self._message("new" if first else "update")

    def end(self, time: float) -> dict[str, Any] | None:
        """End its life; return the message unless it never was a true positive."""
        self.end_time = time
        return None if self.first_sure is None else self._message("end")

    def _message(self, kind: str) -> dict[str, Any]:
        before, after = self.before, self.as_dict()
        self.before = after
        self.published_at = self.now.sighting.at
        self.stored = self.stored or after["has_snapshot"] or after["has_clip"]
        return {"before": before, "after": after, "type": kind}

    def _keep_if_better(self) -> None:
        """Remember the frame if Frigate's is_better_thumbnail prefers it."""
        new = self.now
        if self.best is not None:
            was_edge, is_edge = (
                self._on_edge(item.sighting.box) for item in (self.best, new)
            )
            better = (
                new.sighting.score > self.best.sighting.score + 0.05
                or area(new.sighting.box) > area(self.best.sighting.box) * 1.1
            )
            if (is_edge and not was_edge) or not better:
                return
        self.best = new
        self.better_at = new.sighting.at

    def _on_edge(self, box: Corners) -> bool:
        width, height = self.camera.size
        return box[0] <= 0 or box[1] <= 0 or box[2] >= width - 1 or box[3] >= height - 1

    def _enter_zones(self) -> None:
        x1, _, x2, bottom = self.now.sighting.box
        self.current_zones = self.camera.zones_at((x1 + x2) / 2, bottom)
        for zone in self.current_zones:
            if zone not in self.entered_zones:
                self.entered_zones.append(zone)

    def _step_on_path(self) -> bool:
        """Add a point to the path if it moved enough since the last one."""
        if not self.version.has_paths:
            return False
        width, height = self.camera.size
        x1, _, x2, bottom = self.now.sighting.box
        point = (round((x1 + x2) / 2 / width, 4), round(bottom / height, 4))
        least = 0.05 * math.hypot(width, height) / max(width, height)
        if len(self.path) >= 2 and math.dist(point, self.path[-1][0]) < least:
            return False
        self.path.append((point, self.now.time))
        return True

    def as_dict(self) -> dict[str, Any]:
        """Describe it as the selected version does in its messages."""
        frame, minor = self.now, self.version.minor
        moved = self.moved
        fields: dict[str, Any] = {
            "id": self.id,
            "camera": self.camera.name,
            "frame_time": frame.time,
            "snapshot": self._snapshot(),
            "label": self.label,
            "sub_label": None if self.sub_label is None else list(self.sub_label),
            "top_score": self._top_score(),
            "false_positive": self.first_sure is None,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "score": frame.sighting.score,
            "box": list(frame.sighting.box),
            "area": area(frame.sighting.box),
            "ratio": ratio(frame.sighting.box),
            "region": region(frame.sighting.box, self.camera.size),
            "stationary": self.stationary,
            "motionless_count": self.motionless,
            "position_changes": int(moved),
            "current_zones": list(self.current_zones),
            "entered_zones": list(self.entered_zones),
            "has_clip": moved,
            "has_snapshot": moved and self.snapshots_enabled,
            "attributes": {},
            "current_attributes": [],
        }
        if minor >= 15:
            fields |= {"active": not self.stationary, "pending_loitering": False}
            fields["max_severity"] = "detection"
        if minor >= 16:
            fields |= {"current_estimated_speed": 0, "average_estimated_speed": 0}
            fields |= {
                "velocity_angle": 0,
                "path_data": [list(item) for item in self.path],
            }
            fields["recognized_license_plate"] = None
        if minor >= 17:
            scores = [item.sighting.score for item in self.frames[-10:]]
            fields |= {"score_history": scores}
            fields |= {name: list(value) for name, value in self.attributes.items()}
        if minor >= 18:
            fields |= {"snapshot_clean": True, "computed_score": self._top_score()}
        return fields

    def _top_score(self) -> float:
        return max((item.sighting.score for item in self.frames), default=0.0)

    def _snapshot(self) -> dict[str, Any] | None:
        if self.best is None:
            return None
        box = self.best.sighting.box
        snapshot: dict[str, Any] = {
            "frame_time": self.best.time,
            "box": list(box),
            "area": area(box),
            "region": region(box, self.camera.size),
            "score": self.best.sighting.score,
            "attributes": [],
        }
        if self.version.minor >= 16:
            snapshot |= {
                "current_estimated_speed": 0,
                "velocity_angle": 0,
                "path_data": [],
            }
            snapshot |= {"recognized_license_plate": None}
        return snapshot


def area(box: Corners) -> int:
    """Return the pixels in a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def ratio(box: Corners) -> float:
    """Return the width of a box divided by its height."""
    return round((box[2] - box[0]) / (box[3] - box[1]), 4)


def region(box: Corners, size: tuple[int, int], smallest: int = 320) -> list[int]:
    """Return the square around a box that the detector looked at."""
    width, height = size
    side = max(int(1.1 * max(box[2] - box[0], box[3] - box[1])) // 4 * 4, smallest)
    x = min(max(0, (box[0] + box[2] - side) // 2), max(0, width - side))
    y = min(max(0, (box[1] + box[3] - side) // 2), max(0, height - side))
    return [x, y, min(x + side, width), min(y + side, height)]
