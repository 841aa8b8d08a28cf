"""`scripts/benchmark all` holds figures against goals and names what falls short."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import goals
from benchmarks.all import Benchmark, benchmarks, missed_goals, not_run, run
from benchmarks.goals import Figure
from benchmarks.results import BEGIN, END, as_tables, put_into

from .conftest import Run, make_task

RESULT: dict[str, Any] = {
    "title": "Right and honest",
    "command": "scripts/benchmark learning DIR",
    "seconds": 3.2,
    "load": 0.4,
    "commit": "abc",
    "time": "2026-11-22T10:00+00:00",
    "figures": [
        {"name": "error", "value": 0.125, "goal": None, "met": None},
        {"name": "ece", "value": 0.06, "goal": ["at most", 0.05], "met": False},
    ],
    "lines": [{"task": "cats", "ece": 0.06, "n": 80, "seconds": 1}],
}


def test_a_goal_is_met_or_missed_and_missed_without_a_value() -> None:
    assert Figure(name="ece", value=0.05, goal=("at most", 0.05)).met is True
    assert Figure(name="ece", value=0.06, goal=("at most", 0.05)).met is False
    assert Figure(name="auroc", value=0.95, goal=("at least", 0.93)).met is True
    assert Figure(name="auroc", value=None, goal=("at least", 0.93)).met is False
    assert Figure(name="error", value=0.1).met is None


def test_every_benchmark_has_a_judge_for_what_it_prints() -> None:
    learning = {"balanced_accuracy": 0.9, "ece": 0.1, "memory_mb": 60}
    strangers = {"auroc": 0.9, "assigned": 0.2, "known_assigned": 0.9}
    peer = {
        "peer_learnt": True,
        "ours_balanced_error": 0.1,
        "memory_ratio": 0.1,
        "peer_balanced_error": 0.2,
        "time_ratio": 0.02,
        "fit_ratio": 0.01,
    }
    line = {
        **(learning | strangers | peer),
        "assigned_at_90": 0.1,
        "reached_at_90": 1,
        "task": "cats",
        "objects": "walks",
        "labels": 10,
        "chosen": 0.9,
        "random": 0.8,
        "runtime": "numpy",
        "median_ms": 20.0,
        "size": 224,
        "rare": 0.9,
        "random_rare": 0.3,
        "random_balanced_accuracy": 0.8,
        "figure": "opening",
        "value": 1.0,
        "unit": "s",
        "same_class": 1,
        "cases": 100_000,
        "different": 100_000,
        "findings": 0,
        "slowest_ms": 5.0,
        "largest_difference": 0.01,
        "goal": 2,
    }
    known = benchmarks(Path("photos"), Path("outside"))
    for name, benchmark in known.items():
        lines = [line, line | {"runtime": "litert"}]
        figures = benchmark.judge(lines)
        assert any(figure.goal for figure in figures), name
    worse = goals.peer([peer | {"ours_balanced_error": 0.3}])
    assert [figure.met for figure in worse] == [False, False, True, False, None]
    unlearnt = goals.peer([peer | {"peer_learnt": False}])
    assert unlearnt[0].value is None


def test_a_benchmark_that_fails_is_named_and_counts_as_missed(tmp_path: Path) -> None:
    broken = Benchmark(
        title="Broken",
        command=("learning", str(tmp_path / "nowhere")),
        judge=goals.learning,
    )
    result = run(broken)
    assert missed_goals({"broken": result}) == ["Broken: it ended with 1"]
    assert "**It failed**" in as_tables({"broken": result})


def test_tasks_from_outside_that_nobody_provided_are_named_and_no_goal_is_missed(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "outside"
    benchmark = benchmarks(tmp_path, folder)["learning_outside"]
    result = run(benchmark)
    assert missed_goals({"learning_outside": result}) == []
    (named,) = not_run({"learning_outside": result})
    assert named == f"{benchmark.title}: there is no folder {folder}"
    assert f"**Not run**: there is no folder {folder}." in as_tables({"": result})
    make_task(folder / "colours", {"red": 6, "blue": 6})
    assert [line["task"] for line in run(benchmark)["lines"]] == ["colours"]


def test_a_benchmark_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    folder = make_task(tmp_path / "colours", {"red": 6, "blue": 6})
    result = run(
        Benchmark(
            title="Learning",
            command=("learning", str(folder), "--per-class", "4"),
            judge=goals.learning,
        )
    )
    assert result["command"].startswith("scripts/benchmark learning ")
    assert [line["task"] for line in result["lines"]] == ["colours"]
    assert len(result["figures"]) == 3


def test_what_falls_short_is_said_in_the_tables_and_the_readme_keeps_the_rest(
    tmp_path: Path,
) -> None:
    missed = missed_goals({"learning": RESULT})
    assert missed == ["Right and honest: ece: 0.06, wanted at most 0.05"]
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    machine = {
        "processor": "EPYC",
        "processors": 2,
        "python": "3.14.2",
        "commit": "abc",
        "time": "2026-11-22T10:00:00+00:00",
    }
    content = {
        "machine": machine,
        "missed": missed,
        "not_run": ["Outside: nothing is there"],
        "benchmarks": {"learning": RESULT},
    }
    for _ in range(2):
        put_into(readme, content)
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "**Not run:**\n\n- Outside: nothing is there\n" in text
    assert text.count("| ece | 0.060 | at most 0.05 | **missed** |") == 1
    assert "| cats | 80 | 0.060 |" in text
    readme.write_text("no place")
    with pytest.raises(ValueError, match="no place for results"):
        put_into(readme, content)


def test_a_benchmark_that_is_not_there_is_refused(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("all", "--photos", tmp_path, "--only", "speed")
    assert "there is no speed; there are peer, peer_10" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="There is no folder"):
        run("all", "--photos", tmp_path / "nowhere")
