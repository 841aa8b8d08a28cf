"""The types that the rooms of the integration hand to each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from homeassistant.config_entries import ConfigEntry
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType, SignalTypeFormat

from .const import DOMAIN
from .learning.confirmation import State
from .learning.consensus import Outcome, Verdict

if TYPE_CHECKING:
    from .classifier import AnyClassifier
    from .frames import FrameWatch
    from .frigate.client import FrigateClient
    from .frigate.models import FrigateConfig
    from .history.manager import History
    from .objects.pipeline import Pipeline
    from .runtime.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class FrigateSide:
    """A Frigate: the way to it, the pipeline for what it says, and its past."""

    client: FrigateClient
    pipeline: Pipeline
    history: History

    @property
    def config(self) -> FrigateConfig:
        """Its configuration, as of set-up."""
        return self.pipeline.frigate

    @property
    def available(self) -> bool:
        """Whether it runs and can be heard."""
        return self.pipeline.available


@dataclass(slots=True, kw_only=True)
class ObjclassData:
    """What a loaded config entry holds; `classifiers` by subentry id.

    `frigate` is None in an entry for Home Assistant's own cameras. `unique_ids` are
    those of all entities that exist now.
    """

    frigate: FrigateSide | None
    frames: FrameWatch
    worker: Worker
    classifiers: dict[str, AnyClassifier]
    unique_ids: set[str] = field(default_factory=set)

    def need_frigate(self) -> FrigateSide:
        """Return the Frigate. Raises ServiceValidationError where there is none."""
        if self.frigate is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="without_frigate"
            )
        return self.frigate


type ObjclassConfigEntry = ConfigEntry[ObjclassData]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one classifier has to say about one object.

    While the object is in view `outcome` is None and `verdict.class_name` was assigned
    just now; `changed` tells whether it is news. When the object has ended, `outcome`
    is its one final outcome. `taken_back` is the class that was assigned until just
    now, and is not any more since the classifier's condition does not hold any more;
    `verdict.class_name` is None then.
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
    taken_back: str | None = None

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
            "taken_back": self.taken_back,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A camera has a new state; `before` is None when there was none yet."""

    camera: str
    state: State
    before: State | None


def state_attributes(state: State) -> dict[str, Any]:
    """Return what is told about a confirmed state."""
    return {
        "score": rounded(state.score),
        "since": dt_util.utc_from_timestamp(state.since),
        "confirmed_by": state.confirmed_by,
    }


def rounded(figure: float | None) -> float | None:
    """Return a figure as it is shown."""
    return None if figure is None else round(figure, 3)


type Job = Literal["train", "embed", "collect", "import", "export"]


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
# The same, by classifier id and camera
SIGNAL_CAMERA_RESULT: SignalTypeFormat[Result] = SignalTypeFormat(
    "objclass_result_{}_on_{}"
)
# By classifier id
SIGNAL_STATE: SignalTypeFormat[StateChange] = SignalTypeFormat("objclass_state_{}")
# Labels, training, the newest crop or what is in view changed, by classifier id
SIGNAL_CHANGED: SignalTypeFormat[()] = SignalTypeFormat("objclass_changed_{}")
# By classifier id
SIGNAL_SAMPLES: SignalTypeFormat[SampleChanges] = SignalTypeFormat(
    "objclass_samples_{}"
)
SIGNAL_PROGRESS: SignalTypeFormat[Progress] = SignalTypeFormat("objclass_progress_{}")
# There is another backbone: what earlier ones saw is of no use to it
SIGNAL_BACKBONE: SignalType[()] = SignalType("objclass_backbone")
# Frigate, or the pictures of a camera, came or went, by entry id
SIGNAL_AVAILABLE: SignalTypeFormat[()] = SignalTypeFormat("objclass_available_{}")
# A run over the past started, came on, or ended; by entry id
SIGNAL_HISTORY: SignalTypeFormat[()] = SignalTypeFormat("objclass_history_{}")
