"""Whether Frigate's past objects meet the condition of a classifier.

What a person has labelled counts most, then what the parent found out when it looked
at the object live. An object that the parent knows nothing about is put to its head,
on the same picture and the same embedding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from homeassistant.exceptions import ServiceValidationError

from ..classifier import ObjectClassifier
from ..const import DOMAIN
from ..frigate.findings import Findings
from ..frigate.models import StoredEvent
from ..learning.look import Look
from ..learning.model_head import AnyHead
from ..objects.attempts import attempt_of
from .chain import Chain
from .condition import FRIGATE_FACE, FRIGATE_SUB_LABEL, Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A condition that only the head of its parent can tell about an object."""

    condition: Condition
    parent: ObjectClassifier

    def is_met(self, seen: Look) -> bool:
        """Return whether the parent's head says one of the classes of a look."""
        prediction = seen.predictions.get(self.parent.id)
        if prediction is None:
            return False
        attempt = attempt_of(self.parent, prediction, frame_time=0.0)
        counts = attempt.unfamiliar or attempt.score >= self.parent.settings.threshold
        return counts and attempt.vote in self.condition.classes


class PastCondition:
    """The condition of a classifier, and those of all that it hangs on."""

    def __init__(self, chain: Chain, classifier: ObjectClassifier) -> None:
        """Check it. Raises ServiceValidationError if it cannot be met."""
        self._links = [
            (item.settings.condition, chain.parent(item))
            for item in (classifier, *chain.above(classifier))
            if item.settings.condition is not None
        ]
        if chain.is_broken(classifier):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="condition_broken",
                translation_placeholders={"classifier": classifier.settings.name},
            )
        for condition, parent in self._links:
            if parent is not None and not _can_tell(parent, condition):
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="parent_untrained",
                    translation_placeholders={
                        "classifier": classifier.settings.name,
                        "parent": parent.settings.name,
                    },
                )

    @property
    def sub_labels(self) -> Sequence[str]:
        """The sub labels that Frigate has to have given an object; empty for any."""
        for condition, _ in self._links:
            if condition.parent in (FRIGATE_SUB_LABEL, FRIGATE_FACE):
                return condition.classes
        return ()

    @property
    def heads(self) -> dict[str, AnyHead]:
        """The heads that a look is to be put to, by the id of their classifier."""
        return {
            parent.id: parent.head
            for _, parent in self._links
            if parent is not None and parent.head is not None
        }

    async def async_questions(self, event: StoredEvent) -> list[Question] | None:
        """Return what has to be asked of a picture of an object.

        Nothing when the condition is known to be met, None when it is known not to be.
        """
        questions = []
        for condition, parent in self._links:
            if parent is None:
                if not condition.holds_for(_findings(event)):
                    return None
                continue
            known = await parent.samples.async_files(_known, parent, event.id)
            if known is None:
                questions.append(Question(condition=condition, parent=parent))
            elif known not in condition.classes:
                return None
        return questions


def _can_tell(parent: ObjectClassifier, condition: Condition) -> bool:
    return parent.head is not None or any(
        parent.samples.labelled.get(name) for name in condition.classes
    )


def _findings(event: StoredEvent) -> Findings:
    """Return what Frigate has written down about an object."""
    return Findings(
        sub_label=event.sub_label.text if event.sub_label else None,
        plate=frozenset({event.plate}),
        attributes={
            model: attribute.text for model, attribute in event.model_attributes.items()
        },
    )


def _known(parent: ObjectClassifier, event_id: str) -> str | None:
    """Return what a classifier, or a person, has found a past object to be."""
    for sample in parent.samples.store.find(event_id=event_id, labelled=True, limit=1):
        return sample.label
    outcome = parent.samples.store.outcomes([event_id]).get(event_id)
    # Undecided is an answer too, which is none of the classes.
    return (outcome.verdict.class_name or "") if outcome else None
