"""Frigate's HTTP answers become plain values; damaged ones are refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.objclass.frigate.errors import InvalidMessageError
from custom_components.objclass.frigate.messages import Box, SubLabel
from custom_components.objclass.frigate.models import (
    parse_config,
    parse_dataset,
    parse_stored_event,
)
from tests.hostile.damage import JSON

from .examples import REPOSITORY, STORED, payloads


def test_a_stored_object_of_0_18_is_read() -> None:
    event = parse_stored_event(STORED)
    assert event.sub_label == SubLabel(text="rex", score=0.5)
    assert event.model_attributes == {"collar": SubLabel(text="rex", score=1.0)}
    assert event.absolute_box(1280, 720) == Box(x1=628, y1=346, x2=895, y2=613)
    assert event.snapshot_frame_time == 1795319076.9685357
    assert (event.zones, event.snapshot_clean) == (("yard",), True)


@pytest.mark.parametrize(
    "box",
    [
        None,
        [],
        [0.1, 0.1, 0.5],
        [0, 0, 0, 0],
        ["a", 0, 0, 0],
        [57, 220, 339, 424],
        [1e308] * 4,
    ],
)
def test_a_box_that_cannot_be_is_none(box: object) -> None:
    event = parse_stored_event(STORED | {"data": {"box": box}})
    assert event.absolute_box(1280, 720) is None


def test_a_box_is_cut_off_at_the_frame() -> None:
    event = parse_stored_event(STORED | {"data": {"box": [-0.1, 0.9, 0.5, 0.5]}})
    assert event.absolute_box(1000, 1000) == Box(x1=0, y1=900, x2=400, y2=1000)


def test_an_object_of_an_old_frigate_is_read() -> None:
    examples = json.loads((payloads() / "recorded_from_issue_threads.json").read_text())
    recorded = [item["payload"] for item in examples if "GET" in item["topic"]]
    assert parse_stored_event(recorded[0]).absolute_box(1280, 720) is None


@pytest.mark.parametrize(
    "name", ["frigate_web_e2e_events", "hass_integration_events_front_door"]
)
def test_the_published_examples_of_objects_are_read(name: str) -> None:
    events = json.loads((payloads() / f"{name}.json").read_text())
    assert all(parse_stored_event(event).label for event in events)


def test_the_published_examples_of_configurations_are_read() -> None:
    web = parse_config(
        json.loads((payloads() / "frigate_web_e2e_config-snapshot.json").read_text())
    )
    assert (web.cameras["front_door"].width, web.cameras["front_door"].labels) == (
        1280,
        ("person",),
    )
    assert not web.cameras["front_door"].snapshots_enabled
    home = parse_config(
        json.loads((payloads() / "hass_integration_test_config.json").read_text())
    )
    assert home.cameras["front_door"].zones == ("steps",)
    kinds = {name: model.type for name, model in home.custom_models.items()}
    assert kinds == {"color": "state", "person_classifier": "sub_label"}
    assert (home.face_recognition, home.lpr) == (True, True)


@given(JSON, JSON, JSON)
def test_no_configuration_raises_anything_but_a_refusal(
    cameras: object, mqtt: object, custom: object
) -> None:
    value = {"cameras": cameras, "mqtt": mqtt, "classification": {"custom": custom}}
    for config in (
        value,
        value | {"mqtt": {}},
        {"cameras": {"a": cameras}, "mqtt": {}},
        mqtt,
    ):
        try:
            assert isinstance(parse_config(config).labels, tuple)
        except InvalidMessageError:
            continue


@given(st.sampled_from(sorted(STORED)), JSON)
def test_no_stored_object_raises_anything_but_a_refusal(
    key: str, value: object
) -> None:
    try:
        event = parse_stored_event(STORED | {key: value})
    except InvalidMessageError:
        return
    box = event.absolute_box(1280, 720)
    assert box is None or 0 <= box.x1 < box.x2 <= 1280


def test_the_package_needs_no_home_assistant() -> None:
    code = (
        "import sys; sys.modules['homeassistant'] = None\n"
        "import frigate.client, frigate.messages"
    )
    folder = Path("custom_components") / "objclass"
    subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY / folder, check=True, timeout=60
    )


def test_a_dataset_lists_the_pictures_of_each_class() -> None:
    files = ["leo-1795318824.5-abc001.png", "Löwe 2.webp"]
    answer = {"categories": {"leo": files, "none": []}, "training_metadata": None}
    assert parse_dataset(answer) == {"leo": tuple(files), "none": ()}
    assert parse_dataset({}) == {}


def test_names_in_a_dataset_that_lead_elsewhere_are_left_out() -> None:
    answer = {
        "categories": {
            "leo": ["..", "../../config.yml", "a\\b.png", "a\n.png", "", 5, "x" * 256],
            "../..": ["config.yml"],
            "": ["a.png"],
            "charlie": "a.png",
        }
    }
    assert parse_dataset(answer) == {"leo": ()}


@given(JSON)
def test_a_dataset_of_any_form_is_read_or_refused(value: Any) -> None:
    for answer in (value, {"categories": value}, {"categories": {"leo": value}}):
        try:
            parse_dataset(answer)
        except InvalidMessageError:
            continue
