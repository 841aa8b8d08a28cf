"""Sensors: who was seen last and when, and how the training went."""

from datetime import datetime
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    mock_restore_cache_with_extra_data,
)

from .conftest import Frigate, SetUp, classifier_of, entity_of, no_past
from .crops import keep
from .visits import Visit, script

pytestmark = no_past

FRONT, BACK = "sensor.our_cats_front_door", "sensor.our_cats_back_yard"
LABELLED = "sensor.our_cats_labelled_crops"
LEO, CHARLIE = "sensor.our_cats_leo_last_seen", "sensor.our_cats_charlie_last_seen"


# The class last assigned


async def test_the_sensor_of_a_camera_says_who_was_recognised_there_last(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.95), ("leo", 0.85), ("leo", 0.9))
    visit = Visit(frigate, entry)
    await visit.look(2)
    assert entity_of(hass, FRONT).state == "unknown"

    await visit.look()
    state = entity_of(hass, FRONT)
    assert state.state == "leo"
    assert state.attributes["options"] == ["leo", "charlie"]
    assert state.attributes["device_class"] == "enum"
    assert state.attributes["event_id"] == visit.id
    assert state.attributes["score"] == 0.9
    assert state.attributes["attempts"] == 3
    assert state.attributes["votes"] == {"leo": 3}
    assert state.attributes["frame_time"] == visit.seen.now.time
    assert entity_of(hass, BACK).state == "unknown"

    await visit.end()
    assert entity_of(hass, FRONT) == state


async def test_who_comes_next_takes_over_and_nobody_and_strangers_do_not(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    for said, shown in (
        ("leo", "leo"),
        ("none", "leo"),
        (("leo", 0.5), "leo"),
        ("charlie", "charlie"),
    ):
        script(classifier_of(entry), said)
        visit = Visit(frigate, entry)
        await visit.look(4)
        await visit.end()
        assert entity_of(hass, FRONT).state == shown


async def test_a_mind_that_is_changed_shows(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *["charlie"] * 3, "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert entity_of(hass, FRONT).state == "charlie"
    await visit.look(5)
    assert entity_of(hass, FRONT).state == "leo"
    assert entity_of(hass, FRONT).attributes["votes"] == {"charlie": 3, "leo": 5}


# When each class was seen


async def test_last_seen_is_when_somebody_was_recognised_and_when_they_left(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry, camera="back_yard")
    await visit.look(3)
    recognised = entity_of(hass, LEO)
    assert _time(recognised) == pytest.approx(visit.seen.now.time, abs=1)
    assert recognised.attributes["camera"] == "back_yard"
    assert recognised.attributes["device_class"] == "timestamp"

    await visit.look(2)
    assert entity_of(hass, LEO) is recognised
    await visit.end()
    left = visit.seen.now.time
    assert _time(entity_of(hass, LEO)) == pytest.approx(left, abs=1)
    assert _time(entity_of(hass, LEO)) > _time(recognised)
    assert entity_of(hass, CHARLIE).state == "unknown"


def _time(state: State) -> float:
    return datetime.fromisoformat(state.state).timestamp()


# After a restart


async def test_a_restart_forgets_nothing_even_while_frigate_is_away(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()
    before = [entity_of(hass, entity_id) for entity_id in (FRONT, LEO)]

    frigate.say("available", "offline")
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
    assert entity_of(hass, FRONT).state == "unavailable"
    frigate.say("available", "online")
    await hass.async_block_till_done()
    for old in before:
        new = entity_of(hass, old.entity_id)
        assert new.state == old.state
        assert new.attributes == old.attributes


async def test_what_was_stored_is_shown_as_far_as_it_still_means_something(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    seen = dt_util.utcnow().replace(microsecond=0)
    time = {"__type": "<class 'datetime.datetime'>", "isoformat": seen.isoformat()}

    def stored(entity_id: str, value: Any, **attributes: Any) -> tuple[State, Any]:
        data = {"native_value": value, "native_unit_of_measurement": None}
        return State(entity_id, "unavailable"), data | attributes

    mock_restore_cache_with_extra_data(
        hass,
        [
            stored(FRONT, "leo", attributes={"event_id": "1.5-a", "score": 0.9}),
            stored(BACK, "felix", attributes={"event_id": "1.5-b"}),
            stored(LEO, time, attributes={"camera": "front_door"}),
            stored(CHARLIE, time),
        ],
    )
    await set_up()
    assert entity_of(hass, FRONT).state == "leo"
    assert entity_of(hass, FRONT).attributes["event_id"] == "1.5-a"
    # This class is gone.
    assert entity_of(hass, BACK).state == "unknown"
    assert "event_id" not in entity_of(hass, BACK).attributes
    assert entity_of(hass, LEO).state == seen.isoformat()
    assert entity_of(hass, LEO).attributes["camera"] == "front_door"
    assert entity_of(hass, CHARLIE).state == seen.isoformat()


# Training


async def test_labelled_crops_are_counted_in_all_and_by_class(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 2)
    await keep(classifier_of(entry), "none", 1)
    await keep(classifier_of(entry), None, 3)
    state = entity_of(hass, "sensor.our_cats_labelled_crops")
    assert state.state == "3"
    assert state.attributes["classes"] == {"leo": 2, "charlie": 0, "none": 1}
    assert state.attributes["unit_of_measurement"] == "crops"

    await hass.config_entries.async_reload(entry.entry_id)
    assert entity_of(hass, "sensor.our_cats_labelled_crops").state == "3"


async def test_a_look_is_no_news_of_the_training(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.95), ("leo", 0.85))
    visit = Visit(frigate, entry)
    await visit.look()
    before = entity_of(hass, LABELLED).last_reported

    await visit.look()

    assert entity_of(hass, LABELLED).last_reported == before


async def test_a_training_leaves_its_accuracy_and_its_time(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    accuracy, at = "sensor.our_cats_accuracy", "sensor.our_cats_last_training"
    assert entity_of(hass, accuracy).state == "unknown"
    assert entity_of(hass, at).state == "unknown"
    await keep(classifier_of(entry), "leo", 6)
    await keep(classifier_of(entry), "charlie", 6)
    before = dt_util.utcnow().timestamp()
    trained = await classifier_of(entry).trainings.async_train()

    assert trained.kept.report.accuracy is not None
    share = float(entity_of(hass, accuracy).state)
    assert share == pytest.approx(trained.kept.report.accuracy * 100)
    assert entity_of(hass, accuracy).attributes["unit_of_measurement"] == "%"
    assert _time(entity_of(hass, at)) == pytest.approx(before, abs=60)

    times = entity_of(hass, at).state
    await hass.config_entries.async_reload(entry.entry_id)
    assert entity_of(hass, at).state == times


async def test_who_wants_to_can_watch_a_training(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    progress = "sensor.our_cats_training_progress"
    assert hass.states.get(progress) is None
    er.async_get(hass).async_update_entity(progress, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entity_of(hass, progress).state == "unknown"

    await keep(classifier_of(entry), "leo", 2, embedded=False)
    await keep(classifier_of(entry), "charlie", 2, embedded=False)
    changes = async_capture_events(hass, "state_changed")
    await classifier_of(entry).trainings.async_train()
    await hass.async_block_till_done()
    shown = [
        change.data["new_state"].state
        for change in changes
        if change.data["entity_id"] == progress
    ]
    # Each crop is looked at as it is, as from far away, and as Frigate would keep it.
    assert (shown[0], shown[-1]) == ("0", "unknown")
    steps = [100 * step / 12 for step in range(1, 13)]
    assert [float(state) for state in shown[1:-1]] == pytest.approx(steps)
