"""Hostile input by the thousand: nothing but being taken, or refused with a message.

Every target of `tests/hostile` gets its share of the cases: damaged messages, answers,
models, zips, pictures, heads and files of SQLite's, and names that nobody should give.
What raises anything else, takes what it must not, does not end, or writes outside of
its folder is a finding; it is shown in its smallest form, and the exit status is 1.

Each target has a process of its own, so that what one leaves in memory slows no other,
and a process that dies is a finding like any other. Seconds and milliseconds are of
the processor's time, which hardly depends on what else the machine does.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from time import process_time
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.hostile import TARGETS
from tests.hostile.target import Target

# So many are made in one go: what is remembered of them makes the next ones slower.
_ROUND: Final = 1000
# A case that takes more of the processor's seconds may as well go on for ever.
_LONGEST: Final = 60
# For a target that there are not so many different cases of.
_MOST_ROUNDS: Final = 4
_ENOUGH: Final = 3
_MEMORY: Final = 4 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of the attacks on one target.

    `different` is how many cases there were, counting equal ones once; the others are
    of all. `slowest_ms` is of one case, `megabytes` the most memory of the process.
    """

    target: str
    different: int = 0
    cases: int = 0
    taken: int = 0
    refused: int = 0
    findings: int = 0
    slowest_ms: float = 0.0
    megabytes: int = 0
    seconds: float = 0.0


class Attack:
    """Attacks one target, and counts."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._counts: Counter[bool] = Counter()
        self._different: set[bytes] = set()
        self._findings = 0
        self._slowest = 0.0

    def run(self, cases: int, number: int) -> Figures:
        """Attack with so many different cases; print what is found."""
        started, size = process_time(), min(_ROUND, cases)
        # Hypothesis likes some cases so much that it tries them again.
        for turn in range(_MOST_ROUNDS * -(-cases // size)):
            if len(self._different) >= cases or self._findings >= _ENOUGH:
                break
            self._round(size, number + turn)
        return Figures(
            target=self._target.name,
            cases=self._counts.total(),
            different=len(self._different),
            taken=self._counts[True],
            refused=self._counts[False],
            findings=self._findings,
            slowest_ms=round(self._slowest * 1000, 1),
            megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            seconds=round(process_time() - started, 1),
        )

    def _round(self, cases: int, number: int) -> None:
        limits = settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        try:
            seed(number)(limits(given(self._target.cases)(self._attempt)))()
        except Exception as finding:  # noqa: BLE001
            several = finding.exceptions if isinstance(finding, ExceptionGroup) else ()
            for one in several or (finding,):
                self._findings += 1
                name = f"{self._target.name}: {type(one).__name__}"
                notes = getattr(one, "__notes__", ())
                print(f"{name}: {one}", *notes, sep="\n", file=sys.stderr)

    def _attempt(self, case: object) -> None:
        self._different.add(blake2b(repr(case).encode(), digest_size=8).digest())
        started = process_time()
        with _no_longer_than(_LONGEST):
            taken = self._target.attempt(case)
        self._slowest = max(self._slowest, process_time() - started)
        self._counts[taken] += 1


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError(f"not done after {seconds} s")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def attack_apart(name: str, cases: int, number: int) -> Figures:
    """Attack the target of that name in a process of its own."""
    options = ["--target", name, "--cases", str(cases), "--seed", str(number)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.hostile", "--json", *options],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    try:
        return Figures(**json.loads(done.stdout))
    except ValueError:
        print(f"{name}: the process ended with {done.returncode}", file=sys.stderr)
        return Figures(target=name, findings=1)


def main() -> int:
    """Attack all targets, or one; return the exit status."""
    targets = {target.name: target for target in TARGETS}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="different ones")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--target", choices=sorted(targets), help="all cases for one")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count())
    parser.add_argument("--json", action="store_true", help="one object per target")
    arguments = parser.parse_args()
    if arguments.target:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        attack = Attack(targets[arguments.target])
        (figures,) = show(
            [attack.run(arguments.cases, arguments.seed)], as_json=arguments.json
        )
        return 1 if figures.findings else 0
    share = -(-arguments.cases // len(targets))
    with ThreadPoolExecutor(arguments.jobs) as attackers:
        results = attackers.map(
            lambda name: attack_apart(name, share, arguments.seed), targets
        )
        all_figures = list(show(results, as_json=arguments.json))
    cases = sum(figures.different for figures in all_figures)
    findings = sum(figures.findings for figures in all_figures)
    print(f"{cases} different cases, {findings} findings", file=sys.stderr)
    return 1 if findings else 0


def show(results: Iterable[Figures], *, as_json: bool) -> Iterator[Figures]:
    """Print figures as they come, and pass them on."""
    if not as_json:
        columns = [field.name.replace("_", " ") for field in fields(Figures)]
        print(f"| {' | '.join(columns)} |\n| --- |{' ---: |' * (len(columns) - 1)}")
    for figures in results:
        line = asdict(figures)
        row = f"| {' | '.join(map(str, line.values()))} |"
        print(json.dumps(line) if as_json else row, flush=True)
        yield figures


if __name__ == "__main__":
    sys.exit(main())
