"""Pictures that are late, refused or gone: an object is looked at once there is one."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant

from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, Told, classifier_of
from ..visits import (
    Visit,
    crops,
    finals,
    requests,
    script,
)


async def test_a_picture_newer_than_its_message_waits_for_the_right_one(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    fetched = requests(frigate, "snapshot")
    visit = Visit(frigate, entry)
    older, newer = visit.next_message(), visit.next_message()

    await visit.say(older)
    assert fetched.hits == 1
    assert await crops(entry, visit.id) == []

    await visit.say(newer)
    assert fetched.hits == 1
    kept = await crops(entry, visit.id)
    assert [sample.time for sample in kept] == [
        newer["after"]["snapshot"]["frame_time"]
    ]


@pytest.mark.parametrize("frigate", [{"version": "0.17.2"}], indirect=True)
async def test_before_0_18_a_picture_is_taken_for_that_of_the_message(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    older, _ = visit.next_message(), visit.next_message()
    await visit.say(older)

    kept = await crops(entry, visit.id)
    assert [sample.time for sample in kept] == [
        older["after"]["snapshot"]["frame_time"]
    ]


@pytest.mark.parametrize(
    "trouble",
    [
        {"damage": "truncate"},
        {"damage": "html"},
        {"damage": "garbage"},
        {"status": 403},
        {"status": 404},
        {"status": 429},
        {"status": 500},
        {"status": 502},
    ],
    ids=str,
)
async def test_without_a_picture_an_object_is_undecided_and_the_next_one_is_fine(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
    trouble: dict[str, Any],
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    fault = frigate.faults.add(Fault(path="snapshot", **trouble))
    unlucky = Visit(frigate, entry)
    await unlucky.look(2)
    await unlucky.end()
    assert fault.hits >= 3
    frigate.faults.clear()
    lucky = Visit(frigate, entry)
    await lucky.look(3)
    await lucky.end()

    assert [final["outcome"] for final in finals(told)] == ["undecided", "assigned"]
    assert await crops(entry, unlucky.id) == []
    assert "Unexpected error" not in caplog.text
    assert not hass.config_entries.flow.async_progress()


async def test_a_refused_log_in_asks_for_a_new_one(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    frigate.faults.add(Fault(path="snapshot", status=401))
    visit = Visit(frigate, entry)
    await visit.look(2)
    await visit.end()

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["context"]["entry_id"] == entry.entry_id
    assert [final["outcome"] for final in finals(told)] == ["undecided"]


async def test_a_picture_that_could_not_be_had_is_asked_for_again(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    fault = frigate.faults.add(Fault(path="snapshot", status=502, times=1))
    visit = Visit(frigate, entry)
    message = visit.next_message()
    await visit.say(message)
    await visit.say(message)

    assert fault.hits == 1
    assert len(await crops(entry, visit.id)) == 1
