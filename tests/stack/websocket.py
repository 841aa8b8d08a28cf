"""Home Assistant's websocket API: commands and subscriptions.

Protocol: https://developers.home-assistant.io/docs/api/websocket
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse
from yarl import URL


class CommandError(RuntimeError):
    """A command was refused; `code` is Home Assistant's name for the reason."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = str(error.get("code"))
        self.error = error


class Subscription:
    """Messages of one subscription, in the order in which they came."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[Any] = asyncio.Queue()

    def put(self, message: Any) -> None:
        """Append a message."""
        self._messages.put_nowait(message)

    async def next(self, *, within: float = 60) -> Any:
        """Return the next message; raises TimeoutError."""
        return await asyncio.wait_for(self._messages.get(), within)


class WebSocket:
    """One connection. Use as `async with api.websocket() as ws`."""

    def __init__(self, session: ClientSession, url: URL, token: str) -> None:
        self._session = session
        self._url = url.join(URL("/api/websocket"))
        self._token = token
        self._ids = itertools.count(1)
        self._results: dict[int, asyncio.Future[Any]] = {}
        self._subscriptions: dict[int, Subscription] = {}

    async def __aenter__(self) -> Self:
        # The default limit of 4 MiB is less than all states of a large installation.
        self._socket = await self._session.ws_connect(self._url, max_msg_size=0)
        await self._socket.receive_json()  # auth_required
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            await self._socket.close()
            raise CommandError({"code": answer["type"], **answer})
        self._reader = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()

    async def command(self, kind: str, **data: Any) -> Any:
        """Send a command and return its result; raises CommandError when refused."""
        return await self._send(next(self._ids), kind, data)

    @asynccontextmanager
    async def subscribe(self, kind: str, **data: Any) -> AsyncIterator[Subscription]:
        """Subscribe with a command, such as `subscribe_trigger` or one of our own."""
        number = next(self._ids)
        subscription = self._subscriptions[number] = Subscription()
        try:
            await self._send(number, kind, data)
            yield subscription
            await self.command("unsubscribe_events", subscription=number)
        finally:
            del self._subscriptions[number]

    @asynccontextmanager
    async def events(self, event_type: str) -> AsyncIterator[Subscription]:
        """Follow the events of a type on Home Assistant's event bus."""
        async with self.subscribe(
            "subscribe_events", event_type=event_type
        ) as subscription:
            yield subscription

    async def _send(self, number: int, kind: str, data: dict[str, Any]) -> Any:
        result = self._results[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_json({"id": number, "type": kind, **data})
            return await result
        finally:
            del self._results[number]

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        try:
            async for frame in socket:
                self._receive(frame.json())
        finally:
            for result in self._results.values():
                if not result.done():
                    result.set_exception(ConnectionError("The websocket was closed."))

    def _receive(self, message: dict[str, Any]) -> None:
        number = message["id"]
        if message["type"] == "event":
            if subscription := self._subscriptions.get(number):
                subscription.put(message["event"])
            return
        result = self._results.get(number)
        if result is None or result.done():
            return
        if message.get("success", True):
            result.set_result(message.get("result"))
        else:
            result.set_exception(CommandError(message["error"]))
