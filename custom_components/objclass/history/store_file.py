"""The file that the runs are in: what its tables are, and what can be wrong with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..learning.files import DAMAGE

_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    started_at REAL NOT NULL,
    phase TEXT NOT NULL,
    status TEXT NOT NULL,
    listed_to REAL,
    ended_at REAL,
    error TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS objects (
    run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    camera TEXT NOT NULL,
    label TEXT NOT NULL,
    time REAL NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    event TEXT,  -- what Frigate said of it, until it is done
    PRIMARY KEY (run, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_left ON objects (run, done, time);
CREATE TABLE IF NOT EXISTS results (
    run TEXT NOT NULL,
    event_id TEXT NOT NULL,
    classifier_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    class TEXT,
    likeliest TEXT NOT NULL,
    score REAL NOT NULL,
    unfamiliar INTEGER NOT NULL,
    sample_id TEXT,
    told TEXT,
    PRIMARY KEY (run, event_id, classifier_id),
    FOREIGN KEY (run, event_id) REFERENCES objects ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
"""


class HistoryStoreError(Exception):
    """The runs cannot be read or written; the text says why."""


def opened(path: Path) -> sqlite3.Connection:
    """Open the file for writing; make what is not there yet."""
    db = connected(path)
    try:
        db.executescript(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def connected(path: Path) -> sqlite3.Connection:
    """Return a connection, which may be used in any one thread at a time."""
    db = sqlite3.connect(path, check_same_thread=False)
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def reported() -> Iterator[None]:
    """Raise HistoryStoreError for whatever is wrong with the file."""
    try:
        yield
    except DAMAGE as err:
        raise HistoryStoreError(str(err)) from err
