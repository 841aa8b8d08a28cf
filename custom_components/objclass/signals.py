"""What the rooms of the integration tell each other, and by which signal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType, SignalTypeFormat

from .learning.confirmation import State
from .learning.consensus import Outcome, Verdict


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
