"""From one message to the states it changes, beside what has to take its time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .frigate import Seen
from .home import Home

PACE: Final = 0.2  # seconds between messages
PER_OBJECT: Final = 15  # messages ...
UNDECIDED: Final = 2  # ... of which the first ones assign nothing yet
IDLE: Final = 50  # times the pace, to know what is used anyway
SAME_FRAME: Final = 0.001  # seconds


@dataclass(frozen=True, kw_only=True)
class Way:
    """One message's way. Times in seconds."""

    states: int  # sensors that showed the result
    total: float  # until the last of them did
    download: float
    look: float  # crop, backbone and heads on the worker's thread

    @property
    def extra(self) -> float:
        """What it took beyond the download and the look."""
        return self.total - self.download - self.look


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Many messages one after the other; `processor` is in seconds for each."""

    ways: Sequence[Way]
    processor: float


async def latency(home: Home, label: str, *, messages: int) -> Ways:
    """Send messages about one object after another, each alone in the house."""
    ways: list[Way] = []
    sent = 0
    await home.settled()
    async with home.hass.api.websocket() as ws:
        await ws.command("loop_monitor/watch", ticks=False)
        before = (await ws.command("loop_monitor/process"))["processor"]
        while len(ways) < messages and sent < 3 * messages:
            seen = home.frigate.appear(label)
            for number in range(PER_OBJECT):
                at = home.frigate.tell(seen, ended=False)
                sent += 1
                await asyncio.sleep(PACE)
                taken = await ws.command("loop_monitor/take")
                if number >= UNDECIDED and (way := _way(taken, seen, at)):
                    ways.append(way)
        after = (await ws.command("loop_monitor/process"))["processor"]
        idle = await _processor_of(ws, PACE * IDLE) / IDLE
    return Ways(ways=ways, processor=(after - before) / sent - idle)


async def _processor_of(ws: Any, seconds: float) -> float:
    """Return the processor time that Home Assistant uses when nothing comes."""
    before = (await ws.command("loop_monitor/process"))["processor"]
    await asyncio.sleep(seconds)
    after = (await ws.command("loop_monitor/process"))["processor"]
    return float(after - before)


def _way(taken: dict[str, Any], seen: Seen, sent: float) -> Way | None:
    """Return a message's way; None when it was not done, or not alone."""
    at = [
        changed
        for _, event_id, frame_time, changed in taken["states"]
        if event_id == seen.id and abs(frame_time - seen.frame_time) < SAME_FRAME
    ]
    if not at or len(taken["downloads"]) != 1 or len(taken["looks"]) != 1:
        return None
    return Way(
        states=len(at),
        total=max(at) - sent,
        download=taken["downloads"][0],
        look=taken["looks"][0],
    )
