"""What the panel is told of the classifiers there are, and of what can be chosen."""

import pytest
from homeassistant.core import HomeAssistant

from ..conftest import (
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
)
from ..crops import keep
from ..visits import Visit, script
from .client import Panel

pytestmark = pytest.mark.parametrize("frigate", [{"past_events": 12}], indirect=True)


async def test_a_classifier_is_shown_with_all_that_is_known_of_it(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(
        classifier_data(filter={"cameras": ["front_door"]}, rules={"threshold": 0.7})
    )
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 2)
    await keep(classifier, None, 3)
    answer = await panel.ask("classifiers")
    assert answer["is_admin"] is True
    (shown,) = answer["classifiers"]
    advice = shown.pop("advice")
    assert shown == {
        "id": classifier.id,
        "entry_id": entry.entry_id,
        "entry_title": "Frigate",
        "name": "Our cats",
        "type": "classifier",
        "kind": "sub_label",
        "condition": None,
        "labels": ["cat"],
        "classes": ["leo", "charlie"],
        "all_classes": ["leo", "charlie", "none"],
        "cameras": [{"id": "front_door", "name": "Front door"}],
        "rules": {
            "threshold": 0.7,
            "min_attempts": 3,
            "agreement": 0.6,
            "max_attempts": 16,
            "save_attempts": 200,
        },
        "labelled": {"leo": 2},
        "unlabelled": 3,
        "training": None,
        "trained": None,
        "imported_model": False,
        "in_view": [],
        "last": [],
        "outdated": False,
        "available": True,
    }
    keys = [(item["key"], item["placeholders"]["name"]) for item in advice]
    assert ("class_without_images", "charlie") in keys
    assert ("few_images", "leo") in keys
    assert all(item["text"] for item in advice)


async def test_what_can_be_chosen_for_a_new_classifier_is_told(
    hass: HomeAssistant, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(online=False)
    answer = await viewer.ask("classifiers")
    assert answer["is_admin"] is False
    (shown,) = answer["entries"]
    assert shown["available"] is False
    assert "cat" in shown["labels"]
    assert {"id": "front_door", "name": "Front door"} in shown["cameras"]
    assert shown["zones"]
    # Of one that is not loaded there is only its name.
    await hass.config_entries.async_unload(entry.entry_id)
    answer = await viewer.ask("classifiers")
    assert answer["classifiers"] == []
    assert answer["entries"] == [
        {
            "entry_id": entry.entry_id,
            "title": "Frigate",
            "available": False,
            "labels": [],
            "cameras": [],
            "zones": [],
            "frigate_models": [],
            "parents": [],
            "types": ["classifier", "frame_classifier"],
        }
    ]


async def test_who_is_in_view_and_who_was_seen_last(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visits = [Visit(frigate, entry) for _ in range(6)]
    for visit in visits:
        await visit.look(3)
        if visit is not visits[-1]:
            await visit.end()
    (shown,) = (await panel.ask("classifiers"))["classifiers"]
    assert shown["in_view"] == [
        {"class": "leo", "camera": "front_door", "event_id": visits[-1].id}
    ]
    assert [item["event_id"] for item in shown["last"]] == [
        visit.id for visit in visits[:0:-1]
    ]
    assert shown["last"][0] == {
        "camera": "front_door",
        "class": "leo",
        "score": pytest.approx(0.95),
        "time": pytest.approx(visits[-1].seen.now.time, abs=30),
        "event_id": visits[-1].id,
    }
