"""The kept crops of one classifier: pictures, labels and embeddings on disk.

Each crop is a JPEG file in `crops/`; everything known about it is a row in
`samples.sqlite` beside that folder. A picture is complete before its row exists, and a
label is on disk, with its picture, before the caller hears of it: a crash at any moment
loses neither, and a power cut at most the newest crops that nobody has labelled. All
methods block: call them from one worker thread.
"""

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .files import sync, write_atomically

# The plain crop; higher numbers are its augmented views.
PLAIN_VIEW: Final = 0
# Linux writes a file to the disk by itself after half a minute (seconds).
_WRITTEN_AFTER: Final = 120.0
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS samples (
    id TEXT PRIMARY KEY,
    event_id TEXT,
    camera TEXT NOT NULL,
    time REAL NOT NULL,
    label TEXT,
    decided_at REAL,  -- when a person last gave or took away the label
    source TEXT NOT NULL,
    predicted TEXT,
    score REAL,
    scores TEXT NOT NULL,
    distance REAL
) STRICT;
CREATE INDEX IF NOT EXISTS by_time ON samples (time);
CREATE INDEX IF NOT EXISTS by_label ON samples (label, time);
CREATE INDEX IF NOT EXISTS by_event ON samples (event_id);
CREATE TABLE IF NOT EXISTS embeddings (
    sample_id TEXT NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
    backbone TEXT NOT NULL,
    view INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (sample_id, backbone, view)
) STRICT;
"""
_SELECT: Final = "SELECT * FROM samples "


class SampleStoreError(Exception):
    """The samples cannot be read or written; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A crop kept on disk, labelled or not.

    `id` is a safe file name, unique in its classifier. `time` is when the picture
    was taken, in seconds since the epoch. `scores` are the attempt's, by class; empty
    when there was no trained head yet. `source` is `live`, `collect` or `import`.
    """

    id: str
    event_id: str | None
    camera: str
    time: float
    source: str = "live"
    label: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    distance: float | None = None

    @property
    def predicted(self) -> str | None:
        """The class with the highest score, if there are any."""
        return max(self.scores, key=self.scores.__getitem__, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSet:
    """All labelled samples whose plain embedding is known.

    `embeddings` is float32, shape (n, d); `views` is float32, shape (n, v, d), with
    the augmented views that every one of them has, or None. `groups` holds the event of
    each sample: crops of one event are near copies of each other.
    """

    ids: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[str]
    embeddings: NDArray[np.float32]
    views: NDArray[np.float32] | None


def is_safe_id(sample_id: str) -> bool:
    """Return whether an id can be a file name that stays in its folder."""
    return _SAFE_ID.fullmatch(sample_id) is not None


class SampleStore:
    """The samples of one classifier, below `folder`. Raises SampleStoreError."""

    def __init__(self, folder: Path) -> None:
        self._crops = folder / "crops"
        with _reported():
            self._crops.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                folder / "samples.sqlite", check_same_thread=False
            )
        try:
            with _reported():
                self._open()
        except SampleStoreError:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._db.close()

    def picture_path(self, sample_id: str) -> Path:
        """Return where the picture of a sample is. Raises SampleStoreError."""
        if not is_safe_id(sample_id):
            raise SampleStoreError(f"{sample_id!r} is no sample")
        return self._crops / f"{sample_id}.jpg"

    # Writing

    def add(
        self,
        sample: Sample,
        jpeg: bytes,
        embedding: NDArray[np.float32] | None = None,
        backbone: str = "",
    ) -> bool:
        """Keep a crop; return False when one of that id is here already.

        The embedding, shape (d,), is that of the backbone of that identity.
        """
        path = self.picture_path(sample.id)
        if self.get(sample.id) is not None:
            return False
        labelled = sample.label is not None
        try:
            with self._transaction(durable=labelled):
                write_atomically(path, jpeg, durable=labelled)
                self._put_row(sample)
                if embedding is not None:
                    self._put_embedding(sample.id, backbone, embedding)
        except SampleStoreError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        return True

    def add_embedding(
        self,
        sample_id: str,
        backbone: str,
        vector: NDArray[np.float32],
        view: int = PLAIN_VIEW,
    ) -> None:
        """Keep the embedding, shape (d,), that the named backbone has of a sample."""
        with self._transaction():
            self._put_embedding(sample_id, backbone, vector, view)

    def label(self, sample_ids: Iterable[str], label: str | None) -> list[str]:
        """Give samples a class, or take it away; return the ids that exist."""
        changed = []
        with self._transaction(durable=True):
            for sample_id in sample_ids:
                cursor = self._db.execute(
                    "UPDATE samples SET label = ?, decided_at = ? WHERE id = ?",
                    (label, time.time(), sample_id),
                )
                if cursor.rowcount:
                    changed.append(sample_id)
            self._sync_pictures(changed)
        return changed

    def move_labels(self, moves: Mapping[str, str | None]) -> None:
        """Give all samples of some classes another class, or None, all at once."""
        with self._transaction(durable=True):
            self._db.execute(
                "UPDATE samples SET label = value FROM json_each(?) WHERE label = key",
                (json.dumps(dict(moves)),),
            )

    def delete(self, sample_ids: Iterable[str]) -> int:
        """Remove samples for good, labelled or not; return how many there were."""
        return self._delete(sample_ids, durable=True)

    def prune(self, keep: int) -> int:
        """Remove all but the last `keep` samples that nobody has ever labelled.

        Labelled ones stay, and so do those whose label was taken away, as happens to a
        whole class when it is removed: only `delete` removes what a person has sorted.
        """
        with _reported():
            old = self._db.execute(
                "SELECT id FROM samples WHERE label IS NULL AND decided_at IS NULL "
                "ORDER BY rowid DESC LIMIT -1 OFFSET ?",
                (keep,),
            ).fetchall()
        return self._delete([row["id"] for row in old], durable=False) if old else 0

    # Reading

    def get(self, sample_id: str) -> Sample | None:
        """Return one sample, if it is here."""
        found = self._samples("WHERE id = ?", [sample_id])
        return found[0] if found else None

    def find(
        self,
        *,
        labelled: bool | None = None,
        label: str | None = None,
        camera: str | None = None,
        event_id: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Sample]:
        """Return samples that meet all the conditions given, newest first."""
        conditions, values = ["1"], []
        for column, value in (
            ("label", label),
            ("camera", camera),
            ("event_id", event_id),
        ):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if labelled is not None:
            conditions.append(f"label IS {'NOT ' if labelled else ''}NULL")
        return self._samples(
            f"WHERE {' AND '.join(conditions)} ORDER BY time DESC, id LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )

    def counts(self) -> dict[str, int]:
        """Return the number of labelled samples of each class that has any."""
        with _reported():
            rows = self._db.execute(
                "SELECT label, COUNT(*) AS n FROM samples "
                "WHERE label IS NOT NULL GROUP BY label ORDER BY label"
            )
            return {row["label"]: row["n"] for row in rows}

    def without_embedding(self, backbone: str, view: int = PLAIN_VIEW) -> list[str]:
        """Return the labelled samples that this backbone has yet to look at."""
        with _reported():
            rows = self._db.execute(
                "SELECT id FROM samples WHERE label IS NOT NULL AND NOT EXISTS ("
                "SELECT 1 FROM embeddings "
                "WHERE sample_id = id AND backbone = ? AND view = ?) ORDER BY time, id",
                (backbone, view),
            )
            return [row["id"] for row in rows]

    def embedding(self, sample_id: str, backbone: str) -> NDArray[np.float32] | None:
        """Return the plain embedding of a sample, shape (d,), if it is known."""
        with _reported():
            row = self._db.execute(
                "SELECT vector FROM embeddings "
                "WHERE sample_id = ? AND backbone = ? AND view = ?",
                (sample_id, backbone, PLAIN_VIEW),
            ).fetchone()
        return None if row is None else np.frombuffer(row["vector"], "<f4")

    def training_set(self, backbone: str, view_count: int = 0) -> TrainingSet:
        """Return what a head is trained on, with `view_count` augmented views each."""
        with _reported():
            complete = self._db.execute(
                "SELECT id, label, event_id "
                "FROM samples JOIN embeddings ON sample_id = id "
                "WHERE label IS NOT NULL AND backbone = ? AND view <= ? "
                "GROUP BY id HAVING COUNT(*) = ? ORDER BY time, id",
                (backbone, view_count, view_count + 1),
            ).fetchall()
            ids = [row["id"] for row in complete]
            vectors = self._vectors(ids, backbone, view_count)
        return TrainingSet(
            ids=ids,
            labels=[row["label"] for row in complete],
            groups=[row["event_id"] or row["id"] for row in complete],
            embeddings=vectors[:, 0],
            views=vectors[:, 1:] if view_count else None,
        )

    # Inside

    def _open(self) -> None:
        self._db.row_factory = sqlite3.Row
        is_new = not self._db.execute("SELECT 1 FROM sqlite_schema").fetchone()
        if is_new and any(self._crops.glob("*.jpg")):
            # Without their rows these would count as leftovers, and be removed.
            raise SampleStoreError(
                f"there are crops in {self._crops}, but what is known about them is "
                "gone: bring back samples.sqlite from a backup, or move the crops away"
            )
        self._db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;" + _SCHEMA
        )
        self._sweep()

    def _put_row(self, sample: Sample) -> None:
        self._db.execute(
            "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                sample.id,
                sample.event_id,
                sample.camera,
                sample.time,
                sample.label,
                None if sample.label is None else time.time(),
                sample.source,
                sample.predicted,
                max(sample.scores.values(), default=None),
                json.dumps(dict(sample.scores)),
                sample.distance,
            ),
        )

    def _put_embedding(
        self,
        sample_id: str,
        backbone: str,
        vector: NDArray[np.float32],
        view: int = PLAIN_VIEW,
    ) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)",
            (sample_id, backbone, view, vector.astype("<f4").tobytes()),
        )

    def _vectors(
        self, ids: Sequence[str], backbone: str, view_count: int
    ) -> NDArray[np.float32]:
        """Return the embeddings and views of samples, shape (n, 1 + view_count, d)."""
        flat = bytearray()
        for sample_id in ids:
            for row in self._db.execute(
                "SELECT vector FROM embeddings WHERE sample_id = ? "
                "AND backbone = ? AND view <= ? ORDER BY view",
                (sample_id, backbone, view_count),
            ):
                flat += row["vector"]
        rows = np.frombuffer(flat, "<f4")
        return rows.reshape(len(ids), view_count + 1, -1 if ids else 0)

    def _delete(self, sample_ids: Iterable[str], *, durable: bool) -> int:
        removed = []
        with self._transaction(durable=durable):
            for sample_id in sample_ids:
                cursor = self._db.execute(
                    "DELETE FROM samples WHERE id = ?", (sample_id,)
                )
                if cursor.rowcount:
                    removed.append(sample_id)
        with _reported():
            for sample_id in removed:
                self.picture_path(sample_id).unlink(missing_ok=True)
        return len(removed)

    def _sync_pictures(self, sample_ids: Iterable[str]) -> None:
        """Wait until pictures are on the disk; old ones have long been written."""
        new = time.time() - _WRITTEN_AFTER
        for sample_id in sample_ids:
            path = self.picture_path(sample_id)
            with suppress(FileNotFoundError):
                if path.stat().st_mtime > new:
                    sync(path)
        sync(self._crops)

    def _samples(self, clause: str, values: Sequence[Any]) -> list[Sample]:
        with _reported():
            rows = self._db.execute(_SELECT + clause, values)
            return [
                Sample(
                    id=row["id"],
                    event_id=row["event_id"],
                    camera=row["camera"],
                    time=row["time"],
                    source=row["source"],
                    label=row["label"],
                    scores=json.loads(row["scores"]),
                    distance=row["distance"],
                )
                for row in rows
            ]

    @contextmanager
    def _transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Commit on success. A durable one survives a power cut, not only a crash."""
        with _reported():
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with self._db:
                yield

    def _sweep(self) -> None:
        """Remove the leftovers of a crash or a power cut.

        These are pictures whose row was never written or is gone, and unlabelled rows
        whose picture never reached the disk.
        """
        with os.scandir(self._crops) as entries:
            sizes = {e.name: e.stat().st_size for e in entries if e.is_file()}
        rows = self._db.execute("SELECT id, label FROM samples").fetchall()
        for name in sizes.keys() - {f"{row['id']}.jpg" for row in rows}:
            (self._crops / name).unlink(missing_ok=True)
        unlabelled = [row["id"] for row in rows if row["label"] is None]
        self._delete(
            [name for name in unlabelled if not sizes.get(f"{name}.jpg")], durable=False
        )


@contextmanager
def _reported() -> Iterator[None]:
    """Turn what the disk and the database say into a SampleStoreError."""
    try:
        yield
    # A value that is no valid text, and a row that is no valid JSON, are ValueErrors.
    except (sqlite3.Error, OSError, ValueError) as err:
        raise SampleStoreError(str(err)) from err
