"""Classifiers of whole pictures look at the recordings of Frigate's cameras."""

import asyncio
import time
from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.history.run import Status
from custom_components.objclass.history.table import async_past_url
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, data_of, no_past
from ..visits import requests, script, until
from .runs import applied, at_rest, been, history_of, ran, results, start

pytestmark = no_past

MINUTE = 60.0


def frame_data(**changes: Any) -> ConfigSubentryData:
    data = {
        "name": "Gate",
        "classes": ["open", "shut"],
        "frigate_cameras": ["front_door"],
        "when": {"interval": 3600},
    } | changes
    return ConfigSubentryData(
        subentry_type="frame_classifier",
        title=str(data["name"]),
        unique_id=None,
        data=data,
    )


def nth(entry: MockConfigEntry, number: int = 0) -> Any:
    """Return a classifier of any kind."""
    return list(data_of(entry).classifiers.values())[number]


async def test_one_picture_every_step_of_each_camera(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        frame_data(frigate_cameras=["front_door", "back_yard"]),
    )
    script(nth(entry), "open", ("shut", 0.5))
    now = time.time()
    recorded = requests(frigate, "/recordings/")
    run = await ran(
        entry, after=now - 5 * MINUTE, before=now - 2 * MINUTE, step=60, days=0
    )
    assert (run.status, run.error) == (Status.DONE, None)
    assert recorded.hits == 6
    found = await results(entry)
    assert sorted(one.camera for one in found) == ["back_yard"] * 3 + ["front_door"] * 3
    assert found[0].time == pytest.approx(now - 2 * MINUTE, abs=0.001)
    classes = sorted(str(one.class_name) for one in found)
    assert classes == ["None"] * 5 + ["open"]


async def test_what_was_not_recorded_is_noted_and_skipped(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(frame_data())
    script(nth(entry), "open")
    now = time.time()
    day = 86400.0
    run = await ran(
        entry, after=now - 11.5 * day, before=now - 8.5 * day, step=day, days=0
    )
    counts = await history_of(entry).async_counts(run)
    assert (counts.total, counts.broken, counts.to_tell) == (3, 1, 0)
    assert len(await results(entry)) == 2
    # There is no object that Frigate could be told of.
    written = requests(frigate, "", "POST")
    await applied(entry)
    assert written.hits == 0


async def test_objects_and_recordings_go_together(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=0.05)
    entry = await set_up(classifier_data(), frame_data())
    script(nth(entry, 0), "leo")
    script(nth(entry, 1), "open")
    now = time.time()
    await ran(entry, after=now - 5 * MINUTE, before=now - MINUTE, step=120, days=0)
    found = {(one.label, one.class_name) for one in await results(entry)}
    assert found == {("cat", "leo"), ("", "open")}


async def test_a_camera_that_goes_during_a_run_is_noted_and_skipped(
    frigate: Frigate, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up(frame_data(frigate_cameras=["front_door", "back_yard"]))
    script(nth(entry), "open")
    now = time.time()
    slow = frigate.faults.add(Fault(path="/recordings/", delay=3600, times=1))
    await start(entry, after=now - 3 * MINUTE, before=now - MINUTE, step=60, days=0)
    await until(lambda: slow.hits)
    history = history_of(entry)
    await history.async_pause(history.runs.kept[0].id)
    frigate.faults.clear()
    del entry.runtime_data.need_frigate().config.cameras["back_yard"]
    await history.async_resume(history.runs.kept[0].id)
    run = await at_rest(entry)

    assert run.status is Status.DONE
    assert [one.camera for one in await results(entry)] == ["front_door"] * 2
    assert (await history_of(entry).async_counts(run)).broken == 2
    assert "Unexpected error" not in caplog.text


async def test_a_picture_of_a_recording_can_be_kept_and_seen(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.objclass.history.looking.KEPT_PER_CLASS", 1)
    entry = await set_up(frame_data(parts={"front_door": [0.2, 0.2, 0.8, 0.8]}))
    classifier = nth(entry)
    script(classifier, "open")
    now = time.time()
    run = await ran(entry, after=now - 3 * MINUTE, before=now - MINUTE, step=60, days=0)
    first, second = await results(entry)
    assert first.sample_id == f"front_door-{first.time:.3f}"
    assert second.sample_id is None
    kept = await history_of(entry).async_keep(run.id, second.event_id, classifier.id)
    sample = await classifier.samples.async_files(classifier.samples.store.get, kept)
    assert sample is not None
    assert (sample.camera, sample.source) == ("front_door", "history")
    client = await hass_client_no_auth()
    picture = await client.get(async_past_url(hass, entry, second.event_id))
    assert (picture.status, picture.content_type) == (200, "image/jpeg")


async def test_who_wants_to_keep_a_picture_is_told_at_once_that_frigate_is_away(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.objclass.history.looking.KEPT_PER_CLASS", 0)
    been(frigate, hours=0.03)
    entry = await set_up(classifier_data(), frame_data())
    script(nth(entry, 0), "leo")
    script(nth(entry, 1), "open")
    now = time.time()
    run = await ran(entry, after=now - 4 * MINUTE, before=now - MINUTE, step=180)
    found = await results(entry)
    assert {one.label for one in found} == {"", "cat"}
    frigate.faults.add(Fault(status=502))
    for one in found:
        with pytest.raises(HomeAssistantError) as caught:
            async with asyncio.timeout(10):
                await history_of(entry).async_keep(
                    run.id, one.event_id, one.classifier_id
                )
        assert caught.value.translation_key == "frigate_failed"


async def test_too_many_pictures_are_refused(frigate: Frigate, set_up: SetUp) -> None:
    entry = await set_up(frame_data())
    script(nth(entry), "open")
    with pytest.raises(ServiceValidationError) as caught:
        await start(entry, days=30, step=1)
    assert caught.value.translation_key == "history_too_many_frames"
