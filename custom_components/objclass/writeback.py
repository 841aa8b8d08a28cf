"""Telling Frigate what an object is: sub label, attribute, and the MQTT message.

Frigate keeps one sub label per object and the last writer wins, so the rules of
courtesy are ours: a sub label that somebody else has set is never overwritten, and none
is ever cleared. All writing happens beside the pipeline, one write after the other per
object.
"""

from collections.abc import Coroutine
from typing import TYPE_CHECKING

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .classifier import ObjectClassifier
from .const import (
    CONF_PUBLISH_MQTT,
    CONF_WRITE_BACK,
    KIND_ATTRIBUTE,
    LOGGER,
)
from .frigate.client import FrigateClient
from .frigate.errors import FrigateAuthError, FrigateError, FrigatePermissionError
from .frigate.messages import classification_payload
from .frigate.models import FrigateConfig
from .learning.consensus import Verdict
from .tracking import ObjectState

if TYPE_CHECKING:
    from .data import ObjclassConfigEntry


class Writeback:
    """Tells one Frigate what its objects are."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        client: FrigateClient,
        frigate: FrigateConfig,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._frigate = frigate
        self._write_back: bool = entry.options.get(CONF_WRITE_BACK, True)
        self._publish: bool = entry.options.get(CONF_PUBLISH_MQTT, True)

    @callback
    def async_tell(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        verdict: Verdict,
        frame_time: float,
    ) -> None:
        """Tell Frigate about an assignment, as far as the options allow."""
        if self._publish:
            self._start(
                self._async_publish(state, classifier, verdict, frame_time),
                f"objclass publish {state.id}",
            )
        self.async_write(state, classifier, verdict)

    @callback
    def async_write(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Write an assignment to Frigate's object, unless that has been done."""
        name = verdict.class_name
        if not self._write_back or name is None:
            return
        if state.told.get(classifier.id) != name:
            state.told[classifier.id] = name
            self._start(
                self._async_write(state, classifier, verdict),
                f"objclass write {state.id}",
            )

    def _start(self, job: Coroutine[None, None, None], name: str) -> None:
        self._entry.async_create_background_task(self._hass, job, name)

    async def _async_publish(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        verdict: Verdict,
        frame_time: float,
    ) -> None:
        """Send the message that Frigate's own classifier would send."""
        is_attribute = classifier.settings.kind == KIND_ATTRIBUTE
        payload = classification_payload(
            id=state.id,
            camera=state.latest.camera,
            timestamp=frame_time,
            model=classifier.settings.name,
            sub_label=None if is_attribute else verdict.class_name,
            attribute=verdict.class_name if is_attribute else None,
            score=round(verdict.score, 3),
        )
        topic = f"{self._frigate.topic_prefix}/tracked_object_update"
        try:
            await mqtt.async_publish(self._hass, topic, payload, qos=0, retain=False)
        except HomeAssistantError as err:
            LOGGER.debug("No MQTT message about %s: %s", state.id, err)

    async def _async_write(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        write = (
            self._async_write_attribute
            if classifier.settings.kind == KIND_ATTRIBUTE
            else self._async_write_sub_label
        )
        try:
            async with state.writing:
                await write(state, classifier, verdict)
        except FrigateError as err:
            # The next attempt that agrees tells it again, and the object's end does.
            state.told.pop(classifier.id, None)
            LOGGER.debug("Frigate was not told about %s: %s", state.id, err)
            if isinstance(err, FrigateAuthError):
                self._entry.async_start_reauth(self._hass)
            elif isinstance(err, FrigatePermissionError):
                self._stop_writing()

    async def _async_write_sub_label(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        name = verdict.class_name or ""
        # What was written from outside is in Frigate's database before any message.
        if event := await self._client.event(state.id):
            state.note_sub_label(event.sub_label.text if event.sub_label else None)
        if not state.may_be_named_by(classifier.id):
            LOGGER.debug(
                "%s: %s keeps the sub label %r that was not ours",
                classifier.settings.name,
                state.id,
                state.foreign_sub_label or "of another classifier",
            )
            return
        state.named_by = classifier.id
        state.names.add(name)
        await self._client.set_sub_label(state.id, name, round(verdict.score, 3))

    async def _async_write_attribute(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Set the attribute, if Frigate has a model of that name for it.

        Frigate clears all its attribute models that have no match in the list, so what
        the other ones found is said again.
        """
        tracked = state.latest
        models = {
            model.name
            for model in self._frigate.custom_models.values()
            if model.type == KIND_ATTRIBUTE
            and model.enabled
            and tracked.label in model.objects
        }
        if classifier.settings.name not in models:
            return
        state.attributes[classifier.settings.name] = verdict.class_name or ""
        values = {
            name: attribute.text for name, attribute in tracked.model_attributes.items()
        } | state.attributes
        await self._client.set_attributes(
            state.id, [values[name] for name in values if name in models]
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
