"""One Frigate over HTTP: log-in, bounded reading, and what a refusal means.

Frigate listens on port 5000 without a log-in and on 8971 with one. We only log in when
a request is refused, so that both work alike; the token is sent as a bearer token,
because the name of Frigate's cookie is configurable.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
from yarl import URL

from . import fields
from .errors import (
    FrigateAuthError,
    FrigateCertificateError,
    FrigateConnectionError,
    FrigateError,
    FrigateNotFoundError,
    FrigatePermissionError,
    FrigateResponseError,
    InvalidMessageError,
)

_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=10)
_LIMIT = 20 * 1024 * 1024
_LARGE_JSON = 256 * 1024
"""Longer answers are decoded in a thread: the event loop must not wait for them."""
_TOKEN = re.compile(r"[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+")
_HEADERS = {
    "Accept-Encoding": "identity",  # what is read is what is counted
    "X-CSRF-TOKEN": "1",
    "X-Cache-Bypass": "1",  # Frigate's nginx keeps JSON answers for five seconds
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A complete HTTP answer."""

    status: int
    content_type: str
    headers: Mapping[str, str] = field(repr=False)
    tokens: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)

    async def json(self) -> object:
        """Decode the body, else raise `FrigateResponseError`."""
        try:
            if len(self.body) < _LARGE_JSON:
                return fields.load_json(self.body, limit=_LIMIT)
            return await asyncio.to_thread(fields.load_json, self.body, limit=_LIMIT)
        except InvalidMessageError:
            raise FrigateResponseError(
                f"Frigate sent {self.content_type} that is not JSON", status=self.status
            ) from None


class Connection:
    """Requests to one Frigate, logged in when it asks for that."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        username: str | None,
        password: str | None,
        verify_ssl: bool,
    ) -> None:
        self._session = session
        self._base, in_url = _base(url)
        self._user = username or in_url[0]
        self._password = password or in_url[1]
        self._verify_ssl = verify_ssl
        self._token: str | None = None
        self._log_in_lock = asyncio.Lock()

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None
    ) -> Answer:
        """GET `<url>/api/<path>`; anything but a success is a `FrigateError`."""
        return await self._request("GET", f"api/{path}", params=params)

    async def get_file(self, path: str) -> Answer:
        """GET `<url>/<path>`, a file that Frigate's web server has."""
        return await self._request("GET", path)

    async def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """POST JSON to `<url>/api/<path>`; anything but a success is an error."""
        return await self._request("POST", f"api/{path}", body=body)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        token = self._token
        answer = await self._send(method, path, params=params, body=body)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._user:
            await self._log_in(refused=token)
            answer = await self._send(method, path, params=params, body=body)
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise _refusal(f"{method} {path}", answer)
        return answer

    async def _log_in(self, *, refused: str | None) -> None:
        """Get a new token, unless another request has just got one."""
        async with self._log_in_lock:
            if self._token != refused:
                return
            self._token = None
            credentials = {"user": self._user, "password": self._password or ""}
            answer = await self._send("POST", "api/login", body=credentials)
            match answer.status:
                case HTTPStatus.OK:
                    pass
                case HTTPStatus.TOO_MANY_REQUESTS:
                    raise FrigateResponseError(
                        "Frigate refuses further log-ins for a while",
                        status=answer.status,
                    )
                case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise FrigateResponseError(f"log-in: HTTP {status}", status=status)
                case _:
                    raise FrigateAuthError("Frigate refuses the user name or password")
            if not answer.tokens:
                raise FrigateResponseError("log-in: no token in the answer", status=200)
            self._token = answer.tokens[0]

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        headers = dict(_HEADERS)
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            async with self._session.request(
                method,
                self._base.joinpath(*path.split("/")),
                params=params,
                json=body,
                headers=headers,
                ssl=self._verify_ssl,
                timeout=_TIMEOUT,
                allow_redirects=False,  # the token is for this address only
            ) as response:
                cookies = (morsel.value for morsel in response.cookies.values())
                return Answer(
                    status=response.status,
                    content_type=response.content_type,
                    headers=response.headers,
                    tokens=tuple(value for value in cookies if _TOKEN.fullmatch(value)),
                    body=await _read(response),
                )
        except TimeoutError:
            raise FrigateConnectionError("Frigate did not answer in time") from None
        except aiohttp.ClientConnectorCertificateError:
            raise FrigateCertificateError(
                "Frigate's certificate is not trusted"
            ) from None
        except aiohttp.ClientError as err:
            raise FrigateConnectionError(_why_not(err)) from None


def _why_not(error: aiohttp.ClientError) -> str:
    """Say why Frigate was not reached; aiohttp's own words have its address in them."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "nobody knows a machine of this name"
        case aiohttp.ClientSSLError():
            return "Frigate does not speak TLS (https) at this address and port"
        case aiohttp.ClientConnectorError():
            return "nothing answers at this address and port"
    return f"Frigate broke off the connection ({type(error).__name__})"


def _base(url: str) -> tuple[URL, tuple[str | None, str | None]]:
    """Split an address into itself without, and its user name and password."""
    try:
        base = URL(url.strip())
    except ValueError:
        raise FrigateConnectionError("not an http or https address") from None
    if base.scheme not in {"http", "https"} or not base.host:
        raise FrigateConnectionError("not an http or https address")
    plain = base.with_user(None).with_query(None).with_fragment(None)
    return plain, (base.user, base.password)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read the body, giving up as soon as it is too long."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > _LIMIT:
            raise FrigateResponseError(
                f"the answer is longer than {_LIMIT >> 20} MB", status=response.status
            )
        parts.append(part)
    return b"".join(parts)


def _refusal(request: str, answer: Answer) -> FrigateError:
    text = f"{request}: HTTP {answer.status}{_reason(answer.body)}"
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            return FrigateAuthError(text)
        case HTTPStatus.FORBIDDEN:
            return FrigatePermissionError(text)
        case HTTPStatus.NOT_FOUND:
            return FrigateNotFoundError(text)
    return FrigateResponseError(text, status=answer.status)


def _reason(body: bytes) -> str:
    """Find Frigate's own words in an error body: a message, a detail or a string."""
    try:
        data: object = json.loads(body)
    except ValueError, RecursionError:
        return ""
    if isinstance(data, dict):
        data = data.get("message") or data.get("detail")
    reason = fields.optional_text(data)
    return f" {reason}" if reason and reason.isprintable() else ""
