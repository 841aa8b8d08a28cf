"""The sub labels of Frigate's objects.

Frigate keeps one sub label per object and the last writer wins, so the rules of
courtesy are ours: a sub label that somebody else has set is never overwritten, and none
but our own is ever cleared.

One that is taken back gives way to that of the classifier that its own hangs on.
Without one it is cleared when the object has ended, since clearing it before breaks the
live view of Frigate 0.16 to 0.18.
"""

from ..classifier import ObjectClassifier
from ..conditions.chain import Chain
from ..const import KIND_ATTRIBUTE, KIND_SUB_LABEL, LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.client import FrigateClient
from ..learning.consensus import Verdict
from .names import Names
from .told import Told
from .tracking import ObjectState


class SubLabels:
    """Sets the sub labels of one Frigate's objects; all of it raises FrigateError."""

    def __init__(
        self,
        entry: ObjclassConfigEntry,
        client: FrigateClient,
        chain: Chain,
        names: Names,
    ) -> None:
        self._entry = entry
        self._client = client
        self._chain = chain
        self._names = names

    async def async_write(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Name an object in view, or one that has just ended."""
        await self._async_recall(state)
        # What was written from outside is in Frigate's database before any message.
        if event := await self._client.event(state.id):
            state.note_sub_label(event.sub_label.text if event.sub_label else None)
        await self._async_set(
            state, classifier, verdict.class_name or "", verdict.score
        )

    async def async_write_past(
        self, state: ObjectState, classifier: ObjectClassifier, name: str, score: float
    ) -> Told:
        """Name an object of the past; `state` is what Frigate has just said of it."""
        said = state.latest.sub_label
        if said and said.text == name:
            return Told.SAME
        await self._async_recall(state)
        return await self._async_set(state, classifier, name, score)

    async def async_take_back(
        self, state: ObjectState, classifier: ObjectClassifier
    ) -> None:
        """Let a classifier that this one hangs on name the object again."""
        if state.named_by != classifier.id:
            return
        state.named_by = None
        for above in self._chain.above(classifier):
            verdict = state.assigned(above)
            if verdict and above.settings.kind != KIND_ATTRIBUTE:
                opinion = state.opinion(above)
                # If this fails, it is tried again as if it had never been told.
                opinion.told = None
                await self.async_write(state, above, verdict)
                opinion.told = verdict.class_name
                return
        state.to_clear = True

    async def async_clear(self, state: ObjectState) -> None:
        """Clear what was taken back from an object that has ended."""
        if not state.to_clear:
            return
        event = await self._client.ended_event(state.id)
        if event and event.sub_label and event.sub_label.text in state.names:
            await self._client.clear_sub_label(state.id)

    async def _async_recall(self, state: ObjectState) -> None:
        """Know again the names that came from us before a restart."""
        if state.names:
            return
        for classifier_id, name in await self._names.async_of(state.id, KIND_SUB_LABEL):
            state.note_own_name(name)
            # Nobody waits for a classifier that is gone.
            if classifier_id in self._entry.subentries:
                state.named_by = state.named_by or classifier_id

    async def _async_set(
        self, state: ObjectState, classifier: ObjectClassifier, name: str, score: float
    ) -> Told:
        above = [item.id for item in self._chain.above(classifier)]
        if not state.may_be_named_by(classifier.id, above):
            whose = state.foreign_sub_label or "of another classifier"
            LOGGER.debug(
                "%s: %s keeps the sub label %r that was not ours",
                classifier.settings.name,
                state.id,
                "of a person" if classifier.settings.of_people else whose,
            )
            return Told.KEPT
        state.named_by = classifier.id
        state.names |= {name}
        state.to_clear = False
        await self._names.async_note(state.id, KIND_SUB_LABEL, classifier.id, name)
        await self._client.set_sub_label(state.id, name, round(score, 3))
        return Told.WRITTEN
