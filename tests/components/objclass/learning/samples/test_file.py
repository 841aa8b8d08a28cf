"""In a folder that cannot be written to, everything is still there to be read."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from custom_components.objclass.learning.samples import SampleStore, SampleStoreError
from tests.stack.disk import fill as fill_disk
from tests.stack.disk import mounted

from ...disks import read_only
from .stores import add, ids, jpeg, opened, sample, vector


def fill(folder: Path) -> None:
    with opened(folder) as store:
        for name in ("a", "b"):
            add(store, name)
            store.add_embedding(name, "net", vector(1))
        store.label(["a"], "leo")


def test_a_read_only_folder_is_read_and_refuses_what_it_cannot_keep(
    tmp_path: Path,
) -> None:
    fill(tmp_path / "cats")
    with read_only(tmp_path), opened(tmp_path / "cats") as store:
        assert store.unwritable
        assert ids(store) == ["a", "b"]
        assert store.labels(["a", "b"]) == {"a": "leo", "b": None}
        assert store.pictures.read("a") == jpeg("a")
        assert store.embedding("a", "net") is not None
        for write in (
            lambda: store.label(["b"], "leo"),
            lambda: store.add(sample("c"), jpeg("c")),
            lambda: store.delete(["a"]),
            lambda: store.move_labels({"leo": None}),
        ):
            with pytest.raises(SampleStoreError, match="cannot be written"):
                write()
    with opened(tmp_path / "cats") as store:
        assert store.unwritable is None
        assert store.labels(["a", "b"]) == {"a": "leo", "b": None}
        assert store.label(["b"], "leo") == ["b"]


def test_a_new_classifier_in_a_read_only_folder_has_nothing_and_keeps_nothing(
    tmp_path: Path,
) -> None:
    with read_only(tmp_path), opened(tmp_path / "cats") as store:
        assert ids(store) == []
        assert store.class_counts() == {}
        with pytest.raises(SampleStoreError, match="cannot be written"):
            store.add(sample("a"), jpeg("a"))
    assert not list(tmp_path.iterdir())


@contextmanager
def full(folder: Path) -> Iterator[None]:
    filler = fill_disk(folder)
    yield
    filler.unlink()


@pytest.mark.parametrize("cannot_be_written", [read_only, full])
def test_what_was_written_last_before_a_crash_is_not_passed_over(
    tmp_path: Path, cannot_be_written: Callable[[Path], AbstractContextManager[None]]
) -> None:
    """It is in SQLite's log, whose map is gone, and no room for a new one."""
    disk = tmp_path / "disk"
    with mounted(tmp_path / "image", disk):
        with opened(tmp_path / "cats") as running:
            add(running, "a")
            running.label(["a"], "leo")
            shutil.copytree(tmp_path / "cats", disk / "cats")
        (disk / "cats" / "samples.sqlite-shm").unlink()
        assert (disk / "cats" / "samples.sqlite-wal").stat().st_size
        with cannot_be_written(disk), opened(disk / "cats") as store:
            assert store.unwritable
            assert store.damage is None
            with pytest.raises(SampleStoreError, match=re.escape(store.unwritable)):
                store.labels(["a"])
        with opened(disk / "cats") as store:
            assert store.labels(["a"]) == {"a": "leo"}


def test_a_damaged_file_is_no_matter_of_writing(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "samples.sqlite").write_bytes(b"scratched" * 1000)
    with opened(tmp_path) as store:
        assert store.damage == "file is not a database"
        assert store.unwritable is None


def test_a_full_disk_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A really full one is in tests/e2e."""
    fill(tmp_path)

    def no_room(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(SampleStore, "_prepare", no_room)
    with opened(tmp_path) as store:
        assert store.unwritable == "database or disk is full"
        assert ids(store) == ["a", "b"]


def test_damage_that_shows_while_it_is_used_is_noted(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for number in range(60):
            add(store, f"a{number}")
            store.add_embedding(f"a{number}", "net", vector(number))
    path = tmp_path / "samples.sqlite"
    with closing(sqlite3.connect(path)) as db:
        ((page,),) = db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'embeddings'"
        )
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\x5a" * 4096
    path.write_bytes(content)
    with opened(tmp_path) as store:
        assert store.readable
        assert len(ids(store, limit=-1)) == 60
        with pytest.raises(SampleStoreError, match="malformed"):
            store.embedding("a1", "net")
        assert store.damage == "database disk image is malformed"
        assert not store.readable


def test_a_file_that_somebody_else_is_busy_with_is_not_damaged(tmp_path: Path) -> None:
    fill(tmp_path)
    with closing(sqlite3.connect(tmp_path / "samples.sqlite")) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with opened(tmp_path) as store:
            assert store.unwritable == "database is locked"
            assert store.damage is None
            with pytest.raises(SampleStoreError, match="locked"):
                store.counts()
