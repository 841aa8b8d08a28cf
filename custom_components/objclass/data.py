"""The types that the rooms of the integration hand to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalTypeFormat

from .const import (
    CONF_AGREEMENT,
    CONF_CAMERAS,
    CONF_CLASSES,
    CONF_FAMILIARITY,
    CONF_KIND,
    CONF_LABELS,
    CONF_MAX_ATTEMPTS,
    CONF_MIN_ATTEMPTS,
    CONF_REFUSE_WORSE,
    CONF_SAVE_ATTEMPTS,
    CONF_THRESHOLD,
    CONF_ZONES,
    KIND_SUB_LABEL,
    SECTION_FILTER,
    SECTION_RULES,
)
from .frigate.messages import TrackedObject
from .learning.consensus import NONE, Outcome, Rules, Verdict
from .learning.heads import KeptHead
from .learning.samples import Sample

if TYPE_CHECKING:
    from .classifier import Classifier
    from .frigate.client import FrigateClient
    from .pipeline import Pipeline
    from .worker import Worker


@dataclass(slots=True, kw_only=True)
class ObjclassData:
    """What a loaded config entry holds; `classifiers` by subentry id.

    `unique_ids` are those of all entities that exist now.
    """

    client: FrigateClient
    pipeline: Pipeline
    worker: Worker
    classifiers: dict[str, Classifier]
    unique_ids: set[str] = field(default_factory=set)


# Frigate keeps as many crops for its own object classifiers.
DEFAULT_SAVE_ATTEMPTS = 200

type ObjclassConfigEntry = ConfigEntry[ObjclassData]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierSettings:
    """What a person set for one classifier.

    `classes` are theirs, without `none`, which every classifier has. Empty `cameras`
    or `zones` mean all of them. With `familiarity` a crop that is unlike everything
    labelled counts as `none`; with `refuse_worse` a training that turns out clearly
    worse is not put in use.
    """

    name: str
    labels: frozenset[str]
    kind: str
    classes: tuple[str, ...]
    cameras: frozenset[str]
    zones: frozenset[str]
    rules: Rules
    save_attempts: int
    familiarity: bool
    refuse_worse: bool

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Read the settings that the subentry flow stored."""
        data: Mapping[str, Any] = subentry.data
        rules: Mapping[str, Any] = data.get(SECTION_RULES, {})
        where: Mapping[str, Any] = data.get(SECTION_FILTER, {})
        defaults = Rules()
        return cls(
            name=data[CONF_NAME],
            labels=frozenset(data[CONF_LABELS]),
            kind=data.get(CONF_KIND, KIND_SUB_LABEL),
            classes=tuple(data[CONF_CLASSES]),
            cameras=frozenset(where.get(CONF_CAMERAS, ())),
            zones=frozenset(where.get(CONF_ZONES, ())),
            rules=Rules(
                threshold=rules.get(CONF_THRESHOLD, defaults.threshold),
                min_attempts=int(rules.get(CONF_MIN_ATTEMPTS, defaults.min_attempts)),
                agreement=rules.get(CONF_AGREEMENT, defaults.agreement),
                max_attempts=int(rules.get(CONF_MAX_ATTEMPTS, defaults.max_attempts)),
            ),
            save_attempts=int(rules.get(CONF_SAVE_ATTEMPTS, DEFAULT_SAVE_ATTEMPTS)),
            familiarity=rules.get(CONF_FAMILIARITY, True),
            refuse_worse=rules.get(CONF_REFUSE_WORSE, False),
        )

    @property
    def all_classes(self) -> tuple[str, ...]:
        """The classes including `none`."""
        return (*self.classes, NONE)

    def wants_camera(self, camera: str) -> bool:
        """Return whether objects on this camera are looked at."""
        return not self.cameras or camera in self.cameras

    def wants(self, tracked: TrackedObject) -> bool:
        """Return whether this object is looked at."""
        return (
            tracked.label in self.labels
            and self.wants_camera(tracked.camera)
            and (not self.zones or not self.zones.isdisjoint(tracked.entered_zones))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one classifier has to say about one object.

    While the object is in view `outcome` is None and `verdict.class_name` was assigned
    just now; `changed` tells whether it is news. When the object has ended, `outcome`
    is its one final outcome.
    """

    classifier_id: str
    classifier_name: str
    event_id: str
    camera: str
    label: str
    frame_time: float
    verdict: Verdict
    changed: bool
    outcome: Outcome | None = None

    def as_event_data(self) -> dict[str, Any]:
        """Return what automations get to see."""
        return {
            "classifier": self.classifier_name,
            "classifier_id": self.classifier_id,
            "event_id": self.event_id,
            "camera": self.camera,
            "label": self.label,
            "class": self.verdict.class_name,
            "score": round(self.verdict.score, 3),
            "attempts": self.verdict.attempts,
            "votes": dict(self.verdict.votes),
            "unfamiliar": self.verdict.unfamiliar,
            "distance": rounded(self.verdict.distance),
            "frame_time": self.frame_time,
            "final": self.outcome is not None,
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCrop:
    """The newest crop, as JPEG."""

    jpeg: bytes
    taken_at: datetime
    camera: str
    event_id: str | None

    @classmethod
    def of(cls, sample: Sample, jpeg: bytes) -> Self:
        """Make it of a sample and its picture."""
        return cls(
            jpeg=jpeg,
            taken_at=dt_util.utc_from_timestamp(sample.time),
            camera=sample.camera,
            event_id=sample.event_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InView:
    """An object in view to which a class was assigned."""

    class_name: str
    camera: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A finished training; `skipped` are the samples whose picture was unreadable.

    `worse` is whether it is clearly worse than the one in use so far, on the images
    that both know, and `taken` whether it was put in use.
    """

    kept: KeptHead
    skipped: int
    worse: bool
    taken: bool
    seconds: float


def rounded(figure: float | None) -> float | None:
    """Return a figure as it is shown."""
    return None if figure is None else round(figure, 3)


type Job = Literal["train", "collect", "import", "export"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChanges:
    """The ids of samples that came, changed (label or outcome), or went."""

    added: Sequence[str] = ()
    changed: Sequence[str] = ()
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is.

    `share` is 0 to 1, None when it is not known. `error` is why it failed.
    """

    job: Job
    share: float | None
    done: bool = False
    error: str | None = None


# A Result, by classifier id
SIGNAL_RESULT: SignalTypeFormat[Result] = SignalTypeFormat("objclass_result_{}")
# Labels, training or what is in view changed, by classifier id
SIGNAL_CHANGED: SignalTypeFormat[()] = SignalTypeFormat("objclass_changed_{}")
# By classifier id
SIGNAL_SAMPLES: SignalTypeFormat[SampleChanges] = SignalTypeFormat(
    "objclass_samples_{}"
)
SIGNAL_PROGRESS: SignalTypeFormat[Progress] = SignalTypeFormat("objclass_progress_{}")
# Frigate came or went, by entry id
SIGNAL_AVAILABLE: SignalTypeFormat[()] = SignalTypeFormat("objclass_available_{}")
