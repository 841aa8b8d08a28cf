"""Folders of pictures are split the same way for everyone who is compared."""

from pathlib import Path

import pytest

from benchmarks.tasks import Split, find_tasks, split

from .conftest import make_task


def names(made: Split) -> set[str]:
    return {path.name for path, _ in made.trained}


def test_a_folder_of_classes_is_one_task(tmp_path: Path) -> None:
    (task,) = find_tasks(make_task(tmp_path / "colours", {"red": 2, "blue": 3}))
    assert task.name == "colours"
    assert [(name, len(own)) for name, own in task.pictures.items()] == [
        *(("blue", 3), ("red", 2))
    ]


def test_a_folder_of_tasks_is_as_many(tmp_path: Path) -> None:
    make_task(tmp_path / "b", {"red": 1, "blue": 1})
    make_task(tmp_path / "a", {"red": 1, "green": 1})
    (tmp_path / "empty").mkdir()
    (tmp_path / "LICENSES.md").write_text("-")
    assert [task.name for task in find_tasks(tmp_path)] == ["a", "b"]


def test_the_first_of_a_seeded_shuffle_are_trained_on_and_the_rest_judged(
    tmp_path: Path,
) -> None:
    (task,) = find_tasks(make_task(tmp_path, {"red": 12, "blue": 12}))
    one, again = (split(task, per_class=4, seed=7, unknown=None) for _ in range(2))
    other = split(task, per_class=4, seed=8, unknown=None)
    assert one == again
    assert names(one) != names(other)
    assert len(one.trained) == 8
    assert len(one.judged) == 16
    assert not {*one.trained} & {*one.judged}
    assert names(one) < names(split(task, per_class=6, seed=7, unknown=None))


def test_a_small_class_keeps_a_third_to_be_judged_by(tmp_path: Path) -> None:
    (task,) = find_tasks(make_task(tmp_path, {"red": 9, "blue": 1}))
    made = split(task, per_class=40, seed=7, unknown=None)
    assert [name for _, name in made.judged] == ["red"] * 3
    assert made.classes == ["blue", "red"]


def test_an_unknown_class_is_neither_trained_on_nor_judged(tmp_path: Path) -> None:
    (task,) = find_tasks(make_task(tmp_path, {"red": 6, "blue": 6, "green": 5}))
    made = split(task, per_class=3, seed=7, unknown="green")
    assert made.classes == ["blue", "red"]
    assert {name for _, name in made.judged} == {"blue", "red"}
    assert len(made.strangers) == 5


def test_a_picture_that_cannot_be_read_is_named_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_task(tmp_path, {"red": 2, "blue": 2})
    (tmp_path / "red" / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    (tmp_path / "red" / "notes.txt").write_text("-")
    (task,) = find_tasks(tmp_path)
    assert len(task.pictures["red"]) == 2
    told = capsys.readouterr().err
    assert "broken.jpg" in told
    assert "notes.txt" not in told


def test_a_missing_or_empty_folder_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"There is no folder .*nowhere"):
        find_tasks(tmp_path / "nowhere")
    with pytest.raises(SystemExit, match="make_tasks"):
        find_tasks(tmp_path / ".dev/tasks/finer")
    (tmp_path / "cat").mkdir()
    with pytest.raises(SystemExit, match="holds no pictures"):
        find_tasks(tmp_path)
