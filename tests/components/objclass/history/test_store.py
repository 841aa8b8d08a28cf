"""The runs on disk: the last few are kept, whole, whatever was cut short."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.objclass.frigate.messages import SubLabel
from custom_components.objclass.frigate.models import parse_stored_event
from custom_components.objclass.history.run import Job, PastFrame, Run, Status
from custom_components.objclass.history.store import KEPT_RUNS, HistoryStore
from custom_components.objclass.history.store_file import HistoryStoreError

JOB = Job(
    classifiers=("a", "b"),
    after=1.0,
    before=2.0,
    cameras=("front",),
    confidence=0.7,
    apply=True,
)
EVENT = parse_stored_event(
    {
        "id": "1.5-abc",
        "camera": "front",
        "label": "cat",
        "sub_label": "leo",
        "start_time": 1.5,
        "end_time": 3.0,
        "zones": ["lawn"],
        "has_clip": True,
        "has_snapshot": True,
        "data": {
            "box": [0.1, 0.2, 0.3, 0.4],
            "sub_label_score": 0.9,
            "collar": "red",
            "collar_score": 1.0,
        },
    }
)


def a_run(number: int = 0) -> Run:
    return Run(id=f"run{number}", job=JOB, started_at=100.0 + number)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path / "history" / "runs.sqlite")
    store.put_run(a_run())
    store.add_objects(a_run(), [EVENT])
    store.add_frames("run0", [PastFrame(camera="front", time=1.25)])
    store.close()
    again = HistoryStore(tmp_path / "history" / "runs.sqlite")
    assert again.runs() == [a_run()]
    event, moment = again.next_objects("run0", 9)
    assert event == EVENT
    assert event.sub_label == SubLabel(text="leo", score=0.9)
    assert moment == PastFrame(camera="front", time=1.25)
    again.close()


def test_an_object_is_listed_once(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path / "runs.sqlite")
    store.put_run(a_run())
    assert store.add_objects(a_run(), [EVENT, EVENT]) == 1
    assert store.add_objects(a_run(), [EVENT]) == 0
    store.put_results("run0", EVENT.id, [])
    assert store.next_objects("run0", 9) == []
    assert store.counts("run0").done == 1
    store.close()


def test_a_run_that_starts_while_the_clock_is_wrong_is_the_newest_all_the_same(
    tmp_path: Path,
) -> None:
    store = HistoryStore(tmp_path / "runs.sqlite")
    for number in range(KEPT_RUNS):
        store.put_run(a_run(number))
    wrong = replace(a_run(KEPT_RUNS), started_at=0.0)
    store.put_run(wrong)
    store.put_run(replace(a_run(1), status=Status.DONE))
    assert store.runs()[0] == wrong
    assert len(store.runs()) == KEPT_RUNS
    store.close()


def test_the_last_runs_are_kept_with_their_results(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path / "runs.sqlite")
    for number in range(KEPT_RUNS + 2):
        store.put_run(a_run(number))
        store.add_objects(a_run(number), [EVENT])
    assert [run.id for run in store.runs()] == [
        f"run{number}" for number in reversed(range(2, KEPT_RUNS + 2))
    ]
    assert store.counts("run0").total == 0
    assert store.counts("run2").total == 1
    store.remove_run("run2")
    assert store.counts("run2").total == 0
    store.close()


def test_what_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(HistoryStoreError):
        HistoryStore(tmp_path / "runs.sqlite")
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryStoreError):
        HistoryStore(tmp_path / "file" / "runs.sqlite")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[1]",
        '{"id": "e", "sub_label": null, "model_attributes": []}',
        '{"id": "e", "sub_label": {"x": 1}, "model_attributes": {}}',
    ],
    ids=["deep", "a list", "no attributes", "no sub label"],
)
def test_an_object_that_is_written_down_oddly_is_told_as_damage(
    tmp_path: Path, text: str
) -> None:
    store = HistoryStore(tmp_path / "runs.sqlite")
    store.put_run(a_run(1))
    store.add_objects(a_run(1), [EVENT])
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as db, db:
        db.execute("UPDATE objects SET event = ?", (text,))
    with pytest.raises(HistoryStoreError):
        store.next_objects("run1", 10)
    store.close()


def test_only_what_runs_or_rests_is_open() -> None:
    states = {
        status: Run(id="x", job=JOB, started_at=0, status=status).open
        for status in Status
    }
    assert [status for status, is_open in states.items() if is_open] == [
        Status.RUNNING,
        Status.PAUSED,
    ]
