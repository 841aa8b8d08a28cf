"""The attributes of Frigate's objects: one for each of Frigate's attribute models.

An attribute can be set only where Frigate has such a model of the classifier's name for
the object's label.
"""

from ..classifier import ObjectClassifier
from ..const import KIND_ATTRIBUTE
from ..frigate.client import FrigateClient
from ..frigate.models import FrigateConfig
from ..learning.consensus import Verdict
from .names import Names
from .told import Told
from .tracking import ObjectState


class Attributes:
    """Sets the attributes of one Frigate's objects; all of it raises FrigateError."""

    def __init__(
        self, client: FrigateClient, frigate: FrigateConfig, names: Names
    ) -> None:
        self._client = client
        self._frigate = frigate
        self._names = names

    async def async_write(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Set the attribute of an object in view, or of one that has just ended."""
        await self._async_set(state, classifier, verdict.class_name or "")

    async def async_write_past(
        self, state: ObjectState, classifier: ObjectClassifier, name: str
    ) -> Told:
        """Set that of an object of the past, unless somebody else has set it.

        `state` is what Frigate has just said of the object.
        """
        said = state.latest.model_attributes.get(classifier.settings.name)
        if said and said.text == name:
            return Told.SAME
        ours = await self._names.async_of(state.id, KIND_ATTRIBUTE)
        if said and (classifier.id, said.text) not in ours:
            return Told.KEPT
        return await self._async_set(state, classifier, name)

    async def async_take_back(
        self, state: ObjectState, classifier: ObjectClassifier
    ) -> None:
        """Clear the attribute that an object has."""
        models = self._models(state)
        if state.attributes.get(classifier.settings.name) and (
            classifier.settings.name in models
        ):
            # No class: it has to hide the value in Frigate's newest message.
            state.attributes[classifier.settings.name] = ""
            await self._async_send(state, models)

    async def _async_set(
        self, state: ObjectState, classifier: ObjectClassifier, name: str
    ) -> Told:
        """Set the attribute, if Frigate has a model of that name for it."""
        models = self._models(state)
        if classifier.settings.name not in models:
            return Told.NO_MODEL
        state.attributes[classifier.settings.name] = name
        await self._names.async_note(state.id, KIND_ATTRIBUTE, classifier.id, name)
        await self._async_send(state, models)
        return Told.WRITTEN

    def _models(self, state: ObjectState) -> set[str]:
        """Return the names of Frigate's attribute models for this object."""
        return {
            model.name
            for model in self._frigate.custom_models.values()
            if model.type == KIND_ATTRIBUTE
            and model.enabled
            and state.latest.label in model.objects
        }

    async def _async_send(self, state: ObjectState, models: set[str]) -> None:
        """Send all attributes of an object.

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
