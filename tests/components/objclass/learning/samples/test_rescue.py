"""Whatever can still be read of a damaged file comes back, and nothing else does."""

import atexit
import os
import shutil
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.objclass.learning.samples import SampleStore
from custom_components.objclass.learning.samples.pictures import Pictures
from custom_components.objclass.learning.samples.rescue import Rescued, rescue
from custom_components.objclass.learning.samples.store import TABLES
from tests.stack.disk import fill, mounted

from ...disks import read_only
from ..child import PATIENCE, start
from .stores import add, ids, jpeg, opened, sample

PAGE = 4096
CLASSES = ("leo", "charlie", "none")
CROPS = 300
# A row with that many scores does not fit into a page.
MANY = {f"class {number}": 0.001 for number in range(300)}

thorough = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def put(store: SampleStore, number: int) -> None:
    """Keep a crop with a camera that no other has."""
    one = sample(
        f"s{number}",
        float(number),
        event_id=f"e{number // 3}",
        camera=camera(number),
        label=(*CLASSES, None)[number % 4],
        scores=MANY if number % 50 == 0 else {"leo": 0.6, "none": 0.4},
    )
    store.add(one, jpeg(one.id), np.full(1280, number, np.float32), "net")


def camera(number: int) -> str:
    return f"<camera {number}>"


