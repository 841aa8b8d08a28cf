"""The blueprints do what they say, with real visits."""

import re
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from .chains import cats_and_collar
from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from .frames.cameras import add_cameras, add_entry, frames_of, look
from .source_code import REPOSITORY
from .visits import Said, Visit, script

BLUEPRINTS = REPOSITORY / "blueprints" / "automation" / "objclass"
EVENTS = [
    "event.our_cats_front_door_classification",
    "event.our_cats_back_yard_classification",
]

type Use = Callable[..., Awaitable[list[ServiceCall]]]

pytestmark = no_past


@pytest.fixture
def use(hass: HomeAssistant) -> Use:
    """Return a function that makes an automation of a blueprint."""

    async def add(blueprint: str, **inputs: Any) -> list[ServiceCall]:
        folder = Path(hass.config.path("blueprints/automation/objclass"))
        await hass.async_add_executor_job(shutil.copytree, BLUEPRINTS, folder)
        notified = async_mock_service(hass, "notify", "notify")
        inputs = {"events": EVENTS, **inputs}
        automation = {"use_blueprint": {"path": f"objclass/{blueprint}.yaml"}}
        automation["use_blueprint"]["input"] = inputs
        assert await async_setup_component(
            hass, "automation", {"automation": {"alias": "Ours", **automation}}
        )
        await hass.async_block_till_done()
        assert hass.states.get("automation.ours") is not None
        return notified

    return add


async def visit(
    hass: HomeAssistant, frigate: Frigate, entry: MockConfigEntry, *said: Said
) -> None:
    """Let somebody come and go, and the automation end."""
    script(classifier_of(entry), *said)
    somebody = Visit(frigate, entry)
    await somebody.look(len(said))
    await somebody.end()
    await hass.async_block_till_done()


def ran(hass: HomeAssistant, ago: timedelta) -> None:
    """Let the automation have run last so long ago."""
    state = hass.states.get("automation.ours")
    assert state is not None
    then = {"last_triggered": dt_util.utcnow() - ago}
    hass.states.async_set(state.entity_id, state.state, state.attributes | then)


def messages(notified: list[ServiceCall]) -> list[str]:
    return [call.data["message"] for call in notified]


