"""`scripts/benchmark peer` compares fairly; TensorFlow itself is not tested here."""

import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peer import judged, peer_of, summary
from benchmarks.seeds import mean_of
from benchmarks.tasks import find_tasks, split

from .conftest import Run, make_task


def result(ours: float, peer: float, **more: Any) -> dict[str, Any]:
    return {
        "ours_balanced_error": ours,
        "peer_balanced_error": peer,
        "error_ratio": ours / peer if peer else None,
        "peer_learnt": True,
        "time_ratio": 1 / 50,
        **more,
    }


def test_without_the_weights_it_says_where_they_are_looked_for(
    tmp_path: Path, run: Run
) -> None:
    make_task(tmp_path, {"red": 3, "blue": 3})
    with pytest.raises(SystemExit, match=r"not at .*nowhere\.h5.*--weights"):
        run("peer", tmp_path, "--weights", tmp_path / "nowhere.h5")


def test_a_recipe_that_fails_is_not_taken_for_a_result(tmp_path: Path) -> None:
    (task,) = find_tasks(make_task(tmp_path / "task", {"red": 3, "blue": 3}))
    made = split(task, per_class=2, seed=7, unknown=None)
    # A Python that has no TensorFlow.
    with pytest.raises(SystemExit, match="recipe failed"):
        peer_of(made, Path(sys.executable), tmp_path / "weights.h5")


def test_tasks_that_the_peer_does_not_learn_are_left_out_of_the_means() -> None:
    text = summary(
        [result(0.1, 0.2), result(0.1, 0.4), result(0.6, 0.5, peer_learnt=False)]
    )
    assert text.startswith("mean of 2 tasks: balanced error 0.1000 beside 0.3000")
    assert "(0.33; mean of ratios 0.38)" in text
    assert "1 tasks worse" in text
    assert "1/50 of the time" in text
    only = [result(0.1, 0.5, peer_learnt=False)]
    assert summary(only) == "The peer learnt nothing on any task."


def test_what_the_peer_learns_is_told_by_the_mean_of_the_seeds() -> None:
    line = {"ours_balanced_error": 0.1, "error_by_chance": 0.5}
    learnt = judged(line | {"peer_balanced_error": 0.2})
    assert (learnt["peer_learnt"], learnt["error_ratio"]) == (True, 0.5)
    assert not judged(line | {"peer_balanced_error": 0.45})["peer_learnt"]
    assert judged(line | {"peer_balanced_error": 0.0})["error_ratio"] is None
    seeds = [line | {"peer_balanced_error": error} for error in (0.2, 0.5)]
    both = judged(mean_of(seeds, "peer_balanced_error"))
    assert both["peer_balanced_error"] == pytest.approx(0.35)
    assert both["peer_balanced_error_spread"] == pytest.approx(0.2121, abs=1e-4)
    assert both["peer_learnt"]
    assert both["seeds"] == 2