def kept_folder() -> Path:
    """Return a folder for as long as there are tests."""
    folder = mkdtemp(prefix="rescue-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def whole() -> Path:
    """Return the folder of a store whose file is closed."""
    folder = kept_folder()
    with opened(folder) as store:
        for number in range(CROPS):
            put(store, number)
    return folder


@cache
def content() -> bytes:
    return (whole() / "samples.sqlite").read_bytes()


@cache
def pages_of_rows() -> dict[str, set[int]]:
    """Return which pages a row needs, found by what is in them."""
    pages = [content()[at : at + PAGE] for at in range(0, len(content()), PAGE)]
    found = {}
    for number in range(CROPS):
        (at,) = (at for at, page in enumerate(pages) if camera(number).encode() in page)
        found[f"s{number}"] = {at}
    texts = [at for at, page in enumerate(pages) if b'"class ' in page]
    for number in range(0, CROPS, 50):
        found[f"s{number}"] |= set(texts)
    return found


def copied(folder: Path, to: Path) -> Path:
    """Copy a store; pictures are never written to, so they need no copy."""
    ignore = shutil.ignore_patterns("samples.sqlite*")
    shutil.copytree(folder, to, ignore=ignore, copy_function=os.link)
    for file in folder.glob("samples.sqlite*"):
        shutil.copy(file, to)
    return to


def labels(store: SampleStore) -> dict[str, str | None]:
    return {one.id: one.label for one in store.find(limit=-1)}


@cache
def known() -> dict[str, str | None]:
    with opened(whole()) as store:
        return labels(store)


def rescued(folder: Path) -> Rescued:
    """Open a damaged store as at a start of Home Assistant, and rescue it."""
    with opened(folder) as store:
        return store.rescue(CLASSES)


def check_sound(folder: Path) -> dict[str, str | None]:
    """Check that a store can be used, and has all its pictures; return the labels."""
    with opened(folder) as store:
        assert store.damage is None
        assert store._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = labels(store)
        pictures = {path.stem for path in (folder / "crops").glob("*.jpg")}
        assert set(found) == pictures
        add(store, "new", label="leo")
        store.delete(["new"])
    return found


@st.composite
def damaged_pages(draw: st.DrawFn) -> tuple[set[int], bytes]:
    """Return which pages are lost, and the file without them."""
    count = len(content()) // PAGE
    lost = set(draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=10)))
    damaged = bytearray(content())
    for page in lost:
        noise = np.random.default_rng(draw(st.integers(0, 999))).bytes(PAGE)
        other = draw(st.integers(0, count - 1)) * PAGE
        damaged[page * PAGE : (page + 1) * PAGE] = draw(
            st.sampled_from(
                [bytes(PAGE), b"\xff" * PAGE, noise, content()[other : other + PAGE]]
            )
        )
    if draw(st.integers(0, 4)) == 0:
        end = draw(st.integers(0, len(damaged)))
        del damaged[end:]
        lost |= set(range(end // PAGE, count))
    return lost, bytes(damaged)


@given(damaged_pages())
@thorough
def test_all_rows_of_whole_pages_come_back_and_none_that_never_was(
    damage: tuple[set[int], bytes],
) -> None:
    lost, damaged = damage
    with TemporaryDirectory() as name:
        folder = copied(whole(), Path(name) / "cats")
        (folder / "samples.sqlite").write_bytes(damaged)
        told = rescued(folder)
        found = check_sound(folder)
        safe = {one for one, pages in pages_of_rows().items() if not pages & lost}
        assert {one: found[one] for one in safe} == {one: known()[one] for one in safe}
        assert all(found[one] in (None, known()[one]) for one in known())
        assert (told.aside / "samples.sqlite").read_bytes() == damaged
        assert told.labelled == sum(label is not None for label in found.values())
        assert told.labelled + told.unlabelled + told.unknown == CROPS
        assert told.unknown <= CROPS - len(safe)


def lose(folder: Path, pages: Sequence[int]) -> None:
    file = bytearray((folder / "samples.sqlite").read_bytes())
    for page in pages:
        file[page * PAGE : (page + 1) * PAGE] = b"\x5a" * PAGE
    (folder / "samples.sqlite").write_bytes(file)


def test_without_the_head_of_the_file_nothing_is_missing(tmp_path: Path) -> None:
    folder = copied(whole(), tmp_path / "cats")
    lose(folder, [0])
    told = rescued(folder)
    assert (told.labelled, told.unlabelled, told.unknown) == (225, 75, 0)
    assert check_sound(folder) == known()
    with opened(whole()) as before, opened(folder) as after:
        assert after.find(limit=-1) == before.find(limit=-1)


def test_without_any_row_the_labels_are_still_there(tmp_path: Path) -> None:
    """They are in an index too, which is in other pages."""
    folder = copied(whole(), tmp_path / "cats")
    lose(folder, [0, *set().union(*pages_of_rows().values())])
    told = rescued(folder)
    assert (told.labelled, told.unlabelled, told.unknown) == (225, 75, 0)
    assert check_sound(folder) == known()


def test_a_crop_of_which_nothing_is_left_is_kept_and_tells_what_its_name_does(
    tmp_path: Path,
) -> None:
    names = {
        "1700000000.5-abc-1700000001.250": ("1700000000.5-abc", "", 1700000001.25),
        "front-1700000002.000": (None, "front", 1700000002.0),
    }
    with opened(tmp_path) as store:
        for name in (*names, "import-12ab"):
            add(store, name, label="leo")
    (tmp_path / "samples.sqlite").unlink()
    told = rescued(tmp_path)
    assert (told.labelled, told.unknown) == (0, 3)
    with opened(tmp_path) as store:
        for name, (event_id, camera, time) in names.items():
            one = store.get(name)
            assert one is not None
            assert (one.event_id, one.camera, one.time) == (event_id, camera, time)
            assert one.label is None
        written = store.picture_path("import-12ab").stat().st_mtime
        (other,) = store.find(source="import")
        assert other.time == written
        assert store.prune(0) == [], "any of them may have had a label"


def test_crops_that_nobody_has_looked_at_make_room_as_before(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name in ("a", "b", "c"):
            add(store, name)
        store.label(["a"], "leo")
        store.label(["a"], None)
    lose(tmp_path, [0])
    rescued(tmp_path)
    with opened(tmp_path) as store:
        assert store.prune(1) == ["b"]
        assert ids(store) == ["a", "c"]


def test_what_was_deleted_or_labelled_otherwise_does_not_come_back(
    tmp_path: Path,
) -> None:
    folder = copied(whole(), tmp_path / "cats")
    with opened(folder) as store:
        store.delete([f"s{number}" for number in range(0, CROPS, 2)])
        store.move_labels({"charlie": "none"})
        store.label([f"s{number}" for number in range(100)], "leo")
        for number in range(CROPS, CROPS + 100):
            put(store, number)
        store.delete([f"s{number}" for number in range(CROPS, CROPS + 100)])
        expected = labels(store)
    left = (folder / "samples.sqlite").read_bytes()
    assert all(camera(CROPS + number).encode() not in left for number in range(100))
    lose(folder, [0])
    rescued(folder)
    assert check_sound(folder) == expected


# What was written last is in a log


@cache
def running() -> tuple[Path, dict[str, set[str | None]]]:
    """Return the files of a store at work, and all labels that crops ever had."""
    folder = copied(whole(), kept_folder() / "cats")
    with opened(folder) as store:
        ever = {name: {label, None} for name, label in known().items()}
        for turn, label in enumerate(("leo", "none")):
            chosen = [f"s{number}" for number in range(turn, CROPS, 3)]
            store.label(chosen, label)
            for name in chosen:
                ever[name].add(label)
        for number in range(CROPS, CROPS + 30):
            put(store, number)
            ever[f"s{number}"] = {(*CLASSES, None)[number % 4], None}
        copy = copied(folder, folder.with_name("running"))
    (copy / "samples.sqlite-shm").unlink()
    return copy, ever


def test_what_is_only_in_the_log_is_rescued_too(tmp_path: Path) -> None:
    folder = copied(running()[0], tmp_path / "cats")
    with opened(copied(folder, tmp_path / "good")) as store:
        expected = labels(store)
    (folder / "samples.sqlite").write_bytes(b"")
    with opened(folder) as store:
        assert store.damage
        store.rescue(CLASSES)
    found = check_sound(folder)
    in_log = {name for name, label in found.items() if label}
    assert len(in_log) > 100
    assert all(found[name] == expected[name] for name in in_log)

    lose(copied(running()[0], tmp_path / "other"), [0])
    rescued(tmp_path / "other")
    assert check_sound(tmp_path / "other") == expected


@pytest.mark.parametrize("place", [0, 0.25, 0.5, 0.75])
def test_a_piece_of_the_log_that_is_lost_is_told_and_costs_no_crop(
    tmp_path: Path, place: float
) -> None:
    """SQLite goes on with what is before it, and says nothing of the rest."""
    folder = copied(running()[0], tmp_path / "cats")
    with opened(copied(folder, tmp_path / "good")) as store:
        expected = labels(store)
    log = folder / "samples.sqlite-wal"
    damaged = bytearray(log.read_bytes())
    at = int(place * len(damaged)) // PAGE * PAGE
    damaged[at : at + PAGE] = bytes(PAGE)
    log.write_bytes(damaged)
    with opened(folder) as store:
        assert "written last" in str(store.damage)
        told = store.rescue(CLASSES)
    assert (told.aside / log.name).read_bytes() == damaged
    found = check_sound(folder)
    assert found.keys() == expected.keys()
    lost = [name for name, label in expected.items() if found[name] != label]
    assert len(lost) < 40


@given(st.data())
@thorough
def test_a_damaged_log_gives_no_label_that_never_was(data: st.DataObject) -> None:
    folder, ever = running()
    with TemporaryDirectory() as name:
        copy = copied(folder, Path(name) / "cats")
        lose(copy, [0])
        log = copy / "samples.sqlite-wal"
        damaged = bytearray(log.read_bytes())
        blocks = st.integers(0, len(damaged) // PAGE)
        for block in data.draw(st.lists(blocks, min_size=1, max_size=8)):
            noise = np.random.default_rng(data.draw(st.integers(0, 999))).bytes(PAGE)
            damaged[block * PAGE : (block + 1) * PAGE] = noise
        if data.draw(st.booleans()):
            del damaged[data.draw(st.integers(0, len(damaged))) :]
        log.write_bytes(damaged)
        # Nobody opens it before: there may be damage that is not noticed.
        rescue(copy / "samples.sqlite", Pictures(copy), TABLES, CLASSES)
        found = check_sound(copy)
        assert found.keys() == ever.keys()
        assert all(label in ever[one] for one, label in found.items())


def test_what_was_never_finished_is_not_rescued(tmp_path: Path) -> None:
    folder = copied(whole(), tmp_path / "cats")
    with opened(folder) as store:
        store.label(["s3"], "charlie")
        db = store._db
        db.execute("PRAGMA cache_size = 1")
        db.execute("UPDATE samples SET label = 'leo', decided_at = 9e9")
        log = folder / "samples.sqlite-wal"
        assert log.stat().st_size > 20 * PAGE, "nothing of it was written"
        copy = copied(folder, tmp_path / "killed")
        db.rollback()
    (copy / "samples.sqlite-shm").unlink()
    lose(copy, [0])
    # SQLite has not opened it since, which would sort it out.
    rescue(copy / "samples.sqlite", Pictures(copy), TABLES, CLASSES)
    assert check_sound(copy) == {**known(), "s3": "charlie"}


# Rows that nobody wrote


@pytest.mark.parametrize(
    "change",
    [
        "id = '../../../configuration'",
        "id = 's' || x'00' || '1'",
        "label = 'a stranger'",
        "camera = printf('%5000s', 'x')",
        "time = 9e999",
        "time = -1",
        "decided_at = 1e30",
        "source = 'elsewhere'",
        "score = -9e999",
        "scores = '['",
        "scores = '[1]'",
        "scores = '{\"leo\": NaN}'",
        "scores = CAST(x'ff00fe' AS TEXT)",
        "unfamiliar = 7",
        "infrared = -1",
    ],
)
def test_a_row_that_makes_no_sense_is_none(tmp_path: Path, change: str) -> None:
    with opened(tmp_path) as store:
        for name in ("s1", "s2"):
            add(store, name, label="leo")
    with closing(sqlite3.connect(tmp_path / "samples.sqlite")) as db, db:
        db.execute(f"UPDATE samples SET {change} WHERE id = 's1'")
    with closing(SampleStore(tmp_path)) as store:
        # Crops of rows that are odd may be gone by now, as leftovers are.
        (tmp_path / "crops" / "s1.jpg").write_bytes(jpeg("s1"))
        told = store.rescue(CLASSES)
    # Its label is in an index too, and may be sound there.
    is_lost = change.startswith(("id", "label"))
    assert told.unknown == is_lost
    assert check_sound(tmp_path) == {"s1": None if is_lost else "leo", "s2": "leo"}
    with opened(tmp_path) as store:
        assert store.get("s1").camera == ""


# It does not go well


def test_a_full_disk_leaves_all_as_it_was(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(tmp_path / "image", disk):
        with opened(disk / "cats") as store:
            add(store, "a", label="leo")
        lose(disk / "cats", [0])
        filler = fill(disk)
        with pytest.raises(OSError, match="space"):
            rescued(disk / "cats")
        assert not list((disk / "cats").glob("damaged-*"))
        filler.unlink()
        assert rescued(disk / "cats").labelled == 1
        assert check_sound(disk / "cats") == {"a": "leo"}


def test_a_read_only_disk_leaves_all_as_it_was(tmp_path: Path) -> None:
    folder = copied(whole(), tmp_path / "cats")
    lose(folder, [0])
    with read_only(tmp_path), pytest.raises(OSError, match="Read-only"):
        rescued(folder)
    assert rescued(folder).labelled == 225


def test_what_is_rescued_twice_is_as_good_as_once(tmp_path: Path) -> None:
    """Such as when the disk was full for a moment, after it had been written."""
    folder = copied(whole(), tmp_path / "cats")
    lose(folder, [0])
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == "rescued":
            raise OSError("not now")
        return rename(self, target)

    with closing(SampleStore(folder)) as store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "rename", fail)
            with pytest.raises(OSError, match="not now"):
                store.rescue(CLASSES)
        assert store.rescue(CLASSES).labelled == 225
    assert check_sound(folder) == known()


_KILLED = """
    import os, signal, sys
    from pathlib import Path
    from learning.samples import SampleStore

    steps = int(sys.argv[2])

    def deadly(call):
        def step(*arguments, **more):
            global steps
            steps -= 1
            if steps == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **more)
        return step

    store = SampleStore(Path(sys.argv[1]))
    assert store.damage
    os.fsync = deadly(os.fsync)
    for name in ("open", "rename", "replace"):
        setattr(Path, name, deadly(getattr(Path, name)))
    store.rescue(("leo", "charlie", "none"))
"""


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    with opened(copied(whole(), tmp_path / "running")) as store:
        store.label([f"s{number}" for number in range(5)], "leo")
        expected = labels(store)
        source = copied(tmp_path / "running", tmp_path / "source")
    (source / "samples.sqlite-shm").unlink()
    lose(source, [0])
    ends = []
    for step in range(1, 50):
        folder = copied(source, tmp_path / f"killed {step}")
        process = start(_KILLED, folder, str(step))
        _, errors = process.communicate(timeout=PATIENCE)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, errors
        with opened(folder) as store:
            ends.append("old" if store.damage else "new")
            if store.damage:
                assert store.rescue(CLASSES).unknown == 0
        assert check_sound(folder) == expected
        assert len(list(folder.glob("damaged-*/samples.sqlite"))) == 1
    assert process.returncode == 0
    assert ends == sorted(ends, reverse=True), "it went back"
    assert set(ends) == {"old", "new"}
