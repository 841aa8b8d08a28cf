"""The simulated Frigate's connection to a real MQTT broker."""

import asyncio
import contextlib
import json
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

_FIRST_CONNECTION = 60.0
_GOODBYE = 20.0


class Publisher:
    """Publishes as Frigate does: nothing is queued while the broker is away."""

    def __init__(self, host: str, port: int, prefix: str) -> None:
        self._prefix = prefix
        self._address = (host, port)
        self._client: Client | None = None
        self._connected = asyncio.Event()

    async def start(self) -> None:
        """Connect, and from then on again and again; TimeoutError without a broker."""
        self._loop = asyncio.get_running_loop()
        self._connected.clear()
        client = Client(CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 4)
        client.on_connect = self._on_connect
        client.will_set(f"{self._prefix}/available", "offline", qos=1, retain=True)
        client.connect_async(*self._address)
        client.loop_start()
        self._client = client
        try:
            await asyncio.wait_for(self._connected.wait(), _FIRST_CONNECTION)
        except TimeoutError:
            client.loop_stop()
            raise TimeoutError(f"no MQTT broker at {self._address}") from None

    def publish(self, topic: str, payload: Any) -> None:
        """Publish as JSON below the prefix."""
        self.publish_text(topic, json.dumps(payload))

    def publish_text(self, topic: str, text: str) -> None:
        """Publish a bare text below the prefix."""
        if self._client and self._client.is_connected():
            self._client.publish(f"{self._prefix}/{topic}", text)

    async def stop(self) -> None:
        """Say goodbye and disconnect."""
        client, self._client = self._client, None
        if client:
            await asyncio.to_thread(self._leave, client)

    def _leave(self, client: Client) -> None:
        if client.is_connected():
            said = self._announce(client, "stopped")
            with contextlib.suppress(RuntimeError):
                said.wait_for_publish(_GOODBYE)
        client.disconnect()
        client.loop_stop()

    def _announce(self, client: Client, state: str) -> MQTTMessageInfo:
        """Tell that we are here, or not; a new connection must not overtake it."""
        return client.publish(f"{self._prefix}/available", state, qos=1, retain=True)

    def _on_connect(
        self,
        client: Client,
        data: object,
        flags: ConnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        """Announce ourselves; called in paho's thread."""
        if not code.is_failure:
            self._announce(client, "online")
            self._loop.call_soon_threadsafe(self._connected.set)
