"""The clock of Home Assistant's machine jumps, as on a Raspberry Pi without a battery.

By days, in both directions, while objects are in view, labels are given and heads are
trained. What a jump of Frigate's clock does is in `test_faults_messages`.
"""

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from time import time as wall_clock
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponseError

from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import ApiError, until
from tests.stack.broker import Broker
from tests.stack.clock import Clock, NoClockError
from tests.stack.home_assistant import HomeAssistant
from tests.stack.websocket import CommandError

from .stage import Stage, label_truly, staged

CAMERA = "front_door"
CLASSES = ("leo", "charlie")
DAY = 86_400
JUMPS = (3 * DAY, 0, -400 * DAY, 0)
# Longer than it takes until who was forgotten by Frigate is looked for (seconds).
IN_VIEW = 70


@dataclass(kw_only=True)
class Times:
    """A classifier, and the clock that its Home Assistant goes by."""

    stage: Stage
    clock: Clock

    async def jump(self, ahead: int) -> None:
        """Set the clock, and come back when Home Assistant goes by it; sign in anew.

        A browser does the same: its tokens are of another time.
        """
        self.clock.set(ahead)

        async def has_jumped() -> bool | None:
            # In the middle of a log-in the clock may jump: its code, or what was just
            # got for it, is of another time then, and refused.
            with contextlib.suppress(ClientResponseError, CommandError):
                await self.stage.hass.sign_in_again()
                return abs(await self._ahead() - ahead) < DAY / 2 or None
            return None

        await until(has_jumped, f"the clock to be {ahead} s ahead", within=60)
        await self.stage.hass.sign_in_again()

    async def _ahead(self) -> float:
        """Return how many seconds Home Assistant believes to be ahead of this test."""
        async with self.stage.api.websocket() as ws:
            template = {"template": "{{ now().timestamp() }}"}
            async with ws.subscribe("render_template", **template) as rendered:
                answer = await rendered.next()
        return float(answer["result"]) - wall_clock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def times(
    tmp_path_factory: pytest.TempPathFactory, broker: Broker
) -> AsyncIterator[Times]:
    """Return a trained classifier in a Home Assistant whose clock can be set."""
    folder: Path = tmp_path_factory.mktemp("clock")
    try:
        clock = Clock(folder)
    except NoClockError as err:
        pytest.skip(f"NOT TESTED: a clock that jumps. {err}")
    async with (
        FrigateSim(
            mqtt_port=broker.port,
            prefix="clock",
            version="0.18.0",
            past_events=40,
            speed=2,
        ) as sim,
        HomeAssistant(folder, env=clock.env) as hass,
    ):
        await hass.api.add_mqtt(broker)
        async with staged(hass, sim, "Clock") as stage:
            yield Times(stage=stage, clock=clock)


def has_ended(stage: Stage, event_id: str) -> bool:
    """Return whether Frigate has said that an object is gone."""
    return "end" in stage.said(event_id)


async def test_objects_end_when_they_are_gone_and_not_when_the_clock_jumps(
    times: Times,
) -> None:
    stage = times.stage
    # Frigate says little of what does not move; who has been forgotten is sought then.
    still = stage.sim.walk("charlie", "back_yard", duration=6, rest=2 * IN_VIEW)
    still.may_leave.clear()
    async with stage.api.websocket() as ws, ws.events("objclass_result") as results:
        for ahead in JUMPS:
            walk, first = await stage.names(results, camera=CAMERA)
            await times.jump(ahead)
            walk.may_leave.set()
            last = await stage.outcome(results, walk.id, final=True)
            assert has_ended(stage, walk.id), "it ended when the clock jumped"
            assert last["class"] in {"leo", None}
            assert last["attempts"] >= first["attempts"]
        await times.jump(3 * DAY)
        still.may_leave.set()
        last = await stage.outcome(results, still.id, final=True)
        assert has_ended(stage, still.id), "it ended when the clock jumped"
    await stage.api.wait_for_state("binary_sensor.clock_leo_in_view", "off", within=60)
    await times.jump(0)
    await stage.sees()
    stage.expect_calm()


# The tracker alone, by the jumping clock: Home Assistant looks for the forgotten once a
# minute, which a test seldom meets in just the moment in which Frigate is silent. Of
# the second object Frigate has said nothing for longer than one is remembered.
_IN_VIEW_BY_THE_CLOCK = """
import json, sys, time
from custom_components.objclass.frigate.messages import parse_event
from custom_components.objclass.objects.tracking import FORGET_AFTER, Tracker
after = dict(camera="yard", label="cat", frame_time=1.0, start_time=1.0)
after |= dict(score=0.9, box=[0, 0, 9, 9], position_changes=0)
tracker = Tracker()
for name in ("1.0-new", "1.0-old"):
    after["id"] = name
    message = parse_event(json.dumps({"type": "new", "before": after, "after": after}))
    tracker.update(message.after, ended=False)
tracker.get("1.0-old").last_seen -= FORGET_AFTER + 1
for _ in sys.stdin:
    overdue = [state.id for state in tracker.overdue()]
    print(json.dumps([time.time(), overdue]), flush=True)
"""


