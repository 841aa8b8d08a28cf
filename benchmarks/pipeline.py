"""Many cameras at once: what it costs Home Assistant, and how long a message takes.

A real Home Assistant, a real broker, and a Frigate that only answers (see load/).

load     50 cameras, 200 messages a second for a minute with bursts of 2,000 of distinct
         objects; ten classifiers look at every second object, one at the others; and
         what the same messages do to a Home Assistant that only reads them
latency  messages one by one: until the sensors show the result, beside what the
         download and the look took in that moment; one classifier, and ten on a label
models   one head, ten heads, and ten int8 models as Frigate runs them, on LiteRT
start    what 20 classifiers with 200 crops each add to the start of Home Assistant
soak     as load for --soak minutes, for memory; only when asked for

How late the event loop is, is told beside how late the loop of an idle program is at
the same time: a machine with other work lets both wait.
With --json it prints one object per figure: figure, value, unit, goal (at most; null:
none).
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Final

from .load import ten_models
from .load.home import Classifiers, Home, running_home
from .load.latency import Way, Ways, latency
from .load.load import Floor, Loaded, load, only_read

CAMERAS: Final = 50
SECONDS: Final = 60
BURST_EVERY: Final = 15
MESSAGES: Final = 200  # whose way is timed, for each of one and ten classifiers
STARTS: Final = 3
PARTS: Final = ("latency", "load", "models", "start")
MANY: Final = (Classifiers(label="cat", count=1), Classifiers(label="dog", count=10))
MB: Final = 1e6


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something that was measured, and what it should be at most."""

    figure: str
    value: float
    unit: str
    goal: float | None = None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark pipeline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one object per line")
    parser.add_argument(
        "--soak", type=int, nargs="?", const=10, metavar="MINUTES", help="only this"
    )
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="only these"
    )
    options = parser.parse_args()
    asyncio.run(measure(options))


async def measure(options: argparse.Namespace) -> None:
    """Measure and print what was asked for."""
    async with contextlib.AsyncExitStack() as stack:
        parts: list[AsyncIterator[Figure]] = []
        if options.soak or {*options.parts} & {*IN_MANY}:
            home = await stack.enter_async_context(many_cameras())
            if options.soak:
                parts = [soak(home, options.soak)]
            else:
                parts = [
                    IN_MANY[name](home) for name in IN_MANY if name in options.parts
                ]
        for part in parts:
            async for figure in part:
                show(figure, as_json=options.json)
    if not options.soak:
        for name in options.parts:
            if name in ALONE:
                async for figure in ALONE[name]():
                    show(figure, as_json=options.json)


def show(figure: Figure, *, as_json: bool) -> None:
    """Print a line."""
    if as_json:
        print(json.dumps(asdict(figure)), flush=True)
    else:
        goal = "" if figure.goal is None else f"   (goal {figure.goal:g})"
        missed = figure.goal is not None and figure.value > figure.goal
        print(
            f"{figure.figure:64} {figure.value:9.2f} {figure.unit:5}{goal}"
            f"{' MISSED' if missed else ''}",
            flush=True,
        )


async def under_load(home: Home) -> AsyncIterator[Figure]:
    """Send messages for a minute."""
    labels = [item.label for item in MANY]
    floor = await only_read(home, labels, seconds=SECONDS, burst_every=BURST_EVERY)
    done = await load(home, labels, seconds=SECONDS, burst_every=BURST_EVERY)
    for figure in [
        *load_figures(done),
        *floor_figures(floor),
        *memory_figures(done.rss),
    ]:
        yield figure


