"""What is new, told to a panel as it happens, but not faster than eyes can follow."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..const import DOMAIN
from ..lookup import loaded_classifiers
from ..signals import (
    SIGNAL_AVAILABLE,
    SIGNAL_CHANGED,
    SIGNAL_HISTORY,
    SIGNAL_PROGRESS,
    SIGNAL_RESULT,
    SIGNAL_SAMPLES,
    Progress,
    SampleChanges,
)
from .classifiers import classifier_state
from .status import status

# What happens within this time is told at once (seconds).
_PAUSE: Final = 0.25
# Counts change without a signal.
_LOOK_AT_STATUS: Final = timedelta(seconds=2)

type _Message = dict[str, Any]


class Subscription:
    """One panel that listens: what is new for it, and when it was last told."""

    def __init__(self, hass: HomeAssistant, send: Callable[[_Message], None]) -> None:
        self._hass = hass
        self._send = send
        self._listening: list[CALLBACK_TYPE] = []
        self._to_classifiers: list[CALLBACK_TYPE] = []
        self._pause: CALLBACK_TYPE | None = None
        self._known: dict[str, _Message] = {}
        self._status: _Message = {}
        # What has not been told yet: that other classifiers are here; the ids of
        # changed ones; their samples, each with what happened to it; their jobs; that
        # a run over the past has come on.
        self._others = False
        self._changed: set[str] = set()
        self._samples: dict[str, dict[str, str]] = {}
        self._jobs: dict[tuple[str, str], Progress] = {}
        self._history = False

    @callback
    def async_start(self) -> None:
        """Listen."""
        self._status = status(self._hass)
        self._listening = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_on_entry
            ),
            async_track_time_interval(
                self._hass, self._async_look_at_status, _LOOK_AT_STATUS
            ),
        ]
        self._async_follow()

    @callback
    def async_stop(self) -> None:
        """Stop listening; what was not told yet is not told any more."""
        for stop in (*self._listening, *self._to_classifiers):
            stop()
        if self._pause:
            self._pause()

    # What happens

    @callback
    def _async_follow(self) -> None:
        """Listen to the classifiers that are here now."""
        for stop in self._to_classifiers:
            stop()
        self._to_classifiers = []
        self._known = {}
        signals: list[tuple[Any, Callable[..., None]]] = []
        for entry, classifier in loaded_classifiers(self._hass):
            key = classifier.id
            self._known[key] = classifier_state(self._hass, entry, classifier)
            changed = partial(self._async_on_change, key)
            signals += [
                (SIGNAL_CHANGED.format(key), changed),
                (SIGNAL_RESULT.format(key), changed),
                (SIGNAL_SAMPLES.format(key), partial(self._async_on_samples, key)),
                (SIGNAL_PROGRESS.format(key), partial(self._async_on_progress, key)),
            ]
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            signal = SIGNAL_AVAILABLE.format(entry.entry_id)
            signals.append((signal, self._async_on_available))
            signal = SIGNAL_HISTORY.format(entry.entry_id)
            signals.append((signal, self._async_on_history))
        self._to_classifiers = [
            async_dispatcher_connect(self._hass, signal, target)
            for signal, target in signals
        ]

    @callback
    def _async_on_entry(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._others = True
            self._async_news()

    @callback
    def _async_on_change(self, classifier_id: str, *_: object) -> None:
        self._changed.add(classifier_id)
        self._async_news()

    @callback
    def _async_on_available(self) -> None:
        self._changed |= self._known.keys()
        self._async_news()

    @callback
    def _async_on_samples(self, classifier_id: str, changes: SampleChanges) -> None:
        news = self._samples.setdefault(classifier_id, {})
        for sample_id in changes.added:
            news[sample_id] = "added"
        for sample_id in changes.changed:
            # One that is new is told as such, with its label.
            news.setdefault(sample_id, "changed")
        for sample_id in changes.removed:
            if news.pop(sample_id, None) != "added":
                news[sample_id] = "removed"
        self._async_news()

    @callback
    def _async_on_history(self) -> None:
        self._history = True
        self._async_news()

    @callback
    def _async_on_progress(self, classifier_id: str, progress: Progress) -> None:
        self._jobs[classifier_id, progress.job] = progress
        self._async_news()

    @callback
    def _async_look_at_status(self, _now: object) -> None:
        now = status(self._hass)
        if now != self._status:
            self._status = now
            self._send({"event": "status", "status": now})

    # What is told

    @callback
    def _async_news(self) -> None:
        """Tell at once, or after the pause if something has just been told."""
        if self._pause is None:
            self._async_tell()
            self._pause = async_call_later(self._hass, _PAUSE, self._async_on_pause)

    @callback
    def _async_on_pause(self, _now: object) -> None:
        self._pause = None
        news = (self._changed, self._samples, self._jobs)
        if self._others or self._history or any(news):
            self._async_news()

    def _loading(self) -> bool:
        """Return whether a list of what is here would be asked for too early."""
        return any(
            entry.setup_lock.locked()
            for entry in self._hass.config_entries.async_entries(DOMAIN)
        )

    @callback
    def _async_tell(self) -> None:
        if self._others and not self._loading():
            self._others = False
            self._async_follow()
            self._send({"event": "classifiers"})
        for entry, classifier in loaded_classifiers(self._hass):
            if classifier.id not in self._changed:
                continue
            state = classifier_state(self._hass, entry, classifier)
            if state != self._known.get(classifier.id):
                self._known[classifier.id] = state
                self._send({"event": "classifier", "classifier": state})
        self._changed.clear()
        for classifier_id, news in self._samples.items():
            self._send(_samples_event(classifier_id, news))
        self._samples.clear()
        for (classifier_id, _), progress in self._jobs.items():
            self._send(_progress_event(classifier_id, progress))
        self._jobs.clear()
        if self._history:
            self._history = False
            self._send({"event": "history"})
        self._async_look_at_status(None)


def _samples_event(classifier_id: str, news: dict[str, str]) -> _Message:
    return {
        "event": "samples",
        "classifier_id": classifier_id,
        **{
            what: [sample_id for sample_id, kind in news.items() if kind == what]
            for what in ("added", "changed", "removed")
        },
    }


def _progress_event(classifier_id: str, progress: Progress) -> _Message:
    return {
        "event": "progress",
        "classifier_id": classifier_id,
        "job": progress.job,
        "share": progress.share,
        "done": progress.done,
        "error": progress.error,
    }


@websocket_command({vol.Required("type"): f"{DOMAIN}/subscribe"})
@callback
def _async_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell a connection what is new until it unsubscribes or ends."""

    @callback
    def send(message: _Message) -> None:
        connection.send_message(event_message(msg["id"], message))

    subscription = Subscription(hass, send)
    connection.subscriptions[msg["id"]] = subscription.async_stop
    connection.send_result(msg["id"])
    subscription.async_start()


COMMANDS = (_async_subscribe,)
