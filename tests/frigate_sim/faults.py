"""What can be made to go wrong on purpose. New kinds of faults belong here.

Each fault counts how often it struck, so that a test can tell that it really did.
"""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from random import Random
from typing import Any, Literal, Self

from aiohttp import web
from aiohttp.typedefs import Handler

type Damage = Literal["truncate", "html", "garbage"]

_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(kw_only=True, slots=True)
class Fault:
    """Strikes requests whose path contains the regular expression `path`.

    First `delay` (seconds), then `status` (an error without a useful body), or `damage`
    to the answer: cut off in the middle, replaced by an HTML page with status 200, or
    random bytes under the right content type. `times` limits how often, None is for
    ever.
    """

    path: str = ""
    method: str | None = None
    delay: float = 0.0
    status: int | None = None
    damage: Damage | None = None
    times: int | None = None
    hits: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a fault as posted to /sim/faults; TypeError for an unknown field."""
        return cls(**data)

    def strikes(self, request: web.Request) -> bool:
        """Tell whether it is this request's turn."""
        if self.times is not None and self.hits >= self.times:
            return False
        right_method = self.method is None or self.method == request.method
        return right_method and re.search(self.path, request.path) is not None


class Faults:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on; its `hits` tell later how often it struck."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Switch all faults off; what is being delayed goes on."""
        self._faults.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def as_json(self) -> list[dict[str, Any]]:
        """List the faults and how often each struck."""
        return [asdict(fault) for fault in self._faults]

    async def handle(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Answer a request, as well as the faults allow."""
        for fault in self._faults:
            if fault.strikes(request):
                fault.hits += 1
                await self._delay(fault.delay)
                return await _answer(fault, request, handler)
        return await handler(request)

    async def _delay(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), seconds)


async def _answer(
    fault: Fault, request: web.Request, handler: Handler
) -> web.StreamResponse:
    if fault.status is not None:
        return web.Response(status=fault.status, text=_HTML, content_type="text/html")
    if fault.damage == "html":
        return web.Response(text=_HTML, content_type="text/html")
    answer = await handler(request)
    if fault.damage is None or not isinstance(answer, web.Response):
        return answer
    body = answer.body if isinstance(answer.body, bytes) else b""
    if fault.damage == "garbage":
        answer.body = Random(fault.hits).randbytes(len(body))
        return answer
    return await _cut_off(request, answer, body)


async def _cut_off(
    request: web.Request, answer: web.Response, body: bytes
) -> web.StreamResponse:
    """Promise the whole body, send half of it and hang up."""
    half = web.StreamResponse(status=answer.status)
    half.content_type = answer.content_type
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
