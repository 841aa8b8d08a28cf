"""What can be made to go wrong on purpose. New kinds of faults belong here.

Each fault notes how often it struck, for how long it kept others waiting and what it
answered, so that a test can tell that it really did.
"""

import asyncio
import contextlib
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from io import BytesIO
from random import Random
from time import monotonic
from typing import Any, Literal, Self

from aiohttp import web
from aiohttp.typedefs import Handler
from PIL import Image

type Damage = Literal[
    "truncate", "html", "garbage", "corrupt", "type", "40 megapixels", "bomb"
]

# Frigate says so of what is still in view.
_FRESH = {"Cache-Control": "no-store"}
_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(kw_only=True, slots=True)
class Fault:
    """Strikes requests whose path contains the regular expression `path`.

    First `delay` (seconds), then `status` (an error without a useful body), or `damage`
    to the answer: cut off in the middle, replaced by an HTML page with status 200 or
    by random bytes under the right content type, a file that lacks its end, called
    a plain text, or replaced by a JPEG of 40 megapixels or a PNG of a few kilobytes
    that unpacks to a quarter of a gigabyte. `times` limits how often, None is for ever.
    `hits` is how often it has struck, `waited` for how many seconds all in all, and
    `answers` has the status and content type of what was answered.
    """

    path: str = ""
    method: str | None = None
    delay: float = 0.0
    status: int | None = None
    damage: Damage | None = None
    times: int | None = None
    hits: int = 0
    waited: float = 0.0
    answers: list[str] = field(default_factory=list)

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
                began = monotonic()
                await self._delay(fault.delay)
                fault.waited += monotonic() - began
                answer = await _answer(fault, request, handler)
                fault.answers.append(f"{answer.status} {answer.content_type}")
                return answer
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
    if fault.damage == "40 megapixels":
        body = await asyncio.to_thread(_many_pixels)
        return web.Response(body=body, content_type="image/jpeg", headers=_FRESH)
    if fault.damage == "bomb":
        body = await asyncio.to_thread(_bomb)
        return web.Response(body=body, content_type="image/png", headers=_FRESH)
    return await _damaged(fault, request, await handler(request))


async def _damaged(
    fault: Fault, request: web.Request, answer: web.StreamResponse
) -> web.StreamResponse:
    if fault.damage is None or not isinstance(answer, web.Response):
        return answer
    body = answer.body if isinstance(answer.body, bytes) else b""
    if fault.damage == "truncate":
        return await _cut_off(request, answer, body)
    if fault.damage == "type":
        answer.content_type = "text/plain"
    elif fault.damage == "corrupt":
        answer.body = body[: len(body) // 2]
    else:
        answer.body = Random(fault.hits).randbytes(len(body))
    return answer


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


@cache
def _many_pixels() -> bytes:
    file = BytesIO()
    Image.new("L", (8000, 5000), 128).save(file, "JPEG")
    return file.getvalue()


@cache
def _bomb(side: int = 16_000) -> bytes:
    """Return a grey PNG picture, all of it black (RFC 2083)."""
    packed, row = zlib.compressobj(), bytes(1 + side)
    rows = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
