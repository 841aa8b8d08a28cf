"""What is read from and written to Frigate, whatever its version."""

from dataclasses import replace
from io import BytesIO
from time import time

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from custom_components.objclass.frigate.client import FrigateClient
from custom_components.objclass.frigate.errors import (
    FrigateNotFoundError,
    FrigatePermissionError,
    FrigateResponseError,
)
from custom_components.objclass.frigate.messages import SubLabel
from custom_components.objclass.frigate.models import FrigateVersion, Picture
from tests.frigate_sim import Account, Fault, FrigateSim, NativeModel, Snapshots
from tests.frigate_sim.objects import SimObject

from .conftest import Start

COLLAR = NativeModel(
    name="collar", type="attribute", objects=("dog",), classes={"red": 2, "blue": 1}
)
OLD = ("0.14.1", "0.15.2")


def pixels(picture: Picture) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(picture.data)).convert("RGB"))


def has_drawn_box(picture: Picture) -> bool:
    """Tell whether there is a long line of the red in which Frigate draws boxes."""
    red, green, blue = np.moveaxis(pixels(picture).astype(int), 2, 0)
    lines = (red > 190) & (green < 70) & (blue < 70)
    return bool(lines.sum(axis=1).max() > 60)


async def in_view(sim: FrigateSim, name: str = "leo", **plan: float) -> SimObject:
    walk = sim.walk(name, "front_door", **plan)
    await walk.in_view.wait()
    return walk


async def ended(sim: FrigateSim, name: str = "leo") -> SimObject:
    walk = sim.walk(name, "front_door", duration=2)
    await sim.walks_done()
    return walk


async def test_the_version_is_read_and_can_be_compared(
    start: Start, version: str
) -> None:
    async with start(version=version) as (_, client):
        found = await client.version()
    assert found.text == f"{version}-5e1b2c3"
    assert FrigateVersion(0, 14) <= found < FrigateVersion(0, 19)
    assert found == FrigateVersion.parse(version)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.17.2-abcdef0\n", (0, 17, 2)),
        ("0.18.0-beta1", (0, 18, 0)),
        ("0.18-0", (0, 18, 0)),
        ("1.0.0", (1, 0, 0)),
    ],
)
def test_versions_are_understood(text: str, expected: tuple[int, int, int]) -> None:
    version = FrigateVersion.parse(text)
    assert (version.major, version.minor, version.patch) == expected


@pytest.mark.parametrize(
    "text", ["", "<html>", "17", "0.x", "0.17.2" + "-a" * 100, "-1.2.3"]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="version"):
        FrigateVersion.parse(text)


async def test_the_configuration_is_read(start: Start, version: str) -> None:
    async with start(version=version, prefix="house", models=[COLLAR]) as (_, client):
        config = await client.config()
    assert config.topic_prefix == "house"
    assert config.mqtt_enabled
    assert config.labels == ("cat", "dog")
    assert set(config.cameras) == {"front_door", "back_yard"}
    door = config.cameras["front_door"]
    assert (door.name, door.width, door.height) == ("front_door", 1280, 720)
    assert (door.zones, door.snapshots_enabled) == (("steps",), True)
    assert not config.face_recognition
    assert not config.lpr
    new = FrigateVersion.parse(version) >= FrigateVersion(0, 17)
    assert door.friendly_name == ("Front door" if new else None)
    models = {
        item.name: (item.type, item.objects) for item in config.custom_models.values()
    }
    assert models == ({"collar": ("attribute", ("dog",))} if new else {})


async def test_an_object_in_progress_is_shown_as_it_is(
    start: Start, version: str
) -> None:
    async with start(version=version, speed=1) as (sim, client):
        walk = await in_view(sim)
        picture = await client.snapshot(walk.id)
        latest = await client.latest_frame("front_door")
    assert pixels(picture).shape == pixels(latest).shape == (720, 1280, 3)
    assert not has_drawn_box(picture)
    assert not has_drawn_box(latest)
    times = {frame.time for frame in walk.frames}
    if version == "0.18.0":
        assert picture.frame_time in times
    else:
        assert picture.frame_time is None


async def test_a_moment_of_the_recordings_is_shown(start: Start, version: str) -> None:
    async with start(version=version) as (_, client):
        moment = time() - 300
        picture = await client.recorded_frame("front_door", moment, 240)
        assert pixels(picture).shape[2] == 3
        with pytest.raises(FrigateNotFoundError):
            await client.recorded_frame("cellar", moment, 240)


async def test_an_ended_object_is_shown_without_what_frigate_draws(
    start: Start, version: str
) -> None:
    async with start(version=version) as (sim, client):
        walk = await ended(sim)
        decorated = Picture(
            data=(await client._connection.get(f"events/{walk.id}/snapshot.jpg")).body,
            frame_time=None,
        )
        pictures = [
            await client.snapshot(walk.id),
            await client.clean_snapshot(walk.id),
        ]
    assert has_drawn_box(decorated), "the simulation draws boxes by default"
    for picture in pictures:
        assert pixels(picture).shape == (720, 1280, 3)
        assert not has_drawn_box(picture)


