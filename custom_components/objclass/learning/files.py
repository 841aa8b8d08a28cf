"""Writing files so that nobody ever reads half of one; reading damaged ones."""

import os
import sqlite3
from pathlib import Path
from typing import Final

# More than a crop, and what there is to note about it.
_ROOM: Final = 1 << 18
# What reading a damaged file of SQLite's may raise: there are texts that are none, JSON
# that is something else or too deep, values where there cannot be any, and columns
# under another name.
DAMAGE: Final = (
    sqlite3.Error,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace a file as a whole, or leave it as it was.

    A `durable` write is on the disk when this returns; any other survives the end of
    the process but not a power cut.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync(path.parent)


def try_writing(folder: Path) -> None:
    """Raise OSError if a crop could not be written below a folder now.

    To be called before a file of SQLite's is opened to be written: it keeps a map in a
    file beside it, and where there is no room for that, the system ends the whole
    process as soon as the map is touched (SIGBUS, on ext4).
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".room"
    write_atomically(path, bytes(_ROOM), durable=False)
    path.unlink()


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
