"""The pictures of crops, for those who may see them."""

from http import HTTPStatus
from urllib.parse import quote

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.views import async_crop_url

from .conftest import Frigate, SetUp, classifier_of, folder_of
from .crops import jpeg, keep

pytestmark = pytest.mark.parametrize("frigate", [{"past_events": 0}], indirect=True)


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
        assert (await client.get(wrong)).status == HTTPStatus.UNAUTHORIZED


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