def load_figures(done: Loaded) -> list[Figure]:
    """Return what a minute of load came to."""
    late, busy, alone = done.loop["late"], done.loop["busy"], done.alone["late"]
    return [
        Figure(figure="messages sent", value=done.sent, unit=""),
        Figure(
            figure="event loop blocked, longest", value=late["max"], unit="ms", goal=20
        ),
        Figure(figure="event loop blocked, 99.9 %", value=late["99.9"], unit="ms"),
        Figure(figure="event loop blocked, 99 %", value=late["99"], unit="ms"),
        *blocks(done),
        Figure(
            figure="the loop's own work between two ticks, longest",
            value=busy["max"],
            unit="ms",
            goal=20,
        ),
        Figure(
            figure="the loop's own work between two ticks, 99.9 %",
            value=busy["99.9"],
            unit="ms",
        ),
        Figure(
            figure="an idle program beside it: late, longest",
            value=alone["max"],
            unit="ms",
        ),
        Figure(
            figure="an idle program beside it: late, 99.9 %",
            value=alone["99.9"],
            unit="ms",
        ),
        Figure(figure="looks made", value=done.attempts, unit=""),
        Figure(figure="looks dropped and counted", value=done.dropped, unit=""),
        Figure(figure="messages refused, errors", value=done.invalid, unit="", goal=0),
        Figure(
            figure="pictures asked for after the last burst",
            value=done.looked_late,
            unit="",
        ),
        Figure(
            figure="... of those, not of the newest objects",
            value=done.not_newest,
            unit="",
            goal=0,
        ),
        Figure(
            figure="nothing waits after the last message",
            value=done.catching_up,
            unit="s",
        ),
        Figure(figure="processors used", value=done.processor, unit=""),
        Figure(
            figure="full runs of Python's garbage collector",
            value=done.loop["collections"]["full"],
            unit="times",
        ),
        Figure(
            figure="one full run of Python's garbage collector",
            value=done.collecting,
            unit="ms",
        ),
    ]


def floor_figures(floor: Floor) -> list[Figure]:
    """Return what the same messages do to a Home Assistant that only reads them."""
    return [
        Figure(
            figure="without the integration: full runs of Python's garbage collector",
            value=floor.loop["collections"]["full"],
            unit="times",
        ),
        *_floor_times(floor),
    ]


def _floor_times(floor: Floor) -> list[Figure]:
    return [
        Figure(figure=f"without the integration: {name}", value=value, unit="ms")
        for name, value in (
            ("event loop blocked, longest", floor.loop["late"]["max"]),
            ("event loop blocked, 99.9 %", floor.loop["late"]["99.9"]),
            (
                "the loop's own work between two ticks, longest",
                floor.loop["busy"]["max"],
            ),
            ("one full run of Python's garbage collector", floor.collecting),
        )
    ]


def blocks(done: Loaded) -> list[Figure]:
    """Return whose fault it was when the loop was blocked for long, and for how long.

    Other threads share the interpreter with the loop's; the machine's is what none of
    Home Assistant's threads had.
    """
    names = {
        "work": "the loop's own work",
        "collector": "Python's garbage collector",
        "threads": "other threads of Home Assistant",
        "machine": "other programs",
    }
    return [
        figure
        for cause, name in names.items()
        for figure in (
            Figure(
                figure=f"blocked for more than 20 ms, mostly by {name}",
                value=done.loop["blocks"][cause],
                unit="times",
            ),
            Figure(
                figure=f"blocked mostly by {name}, longest",
                value=done.loop["longest"][cause],
                unit="ms",
            ),
        )
    ]


async def soak(home: Home, minutes: int) -> AsyncIterator[Figure]:
    """Send messages for long, and watch the memory once it has warmed up."""
    labels = [item.label for item in MANY]
    done = await load(home, labels, seconds=minutes * 60, burst_every=BURST_EVERY)
    for figure in [*load_figures(done), *memory_figures(done.rss, goal=1.05)]:
        yield figure


def memory_figures(rss: Sequence[int], *, goal: float | None = None) -> list[Figure]:
    """Compare the time after the first fifth, the warm-up, with the last fifth.

    In a minute, what is still filling up, such as what ended last, counts as growth.
    """
    fifth = len(rss) // 5
    early, late = median(rss[fifth : 2 * fifth]), median(rss[-fifth:])
    return [
        Figure(figure="memory of the process at first", value=rss[0] / MB, unit="MB"),
        Figure(figure="memory after warm-up", value=early / MB, unit="MB"),
        Figure(figure="memory at the end", value=late / MB, unit="MB"),
        Figure(
            figure="growth after warm-up", value=late / early, unit="times", goal=goal
        ),
    ]


async def one_by_one(home: Home) -> AsyncIterator[Figure]:
    """Time messages one by one."""
    one = await latency(home, "cat", messages=MESSAGES)
    ten = await latency(home, "dog", messages=MESSAGES)
    for name, ways in (("one classifier", one), ("ten classifiers", ten)):
        for figure in way_figures(name, ways):
            yield figure
    yield Figure(
        figure="message to the last state, ten classifiers beside one",
        value=median_of(ten, lambda way: way.total)
        / median_of(one, lambda way: way.total),
        unit="times",
        goal=1.2,
    )
    yield Figure(
        figure="processor time per message, ten classifiers beside one",
        value=ten.processor / one.processor,
        unit="times",
    )


