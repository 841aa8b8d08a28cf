"""Buttons: train a classifier."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .classifier import Classifier
from .data import ObjclassConfigEntry
from .entity import ClassifierEntity

PARALLEL_UPDATES = 1


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the train button of each classifier."""
    for classifier in entry.runtime_data.classifiers.values():
        async_add_entities(
            [TrainButton(entry, classifier)], config_subentry_id=classifier.id
        )


class TrainButton(ClassifierEntity, ButtonEntity):
    """Trains the classifier on its labelled crops."""

    _attr_translation_key = "train"
    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, entry: ObjclassConfigEntry, classifier: Classifier) -> None:
        super().__init__(entry, classifier, "train")

    @property
    @override
    def available(self) -> bool:
        return self.classifier.samples.store.readable

    @override
    async def async_press(self) -> None:
        """Train; as with the action, not for a user who is no administrator."""
        # Home Assistant lets every user press every button.
        if self._context and self._context.user_id:
            user = await self.hass.auth.async_get_user(self._context.user_id)
            if user is None or not user.is_admin:
                raise Unauthorized(context=self._context, entity_id=self.entity_id)
        await self.classifier.trainings.async_train()
