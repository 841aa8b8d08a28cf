"""Hostile input by the thousand: nothing but being taken, or refused with a message.

Every target of `tests/hostile` gets its share of the cases: damaged messages, answers,
models, zips, pictures and heads, and names that nobody should give. What raises
anything else, takes what it must not, or writes outside of its folder is a finding;
it is shown in its smallest form, and the exit status is 1.
"""

import argparse
import json
import resource
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from time import perf_counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.hostile import TARGETS
from tests.hostile.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of the attacks on one target; `slowest_ms` is of one case."""

    target: str
    cases: int
    taken: int
    refused: int
    findings: int
    slowest_ms: float
    seconds: float


def attack(target: Target, cases: int, number: int) -> Figures:
    """Attack one target so many times; print what is found."""
    counts: Counter[bool] = Counter()
    slowest = 0.0

    def attempt(case: object) -> None:
        nonlocal slowest
        started = perf_counter()
        taken = target.attempt(case)
        slowest = max(slowest, perf_counter() - started)
        counts[taken] += 1

    limits = settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    attempts = seed(number)(limits(given(target.cases)(attempt)))
    started, findings = perf_counter(), 0
    try:
        attempts()
    except Exception as finding:  # noqa: BLE001
        findings = 1
        print(f"{target.name}: {type(finding).__name__}: {finding}", file=sys.stderr)
        print("\n".join(getattr(finding, "__notes__", ())), file=sys.stderr)
    return Figures(
        target=target.name,
        cases=counts.total(),
        taken=counts[True],
        refused=counts[False],
        findings=findings,
        slowest_ms=round(slowest * 1000, 1),
        seconds=round(perf_counter() - started, 1),
    )


def main() -> int:
    """Attack all targets; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="of all targets")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one object per target")
    arguments = parser.parse_args()
    share = -(-arguments.cases // len(TARGETS))
    all_figures = []
    if not arguments.json:
        print(
            "| attacked | cases | taken | refused | findings | slowest ms | seconds |"
        )
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for target in TARGETS:
        figures = attack(target, share, arguments.seed)
        all_figures.append(figures)
        line = asdict(figures)
        print(
            json.dumps(line)
            if arguments.json
            else f"| {' | '.join(map(str, line.values()))} |",
            flush=True,
        )
    cases = sum(figures.cases for figures in all_figures)
    findings = sum(figures.findings for figures in all_figures)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"{cases} cases, {findings} findings, at most {megabytes} MB of memory",
        file=sys.stderr,
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
