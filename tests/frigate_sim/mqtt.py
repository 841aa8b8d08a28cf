"""The simulated Frigate's connection to a real MQTT broker."""

import asyncio
import json
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

_FIRST_CONNECTION = 10.0


class Publisher:
    """Publishes as Frigate does: nothing is queued while the broker is away."""

    def __init__(self, host: str, port: int, prefix: str) -> None:
        self._prefix = prefix
        self._address = (host, port)
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"{prefix}-sim")
        self._client.reconnect_delay_set(1, 4)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.will_set(f"{prefix}/available", "offline", qos=1, retain=True)
        self._connected = asyncio.Event()

    async def start(self) -> None:
        """Connect, and from then on again and again; TimeoutError without a broker."""
        self._loop = asyncio.get_running_loop()
        self._client.connect_async(*self._address)
        self._client.loop_start()
        try:
            await asyncio.wait_for(self._connected.wait(), _FIRST_CONNECTION)
        except TimeoutError:
            self._client.loop_stop()
            raise TimeoutError(f"no MQTT broker at {self._address}") from None

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Publish text, or anything else as JSON, below the prefix."""
        if not self._client.is_connected():
            return
        text = payload if isinstance(payload, str) else json.dumps(payload)
        self._client.publish(f"{self._prefix}/{topic}", text, retain=retain)

    async def stop(self) -> None:
        """Say goodbye and disconnect."""
        self.publish("available", "stopped", retain=True)
        await asyncio.to_thread(self._disconnect)

    def _disconnect(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

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
            self.publish("available", "online", retain=True)
            self._loop.call_soon_threadsafe(self._connected.set)

    def _on_disconnect(
        self,
        client: Client,
        data: object,
        flags: DisconnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._connected.clear)
