"""Creating classifiers and changing their classes and threshold, over the websocket."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.classifier import Classifier
from custom_components.objclass.const import DOMAIN, SUBENTRY_CLASSIFIER
from custom_components.objclass.flow.dialogue import async_create

from ..conftest import (
    CLASSIFIER,
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    no_past,
)
from ..crops import keep
from .client import Panel, Refused

pytestmark = no_past


def stored(entry: MockConfigEntry, classifier_id: str) -> Mapping[str, Any]:
    data = entry.subentries[classifier_id].data
    assert isinstance(data, MappingProxyType)
    return data


def running(entry: MockConfigEntry, classifier_id: str) -> Classifier:
    found: Classifier = entry.runtime_data.classifiers[classifier_id]
    return found


async def labelled(classifier: Classifier, **classes: int) -> None:
    for name, count in classes.items():
        await keep(classifier, name, count)


# Creating


async def test_two_people_may_add_a_classifier_at_the_same_moment(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    names = ["Our dogs", "Our birds"]
    created = await asyncio.gather(
        *(
            async_create(
                hass,
                entry,
                SUBENTRY_CLASSIFIER,
                {"name": name, "labels": ["dog"], "classes": ["rex"]},
            )
            for name in names
        )
    )
    assert [entry.subentries[one].title for one in created] == names


async def test_a_new_classifier_runs_when_the_answer_comes(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    answer = await panel.ask(
        "create",
        entry_id=entry.entry_id,
        data={
            "name": " Our  dogs ",
            "labels": ["dog"],
            "classes": ["rex", "none"],
            "kind": "attribute",
            "filter": {"cameras": ["front_door"]},
            "rules": {"threshold": 0.9},
        },
    )
    classifier = running(entry, answer["classifier_id"])
    settings = classifier.settings
    assert settings.name == "Our dogs"
    assert settings.classes == ("rex",)
    assert settings.kind == "attribute"
    assert settings.cameras == {"front_door"}
    assert settings.rules.threshold == 0.9
    assert settings.rules.min_attempts == 3
    # It can be worked with at once.
    await panel.ask("samples", classifier_id=classifier.id)
    # And is the same thing that the settings page would have made.
    title = entry.subentries[classifier.id].title
    assert title == "Our dogs"
    assert hass.states.get("sensor.our_dogs_front_door") is not None


async def test_name_labels_and_classes_are_enough(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    answer = await panel.ask(
        "create",
        entry_id=entry.entry_id,
        data={"name": "Dogs", "labels": ["dog"], "classes": ["rex"]},
    )
    settings = running(entry, answer["classifier_id"]).settings
    assert (settings.kind, settings.rules.threshold) == ("sub_label", 0.8)


@pytest.mark.parametrize(
    ("wrong", "key", "field"),
    [
        ({"name": "OUR CATS"}, "refused_name_taken", "name"),
        ({"name": " "}, "refused_bad_name", "name"),
        ({"labels": []}, "refused_no_labels", "labels"),
        ({"classes": []}, "refused_class_count", "classes"),
        ({"classes": ["none"]}, "refused_class_count", "classes"),
        ({"classes": ["rex", "Rex"]}, "refused_class_twice", "classes"),
        ({"classes": ["unknown"]}, "refused_class_reserved", "classes"),
        ({"classes": ["a,b"]}, "refused_class_name", "classes"),
        (
            {"rules": {"min_attempts": 9, "max_attempts": 3}},
            "refused_attempts_crossed",
            "base",
        ),
    ],
)
async def test_what_the_settings_page_refuses_is_refused_with_its_field(
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    wrong: dict[str, Any],
    key: str,
    field: str,
) -> None:
    entry = await set_up()
    data = {"name": "Dogs", "labels": ["dog"], "classes": ["rex"]} | wrong
    with pytest.raises(Refused) as refused:
        await panel.ask("create", entry_id=entry.entry_id, data=data)
    assert refused.value.key == key
    assert refused.value.placeholders["field"] == field
    assert len(entry.subentries) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"labels": "dog"},
        {"classes": [1]},
        {"kind": "face"},
        {"surprise": 1},
        {"filter": {"cameras": ["../front_door"]}},
        {"rules": {"threshold": 7}},
        {"rules": []},
    ],
)
async def test_data_of_another_form_creates_nothing_and_leaves_nothing_open(
    hass: HomeAssistant,
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    wrong: dict[str, Any],
) -> None:
    entry = await set_up()
    data = {"name": "Dogs", "labels": ["dog"], "classes": ["rex"]} | wrong
    with pytest.raises(Refused) as refused:
        await panel.ask("create", entry_id=entry.entry_id, data=data)
    assert refused.value.code == "invalid_format"
    assert len(entry.subentries) == 1
    assert hass.config_entries.subentries.async_progress() == []


@pytest.mark.parametrize("entry_id", ["gone", "", "../.."])
async def test_there_is_no_such_entry(
    panel: Panel, frigate: Frigate, set_up: SetUp, entry_id: str
) -> None:
    await set_up()
    with pytest.raises(Refused) as refused:
        await panel.ask("create", entry_id=entry_id, data=CLASSIFIER)
    assert refused.value.key == "entry_unknown"


@pytest.mark.parametrize("kind", ["classifier", "frame_classifier"])
async def test_a_classifier_is_added_only_to_an_entry_that_can_run_it_now(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp, kind: str
) -> None:
    await set_up()
    cameras = MockConfigEntry(domain=DOMAIN, data={}, unique_id="#cameras")
    cameras.add_to_hass(hass)
    with pytest.raises(Refused) as refused:
        await panel.ask("create", entry_id=cameras.entry_id, kind=kind, data=CLASSIFIER)
    assert refused.value.key == "entry_unknown"
    assert not cameras.subentries


async def test_a_classifier_cannot_be_added_to_another_integration(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    with pytest.raises(Refused) as refused:
        await panel.ask("create", entry_id=other.entry_id, data=CLASSIFIER)
    assert refused.value.key == "entry_unknown"


# Classes


async def test_a_class_is_added(panel: Panel, frigate: Frigate, set_up: SetUp) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await labelled(classifier, leo=1)
    await panel.ask("add_class", classifier_id=classifier.id, **{"class": " max "})
    now = running(entry, classifier.id)
    assert now.settings.classes == ("leo", "charlie", "max")
    assert now.samples.labelled == {"leo": 1}
    with pytest.raises(Refused) as refused:
        await panel.ask("add_class", classifier_id=classifier.id, **{"class": "Leo"})
    assert refused.value.key == "refused_class_twice"


async def test_a_renamed_class_keeps_its_place_and_its_crops(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await labelled(classifier, leo=2, charlie=1)
    await panel.ask("rename_class", classifier_id=classifier.id, old="leo", new="Leon ")
    assert running(entry, classifier.id).settings.classes == ("Leon", "charlie")
    assert running(entry, classifier.id).samples.labelled == {"Leon": 2, "charlie": 1}


@pytest.mark.parametrize("target", ["charlie", "none"])
async def test_a_class_renamed_to_another_one_is_merged_into_it(
    panel: Panel, frigate: Frigate, set_up: SetUp, target: str
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await labelled(classifier, leo=2, charlie=1)
    await panel.ask("rename_class", classifier_id=classifier.id, old="leo", new=target)
    now = running(entry, classifier.id)
    assert now.settings.classes == ("charlie",)
    wanted = {"charlie": 3} if target == "charlie" else {"charlie": 1, "none": 2}
    assert now.samples.labelled == wanted


async def test_a_class_without_crops_is_renamed_and_others_without_class_stay_alone(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    # Of a class that went when its crops could not be asked about.
    await labelled(classifier, max=2)
    await panel.ask("rename_class", classifier_id=classifier.id, old="leo", new="leon")
    now = running(entry, classifier.id)
    assert now.settings.classes == ("leon", "charlie")
    assert now.samples.labelled == {}
    assert now.samples.unlabelled == 2


@pytest.mark.parametrize(
    ("target", "labels", "rest"),
    [
        (None, {"charlie": 1}, 2),
        ("charlie", {"charlie": 3}, 0),
        ("none", {"charlie": 1, "none": 2}, 0),
    ],
)
async def test_a_removed_class_gives_its_crops_to_another_or_to_nobody(
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    target: str | None,
    labels: dict[str, int],
    rest: int,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await labelled(classifier, leo=2, charlie=1)
    await panel.ask(
        "remove_class",
        classifier_id=classifier.id,
        move_to=target,
        **{"class": "leo"},
    )
    now = running(entry, classifier.id)
    assert now.settings.classes == ("charlie",)
    assert now.samples.labelled == labels
    assert now.samples.unlabelled == rest


@pytest.mark.parametrize(
    ("command", "data", "key"),
    [
        ("rename_class", {"old": "max", "new": "leo"}, "unknown_class"),
        ("rename_class", {"old": "none", "new": "leo"}, "unknown_class"),
        ("rename_class", {"old": "leo", "new": "a,b"}, "refused_class_name"),
        ("rename_class", {"old": "leo", "new": "Charlie"}, "refused_class_twice"),
        ("rename_class", {"old": "leo", "new": "undecided"}, "refused_class_reserved"),
        ("rename_class", {"old": "leo", "new": " "}, "refused_class_name"),
        ("remove_class", {"class": "max"}, "unknown_class"),
        ("remove_class", {"class": "leo", "move_to": "leo"}, "unknown_class"),
        ("remove_class", {"class": "leo", "move_to": "max"}, "unknown_class"),
        ("add_class", {"class": " none"}, "refused_class_twice"),
        ("add_class", {"class": ""}, "refused_class_name"),
    ],
)
async def test_classes_that_cannot_be_change_nothing(
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    command: str,
    data: dict[str, Any],
    key: str,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await labelled(classifier, leo=2, charlie=1)
    with pytest.raises(Refused) as refused:
        await panel.ask(command, classifier_id=classifier.id, **data)
    assert refused.value.key == key
    assert running(entry, classifier.id).settings.classes == ("leo", "charlie")
    assert running(entry, classifier.id).samples.labelled == {"leo": 2, "charlie": 1}


async def test_the_last_class_cannot_be_removed(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(classes=["leo"]))
    classifier = classifier_of(entry)
    with pytest.raises(Refused) as refused:
        await panel.ask("remove_class", classifier_id=classifier.id, **{"class": "leo"})
    assert refused.value.key == "refused_class_count"


# Threshold


async def test_a_new_threshold_changes_nothing_else(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(rules={"min_attempts": 2, "threshold": 0.5}))
    classifier = classifier_of(entry)
    await labelled(classifier, leo=1)
    await panel.ask("set_threshold", classifier_id=classifier.id, threshold=0.95)
    now = running(entry, classifier.id)
    assert (now.settings.rules.threshold, now.settings.rules.min_attempts) == (0.95, 2)
    assert now.samples.labelled == {"leo": 1}
    for wrong in (1.01, -0.1, "0.9", None):
        with pytest.raises(Refused):
            await panel.ask(
                "set_threshold", classifier_id=classifier.id, threshold=wrong
            )
    assert running(entry, classifier.id).settings.rules.threshold == 0.95


# Who may


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("add_class", {"class": "max"}),
    ("rename_class", {"old": "leo", "new": "max"}),
    ("remove_class", {"class": "leo"}),
    ("set_threshold", {"threshold": 0.5}),
]


async def test_who_may_only_look_changes_no_settings(
    viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    before = dict(stored(entry, classifier.id))
    for command, data in COMMANDS:
        with pytest.raises(Refused) as refused:
            await viewer.ask(command, classifier_id=classifier.id, **data)
        assert refused.value.code == "unauthorized", command
    with pytest.raises(Refused) as refused:
        await viewer.ask("create", entry_id=entry.entry_id, data=CLASSIFIER)
    assert refused.value.code == "unauthorized"
    assert stored(entry, classifier.id) == before
    assert len(entry.subentries) == 1


async def test_settings_of_no_classifier_are_not_changed(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    for command, data in COMMANDS:
        for wrong in ("gone", "Our cats", "../../x"):
            with pytest.raises(Refused) as refused:
                await panel.ask(command, classifier_id=wrong, **data)
            assert refused.value.key == "classifier_unknown", command
