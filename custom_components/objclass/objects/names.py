"""The names that came from us, remembered when nothing else does.

A sub label in Frigate does not say who set it, and the last writer wins. To tell our
own from somebody else's, also after a restart or weeks later, every name is noted here
before it is written.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..learning.files import try_writing
from ..runtime.worker import Worker

# Frigate keeps objects for days or weeks; ten thousand of them were a lot.
_KEPT: Final = 100_000
_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS names (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    classifier_id TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (event_id, kind, classifier_id, name)
) STRICT;
"""


class Names:
    """What the classifiers of one entry wrote to Frigate's objects.

    A file that cannot be used costs the memory, not the classification: what is not
    known to be ours is then left alone.
    """

    def __init__(self, worker: Worker, path: Path) -> None:
        self._worker = worker
        self._path = path
        self._db: sqlite3.Connection | None = None

    async def async_load(self) -> None:
        """Open the file."""
        await self._worker.run(self._open)

    async def async_close(self) -> None:
        """Close the file."""
        await self._worker.run(self._close)

    async def async_of(self, event_id: str, kind: str) -> Sequence[tuple[str, str]]:
        """Return (classifier id, name) of what was written, the last one first.

        `kind` is that of the classifier: names of sub labels are none of attributes.
        """
        try:
            return await self._worker.run(self._read, event_id, kind)
        except (HomeAssistantError, sqlite3.Error) as err:
            LOGGER.debug("It is not known who named %s: %s", event_id, err)
            return ()

    async def async_note(
        self, event_id: str, kind: str, classifier_id: str, name: str
    ) -> None:
        """Note a name that is about to be written."""
        try:
            await self._worker.run(self._write, event_id, kind, classifier_id, name)
        except (HomeAssistantError, sqlite3.Error) as err:
            LOGGER.debug("It is not noted who names %s: %s", event_id, err)

    def _open(self) -> None:
        try:
            try_writing(self._path.parent)
            self._db = sqlite3.connect(self._path, check_same_thread=False)
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as err:
            LOGGER.error("%s cannot be used: %s", self._path, err)
            self._close()

    def _close(self) -> None:
        if self._db:
            self._db.close()
        self._db = None

    def _read(self, event_id: str, kind: str) -> list[tuple[str, str]]:
        if self._db is None:
            return []
        return self._db.execute(
            "SELECT classifier_id, name FROM names WHERE event_id = ? AND kind = ? "
            "ORDER BY number DESC",
            (event_id, kind),
        ).fetchall()

    def _write(self, *row: str) -> None:
        if self._db is None:
            return
        with self._db:
            # The last one is the one that the object carries.
            self._db.execute(
                "INSERT OR REPLACE INTO names (event_id, kind, classifier_id, name) "
                "VALUES (?, ?, ?, ?)",
                row,
            )
            self._db.execute(
                "DELETE FROM names WHERE number <= (SELECT max(number) FROM names) - ?",
                (_KEPT,),
            )
