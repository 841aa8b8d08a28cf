"""`scripts/benchmark strangers` lets known objects and strangers walk by."""

import json
from pathlib import Path

from .conftest import Run, make_task

KEYS = {
    *("task", "n", "judged", "strangers"),
    *("known_assigned", "known_wrong", "assigned", "assigned_at_90"),
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

    task, means = run("strangers", tmp_path, *options).splitlines()
    assert task.startswith("one ")
    assert "of 3 strangers" in task
    assert means.startswith("mean of 1 tasks: known given theirs")
