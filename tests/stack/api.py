"""What a person's browser asks Home Assistant for, over its REST API.

Paths and answers: https://developers.home-assistant.io/docs/api/rest, and the views of
`homeassistant.components.config.config_entries` for the flows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from .broker import Broker
from .websocket import WebSocket

type Json = dict[str, Any]

FLOWS = "/api/config/config_entries/flow"
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
ENTRIES = "/api/config/config_entries/entry"


class ApiError(RuntimeError):
    """Home Assistant refused: `status` is the HTTP status, `message` its reason."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"HTTP {status}: {message}")
        self.status = status
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What signing in returned; a browser keeps the same."""

    access: str
    refresh: str
    expires_in: int


@dataclass
class Flow:
    """A set-up dialogue; `result` is the newest answer: form, menu, create_entry..."""

    api: Api
    path: str
    result: Json

    async def submit(self, data: Mapping[str, Any]) -> Json:
        """Fill in the current form and return the answer.

        A field of the wrong type raises ApiError; a form that is shown again because
        of its content has `errors`.
        """
        self.result = await self.api.post(
            f"{self.path}/{self.result['flow_id']}", dict(data)
        )
        return self.result


@dataclass
class Api:
    """Home Assistant's REST API, signed in."""

    url: URL
    tokens: Tokens
    session: ClientSession = field(
        default_factory=lambda: ClientSession(timeout=ClientTimeout(total=120))
    )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self.session.close()

    # Requests

    async def get(self, path: str, **query: str) -> Any:
        """Return the JSON at `path`."""
        return await self._request("GET", path, params=query)

    async def post(self, path: str, data: Any = None, **query: str) -> Any:
        """Post JSON and return the answer."""
        return await self._request("POST", path, json=data, params=query)

    async def delete(self, path: str) -> Any:
        """Delete what is at `path`."""
        return await self._request("DELETE", path)

    async def get_bytes(self, path: str, *, sign_in: bool = True) -> bytes:
        """Return a file, such as a picture; a signed path needs no sign-in."""
        headers = self._headers if sign_in else {}
        async with self.session.get(
            self.url.join(URL(path, encoded=True)), headers=headers
        ) as response:
            await _raise_for_status(response)
            return await response.read()

    def websocket(self) -> WebSocket:
        """Return a websocket connection, to be used with `async with`."""
        return WebSocket(self.session, self.url, self.tokens.access)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access}"}

    async def _request(self, method: str, path: str, **options: Any) -> Any:
        async with self.session.request(
            method, self.url.join(URL(path)), headers=self._headers, **options
        ) as response:
            await _raise_for_status(response)
            return await response.json()

    # Entries

    async def start_flow(self, domain: str) -> Flow:
        """Start adding an integration."""
        return await self._start_flow(FLOWS, handler=domain)

    async def start_options_flow(self, entry_id: str) -> Flow:
        """Start changing an entry's options."""
        return await self._start_flow(OPTIONS_FLOWS, handler=entry_id)

    async def start_reconfigure_flow(self, domain: str, entry_id: str) -> Flow:
        """Start changing how an entry was set up."""
        return await self._start_flow(FLOWS, handler=domain, entry_id=entry_id)

    async def start_subentry_flow(
        self, entry_id: str, kind: str, subentry_id: str | None = None
    ) -> Flow:
        """Start adding a subentry of a kind, or changing an existing one."""
        extra = {"subentry_id": subentry_id} if subentry_id else {}
        return await self._start_flow(SUBENTRY_FLOWS, handler=[entry_id, kind], **extra)

    async def _start_flow(self, flows: str, **data: Any) -> Flow:
        return Flow(api=self, path=flows, result=await self.post(flows, data))

    async def add_mqtt(self, broker: Broker) -> Json:
        """Add Home Assistant's MQTT integration, connect, and return its entry."""
        flow = await self.start_flow("mqtt")
        result = await flow.submit(
            {
                "broker": broker.host,
                "port": broker.port,
                "protocol": broker.protocol,
                "other_settings": {"set_client_cert": False, "set_ca_cert": "off"},
            }
        )
        if result["type"] != "create_entry":
            raise ApiError(HTTPStatus.BAD_REQUEST, str(result.get("errors", result)))
        await until(self._mqtt_is_connected, "MQTT to connect", within=60)
        return await self.entry(result["result"]["entry_id"])

    async def _mqtt_is_connected(self) -> bool | None:
        try:
            await self.call("mqtt.publish", topic="stack/connected", payload="yes")
        except ApiError:
            return None
        return True

    async def entries(self, domain: str) -> list[Json]:
        """Return the entries of an integration, each with its `state`."""
        entries: list[Json] = await self.get(ENTRIES, domain=domain)
        return entries

    async def entry(self, entry_id: str) -> Json:
        """Return one entry; raises KeyError when there is none."""
        for entry in await self.get(ENTRIES):
            if entry["entry_id"] == entry_id:
                return dict(entry)
        raise KeyError(entry_id)

    async def wait_for_entry(
        self, entry_id: str, state: str = "loaded", *, within: float = 60
    ) -> Json:
        """Return the entry once it is in this state; raises TimeoutError."""

        async def look() -> Json | None:
            entry = await self.entry(entry_id)
            return entry if entry["state"] == state else None

        return await until(look, f"entry {entry_id} to be {state}", within)

    async def reload_entry(self, entry_id: str) -> None:
        """Unload the entry and set it up again."""
        await self.post(f"{ENTRIES}/{entry_id}/reload")

    async def delete_entry(self, entry_id: str) -> None:
        """Remove the entry."""
        await self.delete(f"{ENTRIES}/{entry_id}")

    # States and actions

    async def states(self, prefix: str = "") -> list[Json]:
        """Return the states of all entities whose id starts with `prefix`."""
        return [
            state
            for state in await self.get("/api/states")
            if state["entity_id"].startswith(prefix)
        ]

    async def state(self, entity_id: str) -> Json | None:
        """Return an entity's state and attributes, or None when there is no such."""
        try:
            return dict(await self.get(f"/api/states/{entity_id}"))
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def wait_for_state(
        self, entity_id: str, wanted: str | Callable[[Json], bool], *, within: float
    ) -> Json:
        """Return the state once it is `wanted`; raises TimeoutError naming the last."""
        last: Json | None = None

        async def look() -> Json | None:
            nonlocal last
            last = await self.state(entity_id)
            if last is None:
                return None
            reached = (
                last["state"] == wanted if isinstance(wanted, str) else wanted(last)
            )
            return last if reached else None

        try:
            return await until(look, entity_id, within)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it is {last} instead of {wanted}") from None

    async def call(self, action: str, **data: Any) -> None:
        """Perform an action such as `objclass.train` and wait until it is done."""
        await self.post(f"/api/services/{action.replace('.', '/')}", data)

    async def call_for_response(self, action: str, **data: Any) -> Json:
        """Perform an action and return what it answers."""
        path = f"/api/services/{action.replace('.', '/')}?return_response"
        answer = await self.post(path, data)
        return dict(answer["service_response"])


async def until[T](
    look: Callable[[], Awaitable[T | None]], what: str, within: float
) -> T:
    """Call `look` ten times a second until it returns something; that is returned.

    Raises TimeoutError after `within` seconds, saying that it waited for `what`.
    """
    try:
        async with asyncio.timeout(within):
            while True:
                if (found := await look()) is not None:
                    return found
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise TimeoutError(f"Waited {within:g} s for {what}") from None


async def _raise_for_status(response: ClientResponse) -> None:
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise ApiError(response.status, await response.text())
