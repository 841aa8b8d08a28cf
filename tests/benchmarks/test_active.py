"""`scripts/benchmark active` labels what is asked for, and at random, alike."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.active import CHECKED, standard_error
from benchmarks.active import run as run_once
from benchmarks.tasks import Task

from .conftest import Run, make_task

PICTURES = {name: [Path(name)] * 40 for name in ("a", "b", "c")}


def test_both_ways_of_labelling_learn_from_the_same_pictures() -> None:
    random = np.random.default_rng(1)
    centers = np.repeat(random.normal(size=(3, 16)), 40, axis=0)
    embeddings = (centers + random.normal(size=(120, 16)) / 10).astype(np.float32)
    task = Task(name="clusters", pictures=PICTURES)
    chosen, at_random = run_once(task, embeddings, seed=3)
    assert len(chosen) == len(at_random) == len(CHECKED)
    assert chosen[-1] == at_random[-1] == 1
    assert run_once(task, embeddings, seed=3) == (chosen, at_random)


def test_it_prints_an_object_for_each_number_of_labels(
    tmp_path: Path, run: Run
) -> None:
    make_task(tmp_path / "colours", {"red": 32, "blue": 32})
    output = run("active", tmp_path, "--seeds", 1, "--json")
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["labels"] for line in lines] == list(CHECKED)
    keys = ("task", "labels", "chosen", "random", "error")
    assert {tuple(line) for line in lines} == {keys}


def test_a_difference_comes_with_how_much_of_it_may_be_chance() -> None:
    assert standard_error([0.1, 0.1, 0.1]) == 0
    assert standard_error([0.0, 0.2]) == pytest.approx(0.1)
    assert standard_error([0.1]) is None
