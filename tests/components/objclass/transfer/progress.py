"""What is told of a job, in the order in which it is told."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from custom_components.objclass.classifier import Classifier
from custom_components.objclass.signals import SIGNAL_PROGRESS, Progress


def followed(hass: HomeAssistant, classifier: Classifier) -> list[Progress]:
    """Return a list that everything is added to that is told from now on."""
    told: list[Progress] = []

    # Without this mark it would run in threads, in any order.
    @callback
    def note(progress: Progress) -> None:
        told.append(progress)

    async_dispatcher_connect(hass, SIGNAL_PROGRESS.format(classifier.id), note)
    return told
