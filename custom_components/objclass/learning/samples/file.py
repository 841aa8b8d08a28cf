"""The file of the samples: opening it, also when it is damaged or the disk full."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..files import DAMAGE, try_writing

_NO_WRITING: Final = frozenset(
    {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT}
)
_NO_WRITING_SQLITE: Final = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_BUSY_SQLITE: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM}
)
_DAMAGED_SQLITE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_CODE: Final = 0xFF  # the rest of SQLite's number tells which of the kind


class SampleStoreError(Exception):
    """The samples cannot be read or written; the text says why."""


class SampleFile:
    """A file of SQLite's with these tables, open as far as that can be done.

    `unwritable` says why nothing can be written, such as to a full disk. `damage` says
    what is wrong with the file itself, as far as it has shown by now.
    """

    def __init__(self, path: Path, tables: str) -> None:
        self.path = path
        self.unwritable: str | None = None
        self.damage: str | None = None
        self._tables = tables
        self._open: sqlite3.Connection | None = None
        try:
            self._open = self._opened()
        except (SampleStoreError, *DAMAGE) as err:
            self._open = None
            if _may_pass(err.__cause__ or err):
                self.unwritable = self.unwritable or str(err)
            else:
                self.damage = _told(err)

    @property
    def readable(self) -> bool:
        """Whether the file says all that there is to say."""
        return self._open is not None and self.damage is None

    def close(self) -> None:
        """Close the file."""
        if self._open is not None:
            self._open.close()

    @property
    def _db(self) -> sqlite3.Connection:
        if self._open is None:
            raise SampleStoreError(self.damage or self.unwritable)
        return self._open

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn what the disk and the database say into a SampleStoreError."""
        try:
            yield
        except DAMAGE as err:
            if _code(err) in _DAMAGED_SQLITE:
                self.damage = self.damage or str(err)
            raise SampleStoreError(_told(err)) from err

    @contextmanager
    def _transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Commit on success. A durable one survives a power cut, not only a crash."""
        if self.unwritable:
            raise SampleStoreError(
                f"the folder cannot be written to ({self.unwritable})"
            )
        with self._reported():
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with self._db:
                yield

    def _opened(self) -> sqlite3.Connection:
        """Return the open file; where nothing can be written, only to be read."""
        folder = self.path.parent
        try:
            try_writing(folder)
            return _connected(self.path, self._prepare)
        except (OSError, sqlite3.OperationalError, SampleStoreError) as err:
            if not _cannot_be_written(err.__cause__ or err):
                raise
            self.unwritable = _why_not_written(folder, err)
            return _opened_to_be_read(self.path, self._tables)

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Make an open file fit to be used. Raises like any use of it."""
        self._open = db
        db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;"
            # What is gone is not to come back when a damaged file is rescued.
            "PRAGMA secure_delete = ON;" + self._tables
        )


def _cannot_be_written(error: BaseException) -> bool:
    """Return whether it went wrong since the disk is full or may not be written to."""
    if isinstance(error, OSError):
        return error.errno in _NO_WRITING
    return _code(error) in _NO_WRITING_SQLITE


def _may_pass(error: BaseException) -> bool:
    """Return whether it went wrong for a reason outside of the file."""
    if isinstance(error, OSError):
        return True
    return _code(error) in _NO_WRITING_SQLITE | _BUSY_SQLITE


def _told(error: BaseException) -> str:
    """Return what is wrong, without the text itself that is: it may be a name."""
    return str(error).partition(" with text ")[0]


def _code(error: BaseException) -> int:
    """Return SQLite's number; what Python itself says of a file has none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & _CODE


def _why_not_written(folder: Path, error: Exception) -> str:
    """Return what the system says; SQLite only says that something went wrong."""
    try:
        try_writing(folder)
    except OSError as err:
        return err.strerror or str(err)
    return str(error)


def _connected(
    file: Path | str, prepare: Callable[[sqlite3.Connection], None]
) -> sqlite3.Connection:
    """Return an open file, prepared; a text is an address of SQLite's.

    Raises sqlite3.Error, and what `prepare` does.
    """
    db = sqlite3.connect(file, uri=isinstance(file, str), check_same_thread=False)
    try:
        db.row_factory = sqlite3.Row
        prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _opened_to_be_read(path: Path, tables: str) -> sqlite3.Connection:
    """Return the open file; nothing is in it where there is no file yet."""

    def prepare(db: sqlite3.Connection) -> None:
        if not path.exists():
            db.executescript(tables)
        db.execute("PRAGMA query_only = ON")
        db.execute("SELECT 1 FROM samples").fetchone()

    if not path.exists():
        return _connected(":memory:", prepare)
    # SQLite would make files beside it for those who write; nobody does. But what Home
    # Assistant had no time to put into the file itself is not to be passed over.
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size
    how = "readonly_shm=1" if has_log else "immutable=1"
    return _connected(f"{path.as_uri()}?mode=ro&{how}", prepare)
