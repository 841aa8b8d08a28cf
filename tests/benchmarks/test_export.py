"""`scripts/benchmark export` runs the exported file and compares it."""

import sys
from pathlib import Path

from learning.backbone import load_backbone

from benchmarks.export import as_text, compare
from benchmarks.tasks import find_tasks, split

from .conftest import make_task


def test_an_export_gives_what_its_classifier_gives(tmp_path: Path) -> None:
    (task,) = find_tasks(make_task(tmp_path / "colours", {"red": 6, "blue": 6}))
    made = split(task, per_class=3, seed=7, unknown=None)
    (line,) = compare(made, load_backbone("litert"), [Path(sys.executable)])
    assert line["task"] == "colours"
    assert line["runtime"] == "ai_edge_litert"
    assert line["pictures"] == 6
    assert line["same_class"] == 1
    assert 0 <= line["largest_difference"] <= 0.02
    assert "100.0% the same class" in as_text(line)
