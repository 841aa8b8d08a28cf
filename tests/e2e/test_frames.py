"""Day and night on a camera, in a Home Assistant without MQTT and without a Frigate."""

import shutil
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import Api, Json, until
from tests.stack.broker import Broker
from tests.stack.home_assistant import CONFIGURATION, HomeAssistant

PHOTOS = Path(__file__).parents[3] / "shared" / "data" / "images" / "day_night"
CLASSES = ("day", "night")
TAUGHT = 30  # pictures of each class
SENSOR = "sensor.daylight_yard"
RULES = {
    "threshold": 0.8,
    "confirmations": 3,
    "save_attempts": 100,
    "familiarity": True,
    "refuse_worse": False,
}


def photos(class_name: str) -> list[Path]:
    return sorted((PHOTOS / class_name).glob("*.jpg"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[HomeAssistant]:
    """Return a Home Assistant with a camera that shows what a file holds."""
    folder: Path = tmp_path_factory.mktemp("alone")
    if not PHOTOS.is_dir():
        pytest.skip("the photos are not here")
    media = folder / "media"
    for class_name in CLASSES:
        (media / "examples" / class_name).mkdir(parents=True)
        for photo in islice(photos(class_name), TAUGHT):
            shutil.copy(photo, media / "examples" / class_name)
    allowed = f"homeassistant:\n  allowlist_external_dirs:\n    - {media}\n"
    async with HomeAssistant(folder, configuration=CONFIGURATION + allowed) as running:
        show(running, photos("day")[TAUGHT])
        flow = await running.api.start_flow("local_file")
        added = await flow.submit({"file_path": str(picture(running))})
        assert added["type"] == "create_entry"
        yield running


def picture(hass: HomeAssistant) -> Path:
    return hass.folder / "media" / "yard.jpg"


def show(hass: HomeAssistant, photo: Path) -> None:
    """Let the camera show a photo from now on."""
    new = picture(hass).with_suffix(".new")
    shutil.copy(photo, new)
    new.replace(picture(hass))


async def add_entry(api: Api) -> str:
    """Add Home Assistant's own cameras, as a person does."""
    flow = await api.start_flow("objclass")
    assert flow.result["menu_options"] == ["manual", "cameras"]
    added = await flow.submit({"next_step_id": "cameras"})
    assert added["type"] == "create_entry", added
    entry_id: str = added["result"]["entry_id"]
    await api.wait_for_entry(entry_id)
    return entry_id


async def add_classifier(api: Api, entry_id: str) -> None:
    flow = await api.start_subentry_flow(entry_id, "frame_classifier")
    asked = await flow.submit(
        {
            "name": "Daylight",
            "classes": list(CLASSES),
            "camera_entities": ["camera.yard"],
            "when": {"interval": 1},
            "on": {"on_class": "day", "device_class": "light"},
            "rules": RULES,
        }
    )
    assert asked["step_id"] == "parts", asked
    (yard,) = (field["name"] for field in asked["data_schema"])
    wrong = await flow.submit({yard: "0.6, 0, 0.5, 1"})
    assert wrong["errors"] == {yard: "bad_part"}
    created = await flow.submit({yard: "0, 0, 1, 0.9"})
    assert created["type"] == "create_entry"


async def test_the_sensor_follows_day_and_night(alone: HomeAssistant) -> None:
    api = alone.api
    assert await api.entries("mqtt") == []
    entry_id = await add_entry(api)
    await add_classifier(api, entry_id)
    untrained = await api.wait_for_state(SENSOR, "unknown", within=60)
    assert untrained["attributes"]["options"] == list(CLASSES)

    imported = await api.call_for_response(
        "objclass.import",
        classifier="Daylight",
        path=str(alone.folder / "media" / "examples"),
    )
    assert imported["images"] == dict.fromkeys(CLASSES, TAUGHT)
    trained = await api.call_for_response("objclass.train", classifier="Daylight")
    assert trained["accuracy"] > 0.8

    day = await shows(api, "day", "on")
    show(alone, photos("night")[TAUGHT])
    night = await shows(api, "night", "off")
    assert night["attributes"]["since"] > day["attributes"]["since"]
    changed = await api.state("event.daylight_yard_changed")
    assert changed is not None
    assert changed["attributes"]["event_type"] == "night"
    assert changed["attributes"]["before"] == "day"

    samples = await api.call_for_response("objclass.samples", classifier="Daylight")
    live = [sample for sample in samples["samples"] if sample["camera"]]
    assert live, "no picture was kept"
    kept = await api.get("/api/states/image.daylight_last_crop")
    assert kept["attributes"]["camera"] == "camera.yard"


async def shows(api: Api, class_name: str, binary: str) -> Json:
    """Wait until the sensors show a class; it has to have been confirmed."""
    state = await api.wait_for_state(SENSOR, class_name, within=120)
    assert state["attributes"]["confirmed_by"] == 3
    assert state["attributes"]["score"] >= 0.8
    await api.wait_for_state("binary_sensor.daylight_yard_day", binary, within=60)
    return state


async def test_the_state_is_known_again_at_once_after_a_restart(
    alone: HomeAssistant,
) -> None:
    before = await alone.api.state(SENSOR)
    assert before is not None
    assert before["state"] == "night"
    await alone.restart()
    after = await alone.api.wait_for_state(SENSOR, "night", within=60)
    assert after["attributes"]["since"] == before["attributes"]["since"]


async def test_status_diagnostics_and_the_panel_do_without_frigate(
    alone: HomeAssistant,
) -> None:
    api = alone.api
    (entry,) = await api.entries("objclass")
    async with api.websocket() as ws:
        status = await ws.command("objclass/status")
        shown = await ws.command("objclass/classifiers")
    (state,) = status["entries"]
    assert (state["available"], state["mqtt_connected"]) == (True, False)
    (offered,) = shown["entries"]
    assert offered["types"] == ["frame_classifier"]
    (classifier,) = shown["classifiers"]
    assert classifier["type"] == "frame_classifier"
    assert [item["class"] for item in classifier["states"]] == ["night"]
    diagnostics: dict[str, Any] = await api.get(
        f"/api/diagnostics/config_entry/{entry['entry_id']}"
    )
    assert diagnostics["data"]["frigate"] is None
    await looks(api, entry["entry_id"], more_than=0)


async def test_examples_are_taken_from_the_camera(alone: HomeAssistant) -> None:
    collected = await alone.api.call_for_response(
        "objclass.collect", classifier="Daylight", count=2
    )
    assert collected["unusable"] == 0
    assert [one["camera"] for one in collected["samples"]] == ["camera.yard"] * 2
    seen = await alone.api.call_for_response(
        "objclass.classify", classifier="Daylight", entity_id="camera.yard"
    )
    assert seen["class"] == "night"


async def test_a_camera_of_frigates_is_looked_at_on_motion(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    api = home_assistant.api
    async with FrigateSim(mqtt_port=broker.port, prefix="moving_house", speed=4) as sim:
        flow = await api.start_flow("objclass")
        await flow.submit({"next_step_id": "manual"})
        answer = {"url": sim.url, "verify_ssl": True, "login": {}}
        entry_id = (await flow.submit(answer))["result"]["entry_id"]
        await api.wait_for_entry(entry_id)
        try:
            flow = await api.start_subentry_flow(entry_id, "frame_classifier")
            await flow.submit(
                {
                    "name": "Visit",
                    "classes": ["quiet", "busy"],
                    "frigate_cameras": ["front_door"],
                    "when": {"frigate_motion": True},
                    "on": {},
                    "rules": RULES,
                    "publish": True,
                }
            )
            await flow.submit({})
            await api.wait_for_state("sensor.visit_front_door", "unknown", within=60)
            await looks(api, entry_id, more_than=0)
            calm = await feed(api, entry_id)
            walk = sim.walk("leo", "front_door", duration=20)
            walk.may_leave.clear()  # however long the looks take
            await looks(api, entry_id, more_than=calm["looks"] + 2)
            assert (await feed(api, entry_id))["missed"] == 0
        finally:
            await api.delete_entry(entry_id)


async def feed(api: Api, entry_id: str) -> dict[str, Any]:
    """Return what is known of the one camera of an entry."""
    diagnostics = await api.get(f"/api/diagnostics/config_entry/{entry_id}")
    (found,) = diagnostics["data"]["feeds"]
    return dict(found)


async def looks(api: Api, entry_id: str, *, more_than: int) -> None:
    async def look() -> bool | None:
        return (await feed(api, entry_id))["looks"] > more_than or None

    await until(look, f"more than {more_than} looks", within=60)
