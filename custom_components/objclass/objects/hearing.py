"""What Frigate says over MQTT, heard in the order in which it says it.

All topics wait in one line (`in_turn`): what they say belongs together.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial

from homeassistant.components import mqtt
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.errors import InvalidMessageError
from ..frigate.messages import (
    SOURCE,
    EventMessage,
    TrackedObjectUpdate,
    parse_availability,
    parse_event,
    parse_tracked_object_update,
)
from ..signals import SIGNAL_AVAILABLE
from .in_turn import InTurn


class Hearing:
    """Hears one Frigate, and hands on what it says about objects, and when it goes.

    Messages that make no sense, and defects that one meets, are counted in `counts`.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        *,
        prefix: str,
        counts: Counter[str],
        on_event: Callable[[EventMessage], None],
        on_update: Callable[[TrackedObjectUpdate], None],
        on_offline: Callable[[], None],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._prefix = prefix
        self._counts = counts
        self._on_event = on_event
        self._on_update = on_update
        self._on_offline = on_offline
        self._messages = InTurn(self._start, counts)
        self._online = False

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._messages)

    @property
    def available(self) -> bool:
        """Whether Frigate runs and can be heard."""
        return self._online and mqtt.is_connected(self._hass)

    async def async_start(self) -> None:
        """Start listening; what is heard waits until `begin`.

        The subscriptions end when the entry is unloaded.
        """
        topics: dict[str, Callable[[ReceiveMessage], None]] = {
            "available": self._async_on_available,
            "events": self._async_on_event,
            "tracked_object_update": self._async_on_update,
        }
        for topic, on_message in topics.items():
            self._entry.async_on_unload(
                await mqtt.async_subscribe(
                    self._hass, f"{self._prefix}/{topic}", self._in_turn(on_message)
                )
            )
        self._entry.async_on_unload(
            mqtt.async_subscribe_connection_status(
                self._hass, self._async_on_connection
            )
        )

    def begin(self) -> None:
        """Hand on what was heard, and from now on what comes."""
        self._messages.begin()

    def end(self) -> None:
        """Hand on nothing any more; what waits is given up."""
        self._messages.end()

    async def async_wait(self) -> None:
        """Wait until no message waits."""
        await self._messages.join()

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        # At once would be within the broker's burst, before the others of it wait.
        return self._entry.async_create_task(
            self._hass, work, "objclass hear", eager_start=False
        )

    def _in_turn(
        self, on_message: Callable[[ReceiveMessage], None]
    ) -> Callable[[ReceiveMessage], None]:
        """Return what lets the messages on a topic wait for their turn."""

        @callback
        def hear(message: ReceiveMessage) -> None:
            self._messages.put(partial(on_message, message))

        return hear

    @callback
    def _async_on_available(self, message: ReceiveMessage) -> None:
        with suppress(InvalidMessageError):
            self._async_set_online(parse_availability(message.payload))

    @callback
    def _async_set_online(self, online: bool) -> None:
        if online == self._online:
            return
        self._online = online
        if online:
            LOGGER.info("Frigate %s is online", self._entry.title)
        else:
            LOGGER.info("Frigate %s is offline", self._entry.title)
            self._on_offline()
        self._async_tell_availability()

    @callback
    def _async_on_connection(self, _connected: bool) -> None:
        self._async_tell_availability()

    @callback
    def _async_tell_availability(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_AVAILABLE.format(self._entry.entry_id))

    @callback
    def _async_on_event(self, message: ReceiveMessage) -> None:
        try:
            event = parse_event(message.payload)
        except InvalidMessageError as err:
            self._ignore(message, err)
            return
        self._async_set_online(online=True)
        self._on_event(event)

    @callback
    def _async_on_update(self, message: ReceiveMessage) -> None:
        try:
            update = parse_tracked_object_update(message.payload)
        except InvalidMessageError as err:
            self._ignore(message, err)
            return
        if update.source != SOURCE:
            self._on_update(update)

    def _ignore(self, message: ReceiveMessage, err: InvalidMessageError) -> None:
        self._counts["invalid_messages"] += 1
        LOGGER.debug("Ignoring a message on %s: %s", message.topic, err)
