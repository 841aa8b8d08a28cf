"""A panel's end of the websocket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientWebSocketResponse


class Refused(Exception):  # noqa: N818
    """A command was refused."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.code = error["code"]
        self.key = error.get("translation_key")
        self.placeholders = error.get("translation_placeholders") or {}
        self.message = error["message"]


class Panel:
    """Asks the commands of the integration, and keeps what it is told meanwhile.

    It connects when it first asks: by then the integration has to be set up.
    """

    _client: ClientWebSocketResponse

    def __init__(
        self, connect: Callable[[], Awaitable[ClientWebSocketResponse]]
    ) -> None:
        self._connect = connect
        self._number = 0
        self.events: list[dict[str, Any]] = []

    async def ask(self, command: str, /, **data: Any) -> Any:
        """Return the result of a command; raises Refused."""
        if not self._number:
            self._client = await self._connect()
        self._number += 1
        number = self._number
        await self._client.send_json(
            {"id": number, "type": f"objclass/{command}", **data}
        )
        while True:
            message = await self._receive()
            if message["type"] == "result" and message["id"] == number:
                break
        if not message["success"]:
            raise Refused(message["error"])
        return message["result"]

    async def next(self, kind: str) -> dict[str, Any]:
        """Wait for the next event of that kind that was not looked at yet."""
        async with asyncio.timeout(60):
            while True:
                for place, event in enumerate(self.events):
                    if event["event"] == kind:
                        return self.events.pop(place)
                await self._receive()

    async def leave(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._client.receive_json()
        if message["type"] == "event":
            self.events.append(message["event"])
        return message
