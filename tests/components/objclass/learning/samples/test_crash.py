"""Crops and labels survive a killed process, a full disk and a damaged file."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from custom_components.objclass.learning.samples import SampleStoreError, pictures
from tests.stack.disk import fill, mounted

from ..child import PATIENCE, finish, start
from .stores import add, assert_whole, ids, jpeg, opened, sample, vector

_PREPARED = """
    import os, resource, signal, sys, time
    from pathlib import Path
    from learning.samples.sample import Sample
    from learning.samples import SampleStore, SampleStoreError

    def sample(name, **more):
        return Sample(id=name, time=1.0, event_id=None, camera="yard", **more)

    def jpeg(name):
        return b"\\xff\\xd8" + name.encode() * 500

    folder = Path(sys.argv[1])
"""


def kill(process: subprocess.Popen[str]) -> str:
    """Kill a process as no program can prevent; return what it still had to say."""
    process.kill()
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL, errors
    return output


# The process is killed


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    process = start(
        _PREPARED
        + """
    store = SampleStore(folder)
    for name in ("a", "b", "c", "d"):
        store.add(sample(name), jpeg(name))
    store.label(["a", "b", "d"], "leo")
    store.move_labels({"leo": "charlie"})
    store.label(["b"], "max")
    store.delete(["d"])
    print("acknowledged", flush=True)
    time.sleep(600)
    """,
        tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "acknowledged\n"
    kill(process)
    with opened(tmp_path) as store:
        assert {one.id: one.label for one in store.find()} == {
            "a": "charlie",
            "b": "max",
            "c": None,
        }
        assert_whole(store, tmp_path)


@pytest.mark.parametrize("acknowledged", [1, 7, 40])
def test_a_kill_while_crops_come_in_loses_none_that_was_acknowledged(
    tmp_path: Path, acknowledged: int
) -> None:
    labels: dict[str, str | None] = {}
    for life in ("x", "y", "z"):
        process = start(
            _PREPARED
            + """
    from itertools import count

    store = SampleStore(folder)
    for number in count():
        name = f"{sys.argv[2]}{number}"
        label = "leo" if number % 3 == 0 else None
        store.add(sample(name, label=label), jpeg(name))
        print(name, label or "", flush=True)
    """,
            tmp_path,
            life,
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        lines += kill(process).splitlines(keepends=True)
        for line in lines:
            if line.endswith("\n"):
                name, _, label = line[:-1].partition(" ")
                labels[name] = label or None
        with opened(tmp_path) as store:
            found = {one.id: one.label for one in store.find(limit=-1)}
            assert labels.items() <= found.items()
            assert_whole(store, tmp_path)


@pytest.mark.parametrize("when", ["before the picture", "after the picture"])
def test_an_interrupted_add_leaves_nothing_half_done(tmp_path: Path, when: str) -> None:
    process = start(
        _PREPARED
        + """
    replace = Path.replace

    def deadly(self, target):
        if sys.argv[2] == "after the picture":
            replace(self, target)
        os.kill(os.getpid(), signal.SIGKILL)

    store = SampleStore(folder)
    store.add(sample("a", label="leo"), jpeg("a"))
    Path.replace = deadly
    store.add(sample("b", label="leo"), jpeg("b"))
    """,
        tmp_path,
        when,
    )
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL, errors
    assert len(list((tmp_path / "crops").iterdir())) == 2, "nothing was interrupted"
    with opened(tmp_path) as store:
        assert ids(store) == ["a"]
        assert_whole(store, tmp_path)
        add(store, "b")
        assert_whole(store, tmp_path)


def test_leftovers_are_swept_when_the_store_is_opened(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name in ("whole", "lost", "empty"):
            add(store, name)
        add(store, "labelled", label="leo")
        store.add_embedding("labelled", "b", vector(1))
    crops = tmp_path / "crops"
    (crops / "orphan.jpg").write_bytes(b"\xff\xd8")
    (crops / ".half.jpg.tmp").write_bytes(b"\xff")
    (crops / "folder").mkdir()
    # What a power cut may do to crops that nobody has labelled.
    (crops / "lost.jpg").unlink()
    (crops / "empty.jpg").write_bytes(b"")
    (crops / "labelled.jpg").unlink()
    with opened(tmp_path) as store:
        assert sorted(ids(store)) == ["labelled", "whole"]
        assert store.training_set("b").labels == ["leo"], "a label is never swept"
    with opened(tmp_path):
        assert sorted(path.name for path in crops.iterdir()) == ["folder", "whole.jpg"]


def test_a_label_is_on_the_disk_together_with_its_new_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    fsync = os.fsync

    def note(descriptor: int) -> None:
        synced.add(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    with opened(tmp_path) as store:
        for name in ("new", "old", "other"):
            add(store, name)
        assert not synced, "a crop that nobody has labelled may wait"
        # The clock was set meanwhile.
        long_ago = time.time() - 3600
        os.utime(store.picture_path("new"), (long_ago, long_ago))
        store.label(["new"], "leo")
        assert synced == {"new.jpg", "crops"}
        synced.clear()
        add(store, "labelled", label="leo")
        assert len(synced) == 2
    with opened(tmp_path) as store:
        synced.clear()
        store.label(["old"], "leo")
        assert synced == {"old.jpg", "crops"}, "it may have been written just before"


def test_what_has_long_been_on_the_disk_is_not_waited_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(pictures, "sync", synced.append)
    with opened(tmp_path) as store:
        for name in ("old", "older"):
            add(store, name)
        later = monotonic() + 3600
        monkeypatch.setattr(pictures, "monotonic", lambda: later)
        add(store, "new")
        store.label(["old", "older", "new"], "leo")
        assert [path.name for path in synced] == ["new.jpg", "crops"]


# The disk is full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_an_error_and_with_space_the_store_works_again(
    small_disk: Path,
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(400_000))
    with opened(small_disk) as store:
        kept = 0
        with pytest.raises(SampleStoreError, match=r"(?i)full|space"):  # noqa: PT012
            for kept in range(1000):
                name = f"s{kept}"
                store.add(sample(name, label="leo"), jpeg(name) * 10, vector(1), "b")
        assert kept > 3
        for name in ("again", "and_again"):
            with pytest.raises(SampleStoreError):
                store.add(sample(name), bytes(200_000))
        assert store.counts() == {"leo": kept}
        assert len(list((small_disk / "crops").iterdir())) == kept
        ballast.unlink()
        add(store, "new")
        assert store.label(["new"], "charlie") == ["new"]
    with opened(small_disk) as store:
        assert store.counts() == {"charlie": 1, "leo": kept}
        assert len(list((small_disk / "crops").iterdir())) == kept + 1


@pytest.mark.parametrize("room", [0, 20_000, 30_000, 40_000, 50_000, 100_000])
def test_a_store_that_is_opened_on_a_full_disk_does_not_end_the_process(
    tmp_path: Path, room: int
) -> None:
    """SQLite has a map in memory of a file that there may be no room for."""
    folder = tmp_path / "disk"
    with mounted(tmp_path / "image", folder):
        with opened(folder / "cats") as store:
            for number in range(20):
                add(store, f"a{number}", label="leo")
        fill(folder, but=room)
        process = start(
            _PREPARED
            + """
    store = SampleStore(folder)
    for turn in range(200):
        try:
            store.label([f"a{turn % 20}"], "charlie")
        except SampleStoreError:
            pass
    print(sum(store.counts().values()), store.unwritable)
    """,
            folder / "cats",
        )
        assert finish(process) == "20 No space left on device\n"


def test_files_that_may_not_grow_are_an_error_and_no_damage(tmp_path: Path) -> None:
    output = finish(
        start(
            _PREPARED
            + """
    store = SampleStore(folder)
    store.add(sample("a", label="leo"), jpeg("a"))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    for limit in (100, 20_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        failed = 0
        for number in range(200):
            try:
                store.add(sample(f"b{limit}-{number}"), jpeg("b"))
            except SampleStoreError as err:
                failed += 1
        for change in (
            lambda: store.label(["a"], "x" * 50_000),
            lambda: store.move_labels({"leo": "x" * 50_000}),
        ):
            try:
                change()
            except SampleStoreError:
                failed += 1
        assert store.get("a").label == "leo"
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert failed, "nothing was limited"
        store.delete([one.id for one in store.find(labelled=False, limit=-1)])
        store.add(sample("c"), jpeg("c"))
        store.label(["c"], "charlie")
        store.delete(["c"])
    store.add(sample("d"), jpeg("d"))
    store.close()
    print("done")
    """,
            tmp_path,
        )
    )
    assert output == "done\n"
    with opened(tmp_path) as store:
        assert sorted(ids(store)) == ["a", "d"]
        assert_whole(store, tmp_path)


# The files cannot be used


def test_a_folder_that_may_not_be_written_is_an_error(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        add(store, "a", label="leo")
    crops = tmp_path / "crops"
    for path in (tmp_path, crops):
        path.chmod(0o555)
    for path in (tmp_path / "samples.sqlite", crops / "a.jpg"):
        path.chmod(0o444)
    process = start(
        _PREPARED
        + """
    os.chdir(folder)
    if os.getuid() == 0:  # who may write anywhere
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        SampleStore(Path()).counts()
    except SampleStoreError as err:
        print(f"refused: {err}")
    """,
        tmp_path,
    )
    try:
        assert finish(process).startswith("refused: ")
    finally:
        for path in (tmp_path, crops):
            path.chmod(0o755)
        (tmp_path / "samples.sqlite").chmod(0o644)
    with opened(tmp_path) as store:
        add(store, "b")
        assert_whole(store, tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "classifier").write_text("a file")
    with opened(tmp_path / "classifier") as store:
        assert store.unwritable
        assert not store.damage
        with pytest.raises(SampleStoreError):
            store.counts()


def test_a_picture_that_is_gone_does_not_stop_its_labelling_or_removal(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as store:
        add(store, "a")
        store.picture_path("a").unlink()
        assert store.label(["a"], "leo") == ["a"]
        assert store.delete(["a"]) == 1


@pytest.mark.parametrize(
    "content", [b"not a database" * 1000, b"SQLite format 3\0" + bytes(5000)]
)
def test_a_damaged_database_is_an_error_and_no_crop_is_lost_by_it(
    tmp_path: Path, content: bytes
) -> None:
    with opened(tmp_path) as store:
        add(store, "a", label="leo")
    database = tmp_path / "samples.sqlite"
    good = database.read_bytes()
    database.write_bytes(content)
    with opened(tmp_path) as store:
        assert store.damage
        still_open = {path.resolve() for path in Path("/proc/self/fd").iterdir()}
        assert database not in still_open
        with pytest.raises(SampleStoreError, match=re.escape(store.damage)):
            store.counts()
    database.write_bytes(good)
    with opened(tmp_path) as store:
        assert store.counts() == {"leo": 1}
        assert_whole(store, tmp_path)


def test_damage_in_the_middle_of_the_database_is_an_error(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for number in range(100):
            store.add(sample(f"s{number}", label="leo"), b"\xff", vector(1), "b")
    database = tmp_path / "samples.sqlite"
    content = bytearray(database.read_bytes())
    content[4096:-4096] = b"\x5a" * (len(content) - 8192)
    database.write_bytes(content)
    with opened(tmp_path) as store:
        with pytest.raises(SampleStoreError):  # noqa: PT012
            store.training_set("b")
            store.find()
        assert store.damage
    assert len(list((tmp_path / "crops").iterdir())) == 100


@pytest.mark.parametrize("empty", [True, False])
def test_without_its_database_no_crop_is_swept(tmp_path: Path, *, empty: bool) -> None:
    with opened(tmp_path) as store:
        add(store, "a", label="leo")
    database = tmp_path / "samples.sqlite"
    good = database.read_bytes()
    if empty:
        database.write_bytes(b"")
    else:
        database.unlink()
    with opened(tmp_path) as store:
        assert "bring back samples.sqlite" in str(store.damage)
    assert (tmp_path / "crops" / "a.jpg").read_bytes() == jpeg("a")
    database.write_bytes(good)
    with opened(tmp_path) as store:
        assert store.counts() == {"leo": 1}


def test_a_file_that_has_lost_rows_costs_no_crop(tmp_path: Path) -> None:
    """Pictures of rows that are gone look like the leftovers of a crash."""
    with opened(tmp_path / "whole") as store:
        for number in range(60):
            add(store, f"a{number}", label="leo")
    whole = (tmp_path / "whole" / "samples.sqlite").read_bytes()
    refusals = 0
    for page in range(1, len(whole) // 4096):
        folder = tmp_path / str(page)
        shutil.copytree(tmp_path / "whole", folder)
        damaged = whole[: page * 4096] + whole[-4096:] + whole[(page + 1) * 4096 :]
        (folder / "samples.sqlite").write_bytes(damaged)
        with opened(folder) as store:
            refusals += "samples.sqlite is damaged" in str(store.damage)
        assert len(list((folder / "crops").iterdir())) == 60
    assert refusals


def test_texts_that_are_none_are_an_error_also_when_the_store_is_opened(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as store:
        add(store, "a", label="leo")
    with closing(sqlite3.connect(tmp_path / "samples.sqlite")) as db, db:
        db.execute("UPDATE samples SET id = CAST(x'6c656f00fe' AS TEXT)")
    with opened(tmp_path) as store:
        assert "UTF-8" in str(store.damage)
        assert "leo" not in str(store.damage)


def test_a_damaged_name_of_a_column_is_an_error(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        add(store, "a", label="leo")
    database = tmp_path / "samples.sqlite"
    content = database.read_bytes()
    database.write_bytes(content.replace(b"infrared", "infraéd".encode()))
    with pytest.raises(SampleStoreError), opened(tmp_path) as store:
        store.find()
    assert len(list((tmp_path / "crops").iterdir())) == 1