async def test_who_is_it_tells_of_every_visitor_once_with_a_picture(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    use: Use,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    notified = await use("who_is_it")
    await visit(hass, frigate, entry, *["leo"] * 5)
    await visit(hass, frigate, entry, *["none"] * 3)
    await visit(hass, frigate, entry, *[("leo", 0.5)] * 3)
    assert messages(notified) == ["leo: Front door", "An unknown cat: Front door"]
    visits = [event_of(call) for call in notified]
    assert len(set(visits)) == 2
    # The picture is of this visitor, whoever comes next, and needs no log-in.
    phone = await hass_client_no_auth()
    for call, event_id in zip(notified, visits, strict=True):
        image = call.data["data"]["image"]
        assert f"/{event_id}-" in image
        answer = await phone.get(image)
        assert answer.status == HTTPStatus.OK
        assert answer.content_type == "image/jpeg"


async def test_a_visitor_whose_crop_is_gone_already_is_told_of_without_a_picture(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry = await set_up()
    notified = await use("who_is_it")
    with patch.object(classifier_of(entry).samples.store, "add", side_effect=OSError):
        await visit(hass, frigate, entry, *["leo"] * 3)
    assert messages(notified) == ["leo: Front door"]
    assert notified[0].data["data"]["image"] == ""


async def test_a_blueprint_is_imported_by_its_link_in_the_documentation(
    hass: HomeAssistant,
    frigate: Frigate,
    aioclient_mock: AiohttpClientMocker,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """As Home Assistant's own dialogue does it, but for GitHub, which is a file."""
    text = (REPOSITORY / "docs" / "use_cases.md").read_text()
    links = [unquote(one) for one in re.findall(r"blueprint_url=(\S+)", text)]
    assert len(links) == len([*BLUEPRINTS.glob("*.yaml")])
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client()
    for link in links:
        path = link.removeprefix("https://github.com/objclass/objclass/blob/main/")
        assert path != link
        content = (REPOSITORY / path).read_text()
        raw = f"https://raw.githubusercontent.com/objclass/objclass/main/{path}"
        aioclient_mock.get(raw, text=content)
        await client.send_json_auto_id({"type": "blueprint/import", "url": link})
        answer = await client.receive_json()
        assert answer["success"], answer
        assert answer["result"]["validation_errors"] is None
        assert answer["result"]["blueprint"]["metadata"]["source_url"] == link
        assert f"source_url: {link}\n" in content
        name = answer["result"]["suggested_filename"]
        assert name == f"objclass/{Path(path).stem}"
        # Saved, it can be chosen for an automation.
        await client.send_json_auto_id(
            {
                "type": "blueprint/save",
                "domain": "automation",
                "path": name,
                "yaml": answer["result"]["raw_data"],
                "source_url": link,
            }
        )
        assert (await client.receive_json())["success"]
    await client.send_json_auto_id({"type": "blueprint/list", "domain": "automation"})
    known = (await client.receive_json())["result"]
    ours = {name: one for name, one in known.items() if name.startswith("objclass/")}
    assert len(ours) == len(links)
    assert not [one for one in ours.values() if "error" in one]


def event_of(call: ServiceCall) -> str:
    """Return which visit a notification is about."""
    tag: str = call.data["data"]["tag"]
    return tag.removeprefix("objclass-")


async def test_who_is_it_tells_only_of_the_chosen_ones(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry = await set_up()
    notified = await use("who_is_it", classes=["charlie"], strangers=False)
    for name in ("leo", "charlie", "none"):
        await visit(hass, frigate, entry, *[name] * 3)
    assert messages(notified) == ["charlie: Front door"]


@pytest.mark.parametrize("blueprint", ["who_is_it", "something_is_missing"])
async def test_a_class_may_be_called_by_a_number(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use, blueprint: str
) -> None:
    entry = await set_up(classifier_data(classes=["42", "7"]))
    notified = await use(blueprint, classes=["42"])
    for name in ("7", "42"):
        await visit(hass, frigate, entry, *[name] * 3)
    assert messages(notified) == ["42: Front door"]


async def test_who_is_it_tells_of_nobody_when_something_is_taken_back(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry, _, _ = await cats_and_collar(set_up, "leo", "leo", "leo", *["charlie"] * 9)
    notified = await use("who_is_it", events=["event.collar_front_door_classification"])
    somebody = Visit(frigate, entry)
    await somebody.look(12)
    state = hass.states.get("event.collar_front_door_classification")
    assert state is not None
    assert state.attributes["event_type"] == "taken_back"
    assert messages(notified) == ["red: Front door"]


async def test_nothing_is_told_again_when_frigate_comes_back(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry = await set_up()
    notified = await use("who_is_it")
    await visit(hass, frigate, entry, *["leo"] * 3)
    for news in ("offline", "online"):
        frigate.say("available", news)
        await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert messages(notified) == ["leo: Front door"]


async def test_what_is_missing_is_warned_of_and_then_there_is_silence(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry = await set_up()
    notified = await use("something_is_missing", classes=["charlie"], silence=5)
    await visit(hass, frigate, entry, *["leo"] * 3)
    assert messages(notified) == []
    for _ in range(2):
        await visit(hass, frigate, entry, *["charlie"] * 3)
    assert messages(notified) == ["charlie: Front door"]
    ran(hass, timedelta(minutes=6))
    await visit(hass, frigate, entry, *["charlie"] * 3)
    assert len(notified) == 2


@pytest.mark.parametrize(
    ("blueprint", "inputs"),
    [
        ("who_is_it", {}),
        ("something_is_missing", {"classes": ["open"]}),
        # The whole day.
        (
            "once_a_day",
            {"class_name": "open", "after": "12:00:00", "before": "12:00:00"},
        ),
    ],
)
async def test_a_change_of_a_whole_picture_is_told_with_its_camera(
    hass: HomeAssistant,
    frigate: Frigate,
    use: Use,
    blueprint: str,
    inputs: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    notified = await use(blueprint, events=["event.gate_gate_changed"], **inputs)
    for name in ("shut", "open"):
        script(frames_of(entry), name)
        await look(hass, entry, 4)
    await hass.async_block_till_done()
    assert messages(notified) == ["open: Gate"]
    assert notified[0].data["data"]["image"] == ""
    assert "Template variable" not in caplog.text


async def test_a_warning_can_be_for_working_hours_only(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry = await set_up()
    working = {"condition": "state", "entity_id": "input_boolean.work", "state": "on"}
    hass.states.async_set("input_boolean.work", "off")
    notified = await use(
        "something_is_missing", classes=["leo"], silence=0, only_while=[working]
    )
    await visit(hass, frigate, entry, *["leo"] * 3)
    assert messages(notified) == []
    hass.states.async_set("input_boolean.work", "on")
    await visit(hass, frigate, entry, *["leo"] * 3)
    assert messages(notified) == ["leo: Front door"]


async def test_the_mail_truck_is_told_of_once_a_day(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, use: Use
) -> None:
    entry = await set_up()
    notified = await use(
        "once_a_day", class_name="leo", after="00:00:00", before="23:59:59"
    )
    await visit(hass, frigate, entry, *["charlie"] * 3)
    assert messages(notified) == []
    for _ in range(2):
        await visit(hass, frigate, entry, *["leo"] * 3)
    assert messages(notified) == ["leo: Front door"]
    ran(hass, timedelta(days=1))
    await visit(hass, frigate, entry, *["leo"] * 3)
    assert len(notified) == 2
