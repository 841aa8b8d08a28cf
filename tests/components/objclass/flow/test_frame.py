"""Creating a classifier of whole pictures, and changing it later."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import (
    async_fire_mqtt_message,
    get_schema_suggested_value,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.classifier import classifier_folder
from custom_components.objclass.learning.frame import WHOLE, Part

from ..conftest import Frigate, SetUp, data_of, no_past
from ..crops import keep
from ..frames.cameras import (
    GATE,
    add_cameras,
    add_entry,
    frame_data,
    frames_of,
    look,
    next_look,
    settle,
)
from ..visits import script
from ..websocket.client import Panel, Refused
from .dialogues import begin, submit

RULES = {
    "threshold": 0.8,
    "confirmations": 3,
    "save_attempts": 100,
    "familiarity": True,
    "refuse_worse": False,
}
ANSWER: dict[str, Any] = {
    "name": "Door",
    "classes": ["open", "shut"],
    "camera_entities": [GATE],
    "when": {"interval": 5},
    "on": {},
    "rules": RULES,
}


async def test_a_camera_of_home_assistants_is_all_it_takes(hass: HomeAssistant) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass, frame_data(name="Other"))
    shown = await submit(hass, await begin(hass, entry, "frame_classifier"), ANSWER)
    assert shown["step_id"] == "parts"
    result = await submit(hass, shown, {"Gate": "0.25, 0, 0.75,0.5"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    settings = frames_of(entry, 1).settings
    assert (settings.name, settings.classes) == ("Door", ("open", "shut"))
    assert settings.all_classes == settings.classes
    assert settings.part_of(GATE) == Part(left=0.25, right=0.75, bottom=0.5)
    assert settings.interval == 5
    assert settings.save_attempts == 100
    assert hass.states.get("sensor.door_gate")


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": " "}, {"name": "bad_name"}),
        ({"name": "GATE"}, {"name": "name_taken"}),
        ({"classes": ["open"]}, {"classes": "two_classes"}),
        ({"classes": ["open", "Open"]}, {"classes": "class_twice"}),
        ({"classes": ["open", "none"]}, {"classes": "class_reserved"}),
        ({"camera_entities": []}, {"camera_entities": "no_cameras"}),
        ({"when": {}}, {"base": "no_occasion"}),
        ({"on": {"on_class": "ajar"}}, {"base": "no_such_class"}),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_lost(
    hass: HomeAssistant, change: dict[str, Any], errors: dict[str, str]
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    shown = await submit(
        hass, await begin(hass, entry, "frame_classifier"), ANSWER | change
    )
    assert shown["errors"] == errors
    assert shown["data_schema"] is not None
    kept = get_schema_suggested_value(shown["data_schema"].schema, "classes")
    assert kept == (ANSWER | change)["classes"]
    shown = await submit(hass, shown, ANSWER)
    assert shown["step_id"] == "parts"


@pytest.mark.parametrize(
    ("name", "camera", "field"),
    [
        ("Yard", "camera.yard", "Yard"),
        # What is the id of another one.
        ("camera.gate", "camera.camera_gate", "camera.camera_gate"),
    ],
)
async def test_fields_for_rectangles_are_called_as_the_cameras_are(
    hass: HomeAssistant, name: str, camera: str, field: str
) -> None:
    await add_cameras(hass, "Gate", name, "Gate")
    entry = await add_entry(hass)
    cameras = {"camera_entities": [GATE, camera, "camera.gate_2"]}
    begun = await begin(hass, entry, "frame_classifier")
    shown = await submit(hass, begun, ANSWER | cameras)
    assert shown["data_schema"] is not None
    assert [*shown["data_schema"].schema] == [GATE, field, "camera.gate_2"]


@pytest.mark.parametrize(
    "text", ["0, 0, 1", "0, 0, 1, 2", "a, b, c, d", "0.5, 0, 0.5, 1", "0, 1, 1, 0"]
)
async def test_a_rectangle_that_is_none_is_refused(
    hass: HomeAssistant, text: str
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    shown = await submit(hass, await begin(hass, entry, "frame_classifier"), ANSWER)
    shown = await submit(hass, shown, {"Gate": text})
    assert shown["errors"] == {"Gate": "bad_part"}
    result = await submit(hass, shown, {"Gate": " "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert frames_of(entry, 1).settings.part_of(GATE) == WHOLE


async def test_a_renamed_class_keeps_its_pictures_and_stays_the_one_for_on(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(
        hass, frame_data(parts={GATE: [0, 0, 0.5, 1]}, on={"on_class": "open"})
    )
    await keep(frames_of(entry), "open", 2)
    shown = await entry.start_subentry_reconfigure_flow(
        hass, next(iter(entry.subentries))
    )
    shown = await submit(
        hass,
        shown,
        ANSWER | {"classes": ["offen", "shut"], "on": {"on_class": "open"}},
    )
    assert shown["data_schema"] is not None
    assert get_schema_suggested_value(shown["data_schema"].schema, "Gate") == (
        "0, 0, 0.5, 1"
    )
    shown = await submit(hass, shown, {"Gate": "0, 0, 0.5, 1"})
    assert shown["step_id"] == "moves"
    result = await submit(hass, shown, {"open": "offen"})
    assert result["reason"] == "reconfigure_successful"
    classifier = frames_of(entry)
    assert classifier.settings.on_class == "offen"
    assert dict(classifier.samples.labelled) == {"offen": 2}


async def test_pictures_that_cannot_be_counted_are_said_and_can_be_tried_again(
    hass: HomeAssistant,
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass, frame_data())
    await keep(frames_of(entry), "open", 2)
    (subentry_id,) = entry.subentries
    folder = classifier_folder(hass, entry.entry_id, subentry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    database = folder / "samples.sqlite"
    content = await hass.async_add_executor_job(database.read_bytes)
    await hass.async_add_executor_job(database.write_bytes, b"scratched" * 1000)

    shown = await entry.start_subentry_reconfigure_flow(hass, subentry_id)
    shown = await submit(hass, shown, ANSWER | {"classes": ["offen", "shut"]})
    shown = await submit(hass, shown, {})
    assert shown["step_id"] == "parts"
    assert shown["errors"] == {"base": "storage_failed"}

    await hass.async_add_executor_job(database.write_bytes, content)
    shown = await submit(hass, shown, {})
    assert shown["step_id"] == "moves"


async def test_the_panel_creates_renames_and_removes_like_the_form(
    hass: HomeAssistant, panel: Panel
) -> None:
    await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    data = {"name": "Sky", "classes": ["sun", "rain"], "camera_entities": [GATE]}
    part = [0, 0, 1, 0.5]
    kind = "frame_classifier"
    created = await panel.ask(
        "create",
        entry_id=entry.entry_id,
        kind=kind,
        data=data | {"parts": {GATE: part}},
    )
    sky = data_of(entry).classifiers[created["classifier_id"]]
    (_, shown) = (await panel.ask("classifiers"))["classifiers"]
    assert shown["type"] == kind
    assert shown["cameras"] == [{"id": GATE, "name": "Gate"}]
    assert shown["parts"] == {GATE: part}
    assert shown["rules"]["interval"] == 30
    asked = {"classifier_id": sky.id}
    await panel.ask("add_class", **asked, **{"class": "snow"})
    await panel.ask("rename_class", **asked, old="sun", new="sunny")
    await panel.ask("remove_class", **asked, **{"class": "rain", "move_to": "snow"})
    await panel.ask("set_threshold", **asked, threshold=0.5)
    settings = data_of(entry).classifiers[sky.id].settings
    assert settings.classes == ("sunny", "snow")
    assert settings.threshold == 0.5
    for refused, key in (
        (data, "refused_name_taken"),
        (data | {"name": "x", "parts": {GATE: [1, 1, 0, 0]}}, "refused_bad_part"),
    ):
        with pytest.raises(Refused) as error:
            await panel.ask("create", entry_id=entry.entry_id, kind=kind, data=refused)
        assert error.value.key == key
    with pytest.raises(Refused) as error:
        await panel.ask(
            "create",
            entry_id=entry.entry_id,
            data={"name": "Cats", "labels": ["cat"], "classes": ["leo"]},
        )
    assert error.value.key == "without_frigate"


@no_past
async def test_frigates_cameras_motion_and_mqtt_are_there_with_a_frigate(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> None:
    entry = await set_up()
    answer = ANSWER | {
        "name": "Door/1",
        "frigate_cameras": ["front_door"],
        "when": {"frigate_motion": True},
        "publish": True,
    }
    del answer["camera_entities"]
    shown = await submit(hass, await begin(hass, entry, "frame_classifier"), answer)
    result = await submit(hass, shown, {"Front door": "0, 0, 0.5, 1"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    classifier = frames_of(entry, 1)
    await look(hass, entry)
    feed = entry.runtime_data.frames.feeds["front_door"]
    assert (feed.looks >= 1, feed.missed) == (True, 0)
    size = frigate.world.camera("front_door")
    assert size is not None

    script(classifier, "open")
    mqtt_mock.async_publish.reset_mock()
    await look(hass, entry, 3)
    state = hass.states.get("sensor.door_1_front_door")
    assert state is not None
    assert state.state == "open"
    await settle(hass, entry)
    (told,) = [
        call.args
        for call in mqtt_mock.async_publish.call_args_list
        if "classification" in call.args[0]
    ]
    topic = "frigate/front_door/classification/Door_1"
    assert told == (topic, "open", 0, False)

    assert next_look(hass, entry) == []
    async_fire_mqtt_message(hass, "frigate/front_door/motion", "ON")
    await hass.async_block_till_done()
    assert next_look(hass, entry)[0] <= 1
    async_fire_mqtt_message(hass, "frigate/front_door/motion", "OFF")
    await look(hass, entry)
    assert next_look(hass, entry) == []
