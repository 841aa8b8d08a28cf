"""`scripts/benchmark strangers` lets known objects and strangers walk by."""

import json
from pathlib import Path
from statistics import fmean

import pytest

from benchmarks import goals
from benchmarks.seeds import Line, mean_of
from benchmarks.strangers import as_text, summary

from .conftest import Run, make_task

KEYS = {
    *("task", "objects", "n", "judged", "strangers"),
    *("known_assigned", "known_wrong"),
    *("assigned", "assigned_at_90", "reached_at_90"),
}


def test_it_tells_who_was_named(tmp_path: Path, run: Run) -> None:
    make_task(tmp_path / "one", {"red": 9, "blue": 9, "unknown": 3})
    options = ("--per-class", 5, "--runtime", "numpy")
    output = run("strangers", tmp_path, *options, "--json")
    (line,) = map(json.loads, output.splitlines())
    assert set(line) == KEYS
    assert (line["n"], line["judged"], line["strangers"]) == (10, 8, 3)
    assert line["known_wrong"] == 0
    assert line["known_assigned"] > 0.5
    assert 0 <= line["assigned_at_90"] <= 1
    output = run(
        "strangers", tmp_path, *options, "--objects", "walks", "photos", "--json"
    )
    same, other = map(json.loads, output.splitlines())
    assert same == line
    assert set(other) == KEYS
    assert (other["objects"], other["judged"], other["strangers"]) == ("photos", 8, 3)
    assert other["known_assigned"] > 0.5

    task, means = run("strangers", tmp_path, *options).splitlines()
    assert task.startswith("one ")
    assert "of 3 strangers" in task
    assert means.startswith("walks, mean of 1 tasks: known given theirs")


def test_all_can_come_by_in_another_light(tmp_path: Path, run: Run) -> None:
    make_task(tmp_path / "one", {"red": 9, "blue": 9, "unknown": 3})
    options = ("--per-class", 5, "--runtime", "numpy", "--json")
    (line,) = map(json.loads, run("strangers", tmp_path, *options).splitlines())
    output = run("strangers", tmp_path, *options, "--light", "infrared")
    (lit,) = map(json.loads, output.splitlines())
    assert set(lit) == KEYS
    # Red and blue are hard to tell apart in grey.
    assert lit["known_assigned"] < line["known_assigned"]


def test_seeds_are_put_together(tmp_path: Path, run: Run) -> None:
    make_task(tmp_path / "one", {"red": 5, "blue": 5, "unknown": 3})
    options = ("--per-class", 3, "--runtime", "numpy", "--json")
    single = [
        json.loads(run("strangers", tmp_path, *options, "--seed", seed))
        for seed in (3, 4)
    ]
    both = json.loads(run("strangers", tmp_path, *options, "--seed", 3, "--seeds", 2))
    assert set(both) == KEYS | {"seeds"}
    assert both["seeds"] == 2
    for key in ("known_assigned", "known_wrong", "assigned", "reached_at_90"):
        assert both[key] == pytest.approx(fmean(line[key] for line in single))


def test_it_says_so_when_most_of_the_known_are_not_reached() -> None:
    counts: Line = {"task": "cats", "objects": "walks"}
    counts |= {"n": 8, "judged": 4, "strangers": 4}
    shares = {"known_assigned": 0.9, "known_wrong": 0.1, "assigned": 0.5}
    reached: Line = counts | shares | {"assigned_at_90": 0.2, "reached_at_90": 1}
    never = reached | {"assigned_at_90": None, "reached_at_90": 0}
    assert "(20.0% where 90 % of the known get theirs)" in as_text(reached)
    assert "(90 % of the known are not reached)" in as_text(never)
    assert summary([reached, never]).endswith(
        "of 1 tasks: 20.0% where 90 % of the known get theirs"
    )
    assert summary([never]).endswith("of 0 tasks: 90 % of the known are not reached")
    share, unreached, *_ = goals.strangers([reached, never])
    assert (share.value, unreached.value, unreached.met) == (0.2, 0.5, False)
    half = mean_of([reached, never])
    assert (half["assigned_at_90"], half["reached_at_90"]) == (0.2, 0.5)
