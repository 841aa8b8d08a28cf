"""`scripts/benchmark pipeline`: that its own figures are right."""

import asyncio
import gc

import pytest

from benchmarks.load.latency import Way, Ways
from benchmarks.load.load import Loaded
from benchmarks.load.loop_monitor.lateness import CAUSES, Histogram, Lateness
from benchmarks.pipeline import load_figures, memory_figures, way_figures

MB = 1_000_000


def test_a_blocked_loop_shows_in_the_maximum_and_in_the_share_of_late_ticks() -> None:
    histogram = Histogram()
    for _ in range(990):
        histogram.add(0.00055)
    for _ in range(10):
        histogram.add(0.0305)

    figures = histogram.figures()

    assert figures["50"] == pytest.approx(0.6)
    assert figures["99"] == pytest.approx(0.6)
    assert figures["99.9"] == pytest.approx(30.6)
    assert figures["max"] == pytest.approx(30.5)
    assert Histogram().figures() == {}


def test_a_long_block_counts_for_what_took_most_of_it() -> None:
    lateness = Lateness()
    lateness.blame(0.030, busy=0.025, threads=0.005)
    lateness.blame(0.500, busy=0.010, threads=0.030)
    lateness.blame(0.100, busy=0.010, threads=0.010)

    taken = lateness.take()

    assert taken["blocks"] == {"collector": 0, "work": 1, "threads": 0, "machine": 2}
    assert taken["longest"]["work"] == pytest.approx(30)
    assert taken["longest"]["machine"] == pytest.approx(500)
    assert sum(lateness.take()["blocks"].values()) == 0


async def test_a_collection_counts_as_one_whichever_thread_runs_it() -> None:
    rubbish = [[number] for number in range(1_000_000)]  # takes well over 20 ms
    lateness = Lateness()
    ticking = asyncio.create_task(lateness.tick())
    await asyncio.sleep(0.01)
    for _ in range(3):
        await asyncio.to_thread(gc.collect)
    await asyncio.sleep(0.01)
    ticking.cancel()

    blocks = lateness.take()["blocks"]
    assert blocks["collector"] >= 1
    assert blocks["threads"] == 0
    assert len(rubbish) == 1_000_000


def test_the_way_of_a_message_is_told_without_download_and_look() -> None:
    way = Way(states=1, total=0.034, download=0.002, look=0.020)
    slow = Way(states=1, total=0.134, download=0.002, look=0.020)

    found = {
        figure.figure: figure
        for figure in way_figures("one", Ways(ways=[way] * 9 + [slow], processor=0.03))
    }

    assert found["one: more than download and look, median"].value == pytest.approx(12)
    late = found["one: more than download and look, 95 of 100"]
    assert late.value == pytest.approx(112)
    assert late.goal == 5


def test_messages_that_change_no_sensor_are_no_figure() -> None:
    with pytest.raises(RuntimeError, match="No message changed a sensor"):
        way_figures("one", Ways(ways=[], processor=0.0))


def test_memory_is_compared_with_what_it_is_after_warm_up() -> None:
    rss = [200 * MB] * 20 + [300 * MB] * 60 + [330 * MB] * 20

    found = {figure.figure: figure for figure in memory_figures(rss, goal=1.05)}

    assert found["memory after warm-up"].value == 300
    assert found["growth after warm-up"].value == pytest.approx(1.1)
    assert found["growth after warm-up"].goal == 1.05


def test_old_objects_that_are_looked_at_and_errors_miss_their_goals() -> None:
    times = {"max": 12.0, "50": 0.1, "99": 1.0, "99.9": 5.0}
    loaded = Loaded(
        sent=20000,
        loop={
            "late": times,
            "busy": times,
            "collecting": {},
            "blocks": dict.fromkeys(CAUSES, 0),
            "longest": dict.fromkeys(CAUSES, 0),
            "collections": {"full": 2},
        },
        alone={"late": times, "busy": times},
        rss=[MB],
        attempts=500,
        dropped=900,
        invalid=1,
        looked_late=60,
        not_newest=2,
        catching_up=3.0,
        processor=0.5,
        collecting=300.0,
    )

    missed = {
        figure.figure
        for figure in load_figures(loaded)
        if figure.goal is not None and figure.value > figure.goal
    }

    assert missed == {
        "messages refused, errors",
        "... of those, not of the newest objects",
    }
