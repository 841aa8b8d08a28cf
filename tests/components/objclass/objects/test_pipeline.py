"""From a message of Frigate's to a look, and to one final outcome."""

import asyncio
import threading
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import Event, HomeAssistant
from homeassistant.util import dt as dt_util
from numpy.typing import NDArray
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.objclass.const import EVENT_RESULT
from custom_components.objclass.learning.backbone import Backbone
from custom_components.objclass.objects import tracking
from custom_components.objclass.objects.work_queue import MAX_WAITING
from tests.frigate_sim.cameras import Snapshots
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, frigate_of, teach
from ..visits import (
    Visit,
    busy_worker,
    crops,
    finals,
    requests,
    script,
    settle,
    until,
)


@pytest.fixture
def told(hass: HomeAssistant) -> list[Event[Mapping[str, Any]]]:
    """Return the events that automations get to see."""
    return async_capture_events(hass, EVENT_RESULT)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the threads that the backbone ran in, pass by pass."""
    threads: list[str] = []
    embed = Backbone.embed
    running = threading.Lock()

    def recorded(self: Backbone, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert running.acquire(blocking=False), "two inferences at a time"
        try:
            threads.append(threading.current_thread().name)
            return embed(self, image)
        finally:
            running.release()

    monkeypatch.setattr(Backbone, "embed", recorded)
    return threads


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that exists."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


async def test_a_cat_in_the_yard_gets_its_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)

    visit = Visit(frigate, entry, "leo", "front_door")
    await visit.look(5)
    state = hass.states.get("sensor.our_cats_front_door")
    assert state is not None
    assert state.state == "leo"
    assert state.attributes["event_id"] == visit.id
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "on"
    await visit.end()

    assert visit.seen.sub_label is not None
    assert visit.seen.sub_label[0] == "leo"
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "off"


# What is looked at


async def test_a_frame_is_one_attempt_however_often_frigate_speaks_of_it(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    fetched = requests(frigate, "snapshot")
    visit = Visit(frigate, entry)
    message = visit.next_message()
    later = visit.next_message()
    later["after"]["snapshot"] = message["after"]["snapshot"]
    visit.seen.best = visit.seen.frames[3]

    for same in (message, message, later, later):
        await visit.say(same)

    assert fetched.hits == 1
    assert len(await crops(entry, visit.id)) == 1


async def test_repeated_reordered_and_late_messages_change_nothing(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    sent = []
    for _ in range(4):
        message = visit.next_message()
        sent.append(message)
        await visit.say(message)
        await visit.say(*reversed(sent))
    last = visit.end_message()
    await visit.say(last)
    await visit.say(*sent, last, *reversed(sent), last)

    assert len(await crops(entry, visit.id)) == 4
    assert [final["attempts"] for final in finals(told)] == [4]
    # The end may come first, too.
    other = Visit(frigate, entry)
    updates = [other.next_message() for _ in range(3)]
    await other.say(other.end_message(), *reversed(updates))
    await other.say(*updates)
    assert len(finals(told, other.id)) == 1


async def test_messages_that_make_no_sense_are_counted_and_ignored(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up()
    for payload in ("", "{", "[]", '{"type": "new", "after": {}}', "\x00", "1e999"):
        frigate.say("events", payload)
        frigate.say("tracked_object_update", payload)
        frigate.say("available", payload)
    await settle(frigate.hass, entry)

    assert frigate_of(entry).pipeline.counts["invalid_messages"] == 12
    assert frigate_of(entry).pipeline.available
    assert not told


async def test_only_the_wanted_objects_cameras_and_zones_are_looked_at(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up(
        classifier_data(name="Yard", filter={"cameras": ["back_yard"]}),
        classifier_data(name="Steps", filter={"zones": ["steps"]}),
    )
    fetched = requests(frigate, "snapshot")
    dog = Visit(frigate, entry, "rex", "back_yard")
    await dog.look()
    await dog.end()
    assert fetched.hits == 0

    yard = Visit(frigate, entry, "leo", "back_yard")
    await yard.look()
    await yard.end()
    door = Visit(frigate, entry, "leo", "front_door")
    message = door.next_message()
    assert "steps" not in message["after"]["entered_zones"]
    await door.say(message)
    before = fetched.hits
    while "steps" not in message["after"]["entered_zones"]:
        message = door.next_message()
    await door.say(message)
    assert fetched.hits == before + 1
    await door.end()

    assert [(final["classifier"], final["event_id"]) for final in finals(told)] == [
        ("Yard", yard.id),
        ("Steps", door.id),
    ]


async def test_who_enters_a_zone_without_a_better_picture_is_looked_at_nevertheless(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up(
        classifier_data(name="Everywhere"),
        classifier_data(name="Steps", filter={"zones": ["steps"]}),
    )
    heads = [script(classifier_of(entry, number), "leo") for number in range(2)]
    visit = Visit(frigate, entry)
    message = visit.next_message()
    await visit.say(message)
    end = visit.end_message()
    end["after"]["entered_zones"] = ["steps"]
    await visit.say(end)

    assert [head.asked for head in heads] == [1, 1]
    assert {(final["classifier"], final["attempts"]) for final in finals(told)} == {
        ("Everywhere", 1),
        ("Steps", 1),
    }


async def test_what_frigate_takes_for_a_mistake_is_no_object(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up()
    fetched = requests(frigate, "snapshot")
    visit = Visit(frigate, entry)
    message = visit.next_message()
    message["after"]["false_positive"] = True
    await visit.say(message)

    assert fetched.hits == 0
    assert not told


async def test_one_backbone_pass_serves_all_classifiers(
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
    embedded: list[str],
) -> None:
    entry = await set_up(
        classifier_data(name="Our cats"),
        classifier_data(name="Fur", classes=["black", "red"], kind="attribute"),
        classifier_data(name="Dogs", labels=["dog"]),
    )
    heads = [
        script(classifier_of(entry, 0), "leo"),
        script(classifier_of(entry, 1), "red"),
    ]
    embedded.clear()
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()

    assert len(embedded) == 4
    assert [head.asked for head in heads] == [4, 4]
    assert {(final["classifier"], final["class"]) for final in finals(told)} == {
        ("Our cats", "leo"),
        ("Fur", "red"),
    }


async def test_looking_happens_in_a_thread_of_its_own_one_at_a_time(
    frigate: Frigate, set_up: SetUp, embedded: list[str]
) -> None:
    entry = await set_up()
    embedded.clear()
    visits = [
        Visit(frigate, entry, name, camera)
        for name in ("leo", "charlie")
        for camera in ("front_door", "back_yard")
    ]
    for _ in range(3):
        for visit in visits:
            frigate._publish_event(visit.next_message())
        await settle(frigate.hass, entry)

    assert len(embedded) == 12
    assert {*embedded} == {"objclass_live_0"}


async def test_an_object_is_not_looked_at_more_often_than_counts(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up(classifier_data(rules={"max_attempts": 4}))
    fetched = requests(frigate, "snapshot")
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(6)
    await visit.end()

    assert fetched.hits == 4
    assert [final["attempts"] for final in finals(told)] == [4]


# Pictures


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
    told: list[Event[Mapping[str, Any]]],
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
    told: list[Event[Mapping[str, Any]]],
) -> None:
    entry = await set_up()
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


# Ends


async def test_an_object_that_is_soon_gone_gets_a_last_look(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
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
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "charlie")
    visit = Visit(frigate, entry)
    visit.next_message()
    await visit.end()

    assert [final["class"] for final in finals(told)] == ["charlie"]


async def test_an_object_that_was_looked_at_often_enough_gets_no_last_look(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
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
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    visit.next_message()
    await visit.end()

    assert [final["outcome"] for final in finals(told)] == ["assigned"]


async def test_before_the_first_training_crops_are_kept_and_objects_undecided(
    frigate: Frigate, set_up: SetUp, told: list[Event[Mapping[str, Any]]]
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    await visit.look(4)
    visit.next_message()
    await visit.end()

    kept = await crops(entry, visit.id)
    assert len(kept) == 5
    assert all(sample.scores == {} for sample in kept)
    assert [(final["outcome"], final["attempts"]) for final in finals(told)] == [
        ("undecided", 0)
    ]
    assert [event for event in told if not event.data["final"]] == []


async def test_when_frigate_goes_offline_all_in_view_have_ended(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
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

    # Frigate was not away for long and still speaks of them.
    frigate.say("available", "online")
    await known.look()
    await known.end()
    await new.end()
    assert len(finals(told)) == 2
    assert state_of(hass, "binary_sensor.our_cats_leo_in_view") == "off"


async def test_a_look_that_is_finished_after_the_end_does_not_count(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
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
    told: list[Event[Mapping[str, Any]]],
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


async def test_too_much_work_drops_the_oldest_and_still_ends_everything_once(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
) -> None:
    entry = await set_up()
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
        for event_id in crowd:
            message["after"]["id"] = event_id
            frigate._publish_event(message)
        await until(lambda: len(finals(told)) == 6)
        # The newest wait; what was dropped has ended without a look.
        assert pipeline.waiting == MAX_WAITING + 2
        assert pipeline.dropped == 70 - MAX_WAITING
        assert [final["event_id"] for final in finals(told)] == crowd[:6]
    await settle(hass, entry)

    assert pipeline.waiting == 0
    assert sorted(final["event_id"] for final in finals(told)) == sorted(crowd)
    assert {final["outcome"] for final in finals(told)} == {"undecided"}
    for visit in visits:
        await visit.end()
    assert len(finals(told)) == 72


async def test_many_that_end_at_once_let_home_assistant_work_in_between(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
) -> None:
    entry = await set_up()
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
        for number in range(50):
            message["after"]["id"] = f"{template.id}-{number}"
            frigate._publish_event(message)
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
    told: list[Event[Mapping[str, Any]]],
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    message = visit.next_message()
    message["after"]["snapshot"] = None
    for number in range(20):
        message["after"]["id"] = f"{visit.id}-{number}"
        frigate._publish_event(message)
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


async def test_a_defect_met_by_one_object_does_not_silence_the_others(
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
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


# Coming and going


async def test_unloading_gives_up_what_is_under_way(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: list[Event[Mapping[str, Any]]],
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
    told: list[Event[Mapping[str, Any]]],
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
