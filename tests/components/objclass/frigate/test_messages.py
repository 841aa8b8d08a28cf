"""What any Frigate from 0.14 to 0.18 sends is understood; garbage never hurts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.objclass.frigate.errors import InvalidMessageError
from custom_components.objclass.frigate.messages import (
    SOURCE,
    Box,
    SubLabel,
    classification_payload,
    parse_availability,
    parse_event,
    parse_tracked_object_update,
)
from tests.hostile.damage import JSON

from .examples import (
    OBJECT_0_14,
    OBJECT_0_18,
    VERSIONS,
    payloads,
)


def event(after: Any, kind: object = "update") -> str:
    return json.dumps({"before": after, "after": after, "type": kind})


@pytest.mark.parametrize("version", VERSIONS)
def test_an_event_of_each_version_is_read(version: str) -> None:
    message = parse_event(event(VERSIONS[version], "new"))
    assert message.type == "new"
    seen = message.after
    assert (seen.id, seen.camera, seen.label) == (
        "1718987128.947436-g92ztx",
        "front_door",
        "dog",
    )
    assert seen.box == Box(x1=232, y1=248, x2=400, y2=416)
    assert seen.snapshot is not None
    assert seen.snapshot.box == Box(x1=220, y1=245, x2=385, y2=410)
    assert seen.snapshot.frame_time == 1718987129.9
    assert seen.entered_zones == ("street", "yard")
    assert not seen.false_positive


def test_sub_label_and_attribute_models_are_told_from_other_lists() -> None:
    seen = parse_event(event(OBJECT_0_18)).after
    assert seen.sub_label == SubLabel(text="rex", score=1.0)
    assert seen.model_attributes == {"collar": SubLabel(text="red", score=0.9)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ([None, None], None),
        (["", None], None),
        (["rex", None], SubLabel(text="rex", score=None)),
        ("rex", SubLabel(text="rex", score=None)),
        (["rex", 7], SubLabel(text="rex", score=1.0)),
    ],
)
def test_a_sub_label_is_read_in_every_form(
    value: object, expected: SubLabel | None
) -> None:
    assert (
        parse_event(event(OBJECT_0_18 | {"sub_label": value})).after.sub_label
        == expected
    )


def test_an_object_without_a_snapshot_yet_is_read() -> None:
    assert parse_event(event(OBJECT_0_18 | {"snapshot": None})).after.snapshot is None


def test_missing_optional_fields_are_neutral() -> None:
    needed = ("id", "camera", "label", "frame_time", "box")
    seen = parse_event(event({key: OBJECT_0_14[key] for key in needed})).after
    assert (seen.snapshot, seen.sub_label, seen.plate) == (None, None, None)
    assert (seen.entered_zones, seen.model_attributes) == ((), {})
    assert seen.false_positive is False


@pytest.mark.parametrize("key", ["id", "camera", "label", "frame_time", "box"])
def test_an_event_without_what_every_version_sends_is_refused(key: str) -> None:
    after = {name: value for name, value in OBJECT_0_18.items() if name != key}
    with pytest.raises(InvalidMessageError, match=key):
        parse_event(event(after))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"id": ".."},
        {"id": "a" * 65},
        {"id": ""},
        {"id": 5},
        {"camera": "front/door"},
        {"camera": "a\u202eb"},
        {"label": ["dog"]},
        {"frame_time": -1},
        {"frame_time": 1e300},
        {"frame_time": True},
        {"frame_time": "yesterday"},
        {"box": [1, 2, 3]},
        {"box": [1, 2, 3, "4"]},
        {"box": [10, 10, 10, 20]},
        {"box": [0, 0, 1e9, 20]},
        {"box": {"x": 1}},
        {"snapshot": []},
        {"snapshot": {"frame_time": 1.0}},
        {"snapshot": {"box": [1, 2, 3, 4]}},
    ],
    ids=str,
)
def test_an_impossible_value_is_refused_with_a_reason(
    change: dict[str, object],
) -> None:
    with pytest.raises(InvalidMessageError) as refusal:
        parse_event(event(OBJECT_0_18 | change))
    assert 0 < len(str(refusal.value)) < 80


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"type": "new"}',
        '{"type": ["new"], "after": {}}',
        '{"type": "gone", "after": {}}',
        "[" * 200_000,
        "1" * 5_000,
        "x" * (2 << 20),
    ],
    ids=range(12),
)
def test_a_payload_that_is_no_event_is_refused(payload: str | bytes) -> None:
    with pytest.raises(InvalidMessageError):
        parse_event(payload)
    with pytest.raises(InvalidMessageError):
        parse_tracked_object_update(payload)


def test_numbers_that_json_does_not_know_count_as_missing() -> None:
    for number in ("NaN", "1e999", "9" * 400):
        payload = f'{{"type": "face", "id": "1.5-a", "score": {number}}}'
        assert parse_tracked_object_update(payload).score is None


def test_texts_are_cut_and_can_always_be_stored() -> None:
    payload = event(OBJECT_0_18 | {"sub_label": ["\ud800" + "x" * 300, 0.5]})
    sub_label = parse_event(payload).after.sub_label
    assert sub_label is not None
    assert len(sub_label.text) == 100
    assert sub_label.text.encode()


def test_a_classification_of_our_own_is_recognised_and_looks_like_frigates() -> None:
    payload = classification_payload(
        id="1795318930.433477-fdjiib",
        camera="front_door",
        timestamp=1795318934.734976,
        model="pets",
        sub_label="rex",
        score=1.0,
    )
    frigates = (
        '{"type": "classification", "id": "1795318930.433477-fdjiib", "camera": '
        '"front_door", "timestamp": 1795318934.734976, "model": "pets", '
        '"sub_label": "rex", "score": 1.0'
    )
    assert payload == frigates + ', "source": "objclass"}'
    update = parse_tracked_object_update(payload)
    assert (update.type, update.model, update.sub_label) == (
        "classification",
        "pets",
        "rex",
    )
    assert (update.attribute, update.score, update.source) == (None, 1.0, SOURCE)
    assert parse_tracked_object_update(frigates + "}").source is None


def test_an_attribute_classification_carries_the_attribute_only() -> None:
    payload = classification_payload(
        id="1.5-a",
        camera="c",
        timestamp=1.5,
        model="collar",
        attribute="red",
        score=0.9,
    )
    assert json.loads(payload)["attribute"] == "red"
    assert "sub_label" not in json.loads(payload)


@pytest.mark.parametrize("both", [{}, {"sub_label": "a", "attribute": "b"}])
def test_a_classification_needs_exactly_one_result(both: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either"):
        classification_payload(
            id="1.5-a", camera="c", timestamp=1.5, model="m", score=1.0, **both
        )


def test_updates_of_each_type_are_read() -> None:
    face = parse_tracked_object_update(
        '{"type":"face","name":"John","score":0.95,"id":"1.5-a","camera":"door",'
        '"timestamp":1607123958.7}'
    )
    assert (face.name, face.score) == ("John", 0.95)
    plate = parse_tracked_object_update(
        '{"type":"lpr","name":null,"plate":"123ABC","score":0.95,"id":"1.5-a",'
        '"camera":"door","timestamp":1.0,"plate_box":[917,487,1029,529]}'
    )
    assert (plate.name, plate.plate) == (None, "123ABC")
    described = parse_tracked_object_update(
        '{"type":"description","id":"1.5-a","description":"A car."}'
    )
    assert (described.type, described.name) == ("description", None)
    assert parse_tracked_object_update('{"type":"later","id":"1.5-a"}').type == "later"


@pytest.mark.parametrize("no_id", ["", ',"id":null'], ids=["left out", "null"])
def test_a_licence_plate_of_no_tracked_object_is_a_sound_message(no_id: str) -> None:
    plate = parse_tracked_object_update(
        '{"type":"lpr","name":null,"plate":"123ABC","score":0.95,"camera":"drive",'
        f'"timestamp":1.0{no_id}}}'
    )
    assert (plate.id, plate.plate) == (None, "123ABC")


@pytest.mark.parametrize("bad", ['""', "7", '"../x"', "[]"])
def test_an_update_with_an_id_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(InvalidMessageError, match="id"):
        parse_tracked_object_update(f'{{"type":"lpr","plate":"123ABC","id":{bad}}}')


@pytest.mark.parametrize(
    ("payload", "online"),
    [("online", True), (b"online", True), ("offline", False), (b"stopped", False)],
)
def test_frigates_word_for_being_there_or_not_is_understood(
    payload: str | bytes, *, online: bool
) -> None:
    assert parse_availability(payload) is online


@pytest.mark.parametrize("payload", ["", b"\xff", "ONLINE?"])
def test_an_unknown_availability_is_refused(payload: str | bytes) -> None:
    with pytest.raises(InvalidMessageError):
        parse_availability(payload)


def test_the_recorded_session_is_read_whole() -> None:
    counts = {"new": 0, "update": 0, "end": 0}
    classified = 0
    with (payloads() / "mqtt_session_frigate_0_18.jsonl").open() as lines:
        for line in lines:
            message = json.loads(line)
            if message["topic"] == "frigate/events":
                counts[parse_event(message["payload"]).type] += 1
            elif message["topic"] == "frigate/tracked_object_update":
                parse_tracked_object_update(message["payload"])
                classified += 1
            elif message["topic"] == "frigate/available":
                parse_availability(message["payload"])
    assert counts == {"new": 10, "update": 70, "end": 10}
    assert classified == 120


def test_documented_and_recorded_examples_are_read() -> None:
    read = 0
    for name in ("frigate_docs_mqtt_examples", "recorded_from_issue_threads"):
        for example in json.loads((payloads() / f"{name}.json").read_text()):
            payload = example["payload"]
            match example["topic"]:
                case "frigate/events":
                    parse_event(json.dumps(payload))
                case "frigate/events#before":
                    parse_event(event(payload))
                case "frigate/tracked_object_update":
                    parse_tracked_object_update(json.dumps(payload))
                case _:
                    continue
            read += 1
    assert read == 13


def test_the_relays_examples_are_read() -> None:
    examples = json.loads((payloads() / "frigaterelay_tests_events.json").read_text())
    assert examples
    for example in examples:
        parse_event(json.dumps(example["payload"]))


@given(st.sampled_from(sorted(OBJECT_0_18)), JSON)
def test_no_field_value_raises_anything_but_a_refusal(key: str, value: object) -> None:
    try:
        seen = parse_event(event(OBJECT_0_18 | {key: value})).after
    except InvalidMessageError:
        return
    assert seen.box.x1 < seen.box.x2
    assert seen.frame_time >= 0


@given(st.binary(max_size=200) | st.text(max_size=200) | JSON.map(json.dumps))
def test_no_payload_raises_anything_but_a_refusal(payload: str | bytes) -> None:
    for parse in (parse_event, parse_tracked_object_update, parse_availability):
        try:
            parse(payload)
        except InvalidMessageError:
            continue
