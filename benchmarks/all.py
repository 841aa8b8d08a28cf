"""Every benchmark in one run on one machine, held against its goals.

Writes benchmarks/results.json (what each printed, its figures, and the goals that are
missed) and the same as tables into benchmarks/README.md. Takes about 45 minutes on two
free cores. The photos and the weights of Frigate's network are looked for in ../shared.
What fails is named, and counts as missed; tasks from outside that nobody has provided
(--outside) are named as not run. With --only the named ones are run, and the others
keep their last results.
"""

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from learning.files import write_atomically

from . import goals
from .make_tasks import PHOTOS, TASKS, UNKNOWN, make_tasks
from .results import as_tables, put_into

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "benchmarks" / "results.json"
README: Final = ROOT / "benchmarks" / "README.md"
OUTSIDE: Final = TASKS / "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What `scripts/benchmark` is given, --json left out, and who judges its lines."""

    title: str
    command: Sequence[str]
    judge: goals.Judge
    needs: Path | None = None  # a folder that a person provides


def benchmarks(photos: Path, outside: Path) -> dict[str, Benchmark]:
    """Return what is run, in this order. A new benchmark is a new item here.

    photos: the shared ones; outside: a folder of other tasks. Relative to ROOT.
    """
    shared, tasks = str(photos), TASKS.relative_to(ROOT)
    finer, unknown = str(tasks / "finer"), ("--unknown", UNKNOWN)
    same_kind = "Strangers of the same kind, after consensus"
    both = ("--objects", "walks", "photos")
    # One seed says little where pictures are few.
    seeds = ("--seeds", "3")
    few = ("--per-class", "10", *seeds)
    digits = str(tasks / "digits")
    return {
        "peer": Benchmark(
            title="Beside Frigate's own recipe: 40 pictures per class",
            command=("peer", shared, "--threads", "2"),
            judge=goals.peer,
        ),
        "peer_10": Benchmark(
            title="Beside Frigate's own recipe: 10 pictures per class",
            command=("peer", shared, "--threads", "2", *few),
            judge=goals.peer,
        ),
        "peer_finer": Benchmark(
            title="Beside Frigate's own recipe: finer tasks",
            # Its seconds are most of the run's: half of the tasks.
            command=("peer", finer, "--threads", "2"),
            judge=goals.peer,
        ),
        "peer_digits": Benchmark(
            title="Beside Frigate's own recipe: scanned digits",
            command=("peer", digits, "--threads", "2"),
            judge=goals.peer,
        ),
        "peer_outside": Benchmark(
            title="Beside Frigate's own recipe: tasks from outside",
            command=("peer", str(outside), "--threads", "2"),
            judge=goals.peer,
            needs=outside,
        ),
        "runtime": Benchmark(
            title="One embedding on each runtime",
            command=("runtime",),
            judge=goals.runtime,
        ),
        "learning": Benchmark(
            title="Right and honest: 40 pictures per class",
            command=("learning", shared),
            judge=goals.learning,
        ),
        "learning_10": Benchmark(
            title="Right and honest: 10 pictures per class",
            command=("learning", shared, *few),
            judge=goals.learning,
        ),
        "learning_finer": Benchmark(
            title="Right and honest: finer tasks",
            # Most classes have a few pictures, and few are left to judge by.
            command=("learning", finer, *seeds),
            judge=goals.learning,
        ),
        "learning_digits": Benchmark(
            title="Right and honest: scanned digits",
            command=("learning", digits),
            judge=goals.learning,
        ),
        "learning_outside": Benchmark(
            title="Right and honest: tasks from outside",
            command=("learning", str(outside)),
            judge=goals.learning,
            needs=outside,
        ),
        "neighbours": Benchmark(
            title="Strangers of the same kind",
            command=("learning", str(tasks / "neighbours"), *unknown),
            judge=goals.neighbours,
        ),
        "unrelated": Benchmark(
            title="Something else altogether",
            command=("learning", str(tasks / "unrelated"), *unknown),
            judge=goals.unrelated,
        ),
        "strangers": Benchmark(
            title=same_kind,
            command=("strangers", str(tasks / "neighbours"), *both, *seeds),
            judge=goals.strangers,
        ),
        "with_none": Benchmark(
            title=f"{same_kind}, with examples of none",
            command=("strangers", str(tasks / "with_none"), *both, *seeds),
            judge=goals.strangers,
        ),
        "active": Benchmark(
            title="The right labels",
            command=("active", shared),
            judge=goals.active,
        ),
        "active_outside": Benchmark(
            title="The right labels: tasks from outside",
            command=("active", str(outside)),
            judge=goals.active,
            needs=outside,
        ),
        "collect": Benchmark(
            title="A rare class among what is collected",
            command=("collect", shared),
            judge=goals.collect,
        ),
        "collect_finer": Benchmark(
            title="A rare class among what is collected: finer tasks",
            # Four tasks, each class rare in turn: half of the seeds are enough.
            command=("collect", finer, "--seeds", "5"),
            judge=goals.collect,
        ),
        "export": Benchmark(
            title="An export beside its classifier",
            command=("export", shared),
            judge=goals.export,
        ),
        "hostile": Benchmark(
            title="Hostile input",
            command=("hostile",),
            judge=goals.hostile,
        ),
        "pipeline": Benchmark(
            title="Many cameras at once",
            command=("pipeline",),
            judge=goals.stated,
        ),
        "soak": Benchmark(
            title="Many cameras for ten minutes",
            command=("pipeline", "--soak", "10"),
            judge=goals.stated,
        ),
        "panel": Benchmark(
            title="The panel with thousands of crops",
            command=("panel",),
            judge=goals.stated,
        ),
    }


