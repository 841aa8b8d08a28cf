"""Bringing classifiers up to date with a backbone that is not the one they know."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..classifier import Classifier
from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry
from ..signals import SIGNAL_BACKBONE


@callback
def async_keep_up(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Let the classifiers of an entry catch up, now and whenever there is another."""

    @callback
    def start() -> None:
        for classifier in entry.runtime_data.classifiers.values():
            entry.async_create_background_task(
                hass, _async_catch_up(classifier), f"{DOMAIN} train {classifier.id}"
            )

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_BACKBONE, start))
    start()


async def _async_catch_up(classifier: Classifier) -> None:
    """Train anew if the head does not fit any more, then look at all other crops.

    What the backbone before saw stays on disk, for the way back; that of still earlier
    ones goes once the head fits again.
    """
    await classifier.trainings.async_settled()
    try:
        if classifier.trainings.outdated:
            await classifier.trainings.async_train()
    except HomeAssistantError as err:
        # The whole text may name a class.
        LOGGER.warning(
            "%s has to be trained anew: %s",
            classifier.settings.name,
            err.translation_key,
        )
    try:
        await classifier.samples.async_look_again()
        await classifier.trainings.async_forget_backbones()
    except HomeAssistantError as err:
        LOGGER.warning(
            "The crops of %s are not all looked at again: %s",
            classifier.settings.name,
            err,
        )
