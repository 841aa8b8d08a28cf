"""Gathering examples from what cameras show."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.objclass.collecting import frames as collect_frames
from custom_components.objclass.collecting.collect import async_collect

from ..conftest import Frigate, SetUp, no_past
from ..crops import jpeg
from ..frames.cameras import GATE, add_cameras, add_entry, frame_data, frames_of


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect_frames, "_PAUSE", 0.0)


async def test_cameras_take_turns_and_the_pictures_stay(hass: HomeAssistant) -> None:
    await add_cameras(hass, "Gate", "Drive")
    cameras = [GATE, "camera.drive"]
    data = frame_data(camera_entities=cameras, rules={"save_attempts": 0})
    entry = await add_entry(hass, data)
    classifier = frames_of(entry)
    collected = await async_collect(hass, entry, classifier, count=4)
    assert len(collected.samples) == 4
    assert collected.unusable == 0
    assert {sample.camera for sample in collected.samples} == set(cameras)
    kept = await classifier.samples.async_files(
        classifier.samples.store.find, source="collect"
    )
    assert {sample.id for sample in kept} == {item.id for item in collected.samples}


async def test_what_looks_like_a_labelled_picture_comes_last(
    hass: HomeAssistant,
) -> None:
    gate, drive = await add_cameras(hass, "Gate", "Drive")
    gate.picture, drive.picture = jpeg("gold"), jpeg("navy")
    data = frame_data(
        camera_entities=[GATE, "camera.drive"], rules={"save_attempts": 0}
    )
    entry = await add_entry(hass, data)
    classifier = frames_of(entry)
    (first,) = (await async_collect(hass, entry, classifier, count=1)).samples
    assert first.camera == GATE
    await classifier.samples.async_label([first.id], "open")
    (second,) = (await async_collect(hass, entry, classifier, count=1)).samples
    assert second.camera == "camera.drive"


async def test_only_the_cameras_that_were_named_are_looked_at(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate", "Drive")
    entry = await add_entry(hass, frame_data(camera_entities=[GATE, "camera.drive"]))
    collected = await async_collect(
        hass, entry, frames_of(entry), count=2, cameras=[GATE]
    )
    assert [sample.camera for sample in collected.samples] == [GATE, GATE]
    with pytest.raises(ServiceValidationError) as error:
        await async_collect(
            hass, entry, frames_of(entry), count=2, cameras=["camera.roof"]
        )
    assert error.value.translation_key == "unknown_camera"


async def test_a_camera_without_pictures_is_counted_and_no_hindrance(
    hass: HomeAssistant,
) -> None:
    gate, drive = await add_cameras(hass, "Gate", "Drive")
    entry = await add_entry(hass, frame_data(camera_entities=[GATE, "camera.drive"]))
    gate.picture, drive.picture = None, jpeg("navy")
    collected = await async_collect(hass, entry, frames_of(entry), count=2)
    assert {sample.camera for sample in collected.samples} == {"camera.drive"}
    assert collected.unusable == 3


@no_past
async def test_whoever_waits_is_told_at_once_when_the_cameras_are_changed_meanwhile(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The threads do not end with the entry: another one has them too.
    await set_up()
    gate, drive = await add_cameras(hass, "Gate", "Drive")
    entry = await add_entry(hass, frame_data(camera_entities=[GATE, "camera.drive"]))
    classifier = frames_of(entry)
    shows = gate.async_camera_image

    async def change_cameras(**size: Any) -> bytes | None:
        monkeypatch.setattr(gate, "async_camera_image", shows)
        (subentry,) = entry.subentries.values()
        hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, "camera_entities": [GATE]}
        )
        # The entry is being loaded anew.
        async with entry.setup_lock:
            return await shows()

    monkeypatch.setattr(gate, "async_camera_image", change_cameras)
    asked = drive.asked
    with pytest.raises(HomeAssistantError) as error:
        await async_collect(hass, entry, classifier, count=4)
    assert error.value.translation_key == "stopped"
    assert drive.asked == asked
