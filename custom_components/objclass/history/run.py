"""What a run was asked for, and how far it is."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

DEFAULT_PER_SECOND = 5.0
DEFAULT_STEP = 60.0


class Phase(StrEnum):
    """What a run does, one after the other."""

    LISTING = "listing"
    LOOKING = "looking"
    APPLYING = "applying"


class Status(StrEnum):
    """Whether it does it."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What was asked for.

    `after` and `before` are seconds since the epoch. Empty `cameras`, `labels` or
    `zones` are no condition beyond those of the classifiers themselves. `confidence` is
    the score that counts, None for each classifier's own threshold. At most
    `per_second` pictures are fetched; for classifiers of whole pictures one every
    `step` seconds of each camera's recordings. With `apply` the results are written to
    Frigate without waiting for a person.
    """

    classifiers: tuple[str, ...]
    after: float
    before: float
    cameras: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    confidence: float | None = None
    per_second: float = DEFAULT_PER_SECOND
    step: float = DEFAULT_STEP
    apply: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Make it of what `as_dict` returned."""
        lists = ("classifiers", "cameras", "labels", "zones")
        return cls(**data | {name: tuple(data[name]) for name in lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run: its job, what it does now, and why it failed, if it did.

    `listed_to` is the start of the oldest object listed so far, None before the first.
    """

    id: str
    job: Job
    started_at: float
    phase: Phase = Phase.LISTING
    status: Status = Status.RUNNING
    listed_to: float | None = None
    ended_at: float | None = None
    error: str | None = None

    @property
    def open(self) -> bool:
        """Whether it has work left that nobody gave up."""
        return self.status in (Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFrame:
    """A moment in the recordings of one of Frigate's cameras."""

    camera: str
    time: float

    @property
    def id(self) -> str:
        """What it is called among the objects, and in samples."""
        return f"{self.camera}-{self.time:.3f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How far a run is: pictures in all, looked at, and broken ones among these.

    `classes` is by classifier id and class; what is undecided has the class "".
    `to_tell` are the results that Frigate can be told, `told` what became of those that
    it was.
    """

    total: int
    done: int
    broken: int
    classes: dict[str, dict[str, int]]
    to_tell: int
    told: dict[str, int]
