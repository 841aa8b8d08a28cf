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
from time import perf_counter, process_time, thread_time

TICK = 0.001  # seconds
STEP = 0.0001
STEPS = 20_000  # up to two seconds
LONG = 0.02  # seconds; whoever is late by more is asked why
FULL = 2  # the oldest generation: all that there is
COLLECTOR, WORK, THREADS, MACHINE = "collector", "work", "threads", "machine"
CAUSES = (COLLECTOR, WORK, THREADS, MACHINE)


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

    A tick that is late by more than LONG counts for what took most of the time: the
    garbage `collector`, `work` of the loop's thread, other `threads` of the process
    (which take turns with it), or the `machine`, which let none of them run.
    """

    def __init__(self) -> None:
        self._begin()
        self._collected = self._collected_elsewhere = self._collecting_for = 0.0
        self._collects_since: tuple[float, float] | None = None
        self._thread = get_ident()

    async def tick(self) -> None:
        """Tick until cancelled."""
        self._thread = get_ident()
        gc.callbacks.append(self._on_collection)
        try:
            while True:
                self._collected = self._collected_elsewhere = 0.0
                self._collecting_for = 0.0
                started, used, of_all = perf_counter(), thread_time(), process_time()
                await asyncio.sleep(TICK)
                late = perf_counter() - started - TICK
                used, of_all = thread_time() - used, process_time() - of_all
                busy = max(used - self._collected, 0.0)
                self._late.add(late)
                self._busy.add(busy)
                if late > LONG:
                    if self._collects_since is not None:
                        # Over, but this thread came before the one to say so.
                        under_way = perf_counter() - self._collects_since[0]
                        self._collecting_for += under_way
                        self._collected_elsewhere += under_way
                    threads = max(of_all - used - self._collected_elsewhere, 0.0)
                    self.blame(late, busy=busy, threads=threads)
        finally:
            gc.callbacks.remove(self._on_collection)

    def take(self) -> dict[str, dict[str, float]]:
        """Return the figures since the last time, in ms.

        `blocks` has how many ticks were late by more than LONG for each cause, and
        `longest` by how much; `collections` has how many runs of the garbage collector
        were full ones.
        """
        taken = {
            "late": self._late.figures(),
            "busy": self._busy.figures(),
            "collecting": self._collecting.figures(),
            "blocks": self._blocks,
            "longest": self._longest,
            "collections": self._collections,
        }
        self._begin()
        return taken

    def _begin(self) -> None:
        self._late, self._busy, self._collecting = Histogram(), Histogram(), Histogram()
        self._blocks: dict[str, float] = dict.fromkeys(CAUSES, 0)
        self._longest: dict[str, float] = dict.fromkeys(CAUSES, 0)
        self._collections: dict[str, float] = {"full": 0}

    def blame(self, late: float, *, busy: float, threads: float) -> None:
        """Count a tick that was late by so many seconds for its main cause."""
        parts = {COLLECTOR: self._collecting_for, WORK: busy, THREADS: threads}
        parts[MACHINE] = late - sum(parts.values())
        cause = max(parts, key=parts.__getitem__)
        self._blocks[cause] += 1
        self._longest[cause] = max(self._longest[cause], late * 1000)

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        """Time the garbage collector, which stops all threads, whichever runs it."""
        if phase == "start":
            self._collects_since = perf_counter(), thread_time()
            return
        if self._collects_since is None:
            return
        started, used = self._collects_since
        self._collects_since = None
        took = perf_counter() - started
        self._collecting.add(took)
        self._collections["full"] += info["generation"] == FULL
        self._collecting_for += took
        if get_ident() == self._thread:
            self._collected += thread_time() - used
        else:
            self._collected_elsewhere += thread_time() - used


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
