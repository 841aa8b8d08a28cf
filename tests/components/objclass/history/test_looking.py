"""A dry run: what the objects of the past are, without changing anything."""

from typing import Any

import pytest
from homeassistant.core import Event, HomeAssistant
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.const import EVENT_HISTORY, EVENT_RESULT
from custom_components.objclass.history import looking
from custom_components.objclass.history.run import Phase, Status
from custom_components.objclass.learning.look import look
from tests.frigate_sim.faults import Fault

from ..conftest import (
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    no_past,
    published,
    teach,
)
from ..visits import STRANGER, Visit, crops, requests, script
from .runs import been, history_of, ran, results

pytestmark = no_past


async def test_a_trained_classifier_knows_the_objects_of_the_past(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    frigate.world.add_history(40)
    entry = await set_up()
    await teach(hass, frigate, entry)
    run = await ran(entry)

    assert (run.phase, run.status, run.error) == (Phase.LOOKING, Status.DONE, None)
    found = await results(entry)
    assert {one.event_id for one in found} == {
        item.id for item in frigate.world.objects.values() if item.label == "cat"
    }
    assigned = [one for one in found if one.outcome == "assigned"]
    assert len(assigned) > len(found) / 3
    for one in assigned:
        assert one.class_name == frigate.truths[one.event_id]


async def test_a_dry_run_tells_nobody(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    been(frigate, hours=2)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    told: list[Event[Any]] = []
    ended: list[Event[Any]] = []
    hass.bus.async_listen(EVENT_RESULT, told.append)
    hass.bus.async_listen(EVENT_HISTORY, ended.append)
    written = requests(frigate, "", "POST")
    run = await ran(entry)
    await hass.async_block_till_done()

    assert (await results(entry))[0].class_name == "leo"
    assert (written.hits, told, published(mqtt_mock)) == (0, [], [])
    assert classifier_of(entry).in_view == {}
    state = hass.states.get("sensor.our_cats_front_door")
    assert state is not None
    assert state.state == "unknown"
    # Only that the run is over.
    assert [event.data for event in ended] == [
        {"run": run.id, "status": "done", "phase": "looking"}
    ]


@pytest.mark.parametrize(
    ("said", "asked", "expected"),
    [
        (("leo", 0.85), {}, ("assigned", "leo")),
        (("leo", 0.75), {}, ("undecided", None)),
        (("leo", 0.75), {"confidence": 0.7}, ("assigned", "leo")),
        (("leo", 0.85), {"confidence": 0.9}, ("undecided", None)),
        (("leo", 0.34), {"confidence": 0}, ("assigned", "leo")),
        ("none", {}, ("none", "none")),
        # Whatever is asked for, a stranger is none of the classes.
        (STRANGER, {"confidence": 0}, ("none", "none")),
    ],
    ids=str,
)
async def test_one_picture_decides_when_its_score_counts(
    frigate: Frigate, set_up: SetUp, said: Any, asked: Any, expected: Any
) -> None:
    been(frigate, hours=2)
    entry = await set_up()
    script(classifier_of(entry), said)
    await ran(entry, **asked)

    (found,) = await results(entry)
    assert (found.outcome, found.class_name) == expected
    score = 0.95 if isinstance(said, str) else said[1]
    assert found.score == score
    assert found.unfamiliar == (said == STRANGER)


async def test_a_picture_is_fetched_and_looked_at_once_for_all_classifiers(
    frigate: Frigate, set_up: SetUp
) -> None:
    for hours in range(1, 4):
        been(frigate, hours=hours)
    entry = await set_up(
        classifier_data(name="Cats"), classifier_data(name="Kind", classes=["tabby"])
    )
    script(classifier_of(entry, 0), "leo")
    script(classifier_of(entry, 1), "tabby")
    fetched = requests(frigate, "snapshot")
    await ran(entry)

    assert fetched.hits == 3
    found = await results(entry)
    assert sorted(str(one.class_name) for one in found) == ["leo"] * 3 + ["tabby"] * 3


async def test_a_broken_object_is_noted_and_skipped(
    frigate: Frigate, set_up: SetUp
) -> None:
    past = [been(frigate, hours=hours) for hours in range(1, 7)]
    entry = await set_up()
    script(classifier_of(entry), "leo")
    faults: list[dict[str, Any]] = [
        {"damage": "garbage"},
        {"damage": "html"},
        {"status": 404},
        {"status": 500},
        {"status": 403},
    ]
    for number, fault in enumerate(faults):
        path = f"{past[number].id}/snapshot-clean"
        frigate.faults.add(Fault(path=path, **fault))
        frigate.faults.add(Fault(path=f"{past[number].id}/snapshot.jpg", **fault))
    run = await ran(entry)

    assert run.status is Status.DONE
    assert [one.event_id for one in await results(entry)] == [past[5].id]
    counts = await history_of(entry).async_counts(run)
    assert (counts.total, counts.done, counts.broken) == (6, 6, 5)


async def test_an_object_of_a_camera_that_is_gone_is_noted_and_skipped(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1, back_yard=True)
    kept = been(frigate, hours=2)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    cameras = entry.runtime_data.need_frigate().config.cameras
    del cameras["back_yard"]
    run = await ran(entry)

    assert [one.event_id for one in await results(entry)] == [kept.id]
    assert (await history_of(entry).async_counts(run)).broken == 1


async def test_a_defect_met_by_one_object_is_no_end_of_the_others(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    been(frigate, hours=1)
    kept = been(frigate, hours=2)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    real, met = look, iter([ZeroDivisionError("a defect"), None])

    def broken(*arguments: Any, **named: Any) -> Any:
        if error := next(met):
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(looking, "look", broken)
    run = await ran(entry)
    assert run.status is Status.DONE
    assert [one.event_id for one in await results(entry)] == [kept.id]
    assert (await history_of(entry).async_counts(run)).broken == 1


async def test_crops_are_kept_for_labelling_but_not_without_end(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "KEPT_PER_CLASS", 2)
    for hours in range(1, 7):
        been(frigate, hours=hours)
    entry = await set_up()
    script(classifier_of(entry), *["leo"] * 4, ("leo", 0.5), "none")
    await ran(entry)

    found = await results(entry)
    kept = [one.class_name for one in found if one.sample_id]
    assert sorted(map(str, kept)) == ["None", "leo", "leo", "none"]
    first = found[0]
    (sample,) = await crops(entry, first.event_id)
    assert (sample.id, sample.source, sample.label) == (
        first.sample_id,
        "history",
        None,
    )
    # Any other is fetched again when somebody wants it.
    other = next(one for one in found if one.sample_id is None)
    history = history_of(entry)
    kept_id = await history.async_keep(
        history.runs.kept[0].id, other.event_id, other.classifier_id
    )
    (sample,) = await crops(entry, other.event_id)
    assert sample.id == kept_id
    fetched = requests(frigate, "snapshot")
    again = await history.async_keep(
        history.runs.kept[0].id, other.event_id, other.classifier_id
    )
    assert (again, fetched.hits) == (kept_id, 0)


async def test_what_is_in_view_is_left_to_live_classification(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    visit.next_message()
    script(classifier_of(entry), "leo")
    run = await ran(entry)
    assert (await history_of(entry).async_counts(run)).total == 0
