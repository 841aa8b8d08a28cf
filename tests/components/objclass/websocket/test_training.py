"""The panel trains, and is told what came of it."""

import time
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from tests.frigate_sim.faults import Fault

from ..conftest import (
    Frigate,
    SetUp,
    classifier_of,
)
from ..crops import keep, keep_some_of_each
from .client import Panel, Refused

pytestmark = pytest.mark.parametrize("frigate", [{"past_events": 12}], indirect=True)


async def test_a_training_is_outdated_as_soon_as_labels_change(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep_some_of_each(classifier_of(entry))

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
    await keep_some_of_each(classifier_of(entry))
    await classifier.trainings.async_train()
    others = [
        sample.id
        for name in ("charlie", "none")
        for sample in classifier.samples.store.find(label=name)
    ]
    await classifier.samples.async_delete(others)
    with pytest.raises(Refused) as refused:
        await panel.ask("train", classifier_id=classifier.id)
    assert refused.value.key == "training_too_few_classes"
    (state,) = (await panel.ask("classifiers"))["classifiers"]
    assert (state["outdated"], state["training"]) == (True, None)


@pytest.mark.parametrize("hours", [-24, 0, 24], ids=["back", "right", "ahead"])
async def test_labels_of_before_a_restart_make_a_training_outdated_by_any_clock(
    hass: HomeAssistant,
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    async def outdated() -> bool:
        (shown,) = (await panel.ask("classifiers"))["classifiers"]
        return bool(shown["outdated"])

    now = time.time
    entry = await set_up()
    await keep_some_of_each(classifier_of(entry))
    monkeypatch.setattr(time, "time", lambda: now() + hours * 3600)
    await classifier_of(entry).trainings.async_train()
    await hass.config_entries.async_reload(entry.entry_id)
    assert not await outdated()
    (new,) = await keep(classifier_of(entry), None)
    await classifier_of(entry).samples.async_label([new], "leo")
    await hass.config_entries.async_reload(entry.entry_id)
    assert await outdated()
    # Who takes it back has what was trained on.
    await classifier_of(entry).samples.async_delete([new])
    assert not await outdated()


async def test_a_training_answers_with_its_report_and_is_kept(
    panel: Panel, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    ask = {"classifier_id": classifier.id}
    nothing = {"report": None, "history": []}
    assert await viewer.ask("report", **ask) == nothing
    await keep_some_of_each(classifier_of(entry))

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
    await keep_some_of_each(classifier_of(entry))
    for _ in range(2):
        await classifier.trainings.async_train()
    await panel.ask("rollback", classifier_id=classifier.id, number=1)
    assert classifier.trainings.current is not None
    assert classifier.trainings.current.number == 1
    for wrong in (7, 10**30):
        with pytest.raises(Refused):
            await panel.ask("rollback", classifier_id=classifier.id, number=wrong)
    assert classifier.trainings.current.number == 1


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
