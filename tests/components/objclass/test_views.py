"""The pictures of crops, for those who may see them."""

from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from PIL import Image
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.views import async_crop_url

from .conftest import Frigate, SetUp, classifier_of, folder_of, no_past
from .crops import jpeg, keep

pytestmark = no_past


async def test_a_signed_address_shows_a_crop_without_a_log_in(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    first, second = await keep(classifier, None, 2)
    url = async_crop_url(hass, classifier.id, first)
    client = await hass_client_no_auth()

    answer = await client.get(url)
    assert answer.status == HTTPStatus.OK
    assert answer.content_type == "image/jpeg"
    assert "private" in answer.headers["Cache-Control"]
    assert await answer.read() == jpeg()

    # It is an address of this crop and no other, and nothing without its signature.
    path, _, signature = url.partition("?")
    other = f"{path.replace(quote(first), quote(second))}?{signature}"
    assert other != url
    for wrong in (path, other, f"{path}?authSig=wrong"):
        assert (await client.get(wrong)).status == HTTPStatus.FORBIDDEN


async def test_an_old_address_is_no_attempt_to_break_in_but_a_wrong_password_is(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    (crop,) = await keep(classifier, None)
    url = async_crop_url(hass, classifier.id, crop, "thumb")
    client = await hass_client_no_auth()
    assert (await client.get(url)).status == HTTPStatus.OK

    freezer.tick(timedelta(hours=1, seconds=1))
    assert (await client.get(url)).status == HTTPStatus.FORBIDDEN
    guess = {"Authorization": "Bearer guess"}
    answer = await client.get(url.partition("?")[0], headers=guess)
    assert answer.status == HTTPStatus.UNAUTHORIZED


async def test_who_is_logged_in_sees_crops_and_nothing_else(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    (crop,) = await keep(classifier, None)
    secret = folder_of(hass, entry) / "crops.jpg"
    await hass.async_add_executor_job(secret.write_bytes, b"secret")
    client = await hass_client()
    base = f"/api/objclass/crop/{classifier.id}"
    assert (await client.get(f"{base}/{crop}")).status == HTTPStatus.OK

    for wrong in (
        f"{base}/gone",
        f"{base}/{crop}.jpg",
        f"{base}/%2Fetc%2Fpasswd",
        f"{base}/.{crop}",
        f"{base}/%00",
        f"/api/objclass/crop/gone/{crop}",
    ):
        assert (await client.get(wrong)).status == HTTPStatus.NOT_FOUND, wrong
    # Home Assistant itself refuses this before it comes to us.
    outside = await client.get(f"{base}/..%2Fcrops")
    assert outside.status == HTTPStatus.BAD_REQUEST

    await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(f"{base}/{crop}")).status == HTTPStatus.NOT_FOUND


async def test_a_thumbnail_is_a_small_version_that_only_those_see_who_may(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    (crop,) = await keep(classifier, None)
    await hass.async_add_executor_job(
        _make_large, classifier.samples.store.picture_path(crop)
    )
    url = async_crop_url(hass, classifier.id, crop, "thumb")
    stranger = await hass_client_no_auth()
    path = url.partition("?")[0]
    assert (await stranger.get(path)).status == HTTPStatus.FORBIDDEN

    answer = await stranger.get(url)
    assert (answer.status, answer.content_type) == (HTTPStatus.OK, "image/jpeg")
    assert "private" in answer.headers["Cache-Control"]
    assert Image.open(BytesIO(await answer.read())).size == (320, 320)

    client = await hass_client()
    assert (await client.get(path)).status == HTTPStatus.OK
    base = f"/api/objclass/thumb/{classifier.id}"
    for wrong in (
        f"{base}/gone",
        f"{base}/{crop}.jpg",
        f"{base}/%2Fetc%2Fpasswd",
        f"{base}/%00",
        f"/api/objclass/thumb/gone/{crop}",
        f"/api/objclass/thumb/Our%20cats/{crop}",
    ):
        assert (await client.get(wrong)).status == HTTPStatus.NOT_FOUND, wrong

    await classifier.samples.async_delete([crop])
    assert (await client.get(path)).status == HTTPStatus.NOT_FOUND
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_damaged_crop_has_no_thumbnail(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    (crop,) = await keep(classifier, None)
    path = classifier.samples.store.picture_path(crop)
    await hass.async_add_executor_job(path.write_bytes, b"\xff\xd8 damaged")
    client = await hass_client()
    answer = await client.get(f"/api/objclass/thumb/{classifier.id}/{crop}")
    assert answer.status == HTTPStatus.NOT_FOUND


def _make_large(path: Path) -> None:
    Image.new("RGB", (448, 448), "teal").save(path, "JPEG")
