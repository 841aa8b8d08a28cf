"""Telling over MQTT what a camera shows, as Frigate does for its state models."""

import re
from typing import Final

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..classifier import FrameClassifier
from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..signals import SIGNAL_STATE, StateChange

# What means something else in a topic.
_SPECIAL: Final = re.compile(r"[/+#]")


@callback
def async_publish_states(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: FrameClassifier,
    prefix: str,
) -> None:
    """Publish every new state of a classifier, until the entry is unloaded.

    The payload is the bare name of the class. Like Frigate's, it is not retained.
    """
    name = _SPECIAL.sub("_", classifier.settings.name)

    async def publish(change: StateChange) -> None:
        camera = change.camera.rpartition(".")[2]
        topic = f"{prefix}/{camera}/classification/{name}"
        try:
            await mqtt.async_publish(hass, topic, change.state.class_name)
        except HomeAssistantError as err:
            LOGGER.debug("No MQTT message on %s: %s", topic, err)

    @callback
    def on_state(change: StateChange) -> None:
        entry.async_create_background_task(hass, publish(change), "objclass publish")

    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_STATE.format(classifier.id), on_state)
    )
