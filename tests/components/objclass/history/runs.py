"""Runs over the past, from their start to their end."""

import asyncio
import time
from typing import Any

import voluptuous as vol
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.history.asking import FIELDS, job_of
from custom_components.objclass.history.found import Found
from custom_components.objclass.history.history import History
from custom_components.objclass.history.run import Run
from tests.frigate_sim.cameras import BACK_YARD, FRONT_DOOR
from tests.frigate_sim.objects import SimObject

from ..conftest import Frigate, data_of

HOUR = 3600.0
QUICK: dict[str, Any] = {"days": 30, "per_second": 50}


def been(
    frigate: Frigate, name: str = "leo", *, hours: float, back_yard: bool = False
) -> SimObject:
    """Let somebody have walked past, some hours ago."""
    place = BACK_YARD if back_yard else FRONT_DOOR
    return frigate.world.add_past(name, place, time.time() - hours * HOUR)


def history_of(entry: MockConfigEntry) -> History:
    return data_of(entry).need_frigate().history


async def start(entry: MockConfigEntry, *numbers: int, **asked: Any) -> Run:
    """Start a run with the classifiers of these numbers, or with all."""
    known = list(data_of(entry).classifiers)
    chosen = [known[number] for number in numbers] or known
    data = vol.Schema(FIELDS)(QUICK | asked)
    return await history_of(entry).async_start(job_of(entry, chosen, data))


async def at_rest(entry: MockConfigEntry) -> Run:
    """Wait until the newest run does nothing any more, and return it."""
    history = history_of(entry)
    while history._work:
        await asyncio.wait([history._task])
    return history.runs.kept[0]


def looked_at(entry: MockConfigEntry) -> int:
    """Return at how many objects the run at work has looked."""
    work = history_of(entry)._work
    return work.tally.counts().done if work and work.tally else 0


async def ran(entry: MockConfigEntry, *numbers: int, **asked: Any) -> Run:
    """Start a run and return it when it has ended."""
    await start(entry, *numbers, **asked)
    return await at_rest(entry)


async def applied(entry: MockConfigEntry) -> Run:
    """Apply the newest run and return it when it has ended."""
    history = history_of(entry)
    await history.async_apply(history.runs.kept[0].id)
    return await at_rest(entry)


async def results(entry: MockConfigEntry, **asked: Any) -> list[Found]:
    """Return what the newest run has found, newest object first."""
    runs = history_of(entry).runs
    page = await runs.async_files(runs.store.page, runs.kept[0].id, **asked)
    return list(page.results)
