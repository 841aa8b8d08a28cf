"""The runs on disk: what was asked, how far each is, and every single result.

One SQLite file below `<config>/objclass/<entry>/history/`. What a picture came to is
written together with the note that it is done, so that a run that is killed goes on
behind the last picture. All methods block: call them from one worker thread.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from ..frigate.models import StoredEvent
from ..learning.consensus import Outcome
from ..learning.files import try_writing
from .found import Found, FoundPage
from .rows import past_of, result_of, row_of_result, row_of_run, run_of, text_of
from .run import Counts, PastFrame, Run
from .store_file import connected, opened, reported

# So many runs are kept, with their results.
KEPT_RUNS: Final = 5
_FROM: Final = "FROM results JOIN objects USING (run, event_id)"
_COLUMNS: Final = f"results.*, objects.camera, objects.label, objects.time {_FROM}"


class HistoryStore:
    """The runs of one entry. Raises HistoryStoreError."""

    def __init__(self, path: Path) -> None:
        with reported():
            try_writing(path.parent)
            self._db = opened(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Runs

    def put_run(self, run: Run) -> None:
        """Note a new run, or how far a known one is; the oldest ones go.

        Those are the ones noted first, whatever the clock said.
        """
        with self._transaction():
            self._db.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO "
                "UPDATE SET phase = excluded.phase, status = excluded.status, "
                "listed_to = excluded.listed_to, ended_at = excluded.ended_at, "
                "error = excluded.error",
                row_of_run(run),
            )
            self._db.execute(
                "DELETE FROM runs WHERE id NOT IN "
                "(SELECT id FROM runs ORDER BY rowid DESC LIMIT ?)",
                (KEPT_RUNS,),
            )

    def runs(self) -> list[Run]:
        """Return the kept runs, newest first."""
        with reported():
            rows = self._db.execute("SELECT * FROM runs ORDER BY rowid DESC")
            return [run_of(row) for row in rows]

    def remove_run(self, run_id: str) -> None:
        """Forget a run and its results."""
        with self._transaction():
            self._db.execute("DELETE FROM runs WHERE id = ?", (run_id,))

    def counts(self, run_id: str) -> Counts:
        """Count what a run has come to so far."""
        with reported():
            total, done, broken = self._db.execute(
                "SELECT count(*), coalesce(sum(done), 0), count(problem) "
                "FROM objects WHERE run = ?",
                (run_id,),
            ).fetchone()
            classes: dict[str, dict[str, int]] = {}
            told: dict[str, int] = {}
            to_tell = 0
            for row in self._db.execute(
                "SELECT classifier_id, coalesce(class, '') AS name, outcome, told, "
                f"label, count(*) AS n {_FROM} WHERE run = ? GROUP BY 1, 2, 3, 4, 5",
                (run_id,),
            ):
                of_classifier = classes.setdefault(row["classifier_id"], {})
                name, number = row["name"], row["n"]
                of_classifier[name] = of_classifier.get(name, 0) + number
                if row["told"] is not None:
                    told[row["told"]] = told.get(row["told"], 0) + number
                elif row["outcome"] == Outcome.ASSIGNED and row["label"]:
                    to_tell += number
        return Counts(
            total=total,
            done=done,
            broken=broken,
            classes=classes,
            to_tell=to_tell,
            told=told,
        )

    # Objects

    def add_frames(self, run_id: str, frames: Iterable[PastFrame]) -> int:
        """Note moments to look at; return how many are new."""
        return self._add(
            (run_id, one.id, one.camera, "", one.time, text_of(one)) for one in frames
        )

    def add_objects(self, run: Run, events: Iterable[StoredEvent]) -> int:
        """Note objects to look at, and how far the list is; return how many are new."""
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET listed_to = ? WHERE id = ?", (run.listed_to, run.id)
            )
            return self._add(
                (
                    run.id,
                    event.id,
                    event.camera,
                    event.label,
                    event.snapshot_frame_time or event.start_time,
                    text_of(event),
                )
                for event in events
            )

    def _add(self, rows: Iterable[tuple[str | float, ...]]) -> int:
        with self._transaction():
            before = self._db.total_changes
            self._db.executemany(
                "INSERT OR IGNORE INTO objects (run, event_id, camera, label, time, "
                "event) VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            return self._db.total_changes - before

    def next_objects(self, run_id: str, limit: int) -> list[StoredEvent | PastFrame]:
        """Return objects that nobody has looked at yet, newest first."""
        with reported():
            rows = self._db.execute(
                "SELECT event FROM objects WHERE run = ? AND done = 0 "
                "ORDER BY time DESC LIMIT ?",
                (run_id, limit),
            )
            return [past_of(row["event"]) for row in rows]

    def put_results(self, run_id: str, event_id: str, results: Iterable[Found]) -> None:
        """Note what a picture came to, and that it is done."""
        with self._transaction():
            self._finish(run_id, event_id, None)
            self._db.executemany(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [row_of_result(run_id, found) for found in results],
            )

    def put_problem(self, run_id: str, event_id: str, problem: str) -> None:
        """Note why a picture could not be looked at; it is done."""
        with self._transaction():
            self._finish(run_id, event_id, problem)

    def _finish(self, run_id: str, event_id: str, problem: str | None) -> None:
        self._db.execute(
            "UPDATE objects SET done = 1, problem = ?, event = NULL "
            "WHERE run = ? AND event_id = ?",
            (problem, run_id, event_id),
        )

    # Results

    def to_tell(self, run_id: str, limit: int) -> list[Found]:
        """Return results that Frigate has not been told of, newest first."""
        with reported():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} WHERE run = ? AND outcome = ? AND told IS NULL "
                "AND label <> '' "
                "ORDER BY time DESC LIMIT ?",
                (run_id, Outcome.ASSIGNED, limit),
            )
            return [result_of(row) for row in rows]

    def forget_refused(self, run_id: str) -> None:
        """Let what Frigate refused be tried again."""
        with self._transaction():
            self._db.execute(
                "UPDATE results SET told = NULL WHERE run = ? AND told = 'refused'",
                (run_id,),
            )

    def put_told(self, run_id: str, found: Found, told: str) -> None:
        """Note what became of telling Frigate."""
        with self._transaction():
            self._db.execute(
                "UPDATE results SET told = ? "
                "WHERE run = ? AND event_id = ? AND classifier_id = ?",
                (told, run_id, found.event_id, found.classifier_id),
            )

    def put_sample(self, run_id: str, found: Found, sample_id: str) -> None:
        """Note the sample that the picture was kept as."""
        with self._transaction():
            self._db.execute(
                "UPDATE results SET sample_id = ? "
                "WHERE run = ? AND event_id = ? AND classifier_id = ?",
                (sample_id, run_id, found.event_id, found.classifier_id),
            )

    def page(
        self,
        run_id: str,
        *,
        classifier_id: str | None = None,
        class_name: str | None = None,
        start: int = 0,
        limit: int = 100,
    ) -> FoundPage:
        """Return results, newest first; the class "" is what is undecided."""
        where, values = "WHERE run = ?", [run_id]
        if classifier_id is not None:
            where, values = f"{where} AND classifier_id = ?", [*values, classifier_id]
        if class_name is not None:
            where, values = (
                f"{where} AND coalesce(class, '') = ?",
                [*values, class_name],
            )
        with reported():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} {where} "
                "ORDER BY time DESC, event_id, classifier_id LIMIT ? OFFSET ?",
                [*values, limit, start],
            ).fetchall()
            (total,) = self._db.execute(
                f"SELECT count(*) {_FROM} {where}", values
            ).fetchone()
            return FoundPage(
                results=[result_of(row) for row in rows],
                total=total,
                more=start + len(rows) < total,
            )

    def get(self, run_id: str, event_id: str, classifier_id: str) -> Found | None:
        """Return one result, if it is here."""
        with reported():
            row = self._db.execute(
                f"SELECT {_COLUMNS} "
                "WHERE run = ? AND event_id = ? AND classifier_id = ?",
                (run_id, event_id, classifier_id),
            ).fetchone()
            return None if row is None else result_of(row)

    def kept_samples(self, run_id: str) -> dict[tuple[str, str], int]:
        """Count the kept samples by classifier id and class ("" is undecided)."""
        with reported():
            rows = self._db.execute(
                "SELECT classifier_id, coalesce(class, '') AS name, count(sample_id) "
                "AS n FROM results WHERE run = ? GROUP BY 1, 2",
                (run_id,),
            )
            return {(row["classifier_id"], row["name"]): row["n"] for row in rows}

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with reported(), self._db:
            yield


def read_table(path: Path, run_id: str) -> Iterator[dict[str, Any]]:
    """Yield every result of a run, and every broken picture, oldest first.

    On a connection of its own: may be called from any thread. Raises HistoryStoreError.
    """
    with reported(), closing(connected(path)) as db:
        for row in db.execute(
            "SELECT event_id, camera, label, time, classifier_id, class, outcome, "
            "likeliest, score, unfamiliar, told, sample_id, problem "
            "FROM objects LEFT JOIN results USING (run, event_id) "
            "WHERE run = ? AND done ORDER BY time, event_id, classifier_id",
            (run_id,),
        ):
            yield dict(row)
