"""The media browser shows the kept crops, and actions can take them from there."""

from http import HTTPStatus

import pytest
from homeassistant.components.media_player import BrowseError, BrowseMedia
from homeassistant.components.media_source import (
    Unresolvable,
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.learning.samples.sample import Sample

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from .crops import jpeg, keep

ROOT = "media-source://objclass"


async def titles(hass: HomeAssistant, folder: str) -> list[str]:
    return [child.title for child in await children(hass, folder)]


async def children(hass: HomeAssistant, folder: str) -> list[BrowseMedia]:
    return list((await async_browse_media(hass, folder)).children or ())


@pytest.fixture(autouse=True)
async def media_browser(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "media_source", {})
    await hass.config.async_set_time_zone("UTC")


@no_past
async def test_crops_are_found_by_classifier_class_camera_and_day(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Our dogs"))
    await keep(classifier_of(entry), "leo", 2, day=1)
    await keep(classifier_of(entry), "leo", 1, day=2)
    await keep(classifier_of(entry), "charlie", 1)
    await keep(classifier_of(entry), None, 1)

    assert await titles(hass, ROOT) == ["Our cats", "Our dogs"]
    cats, dogs = await children(hass, ROOT)
    assert await titles(hass, dogs.media_content_id) == []
    classes = await children(hass, cats.media_content_id)
    assert sorted(folder.title for folder in classes) == [
        *("Without a class (1)", "charlie (1)", "leo (3)")
    ]
    (leo,) = [folder for folder in classes if folder.title == "leo (3)"]
    (camera,) = await children(hass, leo.media_content_id)
    assert camera.title == "Front door (3)"
    days = await children(hass, camera.media_content_id)
    assert [day.title for day in days] == ["2023-11-16 (1)", "2023-11-15 (2)"]
    crops = await async_browse_media(hass, days[1].media_content_id)
    assert crops.title == "2023-11-15"
    assert [crop.title for crop in crops.children or ()] == ["22:23:20", "22:13:20"]


@no_past
async def test_a_folder_shows_its_newest_crop(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 1, day=1)
    (newest,) = await keep(classifier_of(entry), "leo", 1, day=2)
    await keep(classifier_of(entry), "charlie", 1, day=3)
    (cats,) = await children(hass, ROOT)
    assert cats.thumbnail is None
    charlie, leo = await children(hass, cats.media_content_id)
    (camera,) = await children(hass, leo.media_content_id)
    (day, _) = await children(hass, camera.media_content_id)
    for folder in (leo, camera, day):
        assert newest in str(folder.thumbnail)
    assert newest not in str(charlie.thumbnail)


@no_past
async def test_a_crop_nobody_labelled_is_where_it_was_taken_to_belong(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    samples = classifier_of(entry).samples.store
    scores = {"leo": 0.9, "charlie": 0.1}
    about = {"camera": "front_door", "time": 1.0, "event_id": None, "scores": scores}
    samples.add(Sample(id="known", **about), jpeg())
    samples.add(Sample(id="stranger", unfamiliar=True, **about), jpeg())
    samples.add(Sample(id="corrected", label="charlie", **about), jpeg())
    (cats,) = await children(hass, ROOT)
    assert sorted(await titles(hass, cats.media_content_id)) == [
        *("charlie (1)", "leo (1)", "none (1)")
    ]


@no_past
async def test_a_crop_can_be_seen_and_be_given_to_an_action(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 1)
    folder = ROOT
    for _ in range(4):
        (only,) = await children(hass, folder)
        folder = only.media_content_id
    (crop,) = await children(hass, folder)
    client = await hass_client_no_auth()
    media = await async_resolve_media(hass, crop.media_content_id, None)
    for address in (media.url, crop.thumbnail):
        answer = await client.get(address)
        assert answer.status == HTTPStatus.OK
        assert answer.content_type == media.mime_type == "image/jpeg"
    assert media.path is not None
    assert media.path.read_bytes() == jpeg()


@no_past
async def test_brought_pictures_are_in_a_folder_with_a_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    sample = Sample(
        id="import-1", event_id=None, camera="", time=1.0, label="leo", source="import"
    )
    await classifier.samples.async_files(classifier.samples.store.add, sample, jpeg())
    (cats,) = await children(hass, ROOT)
    (leo,) = await children(hass, cats.media_content_id)
    (brought,) = await children(hass, leo.media_content_id)
    assert brought.title == "Imported (1)"
    opened = await async_browse_media(hass, brought.media_content_id)
    assert opened.title == "Imported"
    (day,) = opened.children or ()
    (crop,) = await children(hass, day.media_content_id)
    played = await async_resolve_media(hass, crop.media_content_id, None)
    assert played.path == classifier.samples.store.picture_path("import-1")


@no_past
async def test_names_with_slashes_and_emoji_make_no_wrong_folders(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(classes=["a/b", "../🐈%2F", "leo"]))
    crops = await keep(classifier_of(entry), None, 2)
    for crop, name in zip(crops, ("a/b", "../🐈%2F"), strict=True):
        await classifier_of(entry).samples.async_label([crop], name)
    (cats,) = await children(hass, ROOT)
    folders = await children(hass, cats.media_content_id)
    assert sorted(folder.title for folder in folders) == ["../🐈%2F (1)", "a/b (1)"]
    for folder in folders:
        assert await titles(hass, folder.media_content_id) == ["Front door (1)"]


@no_past
async def test_what_is_gone_is_said_to_be_gone(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    (crop,) = await keep(classifier, "leo", 1)
    with pytest.raises(BrowseError, match="gone"):
        await async_browse_media(hass, f"{ROOT}/nobody")
    with pytest.raises(BrowseError, match="gone"):
        await async_browse_media(hass, f"{ROOT}/{classifier.id}/leo/x/y/{crop}")
    for path in ("nobody/leo/x/y/z", f"{classifier.id}/leo/x/y/../../{crop}x"):
        with pytest.raises(Unresolvable, match="gone"):
            await async_resolve_media(hass, f"{ROOT}/{path}", None)
    for folder in (ROOT, f"{ROOT}/{classifier.id}", f"{ROOT}/{classifier.id}/leo"):
        with pytest.raises(Unresolvable, match="gone"):
            await async_resolve_media(hass, folder, None)
    classifier.samples.store.close()
    with pytest.raises(BrowseError):
        await async_browse_media(hass, f"{ROOT}/{classifier.id}")
    with pytest.raises(Unresolvable):
        await async_resolve_media(hass, f"{ROOT}/{classifier.id}/leo/x/y/{crop}", None)