def main() -> None:
    """Run, write, and say what is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", metavar="DIR", type=Path, default=PHOTOS)
    parser.add_argument(
        "--outside",
        metavar="DIR",
        type=Path,
        default=OUTSIDE,
        help="<task>/<class>/*.jpg of your own (.dev/tasks/outside)",
    )
    parser.add_argument("--only", metavar="NAME", nargs="+", default=[])
    options = parser.parse_args()
    if not options.photos.is_dir():
        raise SystemExit(f"There is no folder {options.photos}; see --photos")
    photos, outside = (
        Path(os.path.relpath(folder, ROOT))
        for folder in (options.photos, options.outside)
    )
    known = benchmarks(photos, outside)
    if unknown := [name for name in options.only if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    make_tasks(options.photos, TASKS)
    last = _last_results() if options.only else {}
    # One that was renamed since has no place any more.
    results = {name: result for name, result in last.items() if name in known}
    for name in options.only or known:
        results[name] = run(known[name])
        print(as_tables({name: results[name]}), flush=True)
        # After each, so that a run that is ended early is not lost.
        write({name: results[name] for name in known if name in results})
    missed = missed_goals(results)
    print("\n".join(["Missed:", *missed]) if missed else "No goal is missed.")
    if without := not_run(results):
        print("\n".join(["Not run:", *without]))


def write(results: Mapping[str, Mapping[str, Any]]) -> None:
    """Write all results down, for programs and for people."""
    content = {
        "machine": machine(),
        "missed": missed_goals(results),
        "not_run": not_run(results),
        "benchmarks": results,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_atomically(RESULTS, text.encode())
    put_into(README, content)


def run(benchmark: Benchmark) -> dict[str, Any]:
    """Run one benchmark in a process of its own; return what came of it."""
    command = ["scripts/benchmark", *benchmark.command]
    if benchmark.needs is not None and not (ROOT / benchmark.needs).is_dir():
        print(f"==> {benchmark.title}: not run", file=sys.stderr, flush=True)
        return {
            "title": benchmark.title,
            "command": shlex.join(command),
            "not_run": f"there is no folder {benchmark.needs}",
            "lines": [],
        }
    print(f"==> {shlex.join(command)}", file=sys.stderr, flush=True)
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--json"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
    )
    result = {
        "title": benchmark.title,
        "command": shlex.join(command),
        "seconds": round(time.perf_counter() - started, 1),
        "load": round(os.getloadavg()[0], 1),
        "commit": _commit(),
        "time": datetime.now(UTC).isoformat(timespec="minutes"),
    }
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or not lines:
        return result | {"failed": f"it ended with {done.returncode}", "lines": lines}
    figures = [
        {
            "name": figure.name,
            "value": figure.value,
            "goal": figure.goal,
            "met": figure.met,
        }
        for figure in benchmark.judge(lines)
    ]
    return result | {"figures": figures, "lines": lines}


def missed_goals(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return in words what falls short, and what failed."""
    missed = []
    for result in results.values():
        if why := result.get("failed"):
            missed.append(f"{result['title']}: {why}")
        for figure in result.get("figures", ()):
            if figure["met"] is False:
                direction, limit = figure["goal"]
                found = "-" if figure["value"] is None else f"{figure['value']:.3g}"
                missed.append(
                    f"{result['title']}: {figure['name']}: {found},"
                    f" wanted {direction} {limit:.3g}"
                )
    return missed


def not_run(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return in words what there was nothing to measure on."""
    return [
        f"{result['title']}: {result['not_run']}"
        for result in results.values()
        if "not_run" in result
    ]


def machine() -> dict[str, Any]:
    """Return what the figures were measured on, and when."""
    return {
        "processor": _processor(),
        "processors": os.process_cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _commit() -> str | None:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return done.stdout.strip() or None


def _last_results() -> dict[str, Any]:
    try:
        results: dict[str, Any] = json.loads(RESULTS.read_bytes())["benchmarks"]
    except FileNotFoundError:
        return {}
    return results


if __name__ == "__main__":
    main()
