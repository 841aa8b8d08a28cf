"""Every object has one final outcome, however it ends."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from numpy.typing import NDArray
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
)

from custom_components.objclass.learning.backbone import Backbone
from custom_components.objclass.objects import ends, tracking
from custom_components.objclass.objects.results import Results
from custom_components.objclass.objects.tracking import ObjectState
from custom_components.objclass.objects.work_queue import MAX_WAITING
from tests.frigate_sim.cameras import Snapshots

from ..conftest import Frigate, SetUp, Told, classifier_of, frigate_of, state_of
from ..visits import (
    Visit,
    busy_worker,
    crops,
    finals,
    requests,
    say_of_many,
    script,
    settle,
    until,
)


async def test_an_object_that_is_soon_gone_gets_a_last_look(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    clean = requests(frigate, "snapshot-clean")
    visit = Visit(frigate, entry)
    await visit.look()
    visit.next_message()  # which got lost
    await visit.end()

    assert clean.hits == 1
    (final,) = finals(told)
    assert (final["outcome"], final["class"]) == ("assigned", "leo")
    assert final["votes"] == {"leo": 2}
    assert visit.seen.sub_label == ("leo", 0.95)


async def test_an_object_that_was_never_seen_before_its_end_gets_a_look(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "charlie")
    visit = Visit(frigate, entry)
    visit.next_message()
    await visit.end()

    assert [final["class"] for final in finals(told)] == ["charlie"]


async def test_an_object_that_was_looked_at_often_enough_gets_no_last_look(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo", "leo", "charlie", "none", "none")
    clean = requests(frigate, "snapshot-clean")
    visit = Visit(frigate, entry)
    await visit.look(5)
    visit.next_message()
    await visit.end()

    assert clean.hits == 0
    # Once there was an agreement, and Frigate does not take it back either.
    assert [final["class"] for final in finals(told)] == ["leo"]


@pytest.mark.parametrize(
    "frigate",
    [
        {"version": version, "snapshots": Snapshots(enabled=False)}
        for version in ("0.16.4", "0.17.2", "0.18.0")
    ],
    indirect=True,
    ids=lambda options: options["version"],
)
async def test_without_kept_snapshots_the_last_look_is_from_memory(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    visit.next_message()
    await visit.end()

    assert [final["outcome"] for final in finals(told)] == ["assigned"]


async def test_before_the_first_training_crops_are_kept_and_nothing_is_said(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    await visit.look(4)
    visit.next_message()
    await visit.end()

    kept = await crops(entry, visit.id)
    assert len(kept) == 5
    assert all(sample.scores == {} for sample in kept)
    assert not told

    # What it was trained on meanwhile, it says of the next one.
    script(classifier_of(entry), "leo")
    known = Visit(frigate, entry)
    await known.look(3)
    await known.end()
    assert [final["class"] for final in finals(told)] == ["leo"]


async def test_when_frigate_goes_offline_all_in_view_have_ended(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo", "leo", "leo", "charlie", "charlie")
    known, new = Visit(frigate, entry), Visit(frigate, entry, "charlie")
    await known.look(3)
    await new.look(1)
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "on"

    frigate.say("available", "offline")
    frigate.say("available", "stopped")
    await settle(hass, entry)
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "unavailable"
    assert {final["event_id"]: final["outcome"] for final in finals(told)} == {
        known.id: "assigned",
        new.id: "assigned",
    }

    # Of what went meanwhile, nothing more is said.
    frigate.say("available", "online")
    await new.end()
    await new.say(new.next_message())
    assert len(finals(told)) == 2
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "off"


async def test_what_frigate_still_sees_after_it_was_away_is_in_view_again_and_no_news(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    parked = Visit(frigate, entry)
    await parked.look(3)
    for _ in range(2):
        frigate.say("available", "offline")
        frigate.say("available", "online")
        await settle(hass, entry)
        assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "off"

        await parked.look()
        assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "on"
    await parked.end()
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "off"
    said = [(event.data["class"], event.data["final"]) for event in told]
    assert said == [("leo", False), ("leo", True), ("leo", True), ("leo", True)]


async def test_what_was_not_known_when_frigate_went_away_is_looked_at_afterwards(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo", "charlie")
    visit = Visit(frigate, entry)
    await visit.look(2)
    frigate.say("available", "offline")
    await settle(hass, entry)
    assert [final["outcome"] for final in finals(told)] == ["undecided"]

    frigate.say("available", "online")
    await visit.look(3)
    assert visit.seen.sub_label == ("charlie", 0.95)
    await visit.end()
    assert [final["class"] for final in finals(told)] == [None, "charlie"]


async def test_a_look_that_is_finished_after_the_end_does_not_count(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    head = script(classifier_of(entry), "leo")
    visit, ended = Visit(frigate, entry), Visit(frigate, entry, camera="back_yard")
    await visit.look(2)
    async with busy_worker(entry, looking=True):
        fetched = requests(frigate, "snapshot")
        frigate._publish_event(visit.next_message())
        ended.next_message()
        frigate._publish_event(ended.end_message())
        await until(lambda: fetched.hits == 2)
        frigate.say("available", "offline")
        await until(lambda: len(finals(told)) == 2)
    await settle(hass, entry)

    assert head.asked >= 2
    assert {final["event_id"]: final["attempts"] for final in finals(told)} == {
        visit.id: 2,
        ended.id: 0,
    }
    assert len(told) == 3  # the assignment at the end of the first, and two ends
    assert not classifier_of(entry).in_view


async def test_an_object_that_frigate_stops_speaking_of_ends_by_itself(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit, quiet = Visit(frigate, entry), Visit(frigate, entry, camera="back_yard")
    await visit.look(3)
    await quiet.look(3)
    now = tracking.monotonic()

    for minutes, ended in ((9, 0), (11, 1)):
        monkeypatch.setattr(
            tracking, "monotonic", lambda minutes=minutes: now + minutes * 60
        )
        await visit.look()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minutes))
        await settle(hass, entry)
        assert len(finals(told)) == ended

    assert [final["event_id"] for final in finals(told)] == [quiet.id]
    await quiet.end()
    await visit.end()
    assert sorted(final["event_id"] for final in finals(told)) == sorted(
        [quiet.id, visit.id]
    )


async def test_too_much_work_drops_the_oldest_of_which_nothing_is_said(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    pipeline = frigate_of(entry).pipeline
    visits = [Visit(frigate, entry), Visit(frigate, entry)]
    async with busy_worker(entry, looking=True):
        fetched = requests(frigate, "snapshot")
        for visit in visits:
            frigate._publish_event(visit.next_message())
        await until(lambda: fetched.hits == 2)
        template = Visit(frigate, entry)
        template.next_message()
        message = template.end_message()
        crowd = [f"{message['after']['id']}-{number}" for number in range(70)]
        say_of_many(frigate, message, crowd)
        # The newest wait; what was dropped has ended without a look.
        await until(lambda: pipeline.waiting == MAX_WAITING + 2)
        assert pipeline.dropped == 70 - MAX_WAITING
    await settle(hass, entry)

    assert pipeline.waiting == 0
    # All others end once, each.
    assert sorted(final["event_id"] for final in finals(told)) == sorted(crowd[6:])
    assert {final["outcome"] for final in finals(told)} == {"undecided"}
    for visit in visits:
        await visit.end()
    assert len(finals(told)) == 66


async def test_an_object_that_was_dropped_and_looked_at_later_has_its_outcome(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    pipeline = frigate_of(entry).pipeline
    busy = [Visit(frigate, entry), Visit(frigate, entry)]
    dropped, missed = Visit(frigate, entry), Visit(frigate, entry)
    async with busy_worker(entry, looking=True):
        fetched = requests(frigate, "snapshot")
        for visit in busy:
            frigate._publish_event(visit.next_message())
        await until(lambda: fetched.hits == 2)
        for visit in (dropped, missed):
            frigate._publish_event(visit.next_message())
        message = Visit(frigate, entry).next_message()
        say_of_many(
            frigate, message, (f"{missed.id}-{number}" for number in range(MAX_WAITING))
        )
        await until(lambda: pipeline.dropped == 2)
    await settle(hass, entry)

    await dropped.look(3)
    await dropped.end()
    message = missed.end_message()
    message["after"]["snapshot"] = None
    await missed.say(message)
    assert [final["event_id"] for final in finals(told)] == [dropped.id]


async def test_many_that_end_at_once_let_home_assistant_work_in_between(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    ended: list[int] = []

    async def count() -> None:
        while True:
            ended.append(len(finals(told)))
            await asyncio.sleep(0)

    async with busy_worker(entry, looking=True):
        fetched = requests(frigate, "snapshot")
        visits = [Visit(frigate, entry), Visit(frigate, entry)]
        for visit in visits:
            frigate._publish_event(visit.next_message())
        await until(lambda: fetched.hits == 2)
        template = Visit(frigate, entry)
        template.next_message()
        message = template.end_message()
        message["after"]["snapshot"] = None
        say_of_many(
            frigate, message, (f"{template.id}-{number}" for number in range(50))
        )
        await until(lambda: frigate_of(entry).pipeline.waiting == 52)
        counting = asyncio.create_task(count())
    await settle(hass, entry)
    counting.cancel()

    assert ended[-1] == 50
    # Two are at work, each on one object at a time.
    assert max(after - before for before, after in pairwise(ended)) <= 2
    for visit in visits:
        await visit.end()


async def test_when_frigate_goes_away_its_objects_end_one_after_the_other(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ends, "AT_ONCE", 0)
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    visit = Visit(frigate, entry)
    message = visit.next_message()
    message["after"]["snapshot"] = None
    say_of_many(frigate, message, (f"{visit.id}-{number}" for number in range(20)))
    await settle(hass, entry)
    ended: list[int] = []

    async def count() -> None:
        while len(finals(told)) < 20:
            ended.append(len(finals(told)))
            await asyncio.sleep(0)
        ended.append(len(finals(told)))

    frigate.say("available", "offline")
    await asyncio.wait_for(count(), 10)

    assert max(after - before for before, after in pairwise(ended)) <= 2


async def test_a_defect_at_the_end_of_one_object_keeps_no_other_from_its_end(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visits = [Visit(frigate, entry) for _ in range(3)]
    for visit in visits:
        await visit.look()
    finish = Results.async_finish

    def broken(self: Results, state: ObjectState, *rest: Any) -> None:
        if state.id == visits[0].id:
            raise RuntimeError("broken")
        finish(self, state, *rest)

    monkeypatch.setattr(Results, "async_finish", broken)
    frigate.say("available", "offline")
    await until(lambda: len(finals(told)) == 2)

    assert "Unexpected error at the end" in caplog.text
    assert {final["event_id"] for final in finals(told)} == {
        visit.id for visit in visits[1:]
    }


async def test_a_defect_met_by_one_object_does_not_silence_the_others(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")

    def broken(self: Backbone, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise RuntimeError("broken")

    with monkeypatch.context() as context:
        context.setattr(Backbone, "embed", broken)
        unlucky = Visit(frigate, entry)
        await unlucky.look()
        unlucky.next_message()
        await unlucky.end()
    assert "Unexpected error while looking" in caplog.text
    assert [final["outcome"] for final in finals(told)] == ["undecided"]

    lucky = Visit(frigate, entry)
    await lucky.look(3)
    await lucky.end()
    assert [final["outcome"] for final in finals(told, lucky.id)] == ["assigned"]
