"""How late an event loop is, and, run as a program, how late the machine alone is.

    python lateness.py

An event loop with nothing else to do; on each line of standard input it prints what was
measured since the last one, as JSON. Standard library only.
"""

import asyncio
import gc
import json
import sys
from array import array
from threading import get_ident
from time import perf_counter, thread_time

TICK = 0.001  # seconds
STEP = 0.0001
STEPS = 20_000  # up to two seconds


class Histogram:
    """Times by tenths of a ms, so that a long run takes no more memory than a short."""

    def __init__(self) -> None:
        self._counts = array("L", bytes(array("L").itemsize * STEPS))
        self._most = 0.0

    def add(self, seconds: float) -> None:
        """Count a time."""
        self._counts[min(max(int(seconds / STEP), 0), STEPS - 1)] += 1
        self._most = max(self._most, seconds)

    def figures(self) -> dict[str, float]:
        """Return in ms what 50, 99 and 99.9 % stayed below, and the maximum."""
        if not self._most:
            return {}
        total, seen = sum(self._counts), 0
        result, wanted = {"max": self._most * 1000}, [50, 99, 99.9]
        for step, count in enumerate(self._counts):
            seen += count
            while wanted and seen >= total * wanted[0] / 100:
                result[f"{wanted.pop(0):g}"] = (step + 1) * STEP * 1000
        return result


class Lateness:
    """Ticks in the running event loop and notes how late each tick comes.

    `late` is by how much: for so long the loop was blocked, or the machine did not let
    it run. `busy` is the processor time that the loop's thread used between two ticks,
    to which other programs and threads do not add; the garbage collector's is left out
    there and told as `collecting`, by the collection.
    """

    def __init__(self) -> None:
        self._late, self._busy, self._collecting = Histogram(), Histogram(), Histogram()
        self._collected = 0.0
        self._collects_since: tuple[float, float] = (0.0, 0.0)
        self._thread = get_ident()

    async def tick(self) -> None:
        """Tick until cancelled."""
        self._thread = get_ident()
        gc.callbacks.append(self._on_collection)
        try:
            while True:
                self._collected = 0.0
                started, used = perf_counter(), thread_time()
                await asyncio.sleep(TICK)
                self._late.add(perf_counter() - started - TICK)
                self._busy.add(max(thread_time() - used - self._collected, 0.0))
        finally:
            gc.callbacks.remove(self._on_collection)

    def take(self) -> dict[str, dict[str, float]]:
        """Return the figures since the last time, in ms."""
        taken = {
            "late": self._late.figures(),
            "busy": self._busy.figures(),
            "collecting": self._collecting.figures(),
        }
        self._late, self._busy, self._collecting = Histogram(), Histogram(), Histogram()
        return taken

    def _on_collection(self, phase: str, _info: dict[str, int]) -> None:
        """Time the garbage collector, which stops all threads."""
        if phase == "start":
            self._collects_since = perf_counter(), thread_time()
            return
        started, used = self._collects_since
        self._collecting.add(perf_counter() - started)
        if get_ident() == self._thread:
            self._collected += thread_time() - used


async def main() -> None:
    """Measure this loop, which has nothing to do."""
    lateness = Lateness()
    ticking = asyncio.create_task(lateness.tick())
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(lateness.take()) + "\n")
        sys.stdout.flush()
    ticking.cancel()


if __name__ == "__main__":
    asyncio.run(main())
