"""In a folder that cannot be written to, everything is still there to be read."""

import sqlite3
from pathlib import Path

import pytest

from custom_components.objclass.learning.samples import SampleStore, SampleStoreError

from ..disks import read_only
from .sample_stores import add, ids, jpeg, opened, sample, vector


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


def test_what_was_written_last_before_a_crash_is_not_passed_over(
    tmp_path: Path,
) -> None:
    """It is in SQLite's log, which cannot be put into the file any more."""
    folder = tmp_path / "cats"
    with opened(folder) as running:
        add(running, "a")
        running.label(["a"], "leo")
        copy = tmp_path / "after" / "cats"
        copy.mkdir(parents=True)
        for file in folder.glob("samples.sqlite*"):
            if not file.name.endswith("-shm"):
                (copy / file.name).write_bytes(file.read_bytes())
    assert (copy / "samples.sqlite-wal").stat().st_size
    with read_only(tmp_path):
        try:
            store = SampleStore(copy)
        except SampleStoreError as err:
            assert "open" in str(err)  # noqa: PT017
        else:
            assert store.labels(["a"]) == {"a": "leo"}
            store.close()


def test_a_damaged_file_is_no_matter_of_writing(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "samples.sqlite").write_bytes(b"scratched" * 1000)
    with pytest.raises(SampleStoreError, match="not a database"):
        SampleStore(tmp_path)


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
