"""The benchmark of hostile input tells what was found, and what was really tried."""

from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from benchmarks import hostile
from benchmarks.hostile import Attack, Figures, attack_apart, show
from tests.hostile.target import Target


def attacked(attempt: Callable[[int], bool], cases: int = 50) -> Figures:
    numbers = st.integers(0, 10_000)
    target = Target(name="numbers", cases=numbers, attempt=attempt)
    return Attack(target).run(cases, 7)


def test_what_is_taken_and_refused_is_counted_and_each_case_is_another_one() -> None:
    seen = []

    def attempt(number: int) -> bool:
        seen.append(number)
        return number % 2 == 0

    figures = attacked(attempt)
    assert figures.different == len({*seen}) >= 50
    assert figures.cases == len(seen) == figures.taken + figures.refused
    assert figures.taken
    assert figures.refused
    assert not figures.findings


def test_a_finding_is_shown_in_its_smallest_form(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def attempt(number: int) -> bool:
        if number > 100:
            raise KeyError("what nobody thought of")
        return True

    assert attacked(attempt).findings
    shown = capsys.readouterr().err
    assert "numbers: KeyError" in shown
    assert "101" in shown


def test_a_case_that_does_not_end_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hostile, "_LONGEST", 0.05)

    def attempt(number: int) -> bool:
        while number >= 0:
            pass
        return True

    assert attacked(attempt, 1).findings
    assert "not done after" in capsys.readouterr().err


def test_a_process_that_dies_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hostile.sys, "executable", "/bin/false")
    assert attack_apart("zips", 10, 7) == Figures(target="zips", findings=1)
    assert "zips: the process ended with 1" in capsys.readouterr().err


def test_a_target_that_is_attacked_apart_gives_its_figures() -> None:
    figures = attack_apart("MQTT availability", 20, 7)
    assert figures.target == "MQTT availability"
    assert figures.different >= 20
    assert not figures.findings


def test_the_figures_are_a_table_for_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert list(show([Figures(target="zips", cases=3)], as_json=False))
    head, line, row = capsys.readouterr().out.splitlines()
    assert head.startswith("| target | different | cases |")
    assert head.count("|") == line.count("|") == row.count("|")