def way_figures(name: str, result: Ways) -> list[Figure]:
    """Return how long messages took with so many classifiers."""
    if not result.ways:
        raise RuntimeError("No message changed a sensor")
    extra = sorted(way.extra * 1000 for way in result.ways)
    return [
        Figure(figure=f"{name}: messages timed", value=len(extra), unit=""),
        Figure(
            figure=f"{name}: sensors per message",
            value=fmean(way.states for way in result.ways),
            unit="",
        ),
        Figure(
            figure=f"{name}: message to state, median",
            value=median_of(result, lambda way: way.total),
            unit="ms",
        ),
        Figure(
            figure=f"{name}: download, median",
            value=median_of(result, lambda way: way.download),
            unit="ms",
        ),
        Figure(
            figure=f"{name}: look, median",
            value=median_of(result, lambda way: way.look),
            unit="ms",
        ),
        Figure(
            figure=f"{name}: more than download and look, median",
            value=median(extra),
            unit="ms",
        ),
        Figure(
            figure=f"{name}: more than download and look, 95 of 100",
            value=extra[min(len(extra) * 95 // 100, len(extra) - 1)],
            unit="ms",
            goal=5,
        ),
        Figure(
            figure=f"{name}: processor time per message, all that is kept included",
            value=result.processor * 1000,
            unit="ms",
        ),
    ]


def median_of(result: Ways, part: Callable[[Way], float]) -> float:
    """Return the median of a part of the ways, in ms."""
    return median(part(way) for way in result.ways) * 1000


async def side_by_side() -> AsyncIterator[Figure]:
    """Time heads beside models."""
    with tempfile.TemporaryDirectory(prefix="objclass-benchmark-") as name:
        took = await asyncio.to_thread(ten_models.measure, Path(name))
    yield Figure(figure="crop to answers, one classifier", value=took["one"], unit="ms")
    yield Figure(figure="crop to answers, ten", value=took["ten"], unit="ms")
    yield Figure(
        figure="crop to answers, ten beside one",
        value=took["ten"] / took["one"],
        unit="times",
        goal=1.2,
    )
    yield Figure(
        figure="picture to answers, ten beside one",
        value=took["ten_looks"] / took["one_look"],
        unit="times",
        goal=1.2,
    )
    if "models" not in took:
        print(f"Left out: there is no TensorFlow in {ten_models.PEER}", file=sys.stderr)
        return
    yield Figure(
        figure="ten int8 models of width 0.35", value=took["models"], unit="ms"
    )
    yield Figure(
        figure="ten classifiers beside ten such models",
        value=took["ten"] / took["models"],
        unit="times",
        goal=0.5,
    )


async def starts() -> AsyncIterator[Figure]:
    """Start with and without classifiers."""
    with tempfile.TemporaryDirectory(prefix="objclass-benchmark-") as name:
        async with running_home(Path(name), cameras=4) as home:
            without = [await _start(home) for _ in range(STARTS)]
            await home.add([Classifiers(label="cat", count=20)], samples=200)
            among = [await _start(home) for _ in range(STARTS)]
    yield Figure(
        figure="set-up without a classifier, median", value=median(without), unit="s"
    )
    yield Figure(
        figure="set-up with 20 of 200 crops each, median", value=median(among), unit="s"
    )
    yield Figure(
        figure="what they add to the start",
        value=median(among) - median(without),
        unit="s",
        goal=0.5,
    )
    yield Figure(
        figure="what they add, least of each",
        value=min(among) - min(without),
        unit="s",
    )


async def _start(home: Home) -> float:
    await home.restart()
    return await home.setup_seconds()


@contextlib.asynccontextmanager
async def many_cameras() -> AsyncIterator[Home]:
    """Run a home with many cameras and trained classifiers."""
    with tempfile.TemporaryDirectory(prefix="objclass-benchmark-") as name:
        async with running_home(Path(name), cameras=CAMERAS) as home:
            await home.add(MANY, samples=200)
            yield home


IN_MANY: Final[dict[str, Callable[[Home], AsyncIterator[Figure]]]] = {
    "latency": one_by_one,
    "load": under_load,
}
ALONE: Final[dict[str, Callable[[], AsyncIterator[Figure]]]] = {
    "models": side_by_side,
    "start": starts,
}

if __name__ == "__main__":
    main()
