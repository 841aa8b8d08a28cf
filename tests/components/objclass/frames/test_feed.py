"""When a camera is looked at, and by how many at once."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.frames import feed
from custom_components.objclass.learning import frame
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, no_past
from ..crops import jpeg
from ..visits import script
from .cameras import (
    GATE,
    add_cameras,
    add_entry,
    frame_data,
    frames_of,
    look,
    next_look,
    settle,
)

MOTION = "binary_sensor.motion"


async def test_a_camera_is_looked_at_in_the_interval(hass: HomeAssistant) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass, frame_data(when={"interval": 12}))
    before = camera.asked
    await look(hass, entry, 2)
    assert camera.asked == before + 2
    assert next_look(hass, entry) == [pytest.approx(12, abs=1)]


async def test_crops_of_a_camera_with_a_long_name_are_kept(hass: HomeAssistant) -> None:
    name = "Driveway and side entrance " * 5
    await add_cameras(hass, name)
    (camera,) = hass.states.async_entity_ids("camera")
    assert len(camera) > 100
    entry = await add_entry(hass, frame_data(camera_entities=[camera]))
    classifier = frames_of(entry)
    assert classifier.samples.storage_error is None
    (sample,) = await classifier.samples.async_files(classifier.samples.store.find)
    assert sample.camera == camera


async def test_a_change_is_looked_into_twice_a_second_on_its_camera_only(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate", "Drive")
    entry = await add_entry(
        hass, frame_data(), frame_data(name="Cars", camera_entities=["camera.drive"])
    )
    script(frames_of(entry, 0), "open")
    await look(hass, entry)
    gate, drive = next_look(hass, entry)
    assert gate <= 0.5
    assert drive > 20
    await look(hass, entry, 2)
    assert frames_of(entry, 0).state(GATE)
    assert all(delay > 20 for delay in next_look(hass, entry))


async def test_classifiers_of_one_camera_share_its_picture_and_the_embedding(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts: list[frame.Part] = []
    cut = frame._cut

    def counting(image: frame.Image.Image, part: frame.Part) -> frame.Image.Image:
        cuts.append(part)
        return cut(image, part)

    monkeypatch.setattr(frame, "_cut", counting)
    (camera,) = await add_cameras(hass, "Gate")
    corner = [0, 0, 0.5, 0.5]
    entry = await add_entry(
        hass,
        frame_data(),
        frame_data(name="Light"),
        frame_data(name="Lock", parts={GATE: corner}),
    )
    for number in range(3):
        script(frames_of(entry, number), "open")
    cuts.clear()
    before = camera.asked
    await look(hass, entry, 3)
    assert camera.asked == before + 3
    assert cuts == [frame.WHOLE, frame.Part(right=0.5, bottom=0.5)] * 3
    assert all(frames_of(entry, number).state(GATE) for number in range(3))


async def test_motion_is_looked_at_once_a_second_while_it_lasts(
    hass: HomeAssistant,
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    hass.states.async_set(MOTION, "off")
    entry = await add_entry(hass, frame_data(when={"motion_sensors": [MOTION]}))
    script(frames_of(entry), "open")
    await look(hass, entry, 3)
    assert next_look(hass, entry) == []
    before = camera.asked
    hass.states.async_set(MOTION, "on")
    await hass.async_block_till_done()
    assert next_look(hass, entry)[0] <= 1
    await look(hass, entry)
    assert camera.asked == before + 1
    assert next_look(hass, entry)[0] <= 1
    hass.states.async_set(MOTION, "off")
    await look(hass, entry)
    assert next_look(hass, entry) == []


@pytest.mark.parametrize("before", ["off", "on"])
async def test_what_stops_moving_while_a_slow_camera_is_looked_at_is_looked_at_again(
    hass: HomeAssistant, before: str
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    hass.states.async_set(MOTION, "off")
    entry = await add_entry(hass, frame_data(when={"motion_sensors": [MOTION]}))
    script(frames_of(entry), "open")
    await look(hass, entry, 2)
    hass.states.async_set(MOTION, before)
    await hass.async_block_till_done()

    # The picture that is under way may be of before.
    camera.meanwhile = lambda: [
        hass.states.async_set(MOTION, state) for state in ("on", "off")
    ]
    await look(hass, entry)
    camera.meanwhile = None
    assert next_look(hass, entry)[0] <= 1
    await look(hass, entry)
    assert next_look(hass, entry) == []


async def test_what_moves_at_the_start_is_looked_at(hass: HomeAssistant) -> None:
    await add_cameras(hass, "Gate")
    hass.states.async_set(MOTION, "on")
    entry = await add_entry(hass, frame_data(when={"motion_sensors": [MOTION]}))
    assert next_look(hass, entry)[0] <= 1


async def test_a_camera_that_gives_no_pictures_is_unavailable_until_it_does(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    script(frames_of(entry), "open")
    await look(hass, entry, 3)

    def state() -> str:
        found = hass.states.get("sensor.gate_gate")
        assert found is not None
        return found.state

    camera.picture = None
    await look(hass, entry, 2)
    assert state() == "open"
    assert next_look(hass, entry) == [pytest.approx(10, abs=1)]
    await look(hass, entry, 3)
    assert state() == "unavailable"
    assert caplog.text.count("There are no pictures from camera.gate") == 1
    camera.picture = b"camera error"
    await look(hass, entry)
    assert state() == "unavailable"
    camera.picture = jpeg()
    await look(hass, entry)
    assert state() == "open"
    assert caplog.text.count("There are pictures from camera.gate again") == 1


async def test_a_camera_whose_integration_has_a_defect_is_unavailable_too(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    camera.defect = KeyError("snapshot")
    await look(hass, entry, 4)
    gate = hass.states.get("sensor.gate_gate")
    assert gate is not None
    assert gate.state == "unavailable"
    assert caplog.text.count("There are no pictures from camera.gate") == 1
    assert "Traceback" not in caplog.text


async def test_what_was_seen_before_the_pictures_stopped_does_not_confirm_anything(
    hass: HomeAssistant,
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    script(frames_of(entry), "open")
    await look(hass, entry, 2)
    camera.picture = None
    await look(hass, entry)
    camera.picture = jpeg()
    await look(hass, entry, 2)
    assert frames_of(entry).state(GATE) is None
    await look(hass, entry)
    assert frames_of(entry).state(GATE)


async def test_cameras_that_come_later_are_looked_at(hass: HomeAssistant) -> None:
    entry = await add_entry(hass)
    feed = entry.runtime_data.frames.feeds[GATE]
    assert (feed.looks, feed.missed) == (0, pytest.approx(1, abs=1))
    await add_cameras(hass, "Gate")
    await look(hass, entry, 2)
    assert feed.looks == 2


async def test_a_defect_does_not_end_the_looking(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    script(frames_of(entry), "open")
    with monkeypatch.context() as broken:
        broken.setattr(frames_of(entry), "_async_confirm", None)
        await look(hass, entry)
    await look(hass, entry, 3)
    assert frames_of(entry).state(GATE)


async def test_nobody_looks_any_more_after_unloading(hass: HomeAssistant) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await settle(hass, entry)
    before = camera.asked
    await look(hass, entry, 2)
    assert camera.asked == before


async def kept(hass: HomeAssistant, entry: MockConfigEntry, looks: int) -> int:
    """Look; return how many pictures are kept then."""
    await look(hass, entry, looks)
    samples = frames_of(entry).samples.store
    return len(await frames_of(entry).samples.async_files(samples.find, limit=-1))


async def test_the_same_picture_is_kept_once_unless_something_changes(
    hass: HomeAssistant,
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    # Without a head: what was not seen yet.
    assert await kept(hass, entry, 4) == 1
    script(frames_of(entry), ("open", 0.6))
    assert await kept(hass, entry, 4) == 1
    # A change is worth keeping whatever it looks like.
    script(frames_of(entry), "open")
    assert await kept(hass, entry, 6) == 4
    camera.picture = jpeg("navy")
    assert await kept(hass, entry, 2) == 4
    script(frames_of(entry), ("shut", 0.6))
    assert await kept(hass, entry, 2) == 5


async def test_an_hour_is_an_hour_also_when_the_clock_was_set_back(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    assert await kept(hass, entry, 2) == 1
    now = dt_util.utcnow()
    for days, pictures in ((-30, 2), (-30, 2), (0, 3)):
        clock = SimpleNamespace(utcnow=lambda days=days: now + timedelta(days=days))
        monkeypatch.setattr(feed, "dt_util", clock)
        assert await kept(hass, entry, 2) == pictures


async def test_only_so_many_pictures_without_a_label_are_kept(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass, frame_data(rules={"save_attempts": 2}))
    script(frames_of(entry), "open")
    assert await kept(hass, entry, 3) == 2


async def test_an_object_classifier_is_for_frigate_only(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(
        domain="objclass", data={}, subentries_data=[classifier_data()]
    )
    assert list(entry.supported_subentry_types) == ["frame_classifier"]


@no_past
@pytest.mark.parametrize(("status", "asked"), [(401, True), (403, False), (500, False)])
async def test_a_frigate_that_wants_another_log_in_for_its_frames_is_told_to_the_user(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, status: int, *, asked: bool
) -> None:
    where = {"camera_entities": [], "frigate_cameras": ["front_door"]}
    entry = await set_up(frame_data(**where))
    await look(hass, entry)
    assert not list(entry.async_get_active_flows(hass, {"reauth"}))
    fault = frigate.faults.add(Fault(path="latest.jpg", status=status))
    await look(hass, entry, 2)
    assert fault.hits
    # Once is enough, however often it is refused.
    assert len(list(entry.async_get_active_flows(hass, {"reauth"}))) == asked
