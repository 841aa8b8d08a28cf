"""Reloaded twenty times and removed: nothing is left over. Two Frigates do not mix.

Tasks, timers, threads and objects are counted inside Home Assistant (`inspector`),
open files by the kernel, subscriptions by the broker.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.frigate_sim.faults import Fault
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import until
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.websocket import CommandError

from .stage import Stage, add_classifier, add_entry, staged

RELOADS = 20
# So often the broker, which counts once a second, has to tell the same.
AT_REST = 5
# Of Home Assistant's own pool there may be more with time, and of its own libraries.
OTHERS = ("SyncWorker", "ImportExecutor", "waitpid", "asyncio", "Dummy", "recorder")


@asynccontextmanager
async def frigate(broker: Broker, prefix: str) -> AsyncIterator[FrigateSim]:
    async with FrigateSim(
        mqtt_port=broker.port,
        prefix=prefix,
        version="0.18.0",
        past_events=40,
        speed=2,
        seed=len(prefix),
    ) as sim:
        yield sim


async def held(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is held on to right now."""
    async with (
        hass.api.websocket() as ws,
        ws.subscribe(
            "mqtt/subscribe", topic="$SYS/broker/subscriptions/count"
        ) as counts,
    ):
        found: dict[str, Any] = await ws.command("inspector/held")
        found["subscriptions"] = int((await counts.next())["payload"])
    found["threads"] = {
        name: count
        for name, count in found["threads"].items()
        if not name.startswith(OTHERS)
    }
    return found | {"files": open_files(hass)}


