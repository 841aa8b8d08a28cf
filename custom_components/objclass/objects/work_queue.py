"""The work that waits, newest kept."""

import asyncio
from typing import Final

MAX_WAITING: Final = 64


class WorkQueue:
    """Objects that wait to be looked at, each at most once, the oldest first.

    Frigate serves the best picture of an object so far. Two messages about the same
    object that wait together would therefore show the same picture, so an object waits
    only once, for its newest message. When too many wait, the oldest is dropped and
    counted. An object that is being worked on is not handed out a second time.
    """

    def __init__(self, limit: int = MAX_WAITING) -> None:
        self._limit = limit
        self._waiting: dict[str, None] = {}
        self._busy: set[str] = set()
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many wait or are being worked on."""
        return len(self._waiting) + len(self._busy)

    def put(self, event_id: str) -> str | None:
        """Let an object wait; return the one that was dropped for it."""
        if event_id in self._waiting:
            return None
        dropped = None
        if len(self._waiting) >= self._limit:
            dropped = next(iter(self._waiting))
            del self._waiting[dropped]
            self.dropped += 1
        self._waiting[event_id] = None
        self._empty.clear()
        self._news.set()
        return dropped

    async def get(self) -> str:
        """Wait for an object to work on; tell `done` afterwards."""
        while True:
            for event_id in self._waiting:
                if event_id not in self._busy:
                    del self._waiting[event_id]
                    self._busy.add(event_id)
                    return event_id
            self._news.clear()
            await self._news.wait()

    def done(self, event_id: str) -> None:
        """Tell that the work on an object is finished."""
        self._busy.discard(event_id)
        self._news.set()
        self._note_empty()

    def clear(self) -> None:
        """Drop everything that waits, uncounted."""
        self._waiting.clear()
        self._note_empty()

    async def join(self) -> None:
        """Wait until nothing waits and nothing is being worked on."""
        await self._empty.wait()

    def _note_empty(self) -> None:
        if not len(self):
            self._empty.set()
