"""Telling those who look on what changed in a classifier, and how far a job is."""

from asyncio import CancelledError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..runtime.worker import interrupted
from ..signals import (
    SIGNAL_CHANGED,
    SIGNAL_PROGRESS,
    SIGNAL_SAMPLES,
    SIGNAL_STATE,
    Job,
    Progress,
    SampleChanges,
    StateChange,
)

# Takes how far a job is, 0 to 1, None when that is not known.
type Tell = Callable[[float | None], None]


class Telling:
    """Sends the signals of one classifier."""

    def __init__(self, hass: HomeAssistant, classifier_id: str) -> None:
        self._hass = hass
        self._id = classifier_id

    @callback
    def async_changed(self) -> None:
        """Tell that something is to be shown anew."""
        async_dispatcher_send(self._hass, SIGNAL_CHANGED.format(self._id))

    @callback
    def async_samples_changed(self, changes: SampleChanges) -> None:
        """Tell which samples came, changed or went."""
        async_dispatcher_send(self._hass, SIGNAL_SAMPLES.format(self._id), changes)
        self.async_changed()

    @callback
    def async_state_changed(self, change: StateChange) -> None:
        """Tell that a camera has a new state."""
        async_dispatcher_send(self._hass, SIGNAL_STATE.format(self._id), change)
        self.async_changed()

    @contextmanager
    def async_job(self, job: Job) -> Iterator[Tell]:
        """Tell how far a job is, and how it ended."""

        def send(share: float | None, **end: Any) -> None:
            async_dispatcher_send(
                self._hass,
                SIGNAL_PROGRESS.format(self._id),
                Progress(job=job, share=share, **end),
            )

        send(None)
        try:
            yield send
        except BaseException as err:
            told = interrupted() if isinstance(err, CancelledError) else err
            send(None, done=True, error=str(told) or type(err).__name__)
            raise
        send(1.0, done=True)
