"""The embeddings of samples: what a head is trained on, kept per backbone and view."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# The plain crop; higher numbers are its augmented views.
PLAIN_VIEW: Final = 0
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS embeddings (
    sample_id TEXT NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
    backbone TEXT NOT NULL,
    view INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (sample_id, backbone, view)
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSet:
    """All labelled samples whose plain embedding is known.

    `embeddings` is float32, shape (n, d); `views` is float32, shape (n, v, d), with
    the augmented views that every one of them has, or None. `groups` holds the event of
    each sample: crops of one event are near copies of each other. `infrared` is False
    where it is not known.
    """

    ids: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[str]
    infrared: Sequence[bool]
    embeddings: NDArray[np.float32]
    views: NDArray[np.float32] | None


def put(
    db: sqlite3.Connection,
    sample_id: str,
    backbone: str,
    vector: NDArray[np.float32],
    view: int = PLAIN_VIEW,
) -> None:
    """Keep the embedding, shape (d,), that a backbone has of a view of a sample."""
    db.execute(
        "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)",
        (sample_id, backbone, view, vector.astype("<f4").tobytes()),
    )


def read(
    db: sqlite3.Connection, sample_id: str, backbone: str
) -> NDArray[np.float32] | None:
    """Return the plain embedding of a sample, shape (d,), if it is known."""
    row = db.execute(
        "SELECT vector FROM embeddings "
        "WHERE sample_id = ? AND backbone = ? AND view = ?",
        (sample_id, backbone, PLAIN_VIEW),
    ).fetchone()
    return None if row is None else np.frombuffer(row["vector"], "<f4")


def missing(db: sqlite3.Connection, backbone: str, view: int) -> list[str]:
    """Return the labelled samples without this view, oldest first."""
    rows = db.execute(
        "SELECT id FROM samples WHERE label IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM embeddings "
        "WHERE sample_id = id AND backbone = ? AND view = ?) ORDER BY time, id",
        (backbone, view),
    )
    return [row["id"] for row in rows]


def training_set(db: sqlite3.Connection, backbone: str, view_count: int) -> TrainingSet:
    """Return the labelled samples that have the plain and all augmented views."""
    complete = db.execute(
        "SELECT id, label, event_id, infrared "
        "FROM samples JOIN embeddings ON sample_id = id "
        "WHERE label IS NOT NULL AND backbone = ? AND view <= ? "
        "GROUP BY id HAVING COUNT(*) = ? ORDER BY time, id",
        (backbone, view_count, view_count + 1),
    ).fetchall()
    ids = [row["id"] for row in complete]
    vectors = _vectors(db, ids, backbone, view_count)
    return TrainingSet(
        ids=ids,
        labels=[row["label"] for row in complete],
        groups=[row["event_id"] or row["id"] for row in complete],
        infrared=[bool(row["infrared"]) for row in complete],
        embeddings=vectors[:, 0],
        views=vectors[:, 1:] if view_count else None,
    )


def _vectors(
    db: sqlite3.Connection, ids: Sequence[str], backbone: str, view_count: int
) -> NDArray[np.float32]:
    """Return the embeddings and views of samples, shape (n, 1 + view_count, d)."""
    flat = bytearray()
    for sample_id in ids:
        for row in db.execute(
            "SELECT vector FROM embeddings WHERE sample_id = ? "
            "AND backbone = ? AND view <= ? ORDER BY view",
            (sample_id, backbone, view_count),
        ):
            flat += row["vector"]
    rows = np.frombuffer(flat, "<f4")
    return rows.reshape(len(ids), view_count + 1, -1 if ids else 0)
