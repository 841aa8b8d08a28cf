"""Objects live in the simulated Frigate as they do in the real one."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
from PIL import Image

from custom_components.objclass.frigate.messages import parse_event
from tests.frigate_sim import Fault, FrigateSim
from tests.frigate_sim.cast import photo_cast
from tests.frigate_sim.photos import Photo
from tests.frigate_sim.scene import Appearance
from tests.frigate_sim.versions import KNOWN

SPEED = 25.0


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def messages(sim: FrigateSim) -> list[dict[str, Any]]:
    return [payload for topic, payload in sim.published if topic == "events"]


@pytest.mark.parametrize("version", KNOWN)
async def test_a_life_is_told_as_by_this_version(
    socket_enabled: None, version: str
) -> None:
    async with FrigateSim(version=version, speed=SPEED) as sim:
        walk = sim.walk("leo", "front_door")
        await sim.walks_done()
    told = messages(sim)
    kinds = [message["type"] for message in told]
    assert kinds == ["new", *["update"] * (len(told) - 2), "end"]
    assert [told[0]["before"]["false_positive"], told[0]["before"]["snapshot"]] == [
        True,
        None,
    ]
    for earlier, later in pairwise(told):
        assert later["before"] == earlier["after"]
    for message in told:
        assert parse_event(json.dumps(message)).after.id == walk.id
    fields = set(told[-1]["after"])
    minor = int(version.split(".")[1])
    assert ("max_severity" in fields) is (minor >= 15)
    assert ("path_data" in fields) is (minor >= 16)
    assert ("score_history" in fields) is (minor >= 17)
    assert ("snapshot_clean" in fields) is (minor >= 18)
    # Ten seconds: about one message a second along the path, which old versions lack.
    assert len(told) in (range(8, 18) if minor >= 16 else range(2, 8))


async def test_the_second_frame_comes_at_once_and_the_best_frame_lags(
    socket_enabled: None,
) -> None:
    async with FrigateSim(speed=SPEED) as sim:
        walk = sim.walk("leo", "front_door")
        await sim.walks_done()
    after = [message["after"] for message in messages(sim)]
    numbers = {frame.time: frame.number for frame in walk.frames}
    shown = [numbers[item["frame_time"]] for item in after]
    best = [numbers[item["snapshot"]["frame_time"]] for item in after]
    assert shown[1] - shown[0] == 1
    assert best == sorted(best)
    assert all(older <= newer for older, newer in zip(best, shown, strict=True))
    assert len(set(best)) < len(best), "two messages about the same picture"
    assert len(set(best)) >= 3


async def test_a_sub_label_appears_in_the_next_message(
    session: aiohttp.ClientSession,
) -> None:
    async with FrigateSim(speed=5) as sim:
        walk = sim.walk("leo", "front_door")
        await walk.in_view.wait()
        body = {"subLabel": "leo", "subLabelScore": 0.9}
        async with session.post(
            f"{sim.url}/api/events/{walk.id}/sub_label", json=body
        ) as answer:
            assert answer.status == 200
        await sim.walks_done()
    told = messages(sim)
    assert told[0]["after"]["sub_label"] is None
    assert told[-1]["after"]["sub_label"] == ["leo", 0.9]


async def test_who_stays_is_in_view_until_it_may_leave(socket_enabled: None) -> None:
    async with FrigateSim(speed=600) as sim:
        staying = sim.walk("leo", "front_door", duration=3)
        staying.may_leave.clear()
        leaving = sim.walk("rex", "back_yard", duration=3)
        await asyncio.wait(sim.world.walks, return_when=asyncio.FIRST_COMPLETED)
        assert staying.tracked
        assert staying.end_time is None
        staying.may_leave.set()
        await sim.walks_done()
    assert staying.end_time is not None
    ends = [told["after"]["id"] for told in messages(sim) if told["type"] == "end"]
    assert ends == [leaving.id, staying.id]


async def test_a_resting_object_becomes_stationary(socket_enabled: None) -> None:
    async with FrigateSim(speed=60) as sim:
        sim.walk("rex", "back_yard", duration=6, rest=20)
        await sim.walks_done()
    still = [message["after"]["stationary"] for message in messages(sim)]
    assert True in still
    assert still[-1] is False


async def test_an_object_that_never_was_stored_leaves_nothing(
    session: aiohttp.ClientSession,
) -> None:
    async with FrigateSim(speed=SPEED) as sim:
        walk = sim.walk("leo", "front_door", duration=3, stored_after=99)
        await sim.walks_done()
        for path in (f"events/{walk.id}", f"events/{walk.id}/snapshot.jpg"):
            async with session.get(f"{sim.url}/api/{path}") as answer:
                assert answer.status == 404
        assert sim.truths[walk.id] == "leo"


async def test_after_a_restart_nothing_ends(session: aiohttp.ClientSession) -> None:
    async with FrigateSim(speed=2) as sim:
        walk = sim.walk("leo", "front_door")
        await walk.in_view.wait()
        async with session.post(f"{sim.url}/sim/restart") as answer:
            assert answer.status == 200
        assert walk.end_time == walk.start_time + 30
        assert not sim.world.walks
    assert "end" not in [message["type"] for message in messages(sim)]


async def test_json_is_cached_unless_the_client_asks_not_to(
    session: aiohttp.ClientSession,
) -> None:
    async def count(sim: FrigateSim, **headers: str) -> int:
        async with session.get(f"{sim.url}/api/events", headers=headers) as answer:
            return len(await answer.json())

    async with FrigateSim(past_events=2) as sim:
        assert await count(sim) == 2
        sim.world.add_history(1)
        assert await count(sim) == 2
        assert await count(sim, **{"X-Cache-Bypass": "1"}) == 3


async def test_walks_truth_and_faults_can_be_reached_over_http(
    session: aiohttp.ClientSession,
) -> None:
    async with FrigateSim(speed=SPEED) as sim:
        walk = {"name": "rex", "camera": "back_yard", "duration": 2}
        async with session.post(f"{sim.url}/sim/walk", json=walk) as answer:
            event = (await answer.json())["id"]
        async with session.post(
            f"{sim.url}/sim/walk", json={"name": "nobody"}
        ) as answer:
            assert answer.status == 400
        await sim.walks_done()
        async with session.get(f"{sim.url}/sim/truth") as answer:
            assert await answer.json() == {event: "rex"}
        fault = {"path": "version", "status": 503, "times": 1}
        async with session.post(f"{sim.url}/sim/faults", json=fault) as answer:
            assert answer.status == 200
        for status in (503, 200):
            async with session.get(f"{sim.url}/api/version") as answer:
                assert answer.status == status
        async with session.get(f"{sim.url}/sim/faults") as answer:
            assert [item["hits"] for item in await answer.json()] == [1]
        async with session.delete(f"{sim.url}/sim/faults") as answer:
            assert await answer.json() == []
        async with session.get(f"{sim.url}/sim/state") as answer:
            assert (await answer.json())["objects"][event]["truth"] == "rex"


async def test_a_delay_ends_with_its_fault(session: aiohttp.ClientSession) -> None:
    async with FrigateSim() as sim:
        fault = sim.faults.add(Fault(path="version", delay=3600))
        slow = asyncio.create_task(session.get(f"{sim.url}/api/version").__aenter__())
        async with asyncio.timeout(10):
            while not fault.hits:
                await (await session.get(f"{sim.url}/api/config")).read()
        assert not slow.done()
        sim.faults.clear()
        assert (await slow).status == 200


def photos(root: Path, name: str, count: int) -> None:
    folder = root / name
    folder.mkdir()
    for number in range(count):
        Image.new("RGB", (80, 60), (number, 0, 0)).save(folder / f"{number}.png")


def paths(appear: Callable[[], Appearance]) -> set[Path]:
    found = set()
    for _ in range(30):
        photo = appear()
        assert isinstance(photo, Photo)
        found.add(photo.path)
    return found


def test_no_photo_of_the_past_is_shown_live(tmp_path: Path) -> None:
    photos(tmp_path, "cat", 9)
    photos(tmp_path, "dog", 4)
    cast = photo_cast(tmp_path, Random(1))
    assert {name: item.label for name, item in cast.items()} == {
        "cat": "animal",
        "dog": "animal",
    }
    for subject in cast.values():
        shown = [paths(subject.past), paths(subject.live)]
        assert not shown[0] & shown[1]
        assert len(shown[0]) + len(shown[1]) == (9 if subject.name == "cat" else 4)


def test_one_folder_of_photos_is_not_enough(tmp_path: Path) -> None:
    photos(tmp_path, "cat", 4)
    photos(tmp_path, "dog", 1)
    with pytest.raises(ValueError, match="two folders"):
        photo_cast(tmp_path, Random(1))


async def test_photos_walk_past_under_one_label(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    photos(tmp_path, "cat", 4)
    photos(tmp_path, "dog", 4)
    async with FrigateSim(
        images=tmp_path, past_events=4, label="pet", speed=SPEED
    ) as sim:
        async with session.get(f"{sim.url}/api/events?labels=pet") as answer:
            past = [event["id"] for event in await answer.json()]
        sim.walk("dog", "front_door", duration=2)
        await sim.walks_done()
    assert sorted(sim.truths[event] for event in past) == ["cat", "cat", "dog", "dog"]
    assert messages(sim)[0]["after"]["label"] == "pet"
