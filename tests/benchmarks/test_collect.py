"""`scripts/benchmark collect` looks for a rare class among what is kept."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.collect import (
    JUDGED,
    KEPT,
    LABELLED,
    OTHERS,
    RARE,
    VISITS,
    Kept,
    Visits,
    as_text,
    choice,
    past_of,
    rare_classes,
    worth,
)
from benchmarks.collect import run as compare
from benchmarks.tasks import Task

from .conftest import Run, make_task

OFTEN = OTHERS + LABELLED + JUDGED
FEW = RARE + JUDGED


def made(**counts: int) -> tuple[Task, Visits]:
    """Make a task whose classes are clusters, and everyone's visits."""
    random = np.random.default_rng(1)
    pictures, visits = {}, {}
    for name, count in counts.items():
        center = random.normal(size=16)
        pictures[name] = [Path(f"{name}_{number}") for number in range(count)]
        for path in pictures[name]:
            place = center + random.normal(size=16) / 10
            visits[path] = [
                (place + random.normal(size=16) / 100).astype(np.float32)
                for _ in range(VISITS)
            ]
    return Task(name="clusters", pictures=pictures), visits


def test_a_class_is_rare_only_where_there_are_enough_of_the_others() -> None:
    assert rare_classes(made(cat=OFTEN, dog=FEW)[0]) == ["dog"]
    assert rare_classes(made(cat=OFTEN, dog=OFTEN)[0]) == ["cat", "dog"]
    assert rare_classes(made(cat=OFTEN - 1, dog=FEW)[0]) == []
    assert rare_classes(made(cat=OFTEN, dog=FEW - 1)[0]) == []
    assert rare_classes(made(cat=OFTEN, dog=FEW, owl=JUDGED)[0]) == []


def test_nobody_is_both_there_and_labelled_or_judged() -> None:
    task, visits = made(cat=OFTEN, dog=FEW)
    past = past_of(task, visits, "dog", seed=3)
    assert past.labels.count("dog") == RARE
    assert past.labels.count("cat") == OTHERS * VISITS
    assert len(set(past.visitors)) == RARE + OTHERS
    assert [name for name, _ in past.labelled] == ["cat"] * LABELLED
    assert (
        sorted(name for name, _ in past.judged) == ["cat"] * JUDGED + ["dog"] * JUDGED
    )
    there = {id(row) for path in set(past.visitors) for row in visits[path]}
    others = [id(row) for _, row in (*past.labelled, *past.judged)]
    assert len(set(others)) == len(others)
    assert not there & set(others)


def test_a_choice_is_worth_what_it_finds() -> None:
    past = past_of(*made(cat=OFTEN, dog=FEW), "dog", seed=3)
    rare = [place for place, name in enumerate(past.labels) if name == "dog"]
    others = [place for place, name in enumerate(past.labels) if name == "cat"]
    assert worth(past, rare) == Kept(rare=1, visitors=1, balanced_accuracy=1)
    lost = worth(past, others)
    assert (lost.rare, lost.balanced_accuracy) == (0, 0.5)
    assert lost.visitors == pytest.approx(1 / VISITS)
    assert worth(replace(past, labelled=[]), rare).balanced_accuracy == 0.5


def test_some_of_the_rare_class_may_be_labelled_already() -> None:
    task, visits = made(cat=OFTEN, dog=FEW + 2)
    past = past_of(task, visits, "dog", seed=3, known=2)
    assert [name for name, _ in past.labelled] == ["cat"] * LABELLED + ["dog"] * 2
    assert past.labels.count("dog") == RARE
    assert len(set(choice(past))) == KEPT
    assert rare_classes(task, 3) == []


def test_more_of_a_rare_kind_and_more_visitors_are_kept_than_at_random() -> None:
    task, visits = made(cat=OFTEN, dog=FEW)
    chosen, random = compare(task, visits, seeds=2)
    assert chosen.rare > random.rare
    assert chosen.visitors > random.visitors
    assert compare(task, visits, seeds=2) == (chosen, random)
    assert KEPT < RARE + OTHERS, "not everyone can be kept"


def test_it_prints_an_object_for_each_task_with_enough_pictures(
    tmp_path: Path, run: Run
) -> None:
    make_task(tmp_path / "colours", {"red": OFTEN, "blue": FEW})
    make_task(tmp_path / "few", {"red": 5, "blue": 5})
    (line,) = run("collect", tmp_path, "--seeds", 1, "--json").splitlines()
    values = json.loads(line)
    assert (values["task"], values["known"]) == ("colours", 0)
    kept = {"rare", "visitors", "balanced_accuracy"}
    expected = {"task", "known", *kept, *(f"random_{name}" for name in kept)}
    assert set(values) == expected
    assert "0 labelled: of the rare" in as_text(values)
