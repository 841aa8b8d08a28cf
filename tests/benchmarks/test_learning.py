"""`scripts/benchmark learning` runs on folders of pictures and says what it found."""

import json
from pathlib import Path

import pytest

from .conftest import Run, make_task

KEYS = {
    *("task", "accuracy", "balanced_accuracy", "ece"),
    *("embed_s", "fit_s", "memory_mb", "n"),
}
HONESTY = {"ece_honest", "ece_together", "ece_together_honest"}
STRANGERS = {"auroc", "accepted", "unfamiliar", "known_unfamiliar"}


def test_it_prints_an_object_for_each_task(tmp_path: Path, run: Run) -> None:
    make_task(tmp_path / "one", {"red": 6, "blue": 6})
    make_task(tmp_path / "two", {"red": 6, "green": 6})
    output = run("learning", tmp_path, "--per-class", 4, "--seed", 1, "--json")
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["task"] for line in lines] == ["one", "two"]
    for line in lines:
        assert set(line) == KEYS
        assert line["n"] == 8
        assert line["accuracy"] == line["balanced_accuracy"] == 1
        assert 0 <= line["ece"] <= 1
        assert min(line["embed_s"], line["fit_s"], line["memory_mb"]) > 0


def test_several_seeds_give_a_mean_and_a_spread(tmp_path: Path, run: Run) -> None:
    make_task(tmp_path / "one", {"red": 4, "blue": 4})
    output = run("learning", tmp_path, "--per-class", 2, "--seeds", 2, "--json")
    (line,) = map(json.loads, output.splitlines())
    spread = {"seeds", "balanced_accuracy_spread", "ece_spread"}
    assert set(line) == KEYS | spread | HONESTY
    assert (line["seeds"], line["n"]) == (2, 4)
    assert (line["accuracy"], line["balanced_accuracy_spread"]) == (1, 0)


def test_a_class_that_is_left_out_is_recognised_as_unknown(
    tmp_path: Path, run: Run
) -> None:
    make_task(tmp_path, {"red": 18, "blue": 18, "green": 4})
    options = ("--runtime", "numpy", "--unknown", "green", "--json")
    (line,) = map(json.loads, run("learning", tmp_path, *options).splitlines())
    assert set(line) == KEYS | STRANGERS
    assert line["n"] == 24
    assert line["auroc"] == 1
    assert line["accepted"] == 0


def test_people_get_a_line_for_each_task_and_the_means(
    tmp_path: Path, run: Run
) -> None:
    make_task(tmp_path / "colours", {"red": 3, "blue": 3})
    make_task(tmp_path / "others", {"red": 3, "blue": 3})
    line, means = run("learning", tmp_path, "--tasks", "colours").splitlines()
    assert line.startswith("colours ")
    assert "pictures/s" in line
    assert means.startswith("mean of 1 tasks: balanced error")
    options = ("--tasks", "colours", "--seeds", 2)
    line, means = run("learning", tmp_path, *options).splitlines()
    assert "calibration error of all seeds together" in line
    assert "honest scores'" in line


def test_a_task_that_cannot_be_run_is_named(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    make_task(tmp_path / "single", {"red": 4})
    make_task(tmp_path / "tiny", {"red": 1, "blue": 1})
    with pytest.raises(SystemExit, match="no task that can be run"):
        run("learning", tmp_path)
    told = capsys.readouterr().err
    assert "single has no two classes" in told
    assert "tiny has no pictures left" in told
    with pytest.raises(SystemExit):
        run("learning", tmp_path, "--unknown", "green")
    assert "single has no class green" in capsys.readouterr().err
