"""What is known about the objects that Frigate tracks right now."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from ..classifier import ObjectClassifier
from ..frigate.findings import Findings
from ..frigate.messages import TrackedObject
from ..frigate.models import Picture
from ..learning.consensus import NONE, Consensus, Verdict

# Frigate speaks of an object at least once a minute. One that it has not mentioned for
# this long will never end: Frigate was restarted, or the message was lost.
FORGET_AFTER: Final = 600.0
# An object that has ended stays ended, whatever repeated or late messages say.
_REMEMBERED_ENDS: Final = 4096


@dataclass(slots=True)
class Opinion:
    """What one classifier makes of one object.

    `frame_times` are those of the frames that it has looked at, `assigned` is the class
    that it has given the object, `told` what Frigate was told of that, and `taken_back`
    whether it was taken back since.
    """

    consensus: Consensus
    frame_times: set[float] = field(default_factory=set)
    assigned: Verdict | None = None
    told: str | None = None
    taken_back: bool = False


@dataclass(slots=True)
class ObjectState:
    """An object in view, with what was seen of it and what was said about it.

    `latest` is Frigate's newest message about it. `held` is a picture that was newer
    than the message it was fetched for. `attributes` is the newest value of each
    attribute model (by name) that we wrote or heard of. `named_by` is the classifier
    whose sub label it carries, `names` all the sub labels that came from us, and
    `foreign_sub_label` one that somebody else has set. `to_clear` is whether it carries
    a sub label of ours that was taken back. `findings` is what Frigate itself says,
    `final` whether the end is being told or was, `given_up` whether it once was though
    the object had not ended, and `dropped` whether newer objects were once looked at
    instead. `opinions` are those of the classifiers, by id; most objects of a crowd are
    never looked at, and nobody has one.
    """

    latest: TrackedObject
    held: Picture | None = None
    ended: bool = False
    last_seen: float = field(default_factory=monotonic)
    attributes: dict[str, str] = field(default_factory=dict)
    named_by: str | None = None
    names: frozenset[str] = frozenset()
    foreign_sub_label: str | None = None
    findings: Findings = field(default_factory=Findings)
    to_clear: bool = False
    final: bool = False
    given_up: bool = False
    dropped: bool = False
    opinions: dict[str, Opinion] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Frigate's id of the object, which is also that of its event."""
        return self.latest.id

    @property
    def taken_back(self) -> bool:
        """Whether anything that was said of it is taken back."""
        return any(opinion.taken_back for opinion in self.opinions.values())

    def opinion(self, classifier: ObjectClassifier) -> Opinion:
        """Return what a classifier makes of the object so far."""
        if (opinion := self.opinions.get(classifier.id)) is None:
            opinion = Opinion(Consensus(classifier.settings.rules))
            self.opinions[classifier.id] = opinion
        return opinion

    def consensus(self, classifier: ObjectClassifier) -> Consensus:
        """Return a classifier's attempts on the object so far."""
        return self.opinion(classifier).consensus

    def assigned(self, classifier: ObjectClassifier) -> Verdict | None:
        """Return what a classifier has assigned to the object."""
        opinion = self.opinions.get(classifier.id)
        return opinion.assigned if opinion else None

    def has_enough(self, classifier: ObjectClassifier) -> bool:
        """Return whether a further look would not help a classifier."""
        if (opinion := self.opinions.get(classifier.id)) is None:
            return False
        consensus = opinion.consensus
        return consensus.full if classifier.head else consensus.kept_enough

    def frame_times(self, classifier: ObjectClassifier) -> Collection[float]:
        """Return the times of the frames that a classifier has looked at."""
        opinion = self.opinions.get(classifier.id)
        return opinion.frame_times if opinion else ()

    def was_missed(self, classifier: ObjectClassifier) -> bool:
        """Return whether a classifier never looked at it, as too much was waiting."""
        return self.dropped and not self.frame_times(classifier)

    def answer(self, classifier: ObjectClassifier) -> str | None:
        """Return what a classifier says of the object by now: a class, `none` or None.

        A class once assigned stays, whatever the attempts come to later. What was said
        when it was given up does not depend on too few attempts any more.
        """
        if (opinion := self.opinions.get(classifier.id)) is None:
            return None
        if opinion.assigned:
            return opinion.assigned.class_name
        consensus = opinion.consensus
        at_last = self.final or self.given_up
        verdict = consensus.final_verdict() if at_last else consensus.verdict()
        return NONE if verdict.class_name == NONE else None

    def note_sub_label(self, text: str | None) -> None:
        """Note the sub label that Frigate shows; one that is not ours counts for good.

        Messages overtake each other: one that knows of no sub label may be older than
        the one that told of it.
        """
        if text is not None and text not in self.names:
            self.foreign_sub_label = text

    def note_own_name(self, text: str) -> None:
        """Note that a name came from us, also one that was taken for somebody's."""
        self.names |= {text}
        if self.foreign_sub_label == text:
            self.foreign_sub_label = None

    def may_be_named_by(self, classifier_id: str, above: Collection[str] = ()) -> bool:
        """Return whether nobody else, person or classifier, has named the object.

        `above` are the classifiers that this one hangs on: it knows better than they.
        """
        return self.foreign_sub_label is None and (
            self.named_by in (None, classifier_id, *above)
        )


