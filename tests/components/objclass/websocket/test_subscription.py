"""What happens is told to every panel that listens, in time and no more than needed."""

import asyncio
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
)

from custom_components.objclass.signals import SIGNAL_SAMPLES, SampleChanges

from ..conftest import (
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    data_of,
)
from ..crops import keep, keep_some_of_each
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
    kept = classifier.samples.store.find(event_id=visit.id)
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
    await keep_some_of_each(classifier_of(entry))
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
        await classifier.samples.async_label([crop], "leo")
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
    await hass.async_block_till_done()
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
    await classifier.samples.async_label([crop], "leo")
    await pause(hass)
    await asyncio.sleep(0)


def _listeners(hass: HomeAssistant, classifier_id: str) -> int:
    dispatchers = hass.data["dispatcher"]
    return len(dispatchers.get(f"objclass_samples_{classifier_id}", {}))
