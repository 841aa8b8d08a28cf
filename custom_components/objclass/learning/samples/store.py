"""The kept crops of one classifier: pictures, labels and embeddings on disk.

Each crop is a JPEG file (see `pictures`); everything known about it is a row in
`samples.sqlite` beside those. A picture is complete before its row exists, and a
label is on disk, with its picture, before the caller hears of it: a crash at any moment
loses neither, and a power cut at most the newest crops that nobody has labelled. All
methods block: call them from one worker thread.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final, Unpack, override

import numpy as np
from numpy.typing import NDArray

from ..consensus import NONE
from . import embeddings, outcomes
from .embeddings import PLAIN, VISITS, TrainingSet
from .file import SampleFile, SampleStoreError
from .outcomes import KeptOutcome
from .pages import loses_log
from .pictures import Pictures, is_safe_id
from .rescue import Rescued, rescue, take_in_use
from .sample import ClassCount, Sample, SampleOutline, SamplePage, sample_of
from .search import Conditions, Position, Search

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
    distance REAL,
    unfamiliar INTEGER NOT NULL,
    infrared INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS newest ON samples (-time, id);
CREATE INDEX IF NOT EXISTS newest_of_label ON samples (label, -time, id);
CREATE INDEX IF NOT EXISTS by_event ON samples (event_id);
"""
TABLES: Final = _SCHEMA + embeddings.SCHEMA + outcomes.SCHEMA


