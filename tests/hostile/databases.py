"""Files of SQLite's on a disk that forgets, or puts things in the wrong place."""

import atexit
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from custom_components.objclass.history.found import Found
from custom_components.objclass.history.run import Job, Run
from custom_components.objclass.history.store import HistoryStore
from custom_components.objclass.history.store_file import HistoryStoreError
from custom_components.objclass.learning.consensus import Outcome
from custom_components.objclass.learning.samples import SampleStore, SampleStoreError
from custom_components.objclass.learning.samples.pictures import Pictures
from custom_components.objclass.learning.samples.rescue import rescue
from custom_components.objclass.learning.samples.sample import Sample
from custom_components.objclass.learning.samples.search import Search
from custom_components.objclass.learning.samples.store import TABLES

from .target import Target, refused

_PAGE: Final = 4096
_CROPS: Final = 40
_MOMENT: Final = '{"camera": "yard", "time": 1.0}'
_JPEG: Final = b"\xff\xd8" * 40
_VALUES: Final = [
    "",
    "[",
    "null",
    "[]",
    '{"a": "x"}',
    f'{{"a": {"9" * 400}}}',
    "[" * 100_000,
    "9" * 5000,
    "leo",
    "\0",
    "-1e999",
]


@cache
def _samples() -> bytes:
    folder = Path(mkdtemp(prefix="hostile-"))
    store = SampleStore(folder)
    for number in range(_CROPS):
        sample = Sample(
            id=f"s{number}",
            event_id=f"e{number // 3}",
            camera="yard",
            time=float(number),
            label="leo" if number % 3 else None,
            scores={"leo": 0.5, "none": 0.5},
        )
        store.add(sample, _JPEG, np.ones(64, np.float32), "tiny")
    store.close()
    return (folder / "samples.sqlite").read_bytes()


@cache
def _runs() -> bytes:
    path = Path(mkdtemp(prefix="hostile-")) / "runs.sqlite"
    store = HistoryStore(path)
    job = Job(classifiers=("cats",), after=1.0, before=2.0)
    store.put_run(Run(id="r", job=job, started_at=3.0))
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany(
            "INSERT INTO objects (run, event_id, camera, label, time, event) "
            "VALUES ('r', ?, 'yard', 'cat', ?, ?)",
            [(f"e{number}", float(number), _MOMENT) for number in range(60)],
        )
    for number in range(40):
        store.put_results("r", f"e{number}", [_found(f"e{number}")])
    store.close()
    return path.read_bytes()


def _found(event_id: str) -> Found:
    return Found(
        event_id=event_id,
        classifier_id="cats",
        camera="yard",
        label="cat",
        time=1.0,
        outcome=Outcome.ASSIGNED,
        class_name="leo",
        likeliest="leo",
        score=0.9,
        unfamiliar=False,
    )


@st.composite
def _damaged(draw: st.DrawFn, whole: Callable[[], bytes]) -> bytes:
    """Return the file with pages of zeros, of another page, changed, or cut off."""
    content = bytearray(whole())
    pages = st.integers(0, len(content) // _PAGE - 1).map(lambda page: page * _PAGE)
    places = st.integers(0, len(content) - 1) | st.integers(0, 99)
    for _ in range(draw(st.integers(1, 3))):
        to = draw(pages)
        match draw(st.integers(0, 3)):
            case 0:
                content[to : to + _PAGE] = bytes(_PAGE)
            case 1:
                source = draw(pages)
                content[to : to + _PAGE] = content[source : source + _PAGE]
            case 2:
                for _ in range(draw(st.integers(1, 20))):
                    content[draw(places)] = draw(st.integers(0, 255))
            case 3:
                at = draw(places)
                piece = draw(st.binary(min_size=1, max_size=8))
                content[at : at + len(piece)] = piece
    if draw(st.integers(0, 9)) == 0:
        del content[draw(places) :]
    return bytes(content)


@st.composite
def _odd_rows(draw: st.DrawFn, whole: Callable[[], bytes], table: str) -> bytes:
    """Return a sound file that has values in it which nobody ever wrote."""
    path = Path(mkdtemp(prefix="hostile-")) / "odd.sqlite"
    path.write_bytes(whole())
    with closing(sqlite3.connect(path)) as db, db:
        texts = [
            row[1]
            for row in db.execute(f"PRAGMA table_info({table})")
            if row[2] == "TEXT" and not row[5]
        ]
        for column in draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3)):
            value = draw(st.sampled_from(_VALUES))
            is_bytes = draw(st.booleans())
            value_sql = "CAST(x'ff00fe' AS TEXT)" if is_bytes else "?"
            db.execute(
                f"UPDATE {table} SET {column} = {value_sql} WHERE rowid % 2"
                if table != "results"
                else f"UPDATE {table} SET {column} = {value_sql}",
                () if is_bytes else (value,),
            )
    content = path.read_bytes()
    shutil.rmtree(path.parent)
    return content


