"""Telling Frigate what an object is: what it stores over HTTP, a message over MQTT.

What may be written is a matter of `sub_labels` and `attributes`. It happens beside the
pipeline, one write after the other per object. What failed is tried again with the next
attempt that agrees, and at the object's end. Objects of the past are written to by the
same rules (`history`).

What a classifier with a condition has said may have to be taken back. On MQTT the class
`none` takes its place, which is also what Frigate's own sensors in Home Assistant show
when they have nothing to show.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
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
    LOGGER,
)
from ..data import ObjclassConfigEntry
from ..frigate.client import FrigateClient
from ..frigate.errors import FrigateAuthError, FrigateError, FrigatePermissionError
from ..frigate.messages import classification_payload
from ..frigate.models import FrigateConfig
from ..issues.problem import Problem, async_tell
from ..learning.consensus import NONE, Verdict
from .attributes import Attributes
from .names import Names
from .sub_labels import SubLabels
from .told import Told
from .tracking import ObjectState


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
        self._topic = f"{frigate.topic_prefix}/tracked_object_update"
        self._sub_labels = SubLabels(entry, client, chain, names)
        self._attributes = Attributes(client, frigate, names)
        self._writes: bool = entry.options.get(CONF_WRITE_BACK, True)
        # Of each object that is being written to; gone with the last who waits.
        self._writing = WeakValueDictionary[str, asyncio.Lock]()
        self._publishes: bool = entry.options.get(CONF_PUBLISH_MQTT, True)

    @property
    def allowed(self) -> bool:
        """Whether Frigate is told of classes at all."""
        return self._writes

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
        self._publish(state, classifier, NONE, 0.0, state.latest.frame_time)
        opinion = state.opinion(classifier)
        was_told, opinion.told = opinion.told, None
        if was_told is None or not self._writes:
            return
        take_back = self._place(classifier).async_take_back
        self._start_writing(state, partial(take_back, state, classifier), classifier)

    @callback
    def async_clear(self, state: ObjectState) -> None:
        """Clear the sub label of an object that has ended, if we took it back."""
        if state.taken_back and state.ended and self._writes:
            self._start_writing(state, partial(self._sub_labels.async_clear, state))

    @callback
    def async_write(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Write an assignment to Frigate's object, unless that has been done."""
        name = verdict.class_name
        if not self._writes or name is None:
            return
        opinion = state.opinion(classifier)
        if opinion.told != name:
            opinion.told = name
            write = self._place(classifier).async_write
            self._start_writing(
                state, partial(write, state, classifier, verdict), classifier
            )

    async def async_write_past(
        self, state: ObjectState, classifier: ObjectClassifier, name: str, score: float
    ) -> Told:
        """Write to an object of the past, and say what became of it.

        `state` is what Frigate has just said of it. Raises FrigateError.
        """
        try:
            if classifier.settings.kind == KIND_ATTRIBUTE:
                return await self._attributes.async_write_past(state, classifier, name)
            return await self._sub_labels.async_write_past(
                state, classifier, name, score
            )
        except FrigatePermissionError:
            self._stop_writing()
            raise

    def _place(self, classifier: ObjectClassifier) -> SubLabels | Attributes:
        """Return where in Frigate's objects the classes of a classifier belong."""
        if classifier.settings.kind == KIND_ATTRIBUTE:
            return self._attributes
        return self._sub_labels

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
        try:
            await mqtt.async_publish(self._hass, self._topic, payload)
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

    @callback
    def _stop_writing(self) -> None:
        """Do not try again what the account may not do, until the entry is reloaded."""
        if self._writes:
            self._writes = False
            LOGGER.warning(
                "The account for Frigate %s may not set sub labels; give it the admin "
                "role in Frigate, or turn writing back off in the options",
                self._entry.title,
            )
            problem = Problem(
                kind=ISSUE_VIEWER, about=self._entry.entry_id, placeholders={}
            )
            async_tell(self._hass, self._entry, (ISSUE_VIEWER,), (problem,))
