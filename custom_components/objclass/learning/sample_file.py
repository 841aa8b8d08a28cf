"""Opening the file of the samples, also where nothing can be written any more."""

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .files import try_writing

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
_CODE: Final = 0xFF  # the rest of SQLite's number tells which of the kind


def cannot_be_written(error: OSError | sqlite3.OperationalError) -> bool:
    """Return whether it went wrong since the disk is full or may not be written to."""
    if isinstance(error, OSError):
        return error.errno in _NO_WRITING
    # What Python itself says of a file, such as of its texts, has no number.
    return getattr(error, "sqlite_errorcode", 0) & _CODE in _NO_WRITING_SQLITE


def why_not_written(folder: Path, error: Exception) -> str:
    """Return what the system says; SQLite only says that something went wrong."""
    try:
        try_writing(folder)
    except OSError as err:
        return err.strerror or str(err)
    return str(error)


def opened(
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


def opened_to_be_read(path: Path, tables: str) -> sqlite3.Connection:
    """Return the open file; nothing is in it where there is no file yet."""

    def prepare(db: sqlite3.Connection) -> None:
        if not path.exists():
            db.executescript(tables)
        db.execute("PRAGMA query_only = ON")
        db.execute("SELECT 1 FROM samples").fetchone()

    if not path.exists():
        return opened(":memory:", prepare)
    # SQLite would make files beside it for those who write; nobody does. But what Home
    # Assistant had no time to put into the file itself is not to be passed over.
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size
    how = "readonly_shm=1" if has_log else "immutable=1"
    return opened(f"{path.as_uri()}?mode=ro&{how}", prepare)
