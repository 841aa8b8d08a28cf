"""Work that comes all at once, done in the order it came, a little at a time.

Home Assistant hands on up to 500 messages of the broker in one go. Whoever works them
off there and then lets everything else wait for all of them.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Final, Never

from ..const import LOGGER

# For so long there may be work before everything else has its turn (seconds).
AT_ONCE: Final = 0.002
MAX_WAITING: Final = 10_000


class InTurn:
    """Jobs that wait, none of which takes long; an error of one is counted and logged.

    When too many wait, the oldest is done before the newest is taken: nothing is lost,
    and whoever brings more than can be done is slowed down.
    """

    def __init__(self, counts: Counter[str], limit: int = MAX_WAITING) -> None:
        self._counts = counts
        self._waiting = asyncio.Queue[Callable[[], None]](limit)

    def __len__(self) -> int:
        """Return how many wait."""
        return self._waiting.qsize()

    def put(self, job: Callable[[], None]) -> None:
        """Let a job wait for its turn."""
        if self._waiting.full():
            self._do(self._waiting.get_nowait())
        self._waiting.put_nowait(job)

    async def work(self) -> Never:
        """Do what waits and what comes, until cancelled."""
        began = monotonic()
        while True:
            self._do(await self._waiting.get())
            if monotonic() - began >= AT_ONCE:
                await asyncio.sleep(0)
                began = monotonic()

    async def join(self) -> None:
        """Wait until nothing waits."""
        await self._waiting.join()

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:  # noqa: BLE001
            # One message that meets a defect must not silence all that follow.
            self._counts["errors"] += 1
            LOGGER.exception("Unexpected error while hearing what Frigate says")
        finally:
            self._waiting.task_done()
