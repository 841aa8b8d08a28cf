"""What Frigate itself has found out about an object: the newest word of each kind.

Two kinds of messages tell of it. `tracked_object_update` comes first, from the process
that found it out; `events` repeats it, often only in the message after the next, since
another process sends it. So of an event message only what differs from the event
message before it is news. Frigate never takes back what it found out; only people do.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from .messages import TrackedObject, TrackedObjectUpdate


@dataclass(slots=True)
class Findings:
    """What Frigate says of one object.

    `plate` holds what it calls the licence plate: its text, and its name if it is a
    known one. `attributes` maps attribute models to their classes.
    """

    sub_label: str | None = None
    face: str | None = None
    plate: frozenset[str | None] = frozenset()
    attributes: dict[str, str] = field(default_factory=dict)

    def hear_event(
        self,
        tracked: TrackedObject,
        before: TrackedObject | None,
        ours: Collection[str],
    ) -> None:
        """Take in an event message; `ours` are the sub labels that we wrote."""
        name = tracked.sub_label.text if tracked.sub_label else None
        was = before.sub_label.text if before and before.sub_label else None
        if name != was:
            self.face = name if name == self.face else None
            self.sub_label = None if name in ours else name
        old_plate = before.plate if before else None
        if tracked.plate not in (old_plate, *self.plate):
            self.plate = frozenset({tracked.plate})
        known = dict(before.model_attributes) if before else {}
        for model, attribute in tracked.model_attributes.items():
            if known.pop(model, None) != attribute:
                self.attributes[model] = attribute.text
        for model in known:
            self.attributes.pop(model, None)

    def hear_update(
        self, update: TrackedObjectUpdate, face_threshold: float
    ) -> str | None:
        """Take in a message about one finding; return the sub label that it brings.

        Frigate tells of every attempt on a face, with its running score; the face is
        recognised, and becomes the sub label, from `face_threshold` on.
        """
        if update.type == "face" and (update.score or 0) < face_threshold:
            return None
        match update.type:
            case "face" if update.name:
                self.face = self.sub_label = update.name
            case "lpr" if update.plate or update.name:
                self.plate = frozenset({update.plate, update.name})
                self.sub_label = update.name or self.sub_label
            case "classification" if update.sub_label:
                self.sub_label = update.sub_label
            case "classification" if update.model and update.attribute:
                self.attributes[update.model] = update.attribute
        return update.sub_label or update.name
