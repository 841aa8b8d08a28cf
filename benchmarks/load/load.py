"""Many messages: what they do to the event loop, to memory, and to the looks."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.stack.websocket import WebSocket

from .frigate import LAST, PREFIX, FastFrigate, Seen
from .home import Alone, Home

RATE: Final = 200  # messages a second
BURST: Final = 2000
PER_OBJECT: Final = 10  # messages about one object
NEWEST: Final = 64 + 2  # `work_queue.MAX_WAITING`, and the looks under way


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a time of load did. Times in ms, sizes in bytes."""

    sent: int
    loop: dict[str, dict[str, float]]  # of Home Assistant
    alone: dict[str, dict[str, float]]  # of an idle program at the same time
    rss: Sequence[int]  # once a second
    attempts: int
    dropped: int
    invalid: int
    looked_late: int  # pictures asked for after the last burst ...
    not_newest: int  # ... of which so many were not of the newest objects
    catching_up: float  # seconds from the last message until nothing waited
    processor: float  # share of one processor that Home Assistant used
    collecting: float  # ms, one full run of the garbage collector


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What the same messages do without the integration. Times in ms."""

    loop: dict[str, dict[str, float]]
    collecting: float  # one full run of the garbage collector


@dataclass(kw_only=True)
class Stream:
    """Messages at a steady rate, about objects that come, move and go."""

    frigate: FastFrigate
    labels: Sequence[str]
    steady: int = 0
    bursts: int = 0
    _going: list[tuple[Seen, int]] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """How many messages were sent."""
        return self.steady + self.bursts * BURST

    def step(self) -> None:
        """Send one message: about the object that was quiet for longest, or a new one.

        Each object in view speaks about once a second.
        """
        if len(self._going) < RATE:
            seen, told = self.frigate.appear(self._label(), kind=self.steady % 2), 0
        else:
            seen, told = self._going.pop(0)
        self.frigate.tell(seen, ended=told + 1 == PER_OBJECT)
        self.steady += 1
        if not seen.ended:
            self._going.append((seen, told + 1))

    def burst(self) -> list[Seen]:
        """Send a burst at once, about new objects that stay."""
        objects = []
        self.bursts += 1
        for number in range(BURST):
            seen = self.frigate.appear(self.labels[number % len(self.labels)])
            self.frigate.tell(seen)
            objects.append(seen)
        return objects

    def end(self, objects: Sequence[Seen]) -> None:
        """End objects of a burst: another burst."""
        self.bursts += 1
        for seen in objects:
            self.frigate.tell(seen, ended=True)

    def _label(self) -> str:
        return self.labels[self.steady // PER_OBJECT % len(self.labels)]


async def load(
    home: Home, labels: Sequence[str], *, seconds: float, burst_every: float
) -> Loaded:
    """Send RATE messages a second, now and then a burst, and a last one at the end."""
    stream = Stream(frigate=home.frigate, labels=labels)
    rss: list[int] = []
    before = await home.status()
    async with Alone() as alone, home.hass.api.websocket() as ws:
        await ws.command("loop_monitor/watch", ticks=True)
        await alone.take()
        first = await ws.command("loop_monitor/process")

        async def weigh() -> None:
            rss.append((await ws.command("loop_monitor/process"))["rss"])

        await _send(stream, seconds, burst_every, weigh)
        newest = stream.burst()[-NEWEST:]
        last_sent = time.monotonic()
        await _taken_in(home, ws)
        taken_in = await home.settled(at_most=NEWEST)
        await home.settled(within=600)
        caught_up = time.monotonic() - last_sent
        last = await ws.command("loop_monitor/process")
        loop = (await ws.command("loop_monitor/take"))["loop"]
        idle = await alone.take()
        await ws.command("loop_monitor/watch", ticks=False)
        collecting = await _collecting(ws)
    after = await home.status()
    late = [asked for asked in home.frigate.asked if asked.at > taken_in]
    numbers = {seen.number for seen in newest}
    counts = {
        name: after["counts"][name] - before["counts"][name] for name in after["counts"]
    }
    return Loaded(
        sent=stream.sent,
        loop=loop,
        alone=idle,
        rss=rss,
        attempts=counts["attempts"],
        dropped=after["dropped"] - before["dropped"],
        invalid=counts["invalid_messages"] + counts["errors"],
        looked_late=len(late),
        not_newest=sum(asked.number not in numbers for asked in late),
        catching_up=caught_up,
        processor=(last["processor"] - first["processor"]) / (seconds + caught_up),
        collecting=collecting,
    )


async def only_read(
    home: Home, labels: Sequence[str], *, seconds: float, burst_every: float
) -> Floor:
    """Send the same to a Home Assistant that only reads it, without the integration.

    Nothing that hears these messages can undercut what this returns.
    """
    stream = Stream(frigate=home.frigate, labels=labels)
    async with home.without_integration(), home.hass.api.websocket() as ws:
        await ws.command("loop_monitor/read", topic=f"{PREFIX}/events")
        await ws.command("loop_monitor/watch", ticks=True)
        await _send(stream, seconds, burst_every, None)
        await _taken_in(home, ws)
        loop = (await ws.command("loop_monitor/take"))["loop"]
        await ws.command("loop_monitor/watch", ticks=False)
        await ws.command("loop_monitor/read", topic=None)
        return Floor(loop=loop, collecting=await _collecting(ws))


async def _collecting(ws: WebSocket) -> float:
    """Return in ms how long a full run of the garbage collector takes."""
    took = await ws.command("loop_monitor/collect")
    return float(took["seconds"]) * 1000


async def _send(
    stream: Stream,
    seconds: float,
    burst_every: float,
    each_second: Callable[[], Awaitable[None]] | None,
) -> None:
    """Send at the steady rate, with a burst now and then."""
    started = time.monotonic()
    next_burst, crowd, seconds_told = started + burst_every, list[Seen](), 0
    while (passed := time.monotonic() - started) < seconds:
        while stream.steady < passed * RATE:
            stream.step()
        if time.monotonic() >= next_burst:
            next_burst += burst_every
            # One burst brings them, the next one ends them.
            if crowd:
                stream.end(crowd)
                crowd = []
            else:
                crowd = stream.burst()
        if passed >= seconds_told:
            seconds_told += 1
            if each_second:
                await each_second()
            stream.frigate.forget(time.time() - 60)
        await asyncio.sleep(0.005)


async def _taken_in(home: Home, ws: WebSocket) -> None:
    """Wait until Home Assistant has taken in all messages.

    Messages come in the order in which they were sent, so a last one tells.
    """
    async with ws.subscribe("mqtt/subscribe", topic=f"{PREFIX}/{LAST}") as last:
        for _ in range(300):
            # Home Assistant takes a moment to subscribe, and hears nothing until then.
            home.frigate.say_last()
            with contextlib.suppress(TimeoutError):
                await last.next(within=1)
                return
    raise TimeoutError("Home Assistant does not hear the last message")
