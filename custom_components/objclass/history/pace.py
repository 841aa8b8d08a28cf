"""When a run may take its next step: live classification always goes first."""

import asyncio
from time import monotonic

from ..objects.pipeline import Pipeline


class Pace:
    """Lets a run go on when nothing live waits, and not faster than was asked for."""

    def __init__(self, pipeline: Pipeline, per_second: float) -> None:
        self._pipeline = pipeline
        self._pause = 1 / per_second
        self._next = 0.0

    async def async_turn(self) -> None:
        """Wait until Frigate may be asked for the next picture."""
        await asyncio.sleep(self._next - monotonic())
        await self.async_let_live_go_first()
        self._next = monotonic() + self._pause

    async def async_let_live_go_first(self) -> None:
        """Wait until no object in view waits for a look."""
        await self._pipeline.async_wait_idle()
