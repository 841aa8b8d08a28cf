"""Telling Frigate what an object is: sub label, attribute, and the MQTT message.

Frigate keeps one sub label per object and the last writer wins, so the rules of
courtesy are ours: a sub label that somebody else has set is never overwritten, and none
but our own is ever cleared. All writing happens beside the pipeline, one write after
the other per object. Objects of the past are written to by the same rules (`history`).

What a classifier with a condition has said may have to be taken back. An attribute is
cleared at once. A sub label gives way to that of the classifier that this one hangs on;
without one it is cleared when the object has ended, since clearing it before breaks the
live view of Frigate 0.16 to 0.18. On MQTT the class `none` takes its place, which is
also what Frigate's own sensors in Home Assistant show when they have nothing to show.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..classifier import ObjectClassifier
from ..conditions.chain import Chain
from ..const import (
    CONF_PUBLISH_MQTT,
    CONF_WRITE_BACK,
    ISSUE_VIEWER,
    KIND_ATTRIBUTE,
    KIND_SUB_LABEL,
    LOGGER,
)
from ..frigate.client import FrigateClient
from ..frigate.errors import FrigateAuthError, FrigateError, FrigatePermissionError
from ..frigate.messages import classification_payload
from ..frigate.models import FrigateConfig
from ..issues.problem import Problem, async_tell
from ..learning.consensus import NONE, Verdict
from .names import Names
from .tracking import ObjectState

if TYPE_CHECKING:
    from ..data import ObjclassConfigEntry


class Told(StrEnum):
    """What became of a name: written, there already, or why it was not written."""

    WRITTEN = "written"
    SAME = "same"
    KEPT = "kept"  # what somebody else has said stays
    NO_MODEL = "no_model"  # Frigate has no attribute model of that name
    GONE = "gone"
    REFUSED = "refused"


class Writeback:
    """Tells one Frigate what its objects are."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        client: FrigateClient,
        frigate: FrigateConfig,
        chain: Chain,
        names: Names,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._frigate = frigate
        self._chain = chain
        self._names = names
        self._write_back: bool = entry.options.get(CONF_WRITE_BACK, True)
        # Of each object that is being written to; gone with the last who waits.
        self._writing = WeakValueDictionary[str, asyncio.Lock]()
        self._publishes: bool = entry.options.get(CONF_PUBLISH_MQTT, True)

    @property
    def allowed(self) -> bool:
        """Whether Frigate is told of classes at all."""
        return self._write_back

    @callback
    def async_tell(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        verdict: Verdict,
        frame_time: float,
    ) -> None:
        """Tell Frigate about an assignment, as far as the options allow."""
        name = verdict.class_name or NONE
        self._publish(state, classifier, name, verdict.score, frame_time)
        self.async_write(state, classifier, verdict)

    @callback
    def async_take_back(self, state: ObjectState, classifier: ObjectClassifier) -> None:
        """Take back what Frigate was told, as far as it was told anything."""
        frame_time = state.latest.frame_time
        self._publish(state, classifier, NONE, 0.0, frame_time)
        opinion = state.opinion(classifier)
        was_told, opinion.told = opinion.told, None
        if was_told is None or not self._write_back:
            return
        take_back = (
            self._async_clear_attribute
            if classifier.settings.kind == KIND_ATTRIBUTE
            else self._async_give_way
        )
        self._start_writing(state, partial(take_back, state, classifier), classifier)

    @callback
    def async_finish(self, state: ObjectState) -> None:
        """Clear the sub label of an object that has ended, if we took it back."""
        if state.taken_back and state.ended and self._write_back:
            self._start_writing(state, partial(self._async_clear_sub_label, state))

    @callback
    def async_write(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Write an assignment to Frigate's object, unless that has been done."""
        name = verdict.class_name
        if not self._write_back or name is None:
            return
        opinion = state.opinion(classifier)
        if opinion.told != name:
            opinion.told = name
            write = (
                self._async_write_attribute
                if classifier.settings.kind == KIND_ATTRIBUTE
                else self._async_write_sub_label
            )
            self._start_writing(
                state, partial(write, state, classifier, verdict), classifier
            )

    async def async_write_past(
        self, state: ObjectState, classifier: ObjectClassifier, name: str, score: float
    ) -> Told:
        """Write to an object of the past, and say what became of it.

        `state` is what Frigate has just said of it. Raises FrigateError.
        """
        is_attribute = classifier.settings.kind == KIND_ATTRIBUTE
        said = (
            state.latest.model_attributes.get(classifier.settings.name)
            if is_attribute
            else state.latest.sub_label
        )
        if said and said.text == name:
            return Told.SAME
        try:
            if not is_attribute:
                await self._async_recall(state)
                return await self._async_set_sub_label(state, classifier, name, score)
            ours = await self._names.async_of(state.id, KIND_ATTRIBUTE)
            if said and (classifier.id, said.text) not in ours:
                return Told.KEPT
            return await self._async_set_attribute(state, classifier, name)
        except FrigatePermissionError:
            self._stop_writing()
            raise

    @callback
    def _start_writing(
        self,
        state: ObjectState,
        write: Callable[[], Awaitable[None]],
        classifier: ObjectClassifier | None = None,
    ) -> None:
        self._start(
            self._async_write_safely(state, write, classifier),
            f"objclass write {state.id}",
        )

    @callback
    def _start(self, job: Coroutine[None, None, None], name: str) -> None:
        # Later: first everything is shown.
        self._entry.async_create_background_task(
            self._hass, job, name, eager_start=False
        )

    @callback
    def _publish(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        class_name: str,
        score: float,
        frame_time: float,
    ) -> None:
        """Send the message that Frigate's own classifier would send."""
        if not self._publishes:
            return
        is_attribute = classifier.settings.kind == KIND_ATTRIBUTE
        payload = classification_payload(
            id=state.id,
            camera=state.latest.camera,
            timestamp=frame_time,
            model=classifier.settings.name,
            sub_label=None if is_attribute else class_name,
            attribute=class_name if is_attribute else None,
            score=round(score, 3),
        )
        self._start(self._async_send(state.id, payload), f"objclass publish {state.id}")

    async def _async_send(self, event_id: str, payload: str) -> None:
        topic = f"{self._frigate.topic_prefix}/tracked_object_update"
        try:
            await mqtt.async_publish(self._hass, topic, payload, qos=0, retain=False)
        except HomeAssistantError as err:
            LOGGER.debug("No MQTT message about %s: %s", event_id, err)

    async def _async_write_safely(
        self,
        state: ObjectState,
        write: Callable[[], Awaitable[None]],
        classifier: ObjectClassifier | None = None,
    ) -> None:
        """Write to Frigate, one write after the other for each object."""
        try:
            async with self._writing.setdefault(state.id, asyncio.Lock()):
                await write()
        except FrigateError as err:
            # The next attempt that agrees tells it again, and the object's end does.
            if classifier is not None:
                state.opinion(classifier).told = None
            LOGGER.debug("Frigate was not told about %s: %s", state.id, err)
            if isinstance(err, FrigateAuthError):
                self._entry.async_start_reauth(self._hass)
            elif isinstance(err, FrigatePermissionError):
                self._stop_writing()

    async def _async_write_sub_label(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        await self._async_recall(state)
        # What was written from outside is in Frigate's database before any message.
        if event := await self._client.event(state.id):
            state.note_sub_label(event.sub_label.text if event.sub_label else None)
        await self._async_set_sub_label(
            state, classifier, verdict.class_name or "", verdict.score
        )

    async def _async_recall(self, state: ObjectState) -> None:
        """Know again the names that came from us before a restart."""
        if state.names:
            return
        for classifier_id, name in await self._names.async_of(state.id, KIND_SUB_LABEL):
            state.note_own_name(name)
            # Nobody waits for a classifier that is gone.
            if classifier_id in self._entry.subentries:
                state.named_by = state.named_by or classifier_id

    async def _async_set_sub_label(
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

    async def _async_give_way(
        self, state: ObjectState, classifier: ObjectClassifier
    ) -> None:
        """Let a classifier that this one hangs on name the object again."""
        if state.named_by != classifier.id:
            return
        state.named_by = None
        for above in self._chain.above(classifier):
            verdict = state.assigned(above)
            if verdict and above.settings.kind != KIND_ATTRIBUTE:
                await self._async_write_sub_label(state, above, verdict)
                return
        state.to_clear = True

    async def _async_clear_sub_label(self, state: ObjectState) -> None:
        if not state.to_clear:
            return
        event = await self._client.ended_event(state.id)
        if event and event.sub_label and event.sub_label.text in state.names:
            await self._client.clear_sub_label(state.id)

    async def _async_write_attribute(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        await self._async_set_attribute(state, classifier, verdict.class_name or "")

    async def _async_set_attribute(
        self, state: ObjectState, classifier: ObjectClassifier, name: str
    ) -> Told:
        """Set the attribute, if Frigate has a model of that name for it."""
        models = self._attribute_models(state)
        if classifier.settings.name not in models:
            return Told.NO_MODEL
        state.attributes[classifier.settings.name] = name
        await self._names.async_note(state.id, KIND_ATTRIBUTE, classifier.id, name)
        await self._async_set_attributes(state, models)
        return Told.WRITTEN

    async def _async_clear_attribute(
        self, state: ObjectState, classifier: ObjectClassifier
    ) -> None:
        models = self._attribute_models(state)
        if state.attributes.get(classifier.settings.name) and (
            classifier.settings.name in models
        ):
            # No class: it has to hide the value in Frigate's newest message.
            state.attributes[classifier.settings.name] = ""
            await self._async_set_attributes(state, models)

    def _attribute_models(self, state: ObjectState) -> set[str]:
        """Return the names of Frigate's attribute models for this object."""
        return {
            model.name
            for model in self._frigate.custom_models.values()
            if model.type == KIND_ATTRIBUTE
            and model.enabled
            and state.latest.label in model.objects
        }

    async def _async_set_attributes(self, state: ObjectState, models: set[str]) -> None:
        """Set all attributes of an object.

        Frigate clears all its attribute models that have no match in the list, so what
        the other ones found is said again.
        """
        values = {
            name: attribute.text
            for name, attribute in state.latest.model_attributes.items()
        } | state.attributes
        await self._client.set_attributes(
            state.id,
            [value for name, value in values.items() if name in models and value],
        )

    @callback
    def _stop_writing(self) -> None:
        """Do not try again what the account may not do, until the entry is reloaded."""
        if self._write_back:
            self._write_back = False
            LOGGER.warning(
                "The account for Frigate %s may not set sub labels; give it the admin "
                "role in Frigate, or turn writing back off in the options",
                self._entry.title,
            )
            problem = Problem(
                kind=ISSUE_VIEWER, about=self._entry.entry_id, placeholders={}
            )
            async_tell(self._hass, self._entry, (ISSUE_VIEWER,), (problem,))
