"""Work that comes all at once, done in the order it came, a little at a time.

Home Assistant hands on up to 500 messages of the broker in one go. Whoever works them
off there and then lets everything else wait for all of them.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Final

from ..const import LOGGER

# For so long there may be work before everything else has its turn (seconds).
AT_ONCE: Final = 0.002
MAX_WAITING: Final = 10_000

type StartTask = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]


class InTurn:
    """Jobs that wait, none of which takes long; an error of one is counted and logged.

    They wait until `begin`. From then on there is a task whenever there is a job, which
    `start` begins without running it at once.

    When too many wait, the oldest is done before the newest is taken: nothing is lost,
    and whoever brings more than can be done is slowed down.
    """

    def __init__(
        self, start: StartTask, counts: Counter[str], limit: int = MAX_WAITING
    ) -> None:
        self._start = start
        self._counts = counts
        self._limit = limit
        self._waiting = deque[Callable[[], None]]()
        self._begun = False
        self._work: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def put(self, job: Callable[[], None]) -> None:
        """Let a job wait for its turn."""
        if len(self._waiting) >= self._limit:
            self._do(self._waiting.popleft())
        self._waiting.append(job)
        self._work_if_needed()

    def begin(self) -> None:
        """Do what waits, and from now on what comes."""
        self._begun = True
        self._work_if_needed()

    def end(self) -> None:
        """Do nothing any more; what waits is given up."""
        self._begun = False
        self._waiting.clear()

    async def join(self) -> None:
        """Wait until nothing is done any more."""
        while self._work and not self._work.done():
            await asyncio.wait([self._work])

    def _work_if_needed(self) -> None:
        is_at_work = self._work and not self._work.done()
        if self._begun and self._waiting and not is_at_work:
            self._work = self._start(self._do_all())

    async def _do_all(self) -> None:
        while self._begun and self._waiting:
            self._do_some()
            await asyncio.sleep(0)

    def _do_some(self) -> None:
        until = monotonic() + AT_ONCE
        while self._waiting:
            self._do(self._waiting.popleft())
            if monotonic() >= until:
                return

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:  # noqa: BLE001
            # One message that meets a defect must not silence all that follow.
            self._counts["errors"] += 1
            LOGGER.exception("Unexpected error while hearing what Frigate says")
