"""What is under way when an entry is unloaded or loaded anew, or a clock jumps."""

import threading
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, Told, classifier_of
from ..visits import (
    Visit,
    busy_worker,
    finals,
    requests,
    script,
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
