"""What there is, how it is doing, and what is new, over the websocket."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.objclass.data import SIGNAL_SAMPLES, SampleChanges
from tests.frigate_sim.faults import Fault

from ..conftest import (
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    data_of,
    frigate_of,
)
from ..crops import keep
from ..visits import Visit, script, until
from .client import Panel, Refused

pytestmark = pytest.mark.parametrize("frigate", [{"past_events": 12}], indirect=True)


async def subscribed(panel: Panel) -> None:
    await panel.ask("subscribe")
    panel.events.clear()


async def pause(hass: HomeAssistant, seconds: float = 3) -> None:
    """Let what waits for its time be told."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def taught(entry: MockConfigEntry) -> None:
    for name in ("leo", "charlie", "none"):
        await keep(classifier_of(entry), name, 12)


# What there is


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


async def test_a_training_is_outdated_as_soon_as_labels_change(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await taught(entry)

    async def shown() -> dict[str, Any]:
        (state,) = (await panel.ask("classifiers"))["classifiers"]
        return dict(state)

    assert (await shown())["outdated"] is False, "never trained"
    await panel.ask("train", classifier_id=classifier.id)
    state = await shown()
    assert state["outdated"] is False
    assert state["trained"]["number"] == 1
    assert state["trained"]["images"] == 36
    assert dt_util.parse_datetime(state["trained"]["trained_at"]) is not None

    (new,) = await keep(classifier, None)
    assert (await shown())["outdated"] is False, "a new crop is no label"
    await panel.ask("delete", classifier_id=classifier.id, sample_ids=[new])
    assert (await shown())["outdated"] is False
    (new,) = await keep(classifier, None)
    await panel.ask(
        "label", classifier_id=classifier.id, sample_ids=[new], **{"class": "leo"}
    )
    assert (await shown())["outdated"] is True
    await panel.ask("train", classifier_id=classifier.id)
    assert (await shown())["outdated"] is False
    await panel.ask("delete", classifier_id=classifier.id, sample_ids=[new])
    assert (await shown())["outdated"] is True


async def test_a_training_that_failed_leaves_the_one_before_outdated(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await taught(entry)
    await classifier.async_train()
    others = [
        sample.id
        for name in ("charlie", "none")
        for sample in classifier.samples.find(label=name)
    ]
    await classifier.async_delete(others)
    with pytest.raises(Refused) as refused:
        await panel.ask("train", classifier_id=classifier.id)
    assert refused.value.key == "training_too_few_classes"
    (state,) = (await panel.ask("classifiers"))["classifiers"]
    assert (state["outdated"], state["training"]) == (True, None)


async def test_labels_of_before_a_restart_still_make_a_training_outdated(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await taught(entry)
    await classifier_of(entry).async_train()
    await hass.config_entries.async_reload(entry.entry_id)
    assert not classifier_of(entry).labels_changed
    (new,) = await keep(classifier_of(entry), None)
    await classifier_of(entry).async_label([new], "leo")
    await hass.config_entries.async_reload(entry.entry_id)
    (shown,) = (await panel.ask("classifiers"))["classifiers"]
    assert shown["outdated"] is True


# Training


async def test_a_training_answers_with_its_report_and_is_kept(
    panel: Panel, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    ask = {"classifier_id": classifier.id}
    nothing = {"report": None, "history": []}
    assert await viewer.ask("report", **ask) == nothing
    await taught(entry)

    answer = await panel.ask("train", **ask)
    report = answer["report"]
    assert (answer["number"], answer["taken"], answer["skipped"]) == (1, True, 0)
    assert [item["name"] for item in report["classes"]] == ["leo", "charlie", "none"]
    assert report["images"] == 36
    assert len(report["confusion"]) == 3

    await panel.ask("train", **ask)
    answer = await viewer.ask("report", **ask)
    assert [item["number"] for item in answer["history"]] == [2, 1]
    assert [item["current"] for item in answer["history"]] == [True, False]
    assert answer["report"]["images"] == 36
    older = await viewer.ask("report", **ask, number=1)
    assert older["report"] == report
    assert (await viewer.ask("report", **ask, number=99))["report"] is None


async def test_an_older_training_can_be_used_again(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await taught(entry)
    for _ in range(2):
        await classifier.async_train()
    await panel.ask("rollback", classifier_id=classifier.id, number=1)
    assert classifier.trained is not None
    assert classifier.trained.number == 1
    for wrong in (7, 10**30):
        with pytest.raises(Refused):
            await panel.ask("rollback", classifier_id=classifier.id, number=wrong)
    assert classifier.trained.number == 1


async def test_a_training_that_cannot_be_says_why(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    with pytest.raises(Refused) as refused:
        await panel.ask("train", classifier_id=classifier_of(entry).id)
    assert refused.value.key == "training_no_images"


async def test_examples_are_gathered(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    ask = {"classifier_id": classifier.id}
    answer = await panel.ask("collect", **ask, count=3)
    assert len(answer["sample_ids"]) == 3
    page = await panel.ask("samples", **ask)
    assert {one["id"] for one in page["samples"]} == {*answer["sample_ids"]}
    assert {one["source"] for one in page["samples"]} == {"collect"}
    assert {one["infrared"] for one in page["samples"]} <= {True, False}

    with pytest.raises(Refused) as refused:
        await panel.ask("collect", **ask, cameras=["../x"])
    assert refused.value.key == "unknown_camera"
    frigate.faults.add(Fault(path="events$", status=502))
    with pytest.raises(Refused) as refused:
        await panel.ask("collect", **ask)
    assert refused.value.key == "frigate_failed"
    for wrong in ({"count": 0}, {"count": 201}, {"days": -1}, {"cameras": "front"}):
        with pytest.raises(Refused):
            await panel.ask("collect", **ask, **wrong)


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("train", {}),
    ("collect", {}),
    ("rollback", {"number": 1}),
]


async def test_who_may_only_look_trains_nothing(
    viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    for command, data in COMMANDS:
        with pytest.raises(Refused) as refused:
            await viewer.ask(command, classifier_id=classifier_of(entry).id, **data)
        assert refused.value.code == "unauthorized", command


async def test_no_classifier_is_trained(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    for command, data in [*COMMANDS, ("report", {})]:
        for wrong in ("gone", "Our cats", "../../x"):
            with pytest.raises(Refused) as refused:
                await panel.ask(command, classifier_id=wrong, **data)
            assert refused.value.key == "classifier_unknown", command


# How it is doing


async def test_the_status_tells_whether_it_works(
    hass: HomeAssistant, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await Visit(frigate, entry).look(2)
    answer = await viewer.ask("status")
    (shown,) = answer["entries"]
    assert shown.pop("ms_per_look") > 0
    assert shown == {
        "entry_id": entry.entry_id,
        "title": "Frigate",
        "available": True,
        "frigate": True,
        "mqtt_connected": True,
        "frigate_version": frigate_of(entry).client.known_version.text,
        "waiting": 0,
        "dropped": 0,
        "counts": {
            "attempts": 2,
            "failed_fetches": 0,
            "bad_pictures": 0,
            "invalid_messages": 0,
            "errors": 0,
        },
        "error": None,
    }
    assert shown["frigate_version"].startswith("0.18")
    backbone = data_of(entry).worker.backbone
    assert answer["runtime"] == {
        "name": backbone.runtime.name,
        "backbone": backbone.identity,
        "threads": 1,
    }
    assert answer["version"]


async def test_the_status_of_a_frigate_that_is_away_says_why(
    hass: HomeAssistant, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    frigate.faults.add(Fault(path="version", status=502))
    await set_up(online=False)
    answer = await viewer.ask("status")
    (shown,) = answer["entries"]
    assert shown["available"] is False
    assert "502" in shown["error"]
    assert answer["runtime"] is None


# What is new


async def test_a_label_is_news_to_every_panel(
    panel: Panel, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    (crop,) = await keep(classifier, None)
    await subscribed(viewer)
    await panel.ask(
        "label", classifier_id=classifier.id, sample_ids=[crop], **{"class": "leo"}
    )
    samples = await viewer.next("samples")
    assert samples == {
        "event": "samples",
        "classifier_id": classifier.id,
        "added": [],
        "changed": [crop],
        "removed": [],
    }
    news = await viewer.next("classifier")
    assert news["classifier"]["labelled"] == {"leo": 1}


async def test_new_crops_and_outcomes_are_news(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(rules={"save_attempts": 2}))
    classifier = classifier_of(entry)
    script(classifier, "leo")
    await subscribed(panel)
    visit = Visit(frigate, entry)
    seen: dict[str, str] = {}

    async def collect_news() -> None:
        await pause(hass)
        await panel.ask("status")
        for event in panel.events:
            if event["event"] == "samples":
                for what in ("added", "changed", "removed"):
                    seen.update(dict.fromkeys(event[what], what))
        panel.events.clear()

    await visit.look(3)
    await collect_news()
    kept = classifier.samples.find(event_id=visit.id)
    assert len(kept) == 2
    for sample in kept:
        assert seen[sample.id] == "added"
    await visit.end()
    await collect_news()
    for sample in kept:
        assert seen[sample.id] == "changed", "it has an outcome now"
    gone = set(seen) - {sample.id for sample in kept}
    assert {seen[sample_id] for sample_id in gone} <= {"removed"}


async def test_the_progress_of_a_training_is_told_to_the_end(
    panel: Panel, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await taught(entry)
    await subscribed(viewer)
    await panel.ask("train", classifier_id=classifier.id)
    events = [await viewer.next("progress")]
    while not events[-1]["done"]:
        events.append(await viewer.next("progress"))
    assert {event["job"] for event in events} == {"train"}
    assert events[-1] == {
        "event": "progress",
        "classifier_id": classifier.id,
        "job": "train",
        "share": 1.0,
        "done": True,
        "error": None,
    }
    state = None
    while state is None or state["trained"] is None:
        state = (await viewer.next("classifier"))["classifier"]
    assert state["training"] is None


async def test_a_job_that_fails_says_why(
    panel: Panel, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await subscribed(viewer)
    with pytest.raises(Refused):
        await panel.ask("train", classifier_id=classifier_of(entry).id)
    event = await viewer.next("progress")
    while not event["done"]:
        event = await viewer.next("progress")
    assert "no labelled crops" in event["error"]


async def test_many_changes_are_told_together_and_the_last_state_counts(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    crops = await keep(classifier, None, 40)
    await pause(hass)
    await subscribed(panel)
    for crop in crops:
        await classifier.async_label([crop], "leo")
    await pause(hass)
    await panel.ask("status")
    states = [e["classifier"] for e in panel.events if e["event"] == "classifier"]
    lists = [e for e in panel.events if e["event"] == "samples"]
    assert states[-1]["labelled"] == {"leo": 40}
    assert len(states) <= 10
    assert len(lists) <= 10
    changed = [sample_id for event in lists for sample_id in event["changed"]]
    assert sorted(changed) == sorted(crops)


async def test_of_several_changes_of_one_crop_only_what_they_come_to_is_told(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    signal = SIGNAL_SAMPLES.format(classifier_of(entry).id)
    await subscribed(panel)
    # The first of them is told at once, so that all others wait and come together.
    for changes in (
        SampleChanges(changed=["first"]),
        SampleChanges(added=["stays", "goes"]),
        SampleChanges(changed=["stays", "goes", "old"]),
        SampleChanges(removed=["goes", "old", "older"]),
    ):
        async_dispatcher_send(hass, signal, changes)
    await pause(hass)
    first, second = [await panel.next("samples") for _ in range(2)]
    assert (first["added"], first["changed"], first["removed"]) == ([], ["first"], [])
    assert second["added"] == ["stays"]
    assert second["changed"] == []
    assert second["removed"] == ["old", "older"]


async def test_frigate_coming_and_going_is_news(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    await subscribed(panel)
    frigate.say("available", "offline")
    news = await panel.next("classifier")
    assert news["classifier"]["available"] is False
    status = await panel.next("status")
    assert status["status"]["entries"][0]["available"] is False


async def test_counts_are_told_as_they_change(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    await subscribed(panel)
    frigate.say("events", "no message")
    await pause(hass)
    news = await panel.next("status")
    counts = news["status"]["entries"][0]["counts"]
    assert counts["invalid_messages"] == 1


async def test_a_new_classifier_is_listened_to_as_well(
    hass: HomeAssistant, panel: Panel, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await subscribed(viewer)
    answer = await panel.ask(
        "create",
        entry_id=entry.entry_id,
        data={"name": "Dogs", "labels": ["dog"], "classes": ["rex"]},
    )
    await pause(hass)
    await viewer.next("classifiers")
    await viewer.ask("classifiers")
    viewer.events.clear()
    new = data_of(entry).classifiers[answer["classifier_id"]]
    (crop,) = await keep(new, None)
    await panel.ask(
        "label", classifier_id=new.id, sample_ids=[crop], **{"class": "rex"}
    )
    await pause(hass)
    samples = await viewer.next("samples")
    assert (samples["classifier_id"], samples["changed"]) == (new.id, [crop])


async def test_an_entry_that_is_loaded_anew_is_told_once_it_is_there(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await subscribed(panel)
    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    while not reload.done():
        await asyncio.sleep(0.01)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await pause(hass)
    await panel.ask("status")
    kinds = [event["event"] for event in panel.events]
    assert kinds.count("classifiers") == 1
    assert (await panel.ask("classifiers"))["classifiers"]


async def test_who_has_left_is_told_nothing(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await subscribed(panel)
    (crop,) = await keep(classifier, None)
    await panel.leave()
    await until(lambda: not _listeners(hass, classifier.id))
    await classifier.async_label([crop], "leo")
    await pause(hass)
    await asyncio.sleep(0)


def _listeners(hass: HomeAssistant, classifier_id: str) -> int:
    dispatchers = hass.data["dispatcher"]
    return len(dispatchers.get(f"objclass_samples_{classifier_id}", {}))
