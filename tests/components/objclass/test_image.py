"""The picture of what a classifier looked at last."""

import io
import time
from datetime import datetime
from http import HTTPStatus

import pytest
from homeassistant.core import HomeAssistant
from PIL import Image
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .conftest import Frigate, SetUp, classifier_of, entity_of, no_past
from .visits import Visit

pytestmark = no_past

CROP = "image.our_cats_last_crop"


async def test_the_image_shows_the_last_crop_also_before_the_first_training(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    assert entity_of(hass, CROP).state == "unknown"
    client = await hass_client()
    answer = await client.get(f"/api/image_proxy/{CROP}")
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR

    visit = Visit(frigate, entry)
    pictures = []
    for _ in range(2):
        await visit.look()
        state = entity_of(hass, CROP)
        taken = datetime.fromisoformat(state.state).timestamp()
        assert taken == pytest.approx(visit.seen.now.time, abs=0.001)
        assert state.attributes["camera"] == "front_door"
        assert state.attributes["event_id"] == visit.id
        answer = await client.get(f"/api/image_proxy/{CROP}")
        assert answer.status == HTTPStatus.OK
        assert answer.content_type == "image/jpeg"
        pictures.append(await answer.read())
    assert pictures[0] != pictures[1]
    with Image.open(io.BytesIO(pictures[1])) as picture:
        assert picture.width == picture.height


async def test_of_two_objects_in_one_frame_the_image_says_which_it_shows(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    now = time.time()
    for name in ("leo", "charlie"):
        visit = Visit(frigate, entry, name, start=now)
        await visit.look()
        assert entity_of(hass, CROP).attributes["event_id"] == visit.id


async def test_a_crop_that_was_deleted_is_not_shown_any_more(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    visit = Visit(frigate, entry)
    await visit.look(2)
    newest, older = await classifier.samples.async_files(classifier.samples.store.find)

    await classifier.samples.async_delete([newest.id])
    await hass.async_block_till_done()
    taken = datetime.fromisoformat(entity_of(hass, CROP).state).timestamp()
    assert taken == pytest.approx(older.time, abs=0.001)

    await classifier.samples.async_delete([older.id])
    await hass.async_block_till_done()
    assert entity_of(hass, CROP).state == "unknown"
    assert classifier.samples.last_crop is None


async def test_the_image_is_still_there_after_a_restart(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    await visit.look(2)
    before = entity_of(hass, CROP)
    client = await hass_client()
    picture = await (await client.get(f"/api/image_proxy/{CROP}")).read()

    await hass.config_entries.async_reload(entry.entry_id)
    frigate.say("available", "online")
    await hass.async_block_till_done()
    assert entity_of(hass, CROP).state == before.state
    assert entity_of(hass, CROP).attributes["event_id"] == visit.id
    answer = await client.get(f"/api/image_proxy/{CROP}")
    assert await answer.read() == picture
