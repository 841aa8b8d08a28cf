"""The action that classifies a picture now."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.runtime.worker import async_change_runtime
from tests.frigate_sim.faults import Fault

from .conftest import Frigate, SetUp, classifier_of, no_past, teach
from .crops import jpeg, keep, learn
from .frames.cameras import add_cameras
from .test_services import act, with_past


@with_past
async def test_a_picture_is_classified_wherever_it_comes_from(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, tmp_path: Path
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)
    (sample, *_) = (await act(hass, "samples", **{"class": "leo"}))["samples"]
    crop = classifier_of(entry).samples.store.picture_path(sample["id"])

    hass.config.media_dirs["pictures"] = str(crop.parent)
    assert await async_setup_component(hass, "media_source", {})
    media = f"media-source://media_source/pictures/{crop.name}"
    camera = MockConfigEntry(
        domain="local_file", options={"name": "Hall", "file_path": str(crop)}
    )
    camera.add_to_hass(hass)
    assert await hass.config_entries.async_setup(camera.entry_id)

    for picture in (
        {"event_id": sample["event_id"]},
        {"media": {"media_content_id": media, "media_content_type": "image/jpeg"}},
        {"entity_id": "camera.hall"},
    ):
        seen = await act(hass, "classify", **picture)
        assert seen["class"] == "leo", picture
    # An object that is still in view.
    walking = frigate.walk("leo", "front_door")
    await walking.in_view.wait()
    seen = await act(hass, "classify", event_id=walking.id)
    assert set(seen["scores"]) == {"leo", "charlie", "none"}


@no_past
async def test_when_another_network_comes_into_use_meanwhile_it_is_said(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    await learn(classifier_of(entry))
    # It cannot be trained anew for the other network.
    await classifier_of(entry).samples.async_move_labels({"leo": None})
    (hall,) = await add_cameras(hass, "Hall")
    shows = hall.async_camera_image

    async def change_network(**size: Any) -> bytes | None:
        await async_change_runtime(hass, {"backbone": "128"})
        return await shows()

    monkeypatch.setattr(hall, "async_camera_image", change_network)
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "classify", entity_id="camera.hall")
    assert raised.value.translation_key == "not_trained"


@no_past
async def test_what_cannot_be_classified_is_said(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, tmp_path: Path
) -> None:
    entry = await set_up()
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "classify", event_id="1.5-gone")
    assert raised.value.translation_key == "not_trained"
    await keep(classifier_of(entry), "leo", 4)
    await keep(classifier_of(entry), "charlie", 4)
    await act(hass, "train")

    hass.config.media_dirs["pictures"] = str(tmp_path)
    assert await async_setup_component(hass, "media_source", {})
    assert await async_setup_component(hass, "camera", {})
    broken = tmp_path / "broken.jpg"
    await hass.async_add_executor_job(broken.write_bytes, jpeg()[:100])
    large = tmp_path / "large.jpg"
    await hass.async_add_executor_job(large.write_bytes, bytes(41 << 20))

    async def why_not(**picture: Any) -> str:
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, "classify", **picture)
        assert raised.value.translation_domain == DOMAIN
        return str(raised.value)

    def media(name: str) -> dict[str, str]:
        return {"media_content_id": name, "media_content_type": "image/jpeg"}

    local = "media-source://media_source/pictures/"
    assert "no picture of an object 1.5-gone" in await why_not(event_id="1.5-gone")
    assert "no camera camera.gone" in await why_not(entity_id="camera.gone")
    hass.states.async_set("camera.left", "unavailable")
    assert "camera.left gives no picture" in await why_not(entity_id="camera.left")
    for name in ("broken", "large", "gone"):
        error = await why_not(media=media(f"{local}{name}.jpg"))
        assert error.startswith("The picture cannot be used: "), name
    crop = media("media-source://image/image.our_cats_last_crop")
    assert "stored in Home Assistant" in await why_not(media=crop)
    frigate.faults.add(Fault(path="events", status=500))
    assert "HTTP 500" in await why_not(event_id="1.5-gone")
    both = {"event_id": "1.5-a", "entity_id": "camera.a"}
    for wrong in ({}, {"event_id": ""}, both):
        assert "Say what to look at" in await why_not(**wrong)