@cache
def _folder() -> Path:
    """Return a folder in memory, if there is such: stores often wait for the disk."""
    memory = Path("/dev/shm")
    folder = mkdtemp(prefix="hostile-", dir=memory if memory.is_dir() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _try_each(jobs: list[Callable[[], Any]], error: type[Exception]) -> bool:
    """Do all of it; return whether nothing was refused."""
    taken = True
    for job in jobs:
        try:
            job()
        except error as err:
            taken = refused(err)
    return taken


def _sample_file(content: bytes) -> bool:
    folder = _folder() / "samples"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "crops").mkdir(parents=True)
    crops = {f"s{number}.jpg" for number in range(_CROPS)}
    for name in crops:
        (folder / "crops" / name).write_bytes(_JPEG)
    (folder / "samples.sqlite").write_bytes(content)
    store = SampleStore(folder)
    assert {path.name for path in (folder / "crops").iterdir()} >= crops
    if store.damage is not None:
        return refused(SampleStoreError(store.damage))
    new = Sample(id="new", event_id=None, camera="yard", time=1.0)
    with closing(store):
        return _try_each(
            [
                lambda: [one.predicted for one in store.find(limit=-1)],
                lambda: store.page(Search(conditions={}), None, 10),
                store.outlines,
                store.class_counts,
                store.state_of_labels,
                lambda: store.labels(["s1"]),
                lambda: store.outcomes(["e1"]),
                lambda: store.training_set("tiny"),
                lambda: store.unseen("tiny"),
                lambda: store.embedding("s1", "tiny"),
                lambda: store.add(new, _JPEG, np.ones(64, np.float32), "tiny"),
                lambda: store.label(["s1"], "charlie"),
                lambda: store.move_labels({"leo": None}),
                lambda: store.prune(5),
                lambda: store.delete(["s2"]),
            ],
            SampleStoreError,
        )


def _rescued_file(content: bytes) -> bool:
    """Rescue what there is; the file is rarely so bad that this is nothing."""
    folder = _folder() / "rescued"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "crops").mkdir(parents=True)
    crops = {f"s{number}" for number in range(_CROPS)}
    for name in crops:
        (folder / "crops" / f"{name}.jpg").write_bytes(_JPEG)
    (folder / "samples.sqlite").write_bytes(content)
    pictures = Pictures(folder)
    told = rescue(folder / "samples.sqlite", pictures, TABLES, ("leo", "none"))
    assert (told.aside / "samples.sqlite").read_bytes() == content
    with closing(SampleStore(folder)) as store:
        assert store.damage is None
        store._check_whole()
        found = store.find(limit=-1)
        assert {one.id for one in found} == crops
        assert {one.label for one in found} <= {"leo", "none", None}
        assert told.labelled == sum(store.counts().values())
        assert told.labelled + told.unlabelled + told.unknown == _CROPS
        _sorted_out(store)
    return bool(told.labelled)


def _sorted_out(store: SampleStore) -> None:
    """Do what people do with samples; none of it may be refused."""
    assert store.label(["s1"], "none") == ["s1"]
    store.page(Search(order="useful"), None, 10)
    store.outlines()
    store.prune(5)
    store.training_set("tiny")
    store.delete(["s2"])


def _run_file(content: bytes) -> bool:
    path = _folder() / "runs.sqlite"
    for old in _folder().glob("runs.sqlite*"):
        old.unlink()
    path.write_bytes(content)
    try:
        store = HistoryStore(path)
    except HistoryStoreError as err:
        return refused(err)
    with closing(store):
        return _try_each(
            [
                store.runs,
                lambda: store.counts("r"),
                lambda: store.next_objects("r", 10),
                lambda: store.to_tell("r", 10),
                lambda: store.page("r"),
                lambda: store.get("r", "e1", "cats"),
                lambda: store.put_results("r", "e50", [_found("e50")]),
                lambda: store.forget_refused("r"),
                lambda: store.remove_run("r"),
            ],
            HistoryStoreError,
        )


TARGETS: Final = (
    Target(
        name="sample files",
        cases=_damaged(_samples) | _odd_rows(_samples, "samples"),
        attempt=_sample_file,
    ),
    Target(
        name="rescued sample files",
        cases=_damaged(_samples) | _odd_rows(_samples, "samples"),
        attempt=_rescued_file,
    ),
    Target(
        name="run files",
        cases=_damaged(_runs) | _odd_rows(_runs, "runs") | _odd_rows(_runs, "results"),
        attempt=_run_file,
    ),
)