async def test_what_frigate_does_to_its_own_snapshots_does_not_matter(
    start: Start, version: str
) -> None:
    decorated = Snapshots(timestamp=True, crop=True, height=270)
    async with start(version=version, snapshots=decorated, speed=1) as (sim, client):
        walk = await in_view(sim)
        picture = await client.snapshot(walk.id)
    assert pixels(picture).shape == (720, 1280, 3)
    assert not has_drawn_box(picture)


async def test_a_clean_snapshot_that_was_not_kept_is_not_found(start: Start) -> None:
    snapshots = Snapshots(clean_copy=False)
    async with start(version="0.17.2", snapshots=snapshots) as (sim, client):
        walk = await ended(sim)
        with pytest.raises(FrigateNotFoundError):
            await client.clean_snapshot(walk.id)
        with pytest.raises(FrigateNotFoundError):
            await client.snapshot(walk.id)


async def test_frigate_0_18_draws_the_clean_snapshot_anew(start: Start) -> None:
    async with start(version="0.18.0") as (sim, client):
        walk = await ended(sim)
        fault = sim.faults.add(Fault(path="snapshot-clean", status=404))
        picture = await client.clean_snapshot(walk.id)
        assert fault.hits == 1
        assert not has_drawn_box(picture)
        assert walk.best is not None
        assert picture.frame_time == walk.best.time
        with pytest.raises(FrigateNotFoundError):
            await client.clean_snapshot("1.5-gone")


async def test_a_thumbnail_is_small(start: Start, version: str) -> None:
    async with start(version=version) as (sim, client):
        picture = await client.thumbnail((await ended(sim)).id)
    assert pixels(picture).shape[0] == 175


async def test_what_is_not_there_is_not_found(start: Start, version: str) -> None:
    async with start(version=version) as (_, client):
        assert await client.event("1718987128.947436-g92ztx") is None
        for fetch in (client.snapshot, client.clean_snapshot, client.thumbnail):
            with pytest.raises(FrigateNotFoundError):
                await fetch("1718987128.947436-g92ztx")
        with pytest.raises(FrigateNotFoundError):
            await client.latest_frame("cellar")


@pytest.mark.parametrize(
    "name", ["", "..", "../config", "a/b", "a?b", "x" * 99, "\u202e"]
)
async def test_a_name_that_would_change_the_address_is_not_found(
    start: Start, name: str
) -> None:
    async with start() as (_, client):
        for fetch in (client.snapshot, client.latest_frame, client.thumbnail):
            with pytest.raises(FrigateNotFoundError):
                await fetch(name)


async def test_stored_objects_are_listed_newest_first(
    start: Start, version: str
) -> None:
    async with start(version=version, past_events=12) as (sim, client):
        everything = await client.events()
        cats = await client.events(labels=["cat"])
        others = await client.events(
            labels=["dog"], cameras=["back_yard", "front_door"]
        )
        middle = everything[5].start_time
        older = await client.events(before=middle)
        newer = await client.events(after=middle)
        first = await client.events(limit=3, has_snapshot=True, in_progress=False)
    starts = [item.start_time for item in everything]
    assert starts == sorted(starts, reverse=True)
    assert len(everything) == 12
    assert {sim.truths[item.id] for item in cats} == {"leo", "charlie", "stray"}
    assert {sim.truths[item.id] for item in others} == {"rex"}
    assert len(cats) + len(others) == 12
    assert (len(newer), len(older)) == (5, 6)
    assert [item.id for item in first] == [item.id for item in everything[:3]]


async def test_objects_in_progress_and_in_zones_are_found(start: Start) -> None:
    async with start(past_events=2, speed=1) as (sim, client):
        walk = await in_view(sim)
        now = await client.events(in_progress=True)
        nowhere = await client.events(zones=["cellar"])
    assert [item.id for item in now] == [walk.id]
    assert now[0].end_time is None
    assert nowhere == []


async def test_the_box_of_a_stored_object_is_that_of_its_snapshot(
    start: Start, version: str
) -> None:
    async with start(version=version) as (sim, client):
        walk = await ended(sim)
        event = await client.event(walk.id)
    assert event is not None
    assert walk.best is not None
    box = event.absolute_box(1280, 720)
    assert box is not None
    corners = np.array([box.x1, box.y1, box.x2, box.y2])
    assert np.abs(corners - walk.best.sighting.box).max() <= 1  # rounded down
    assert event.snapshot_clean is (version == "0.18.0")


async def test_a_sub_label_is_written_and_read_back_at_once(
    start: Start, version: str
) -> None:
    async with start(version=version, speed=1) as (sim, client):
        walk = await in_view(sim)
        before = await client.event(walk.id)
        await client.set_sub_label(walk.id, "leo", 0.93)
        after = await client.event(walk.id)
    assert before is not None
    assert before.sub_label is None
    assert after is not None
    assert after.sub_label == SubLabel(text="leo", score=0.93)


