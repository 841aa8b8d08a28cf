"""The embeddings of samples: what a head is trained on, by backbone and view."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..augmentation import Views, pictures_from_far, pictures_to_compress

# The crop as it was seen, as it would look from far away, and as Frigate would keep it
# (see `augmentation`).
PLAIN: Final = 0
FAR: Final = 1
COMPRESSED: Final = 2
_SAME_SCENE: Final = 300  # seconds
# How many visits some samples are of, as a training groups them (see `_group`).
VISITS: Final = (
    "COUNT(DISTINCT CASE WHEN event_id != '' THEN event_id"
    " WHEN source = 'import' THEN id"
    f" ELSE camera || ' ' || CAST(time / {_SAME_SCENE} AS INTEGER) END)"
)
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

    `embeddings` is float32, shape (n, d); `far` and `compressed` are views of some of
    the samples. `groups` holds the event of each sample: crops of one event are near
    copies of each other. Of `brought` pictures nobody knows it: each has its own here.
    `infrared` is False where it is not known.
    """

    ids: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[str]
    brought: Sequence[bool]
    infrared: Sequence[bool]
    embeddings: NDArray[np.float32]
    far: Views
    compressed: Views


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
    needed += [
        (rows[place]["id"], view)
        for view in (FAR, COMPRESSED)
        for place in _altered(rows, view)
    ]
    known = {
        (row["sample_id"], row["view"])
        for row in db.execute(
            "SELECT sample_id, view FROM embeddings WHERE backbone = ?", (backbone,)
        )
    }
    return [pair for pair in needed if pair not in known]


def unseen(db: sqlite3.Connection, backbone: str) -> list[str]:
    """Return all samples that a backbone has not seen, newest first."""
    rows = db.execute(
        "SELECT id FROM samples WHERE NOT EXISTS (SELECT 1 FROM embeddings "
        "WHERE sample_id = id AND backbone = ? AND view = ?) ORDER BY time DESC, id",
        (backbone, PLAIN),
    )
    return [row["id"] for row in rows]


def long_gone(db: sqlite3.Connection, in_use: str) -> list[str]:
    """Return the backbones before the one in use, but for the last of them.

    That is for the way back.
    """
    rows = db.execute(
        "SELECT backbone FROM embeddings WHERE backbone != ? "
        "GROUP BY backbone ORDER BY max(rowid) DESC LIMIT -1 OFFSET 1",
        (in_use,),
    )
    return [row["backbone"] for row in rows]


def forget(db: sqlite3.Connection, backbones: Sequence[str], in_use: str) -> None:
    """Remove what backbones saw of the samples that the one in use has seen."""
    db.execute(
        "DELETE FROM embeddings WHERE backbone IN (SELECT value FROM json_each(?)) "
        "AND sample_id IN (SELECT sample_id FROM embeddings WHERE backbone = ?)",
        (json.dumps(backbones), in_use),
    )


def training_set(db: sqlite3.Connection, backbone: str) -> TrainingSet:
    """Return what is known about the labelled samples."""
    labelled = _labelled(db)
    plain = {row["id"]: read(db, row["id"], backbone) for row in labelled}
    rows = [row for row in labelled if plain[row["id"]] is not None]

    def views(view: int) -> Views:
        altered = {labelled[place]["id"] for place in _altered(labelled, view)}
        found = {
            place: vector
            for place, row in enumerate(rows)
            if row["id"] in altered
            and (vector := read(db, row["id"], backbone, view)) is not None
        }
        return Views(embeddings=_stacked(list(found.values())), of=list(found))

    vectors = [vector for row in rows if (vector := plain[row["id"]]) is not None]
    return TrainingSet(
        ids=[row["id"] for row in rows],
        labels=[row["label"] for row in rows],
        groups=[_group(row) for row in rows],
        brought=[row["source"] == "import" for row in rows],
        infrared=[bool(row["infrared"]) for row in rows],
        embeddings=_stacked(vectors),
        far=views(FAR),
        compressed=views(COMPRESSED),
    )


def _labelled(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT id, label, event_id, infrared, source, camera, time FROM samples "
        "WHERE label IS NOT NULL ORDER BY time, id"
    ).fetchall()


def _group(row: sqlite3.Row) -> str:
    """Return what a sample shares with its near copies.

    That is the event; pictures of no event that a camera took within minutes show the
    same scene in the same light.
    """
    if row["event_id"] or row["source"] == "import":
        return str(row["event_id"] or row["id"])
    return f"{row['camera']} {row['time'] // _SAME_SCENE}"


def _altered(rows: Sequence[sqlite3.Row], view: int) -> list[int]:
    """Return the places of those of which training needs a far or compressed view."""
    choose = pictures_from_far if view == FAR else pictures_to_compress
    return choose([row["label"] for row in rows])


def _stacked(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(vectors) if vectors else np.empty((0, 0), np.float32)