async def test_who_is_forgotten_has_nothing_to_do_with_jumps_of_the_clock(
    tmp_path: Path,
) -> None:
    try:
        clock = Clock(tmp_path)
    except NoClockError as err:
        pytest.skip(f"NOT TESTED: a clock that jumps. {err}")
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", _IN_VIEW_BY_THE_CLOCK),
        stdin=pipe,
        stdout=pipe,
        env={**os.environ, **clock.env},
    )
    assert program.stdin
    assert program.stdout
    for ahead in (0, *JUMPS):
        clock.set(ahead)
        is_ahead = False
        while not is_ahead:
            program.stdin.write(b"\n")
            now, overdue = json.loads(await program.stdout.readline())
            is_ahead = abs(now - wall_clock() - ahead) < DAY / 2
            await asyncio.sleep(0.1)
        assert overdue == ["1.0-old"]
    program.stdin.close()
    assert await program.wait() == 0


async def go_on_labelling(
    stage: Stage, said: dict[str, str], enough: asyncio.Event
) -> None:
    """Label one crop after the other, and note what was acknowledged."""
    samples = sorted(await stage.samples())
    async with stage.api.websocket() as ws:
        for turn in itertools.count():
            if enough.is_set():
                return
            sample, name = samples[turn % len(samples)], CLASSES[turn % 2]
            await ws.command(
                "objclass/label",
                classifier_id=stage.classifier,
                sample_ids=[sample],
                **{"class": name},
            )
            said[sample] = name


async def go_on_training(
    stage: Stage, numbers: list[int], enough: asyncio.Event
) -> None:
    """Train again and again, and note what came of it."""
    async with stage.api.websocket() as ws:
        while not enough.is_set():
            trained = await ws.command("objclass/train", classifier_id=stage.classifier)
            numbers.append(trained["number"])


@asynccontextmanager
async def at_work(
    *jobs: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
) -> AsyncIterator[None]:
    """Let these go on for as long as the context lasts; none may end by itself.

    What each is at in the end is waited for: it may be done already, and unheard of.
    """
    enough = asyncio.Event()
    tasks = [asyncio.create_task(job(enough)) for job in jobs]
    try:
        yield
        assert not [task for task in tasks if task.done()]
    finally:
        enough.set()
        await asyncio.gather(*tasks)


async def test_labels_and_trainings_while_the_clock_jumps_are_there_after_a_restart(
    times: Times,
) -> None:
    stage, said, numbers = times.stage, dict[str, str](), list[int]()
    async with at_work(
        partial(go_on_labelling, stage, said), partial(go_on_training, stage, numbers)
    ):
        for ahead in (*JUMPS, -DAY):

            async def trained(more_than: int = len(numbers) + 1) -> bool | None:
                return (said and len(numbers) > more_than) or None

            await until(trained, "a training to begin and end", within=120)
            await times.jump(ahead)
    assert numbers == sorted({*numbers}), "a training has overwritten another"
    known = await stage.samples()
    assert known.items() >= said.items()

    # The files are of days that are yet to come.
    await stage.hass.restart()
    await stage.api.wait_for_entry(stage.entry_id, within=120)
    assert await stage.samples() == known
    report = await stage.command("report")
    (current,) = [one for one in report["history"] if one["current"]]
    assert current["number"] >= numbers[-1]
    await times.jump(0)
    await label_truly(stage, known)
    await stage.command("train")
    await stage.sees()
    stage.expect_calm()


async def test_crops_keep_their_order_and_a_new_address_shows_them_at_any_time(
    times: Times,
) -> None:
    stage = times.stage
    seen = [await stage.sees()]
    for ahead in (2 * DAY, -2 * DAY, 0):
        (newest, *_) = (await stage.command("samples", limit=1))["samples"]
        before = newest["image"]
        assert await picture(stage, before)
        await times.jump(ahead)
        if ahead > 0:
            with pytest.raises(ApiError) as refusal:
                await picture(stage, before)
            assert refusal.value.status == HTTPStatus.FORBIDDEN
        about = {"sample_ids": [newest["id"]]}
        address = (await stage.command("addresses", **about))[newest["id"]]["image"]
        assert await picture(stage, address)
        seen.append(await stage.sees())
    shown = (await stage.command("samples", limit=200))["samples"]
    order = [one["id"].rpartition("-")[0] for one in shown]
    assert [event for event in dict.fromkeys(order) if event in seen] == seen[::-1]
    times_taken = [one["time"] for one in shown]
    assert times_taken == sorted(times_taken, reverse=True)
    stage.expect_calm()


async def picture(stage: Stage, address: str) -> bytes:
    return await stage.api.get_bytes(address, sign_in=False)