class SampleStore(SampleFile):
    """The samples of one classifier, below `folder`. Raises SampleStoreError."""

    def __init__(self, folder: Path) -> None:
        """Open the files, as far as that can be done."""
        self.pictures = Pictures(folder)
        super().__init__(folder / "samples.sqlite", TABLES)

    def rescue(self, classes: Collection[str]) -> Rescued:
        """Close, and begin anew with all crops, and what can be read of a damaged file.

        Labels are believed where they are among these classes. The file is moved to a
        folder beside it. Raises OSError.
        """
        self.close()
        return rescue(self.path, self.pictures, TABLES, classes)

    def picture_path(self, sample_id: str) -> Path:
        """Return where the picture of a sample is. Raises SampleStoreError."""
        with self._reported():
            return self.pictures.path(sample_id)

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
        if not is_safe_id(sample.id):
            raise SampleStoreError(f"{sample.id!r} is no id of a sample")
        if self.get(sample.id) is not None:
            return False
        labelled = sample.label is not None
        try:
            with self._transaction(durable=labelled):
                self.pictures.write(sample.id, jpeg, durable=labelled)
                self._put_row(sample)
                if embedding is not None:
                    embeddings.put(self._db, sample.id, backbone, embedding)
        except SampleStoreError:
            with suppress(OSError):
                self.pictures.remove([sample.id])
            raise
        return True

    def add_embedding(
        self,
        sample_id: str,
        backbone: str,
        vector: NDArray[np.float32],
        view: int = PLAIN,
    ) -> None:
        """Keep the embedding, shape (d,), that the named backbone has of a sample."""
        with self._transaction():
            embeddings.put(self._db, sample_id, backbone, vector, view)

    def forget_backbones(self, in_use: str) -> None:
        """Remove the embeddings of backbones before the one before that in use."""
        with self._reported():
            gone = embeddings.long_gone(self._db, in_use)
        if gone:
            with self._transaction():
                embeddings.forget(self._db, gone, in_use)

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
            self.pictures.sync(changed)
        return changed

    def move_labels(self, moves: Mapping[str, str | None]) -> None:
        """Give all samples of some classes another class, or None, all at once."""
        with self._transaction(durable=True):
            self._db.execute(
                "UPDATE samples SET label = value, decided_at = ? "
                "FROM json_each(?) WHERE label = key",
                (time.time(), json.dumps(dict(moves))),
            )

    def delete(self, sample_ids: Iterable[str]) -> int:
        """Remove samples for good, labelled or not; return how many there were."""
        return len(self._delete(sample_ids, durable=True))

    def prune(self, keep: int, source: str = "live") -> list[str]:
        """Remove all but the last `keep` samples that nobody has ever labelled.

        They are those of that `source`: what came from looking, live or at the past.

        Return the ids of the removed ones.
        Labelled ones stay, and so do those whose label was taken away, as happens to a
        whole class when it is removed, and those that somebody asked for: only `delete`
        removes what a person has sorted or collected.
        """
        with self._reported():
            old = self._db.execute(
                "SELECT id FROM samples WHERE source = ? "
                "AND label IS NULL AND decided_at IS NULL "
                "ORDER BY rowid DESC LIMIT -1 OFFSET ?",
                (source, keep),
            ).fetchall()
        return self._delete([row["id"] for row in old], durable=False) if old else []

    def put_outcomes(self, ended: Iterable[KeptOutcome]) -> None:
        """Note how events ended; it stays as long as a crop of the event does."""
        with self._transaction():
            for outcome in ended:
                outcomes.put(self._db, outcome)

    # Reading

    def get(self, sample_id: str) -> Sample | None:
        """Return one sample, if it is here."""
        with self._reported():
            row = self._db.execute(
                "SELECT * FROM samples WHERE id = ?", (sample_id,)
            ).fetchone()
            return None if row is None else sample_of(row)

    def find(
        self, *, limit: int = 100, **conditions: Unpack[Conditions]
    ) -> list[Sample]:
        """Return samples that meet all the conditions given, newest first.

        A limit of -1 is none.
        """
        with self._reported():
            query, values = Search(conditions=conditions).page(None, limit)
            return [sample_of(row) for row in self._db.execute(query, values)]

    def page(self, search: Search, after: Position | None, limit: int) -> SamplePage:
        """Return the samples behind a position; None is the beginning."""
        with self._reported():
            # One more than asked for tells whether there is another page.
            rows = self._db.execute(*search.page(after, limit + 1)).fetchall()
            (total,) = self._db.execute(*search.count()).fetchone()
            shown = rows[:limit]
            return SamplePage(
                samples=[sample_of(row) for row in shown],
                end=_position(shown[-1]) if len(rows) > limit > 0 else None,
                total=total,
            )

    def outlines(self) -> list[SampleOutline]:
        """Return all samples in outline, newest first."""
        with self._reported():
            rows = self._db.execute(
                "SELECT id, coalesce(label, CASE WHEN unfamiliar THEN ? ELSE predicted "
                "END) AS class_name, camera, time FROM samples ORDER BY -time, id",
                (NONE,),
            )
            return [SampleOutline(**row) for row in rows]

    def labels(self, sample_ids: Iterable[str]) -> dict[str, str | None]:
        """Return the labels of those of the samples that are here."""
        with self._reported():
            rows = self._db.execute(
                "SELECT samples.id, label FROM json_each(?) "
                "JOIN samples ON samples.id = value",
                (json.dumps(list(sample_ids)),),
            )
            return {row["id"]: row["label"] for row in rows}

    def outcomes(self, event_ids: Iterable[str]) -> dict[str, KeptOutcome]:
        """Return how events ended, where it is known, by event id."""
        with self._reported():
            return outcomes.read(self._db, list(event_ids))

    def counts(self) -> dict[str, int]:
        """Return the number of labelled samples of each class that has any."""
        with self._reported():
            rows = self._db.execute(
                "SELECT label, COUNT(*) AS n FROM samples "
                "WHERE label IS NOT NULL GROUP BY label ORDER BY label"
            )
            return {row["label"]: row["n"] for row in rows}

    def class_counts(self) -> dict[str, ClassCount]:
        """Return what there is of each class that has labelled samples."""
        with self._reported():
            parts = (
                "SELECT label, COUNT(*) AS images, COALESCE(SUM(infrared), 0) AS grey,",
                f"{VISITS} AS events FROM samples WHERE label IS NOT NULL",
                "GROUP BY label ORDER BY label",
            )
            rows = self._db.execute(" ".join(parts))
            return {
                row["label"]: ClassCount(
                    images=row["images"], events=row["events"], infrared=row["grey"]
                )
                for row in rows
            }

    def unlabelled(self) -> int:
        """Return the number of samples without a label."""
        with self._reported():
            row = self._db.execute(
                "SELECT COUNT(*) FROM samples WHERE label IS NULL"
            ).fetchone()
            return int(row[0])

    def state_of_labels(self) -> str:
        """Return a text that is the same as long as all labels are."""
        state = blake2b(digest_size=16)
        with self._reported():
            for row in self._db.execute(
                "SELECT id, label FROM samples WHERE label IS NOT NULL ORDER BY id"
            ):
                state.update(f"{row['id']}\0{row['label']}\0".encode())
        return state.hexdigest()

    def missing_embeddings(self, backbone: str) -> list[tuple[str, int]]:
        """Return the labelled samples and views that this backbone has yet to see."""
        with self._reported():
            return embeddings.missing(self._db, backbone)

    def unseen(self, backbone: str) -> list[str]:
        """Return all samples that this backbone has yet to see, newest first."""
        with self._reported():
            return embeddings.unseen(self._db, backbone)

    def embedding(self, sample_id: str, backbone: str) -> NDArray[np.float32] | None:
        """Return the plain embedding of a sample, shape (d,), if it is known."""
        with self._reported():
            return embeddings.read(self._db, sample_id, backbone)

    def training_set(self, backbone: str) -> TrainingSet:
        """Return what a head is trained on."""
        with self._reported():
            return embeddings.training_set(self._db, backbone)

    # Inside

    @override
    def _opened(self) -> sqlite3.Connection:
        take_in_use(self.path)
        if loses_log(self.path):
            raise SampleStoreError("what was written last to samples.sqlite is damaged")
        return super()._opened()

    @override
    def _prepare(self, db: sqlite3.Connection) -> None:
        is_new = not db.execute("SELECT 1 FROM sqlite_schema").fetchone()
        if is_new and self.pictures.any():
            # Without their rows these would count as leftovers, and be removed.
            raise SampleStoreError(
                f"there are crops in {self.pictures.folder}, but what is known about "
                "them is gone: bring back samples.sqlite from a backup"
            )
        super()._prepare(db)
        self.pictures.create()
        self._sweep()

    def _put_row(self, sample: Sample) -> None:
        self._db.execute(
            "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                sample.unfamiliar,
                sample.infrared,
            ),
        )

    def _delete(self, sample_ids: Iterable[str], *, durable: bool) -> list[str]:
        removed = []
        with self._transaction(durable=durable):
            for sample_id in sample_ids:
                cursor = self._db.execute(
                    "DELETE FROM samples WHERE id = ?", (sample_id,)
                )
                if cursor.rowcount:
                    removed.append(sample_id)
        with self._reported():
            self.pictures.remove(removed)
        return removed

    def _sweep(self) -> None:
        """Remove the leftovers of a crash or a power cut.

        These are pictures whose row was never written or is gone, and unlabelled rows
        whose picture never reached the disk.
        """
        rows = self._db.execute("SELECT id, label FROM samples").fetchall()
        known = [row["id"] for row in rows]
        if self.pictures.leftovers(known):
            self._check_whole()
        whole = self.pictures.sweep(known)
        unlabelled = [row["id"] for row in rows if row["label"] is None]
        self._delete([name for name in unlabelled if name not in whole], durable=False)

    def _check_whole(self) -> None:
        """Refuse a damaged file: the rows that it lacks may be those of good crops."""
        (found,) = self._db.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise SampleStoreError(
                f"samples.sqlite is damaged ({found.splitlines()[-1]}): bring it back "
                "from a backup; the crops are untouched"
            )


def _position(row: sqlite3.Row) -> Position:
    return tuple(row[name] for name in row.keys() if name.startswith("key"))  # noqa: SIM118