async def test_a_sub_label_reaches_an_object_that_is_not_stored_yet(
    start: Start, version: str
) -> None:
    async with start(version=version, speed=5) as (sim, client):
        walk = await in_view(sim, stored_after=1.5)
        assert not walk.stored
        await client.set_sub_label(walk.id, "leo", 0.9)
        assert walk.sub_label == ("leo", 0.9)
        assert walk.stored is (version in OLD)


async def test_waiting_for_an_object_to_be_stored_has_an_end(start: Start) -> None:
    patience = {"retry_delays": (0.01, 0.01)}
    async with start(patience, version="0.15.2") as (sim, client):
        with pytest.raises(FrigateNotFoundError):
            await client.set_sub_label("1718987128.947436-g92ztx", "leo", 0.9)
        assert sim.world.writes == []


@pytest.mark.parametrize("score", [0.0, -1.0, float("nan"), 1e-9])
async def test_a_score_of_nothing_is_never_sent(
    start: Start, version: str, score: float
) -> None:
    async with start(version=version) as (sim, client):
        walk = await ended(sim)
        await client.set_sub_label(walk.id, "leo", score)
        assert sim.world.writes[0].score == 0.001


async def test_a_long_sub_label_is_cut_and_a_great_score_limited(start: Start) -> None:
    async with start() as (sim, client):
        walk = await ended(sim)
        await client.set_sub_label(walk.id, "ä" * 300, 7)
        assert walk.sub_label == ("ä" * 100, 1.0)


async def test_a_sub_label_is_never_cleared(start: Start) -> None:
    async with start() as (sim, client):
        walk = await ended(sim)
        with pytest.raises(ValueError, match="text"):
            await client.set_sub_label(walk.id, "", 0.5)
        assert sim.world.writes == []


@pytest.mark.parametrize("version", ["0.17.2", "0.18.0"])
async def test_attributes_are_written_once_the_object_is_stored(
    start: Start, version: str
) -> None:
    async with start(version=version, models=[COLLAR], speed=5) as (sim, client):
        walk = await in_view(sim, "rex", stored_after=1.5)
        await client.set_attributes(walk.id, ["red"])
        event = await client.event(walk.id)
    assert event is not None
    assert event.model_attributes == {"collar": SubLabel(text="red", score=1.0)}


async def test_an_attribute_of_objects_without_any_is_refused(start: Start) -> None:
    of_cats = replace(COLLAR, objects=("cat",))
    async with start(models=[of_cats]) as (sim, client):
        walk = await ended(sim, "rex")
        with pytest.raises(
            FrigateResponseError, match="No matching attributes"
        ) as refusal:
            await client.set_attributes(walk.id, ["red"])
    assert refusal.value.status == 400


async def test_frigate_before_0_17_has_no_attributes(start: Start) -> None:
    async with start(version="0.16.4") as (_, client):
        with pytest.raises(FrigateNotFoundError, match="since"):
            await client.set_attributes("1718987128.947436-g92ztx", ["red"])


PETS = NativeModel(
    name="our pets", type="sub_label", objects=("cat",), classes={"leo": 2, "rex": 1}
)


@pytest.mark.parametrize("version", ["0.17.2", "0.18.0"])
async def test_the_labelled_pictures_of_frigate_s_own_models_are_read(
    start: Start, version: str
) -> None:
    accounts = {"admin": Account(password="secret", role="admin")}
    login = {"username": "admin", "password": "secret"}
    options = {"version": version, "models": [PETS], "base_path": "/frigate"}
    async with start(client=login, accounts=accounts, **options) as (_, client):
        dataset = await client.dataset("our pets")
        assert {name: len(files) for name, files in dataset.items()} == PETS.classes
        first, second = [
            await client.dataset_picture("our pets", "leo", file)
            for file in dataset["leo"]
        ]
        with pytest.raises(FrigateNotFoundError):
            await client.dataset_picture("our pets", "leo", "gone.png")
        assert await client.dataset("gone") == {}
        assert await client.dataset("../config") == {}
    assert pixels(first).shape == (224, 224, 3)
    assert first.data != second.data


async def test_a_viewer_may_not_read_frigate_s_datasets(start: Start) -> None:
    accounts = {"guest": Account(password="secret", role="viewer")}
    login = {"username": "guest", "password": "secret"}
    async with start(client=login, accounts=accounts, models=[PETS]) as (_, client):
        with pytest.raises(FrigatePermissionError):
            await client.dataset("our pets")


async def test_frigate_before_0_17_has_no_datasets(start: Start) -> None:
    async with start(version="0.16.4") as (_, client):
        with pytest.raises(FrigateNotFoundError):
            await client.dataset("pets")


async def test_two_clients_share_a_session_without_harm(start: Start) -> None:
    async with (
        start(version="0.14.1") as (old, first),
        start(version="0.18.0") as (new, second),
    ):
        versions = [(await client.version()).minor for client in (first, second)]
        assert old.url != new.url
    assert versions == [14, 18]


def test_an_address_must_be_http(session: object) -> None:
    for url in (
        "",
        "frigate:5000",
        "mqtt://host",
        "http://",
        "http://[::1",
        "file:///etc",
    ):
        with pytest.raises(Exception, match="not an http"):
            FrigateClient(session, url)  # type: ignore[arg-type]
