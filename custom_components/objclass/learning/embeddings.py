"""The embeddings of samples: what a head is trained on, by backbone and view."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .augmentation import pictures_to_alter

# The crop as it was seen, and as it would look from far away (see `augmentation`).
PLAIN: Final = 0
FAR: Final = 1
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

    `embeddings` is float32, shape (n, d). `far_views` is float32, shape (m, d): those
    of some of the samples as seen from far away; `far_view_of` their m places. `groups`
    holds the event of each sample: crops of one event are near copies of each other.
    `infrared` is False where it is not known.
    """

    ids: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[str]
    infrared: Sequence[bool]
    embeddings: NDArray[np.float32]
    far_views: NDArray[np.float32]
    far_view_of: Sequence[int]


def put(
    db: sqlite3.Connection,
    sample_id: str,
    backbone: str,
    vector: NDArray[np.float32],
    view: int = PLAIN,
) -> None:
    """Keep the embedding, shape (d,), that a backbone has of a view of a sample."""
    db.execute(
        "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)",
        (sample_id, backbone, view, vector.astype("<f4").tobytes()),
    )


def read(
    db: sqlite3.Connection, sample_id: str, backbone: str, view: int = PLAIN
) -> NDArray[np.float32] | None:
    """Return the embedding of a view of a sample, shape (d,), if it is known."""
    row = db.execute(
        "SELECT vector FROM embeddings "
        "WHERE sample_id = ? AND backbone = ? AND view = ?",
        (sample_id, backbone, view),
    ).fetchone()
    return None if row is None else np.frombuffer(row["vector"], "<f4")


def missing(db: sqlite3.Connection, backbone: str) -> list[tuple[str, int]]:
    """Return the labelled samples, oldest first, and views that training needs."""
    rows = _labelled(db)
    needed = [(row["id"], PLAIN) for row in rows]
    needed += [(rows[place]["id"], FAR) for place in _altered(rows)]
    known = {
        (row["sample_id"], row["view"])
        for row in db.execute(
            "SELECT sample_id, view FROM embeddings WHERE backbone = ?", (backbone,)
        )
    }
    return [pair for pair in needed if pair not in known]


def training_set(db: sqlite3.Connection, backbone: str) -> TrainingSet:
    """Return what is known about the labelled samples."""
    labelled = _labelled(db)
    altered = {labelled[place]["id"] for place in _altered(labelled)}
    plain = {row["id"]: read(db, row["id"], backbone) for row in labelled}
    rows = [row for row in labelled if plain[row["id"]] is not None]
    far = {
        place: vector
        for place, row in enumerate(rows)
        if row["id"] in altered
        and (vector := read(db, row["id"], backbone, FAR)) is not None
    }
    vectors = [vector for row in rows if (vector := plain[row["id"]]) is not None]
    return TrainingSet(
        ids=[row["id"] for row in rows],
        labels=[row["label"] for row in rows],
        groups=[row["event_id"] or row["id"] for row in rows],
        infrared=[bool(row["infrared"]) for row in rows],
        embeddings=_stacked(vectors),
        far_views=_stacked(list(far.values())),
        far_view_of=list(far),
    )


def _labelled(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT id, label, event_id, infrared FROM samples "
        "WHERE label IS NOT NULL ORDER BY time, id"
    ).fetchall()


def _altered(rows: Sequence[sqlite3.Row]) -> list[int]:
    return pictures_to_alter([row["label"] for row in rows])


def _stacked(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(vectors) if vectors else np.empty((0, 0), np.float32)
