"""Gathering examples from Frigate's past objects."""

from collections import Counter
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from PIL import Image

from custom_components.objclass.collecting import collect as collect_module
from custom_components.objclass.collecting.collect import async_collect
from custom_components.objclass.learning.crop import square_around
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, data_of, no_past
from ..history.runs import been
from ..visits import Visit, crops, requests, script

pytestmark = no_past


async def test_a_sample_shows_the_object_at_its_best(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    past = been(frigate, hours=5)
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, "leo")
    collected = await async_collect(hass, entry, classifier, count=4)

    (sample,) = collected.samples
    assert past.best is not None
    assert (sample.event_id, sample.camera) == (past.id, "front_door")
    assert sample.time == past.best.time
    assert (sample.source, sample.label, sample.predicted) == ("collect", None, "leo")
    assert [crop.id for crop in await crops(entry, past.id)] == [sample.id]
    backbone = data_of(entry).worker.backbone
    assert classifier.samples.store.embedding(sample.id, backbone.identity) is not None
    left, top, right, bottom = square_around(past.best.sighting.box, 1280, 720)
    with Image.open(classifier.samples.store.picture_path(sample.id)) as picture:
        assert picture.size == (right - left, bottom - top)


async def test_only_objects_that_the_classifier_is_for_are_taken(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, "rex", hours=3)
    been(frigate, hours=4, back_yard=True)
    wanted = been(frigate, hours=5)
    entry = await set_up(
        classifier_data(name="Door", filter={"cameras": ["front_door"]}),
        classifier_data(name="Lawn", filter={"zones": ["lawn"]}),
    )
    door = await async_collect(hass, entry, classifier_of(entry, 0), count=9)
    assert [sample.event_id for sample in door.samples] == [wanted.id]
    lawn = await async_collect(hass, entry, classifier_of(entry, 1), count=9)
    expected = {
        item.id
        for item in frigate.world.objects.values()
        if "lawn" in item.entered_zones and item.label == "cat"
    }
    assert {sample.event_id for sample in lawn.samples} == expected


async def test_what_is_in_view_right_now_is_left_to_the_live_classification(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    visit.next_message()
    collected = await async_collect(hass, entry, classifier_of(entry), count=9)
    assert collected.samples == []
    visit.end_message()
    collected = await async_collect(hass, entry, classifier_of(entry), count=9)
    assert [sample.event_id for sample in collected.samples] == [visit.id]


async def test_what_was_seen_live_is_not_collected_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    await visit.look(2)
    await visit.end()
    fetched = requests(frigate, "snapshot")
    collected = await async_collect(hass, entry, classifier_of(entry), count=9)
    assert (collected.samples, collected.unusable, fetched.hits) == ([], 0, 0)


async def test_cameras_and_times_of_day_take_turns(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A crowd on one evening, and one visitor on another day and camera.
    for minute in range(12):
        been(frigate, hours=minute / 60)
    rare = [been(frigate, hours=30), been(frigate, hours=50, back_yard=True)]
    entry = await set_up()
    monkeypatch.setattr(collect_module, "_CHOICE", 1)
    fetched = requests(frigate, "snapshot-clean")
    collected = await async_collect(hass, entry, classifier_of(entry), count=4)

    assert fetched.hits == 4
    found = {sample.event_id for sample in collected.samples}
    assert {past.id for past in rare} <= found


async def test_the_samples_are_as_unlike_each_other_as_possible(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    for day in range(9):
        been(frigate, "charlie" if day == 4 else "leo", hours=24 * (day + 1))
    entry = await set_up()
    fetched = requests(frigate, "snapshot-clean")
    collected = await async_collect(hass, entry, classifier_of(entry), count=3)

    # Three are looked at for each that is kept.
    assert fetched.hits == 9
    names = Counter(frigate.truths[item.event_id or ""] for item in collected.samples)
    assert names == {"leo": 2, "charlie": 1}


async def test_an_object_without_a_usable_picture_is_counted(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    for number in range(4):
        been(frigate, hours=number + 1)
    entry = await set_up()
    frigate.faults.add(Fault(path="snapshot-clean", damage="garbage", times=1))
    frigate.faults.add(Fault(path="snapshot-clean", damage="html", times=1))
    frigate.faults.add(Fault(path="snapshot-clean", status=403, times=1))
    collected = await async_collect(hass, entry, classifier_of(entry), count=9)
    assert (len(collected.samples), collected.unusable) == (1, 3)


@pytest.mark.parametrize(
    "fault",
    [
        {"path": "events$", "status": 502},
        {"path": "snapshot-clean", "status": 401},
        {"path": "snapshot-clean", "damage": "truncate"},
    ],
    ids=["list", "log-in", "connection"],
)
async def test_a_frigate_that_cannot_be_asked_is_an_error_and_nothing_is_kept(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, fault: dict[str, Any]
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up()
    frigate.faults.add(Fault(**fault))
    with pytest.raises(HomeAssistantError) as caught:
        await async_collect(hass, entry, classifier_of(entry), count=9)
    assert caught.value.translation_key == "frigate_failed"
    assert await crops(entry, past.id) == []
    asked = [
        flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()
    ]
    assert asked == ([SOURCE_REAUTH] if fault.get("status") == 401 else [])