def past_object(tracked: TrackedObject) -> ObjectState:
    """Return the state of an object that was gone before we knew of it."""
    state = ObjectState(tracked, ended=True)
    state.note_sub_label(tracked.sub_label.text if tracked.sub_label else None)
    return state


class Tracker:
    """All objects in view, by id."""

    def __init__(self) -> None:
        self._objects: dict[str, ObjectState] = {}
        # With the state of those that have not ended as far as Frigate has said.
        self._ended: dict[str, ObjectState | None] = {}

    def __iter__(self) -> Iterator[ObjectState]:
        """Iterate over the objects in view; they may be forgotten meanwhile."""
        return iter(list(self._objects.values()))

    def get(self, event_id: str) -> ObjectState | None:
        """Return an object in view."""
        return self._objects.get(event_id)

    def update(self, tracked: TrackedObject, *, ended: bool) -> ObjectState | None:
        """Take in a message; None when the object has ended before.

        Messages may be repeated or arrive out of order; an older one changes nothing.
        One that was given up, and is spoken of again, is still `final`.
        """
        if tracked.id in self._ended and not self._is_back(tracked, ended=ended):
            return None
        state = self._objects.get(tracked.id)
        if state is None:
            state = self._objects[tracked.id] = ObjectState(tracked)
            state.findings.hear_event(tracked, None, ())
        elif tracked.frame_time >= state.latest.frame_time:
            state.findings.hear_event(tracked, state.latest, state.names)
            state.latest = tracked
        state.ended = state.ended or ended
        state.last_seen = monotonic()
        sub_label = state.latest.sub_label
        state.note_sub_label(sub_label.text if sub_label else None)
        return state

    def _is_back(self, tracked: TrackedObject, *, ended: bool) -> bool:
        """Return whether an object that was given up is in view after all."""
        state = self._ended[tracked.id]
        if ended:
            self._ended[tracked.id] = None
        elif state and tracked.frame_time > state.latest.frame_time:
            del self._ended[tracked.id]
            self._objects[tracked.id] = state
            return True
        return False

    def give_up(self, state: ObjectState) -> None:
        """Let an object that was forgotten come back when Frigate speaks of it."""
        state.given_up = True
        self._ended[state.id] = state

    def forget(self, event_id: str) -> bool:
        """Forget an object for good; return whether it was still known."""
        state = self._objects.pop(event_id, None)
        if state is None:
            return False
        # Whoever still has the object at hand has no more use for its picture.
        state.held = None
        self._ended[event_id] = None
        if len(self._ended) > _REMEMBERED_ENDS:
            del self._ended[next(iter(self._ended))]
        return True

    def overdue(self) -> list[ObjectState]:
        """Return the objects that Frigate has stopped speaking of."""
        limit = monotonic() - FORGET_AFTER
        return [state for state in self if state.last_seen < limit]
