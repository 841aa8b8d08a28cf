"""What is under way when an entry is unloaded or loaded anew, or a clock jumps."""

import asyncio
import threading
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.objclass.objects import in_turn
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, Told, classifier_of, frigate_of
from ..visits import (
    Visit,
    busy_worker,
    finals,
    requests,
    say_of_many,
    script,
    settle,
    until,
)


async def test_unloading_gives_up_what_is_under_way(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    slow = frigate.faults.add(Fault(path="snapshot", delay=60))
    frigate._publish_event(visit.next_message())
    await until(lambda: slow.hits == 1)

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    await until(
        lambda: "objclass_0" not in {thread.name for thread in threading.enumerate()}
    )
    frigate.faults.clear()
    frigate._publish_event(visit.end_message())
    await hass.async_block_till_done()
    assert not told


async def test_reloading_while_a_picture_is_looked_at_goes_on_afterwards(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    async with busy_worker(entry, looking=True):
        fetched = requests(frigate, "snapshot")
        frigate._publish_event(visit.next_message())
        await until(lambda: fetched.hits == 1)
        reload = hass.async_create_task(
            hass.config_entries.async_reload(entry.entry_id)
        )
        await until(lambda: entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS)
    assert await reload

    script(classifier_of(entry), "charlie")
    await visit.look(3)
    await visit.end()
    assert [(final["class"], final["attempts"]) for final in finals(told)] == [
        ("charlie", 3)
    ]


async def test_messages_that_come_all_at_once_let_home_assistant_work_in_between(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(in_turn, "AT_ONCE", 0)
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    pipeline = frigate_of(entry).pipeline
    template = Visit(frigate, entry)
    message = template.next_message()
    message["after"]["snapshot"] = None
    crowd = [f"{template.id}-{number}" for number in range(50)]
    for kind in ("new", "end"):
        say_of_many(frigate, {**message, "type": kind}, crowd)
    turns = 0
    while pipeline.waiting:
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 100
    await settle(hass, entry)
    # Each came before it went, so each has its end.
    assert {final["event_id"] for final in finals(told)} == {*crowd}


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)], ids=str)
async def test_home_assistants_own_clock_may_jump_while_somebody_is_in_view(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    freezer: FrozenDateTimeFactory,
    jump: timedelta,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(2)
    freezer.move_to(dt_util.utcnow() + jump)
    assert abs(dt_util.utcnow().timestamp() - visit.seen.now.time) > 80_000
    await visit.look(2)
    await visit.end()
    assert [(final["class"], final["attempts"]) for final in finals(told)] == [
        ("leo", 4)
    ]
    # Who comes afterwards is named too, by whichever clock.
    later = Visit(frigate, entry)
    await later.look(3)
    await later.end()
    assert [final["class"] for final in finals(told, later.id)] == ["leo"]