async def held_at_rest(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is held on to once the broker, which counts slowly, is done."""
    counts: list[int] = []

    async def look() -> dict[str, Any] | None:
        now = await held(hass)
        counts.append(now["subscriptions"])
        return now if len(counts) > AT_REST and len({*counts[-AT_REST:]}) == 1 else None

    return await until(look, "the number of subscriptions to settle", within=240)


def open_files(hass: HomeAssistant) -> dict[str, int]:
    """Return the files that Home Assistant has open, and how often each."""
    assert hass._process is not None
    found: Counter[str] = Counter()
    for handle in Path(f"/proc/{hass._process.pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("/"):
            found[target] += 1
    return dict(found)


async def settled(hass: HomeAssistant, wanted: dict[str, Any]) -> None:
    """Wait until no more is held on to than there was before."""
    more: dict[str, Any] = {}

    async def look() -> bool | None:
        nonlocal more
        now = await held(hass)
        more = {kind: surplus(now[kind], wanted[kind]) for kind in wanted}
        return not any(more.values()) or None

    try:
        await until(look, "what is left over to go", within=120)
    except TimeoutError as err:
        raise AssertionError(f"left over: {more}") from err


def surplus(now: Any, before: Any) -> Any:
    if isinstance(now, int):
        return max(now - before, 0)
    return {
        name: count - before.get(name, 0)
        for name, count in now.items()
        if count > before.get(name, 0)
    }


async def test_after_twenty_reloads_and_a_removal_nothing_is_left_over(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    if broker.protocol != "5":
        pytest.skip("NOT TESTED: only mosquitto counts its subscriptions")
    api = home_assistant.api
    async with frigate(broker, "reloaded") as sim:
        # What is only made once in the life of Home Assistant is there afterwards.
        async with staged(home_assistant, sim, "Reloaded"):
            pass
        without = await held_at_rest(home_assistant)

        async with staged(home_assistant, sim, "Reloaded") as stage:
            await stage.api.reload_entry(stage.entry_id)
            await stage.sees()
            await sim.walks_done()
            before = await held_at_rest(home_assistant)
            assert before["subscriptions"] > without["subscriptions"]
            assert surplus(before["files"], without["files"])
            assert before["objects"]["Pipeline"] == 1
            assert surplus(before["timers"], without["timers"])
            loads = sim.faults.add(Fault(path="api/config$"))  # which it only counts
            for turn in range(RELOADS):
                if turn % 4 == 0:
                    sim.walk("leo", "front_door", duration=4)
                await api.reload_entry(stage.entry_id)
            await api.wait_for_entry(stage.entry_id)
            assert loads.hits >= RELOADS
            await sim.walks_done()
            await settled(home_assistant, one_like(before))
            await one_message_is_heard_once(stage, sim)
            await stage.sees()
            stage.expect_calm()
    # What a sensor last showed is Home Assistant's to keep (`restore_state`).
    without["objects"]["KeptSensorData"] = 1000
    await settled(home_assistant, without)


def one_like(before: dict[str, Any]) -> dict[str, Any]:
    """Leave out what differs from walk to walk, but for the objects in view.

    Each of the two tasks that look still has the last one at hand.
    """
    kinds = {"Pipeline", "Results", "Writeback", "Chain", "Tracker", "ObjectClassifier"}
    kinds |= {"SampleStore", "History", "Runs", "HistoryStore", "Names", "Worker"}
    kinds |= {"Backbone", "FrigateClient", "Connection", "FrameWatch", "ObjclassData"}
    kinds |= {"Hearing", "Looks", "Children", "Ends", "SubLabels", "Attributes"}
    objects = before["objects"]
    return before | {
        "objects": {
            name: count if name in kinds else count + 1000
            for name, count in objects.items()
        }
        | {"ObjectState": 2}
    }


async def one_message_is_heard_once(stage: Stage, sim: FrigateSim) -> None:
    before = (await stage.counts())["invalid_messages"]
    sim.say_event({"no": "message"})

    async def heard() -> int | None:
        return (await stage.counts())["invalid_messages"] - before or None

    assert await until(heard, "the message to be heard", within=60) == 1


async def test_two_frigates_with_the_same_cameras_and_classifiers_do_not_mix(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    api = home_assistant.api
    async with (
        frigate(broker, "house") as house,
        frigate(broker, "garage") as garage,
        staged(home_assistant, house, "Twins") as first,
        staged(home_assistant, garage, "Twins") as second,
    ):
        assert [one.name for one in house.world.cameras] == [
            one.name for one in garage.world.cameras
        ]
        both = {first.classifier: house, second.classifier: garage}
        ends: dict[str, set[str]] = {classifier: set() for classifier in both}
        async with api.websocket() as ws, ws.events("objclass_result") as results:
            walks = {
                first.classifier: house.walk("leo", "front_door", duration=10).id,
                second.classifier: garage.walk("charlie", "front_door", duration=10).id,
            }
            while not all(walks[one] in ends[one] for one in both):
                result = (await results.next(within=120))["data"]
                if result["final"] and result["classifier_id"] in ends:
                    ends[result["classifier_id"]].add(result["event_id"])
        assert ends == {one: {event} for one, event in walks.items()}
        await asyncio.gather(first.sees("leo"), second.sees("charlie"))
        for sim, name in ((house, "leo"), (garage, "charlie")):
            assert await names_written(sim) == {name}, "a name of the other Frigate's"
            assert {write.id for write in sim.world.writes} <= set(sim.truths)
        for stage in (first, second):
            events = {one.rpartition("-")[0] for one in await stage.samples()}
            assert walks[stage.classifier] in events
            assert events <= set(stage.sim.truths)
        # Unavailable is one of them, not both.
        await house.leave()
        await until(lambda: is_away(first), "the house to be away", within=60)
        assert not await is_away(second)
        first.expect_calm()


async def names_written(sim: FrigateSim) -> set[str | None]:
    """Wait until Frigate was told of a name; return all that it was told of."""

    async def told() -> bool | None:
        return bool(sim.world.writes) or None

    await until(told, "Frigate to be told", within=60)
    return {write.value for write in sim.world.writes}


async def is_away(stage: Stage) -> bool | None:
    return not (await stage.status())["available"] or None


async def test_an_entry_that_is_removed_while_it_is_busy(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    api = home_assistant.api
    async with frigate(broker, "hasty") as sim:
        entry_id = await add_entry(api, sim)
        classifier = await add_classifier(api, entry_id, "Hasty")
        stage = Stage(
            hass=home_assistant, sim=sim, entry_id=entry_id, classifier=classifier
        )
        stage.seen = home_assistant.log.stat().st_size
        slow = sim.faults.add(Fault(path="snapshot", delay=2))
        collecting = asyncio.create_task(stage.command("collect", count=20))
        sim.walk("leo", "front_door", duration=10)

        async def under_way() -> bool | None:
            return slow.hits >= 2 or None

        await until(under_way, "pictures to be fetched", within=60)
        assert not collecting.done()
        await api.delete_entry(entry_id)
        (answer,) = await asyncio.gather(collecting, return_exceptions=True)
        assert isinstance(answer, CommandError), "of what is gone nothing is collected"
        with pytest.raises(KeyError):
            await api.entry(entry_id)
        stage.expect_calm()
