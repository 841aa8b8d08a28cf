"""Rows are read from a file of SQLite's as SQLite itself does."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.objclass.learning.samples.pages import (
    PAGE,
    read_entries,
    read_rows,
)

VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from([0, 1, -1, 127, 128, -129, 2**15, 2**23, -(2**31), 2**47])
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=30)
    | st.binary(max_size=30)
    # From about a page on, a row is continued elsewhere.
    | st.integers(0, 20_000).map(lambda size: "x" * size)
    | st.sampled_from([PAGE - 50, PAGE - 35, PAGE, 2 * PAGE]).map(bytes)
)
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=30)


def write(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE some (a, b, c)")
        db.execute("CREATE TABLE other (a, b)")
        db.execute("CREATE INDEX by_a ON some (c, b, a)")
        db.executemany("INSERT INTO some VALUES (?, ?, ?)", rows)
        db.execute("INSERT INTO other VALUES (1, 2)")


@given(ROWS)
@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_rows_of_every_kind_and_length_are_read(
    rows: list[tuple[object, ...]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "some.sqlite"
        write(path, rows)
        assert sorted(read_rows(path, 3)) == list(enumerate(rows, 1))
        assert [values for _, values in read_rows(path, 2)] == [(1, 2)]
        entries = {(c, b, a, number) for number, (a, b, c) in enumerate(rows, 1)}
        assert set(read_entries(path, 4)) == entries


def test_a_row_whose_continuation_is_gone_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite"
    write(path, [(1, 2, 3), (4, 5, "x" * 3 * PAGE)])
    content = path.read_bytes()
    for end in range(len(content) - PAGE, len(content) - 3 * PAGE, -PAGE):
        path.write_bytes(content[:end])
        assert [values for _, values in read_rows(path, 3)] == [(1, 2, 3)]


def test_the_log_counts_only_as_far_as_it_was_committed_since_it_was_begun(
    tmp_path: Path,
) -> None:
    path = tmp_path / "some.sqlite"
    write(path, [(1, 2, 3)])
    copy = tmp_path / "copy.sqlite"

    def read() -> list[object]:
        for file in tmp_path.glob("some.sqlite*"):
            shutil.copy(file, file.with_name(file.name.replace("some", "copy")))
        return [values for _, values in read_rows(copy, 3)]

    with closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA cache_size = 1")
        db.execute("UPDATE some SET a = 10")
        db.commit()
        assert read() == [(10, 2, 3)]
        db.execute("PRAGMA wal_checkpoint").fetchall()
        db.execute("UPDATE some SET a = 11")
        # More than is kept in memory, so that some of it is written before its end.
        db.executemany("INSERT INTO other VALUES (?, ?)", [("x" * 3000, 1)] * 20)
        assert read() == [(10, 2, 3)]
        db.commit()
        assert read() == [(11, 2, 3)]


def test_a_file_that_is_not_there_is_an_error_and_an_empty_one_has_no_rows(
    tmp_path: Path,
) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_rows(tmp_path / "none", 3))
    (tmp_path / "empty").write_bytes(b"")
    assert not list(read_rows(tmp_path / "empty", 3))
