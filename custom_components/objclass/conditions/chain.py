"""Which classifiers hang on which, and which of them an object is a matter for."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .condition import circle

if TYPE_CHECKING:
    from ..classifier import ObjectClassifier
    from ..frigate.messages import TrackedObject
    from ..objects.tracking import ObjectState


class Chain:
    """The classifiers of one Frigate, parents before their children.

    A classifier whose parent is gone is never asked, nor is one that hangs on itself.
    """

    def __init__(self, classifiers: Iterable[ObjectClassifier]) -> None:
        self._by_id = {classifier.id: classifier for classifier in classifiers}
        parents = {
            classifier.id: condition.parent if condition else None
            for classifier in self._by_id.values()
            for condition in [classifier.settings.condition]
        }
        self._circular = {item for item in parents if circle(parents, item)}
        order = sorted(self._by_id.values(), key=lambda item: len(self.above(item)))
        self.classifiers: Sequence[ObjectClassifier] = tuple(order)

    def interested(self, tracked: TrackedObject) -> list[ObjectClassifier]:
        """Return the classifiers that look at such an object, parents first."""
        return [item for item in self.classifiers if item.settings.wants(tracked)]

    def parent(self, classifier: ObjectClassifier) -> ObjectClassifier | None:
        """Return the classifier that another one hangs on, if there is one."""
        condition = classifier.settings.condition
        if condition is None or classifier.id in self._circular:
            return None
        return self._by_id.get(condition.parent)

    def above(self, classifier: ObjectClassifier) -> list[ObjectClassifier]:
        """Return the parent of a classifier, the parent's parent and so on."""
        above: list[ObjectClassifier] = []
        parent = self.parent(classifier)
        while parent is not None and parent not in above:
            above.append(parent)
            parent = self.parent(parent)
        return above

    def is_broken(self, classifier: ObjectClassifier) -> bool:
        """Return whether nothing can meet its condition, or one of those above it."""
        return any(map(self._hangs_on_nothing, (classifier, *self.above(classifier))))

    def _hangs_on_nothing(self, classifier: ObjectClassifier) -> bool:
        condition = classifier.settings.condition
        if condition is None or condition.on_frigate:
            return False
        parent = self.parent(classifier)
        return parent is None or set(condition.classes).isdisjoint(
            parent.settings.all_classes
        )

    def is_met(self, state: ObjectState, classifier: ObjectClassifier) -> bool:
        """Return whether a classifier is to be asked of an object, as things stand."""
        condition = classifier.settings.condition
        if condition is None:
            return True
        if condition.on_frigate:
            return condition.holds_for(state.findings)
        parent = self.parent(classifier)
        return (
            parent is not None
            and state.answer(parent) in condition.classes
            and self.is_met(state, parent)
        )
