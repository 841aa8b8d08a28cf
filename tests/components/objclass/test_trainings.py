"""Knowing how good a training is, and taking one back."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.learning.consensus import NONE

from .conftest import (
    Frigate,
    Panel,
    SetUp,
    classifier_data,
    classifier_of,
    frigate_of,
    no_past,
    teach,
)
from .crops import keep, learn
from .entries import finish


async def ask(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call an action and return its answer."""
    answer = await hass.services.async_call(
        DOMAIN,
        action,
        {"classifier": "Our cats"} | data,
        blocking=True,
        return_response=True,
    )
    return dict(answer or {})


def _read(folder: Path) -> str:
    (file,) = folder.glob("*/*/heads/1.json")
    return file.read_text()


async def test_a_training_can_be_taken_back(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)
    classifier = classifier_of(entry)
    first = classifier.head
    await keep(classifier, "leo", 1)
    await ask(hass, "train")
    assert classifier.head is not first

    assert await ask(hass, "rollback") == {"number": 1}
    assert classifier.trainings.current is not None
    assert classifier.trainings.current.number == 1
    trainings = (await ask(hass, "report"))["trainings"]
    assert [(one["number"], one["in_use"]) for one in trainings] == [
        (2, False),
        (1, True),
    ]

    assert await ask(hass, "rollback", number=2) == {"number": 2}
    await hass.config_entries.async_reload(entry.entry_id)
    reloaded = classifier_of(entry).trainings.current
    assert reloaded is not None
    assert reloaded.number == 2


@no_past
async def test_a_training_that_is_taken_back_goes_by_the_new_name_of_a_class(
    hass: HomeAssistant, set_up: SetUp, panel: Panel
) -> None:
    entry = await set_up()
    trained = await learn(classifier_of(entry))
    await ask(hass, "train")
    await panel.ask(
        "rename_class", classifier_id=classifier_of(entry).id, old="leo", new="leon"
    )
    await hass.async_block_till_done()
    await finish(entry, "train")

    assert await ask(hass, "rollback", number=1) == {"number": 1}
    await hass.config_entries.async_reload(entry.entry_id)
    await finish(entry, "train")

    current = classifier_of(entry).trainings.current
    assert current is not None
    assert current.number == 1
    assert set(current.head.classes) == {"leon", "charlie"}
    assert current.trained_at == trained.kept.trained_at
    assert '"leo"' not in await hass.async_add_executor_job(
        _read, Path(hass.config.path(DOMAIN))
    )


@no_past
async def test_a_training_that_knows_a_class_that_is_gone_is_not_taken_back(
    hass: HomeAssistant, set_up: SetUp, panel: Panel
) -> None:
    """It would be trained again at the next start, without a word."""
    entry = await set_up()
    await learn(classifier_of(entry))
    await keep(classifier_of(entry), NONE, 4)
    await panel.ask(
        "rename_class", classifier_id=classifier_of(entry).id, old="charlie", new="leo"
    )
    await hass.async_block_till_done()
    await finish(entry, "train")

    for asked in ({}, {"number": 1}):
        with pytest.raises(ServiceValidationError, match="still knows charlie"):
            await ask(hass, "rollback", **asked)
    current = classifier_of(entry).trainings.current
    assert current is not None
    assert current.number == 2
    assert set(current.head.classes) == {"leo", NONE}


@no_past
async def test_a_classifier_knows_the_new_name_of_a_class_without_being_trained_again(
    hass: HomeAssistant, set_up: SetUp, panel: Panel
) -> None:
    entry = await set_up()
    await learn(classifier_of(entry))
    await panel.ask(
        "rename_class", classifier_id=classifier_of(entry).id, old="leo", new="leon"
    )
    await hass.async_block_till_done()
    await finish(entry, "train")

    trainings = classifier_of(entry).trainings
    assert trainings.current is not None
    assert trainings.current.number == 1
    assert set(trainings.current.head.classes) == {"leon", "charlie"}
    (shown,) = (await panel.ask("classifiers"))["classifiers"]
    assert shown["outdated"] is False


async def test_without_an_earlier_training_there_is_nothing_to_take_back(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    for action in ("report", "rollback"):
        with pytest.raises(ServiceValidationError, match="no other training"):
            await ask(hass, action)
    await teach(hass, frigate, entry)
    with pytest.raises(ServiceValidationError, match="no other training"):
        await ask(hass, "rollback")
    with pytest.raises(ServiceValidationError):
        await ask(hass, "rollback", number=7)
    assert classifier_of(entry).head is not None


async def test_when_the_training_in_use_is_damaged_the_one_before_can_be_taken_back(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)
    await ask(hass, "train")
    path = classifier_of(entry).folder / "heads" / "2.npz"
    await hass.async_add_executor_job(path.write_bytes, b"damaged")
    await hass.config_entries.async_reload(entry.entry_id)
    assert classifier_of(entry).head is None
    assert await ask(hass, "rollback") == {"number": 1}
    assert classifier_of(entry).head is not None


async def test_the_report_is_an_answer_and_a_file(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)
    report = (await ask(hass, "report"))["report"]
    classes = {one["name"]: one["images"] for one in report["classes"]}
    assert set(classes) == {"leo", "charlie", NONE}
    assert report["images"] == sum(classes.values())
    assert len(report["confusion"]) == 3
    text = await hass.async_add_executor_job(_read, Path(hass.config.path(DOMAIN)))
    assert json.loads(text) == json.loads(json.dumps(report))


async def test_a_worse_training_is_told_and_refused_if_wanted(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(classifier_data(rules={"refuse_worse": True}))
    await teach(hass, frigate, entry)
    classifier = classifier_of(entry)
    good = classifier.head
    # Somebody mixes up all labels.
    mixed_up = Random(1)
    for sample in classifier.samples.store.find(labelled=True, limit=-1):
        name = mixed_up.choice(classifier.settings.all_classes)
        await classifier.samples.async_label([sample.id], name)
    answer = await ask(hass, "train")
    assert answer["worse_than_before"] is True
    assert answer["in_use"] is False
    assert classifier.head is good
    assert "clearly worse" in caplog.text
    # It is kept all the same, and can be put in use by hand.
    assert await ask(hass, "rollback", number=2) == {"number": 2}
    assert classifier.head is not good


async def test_the_most_useful_crops_can_be_asked_for(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)
    classifier = classifier_of(entry)
    labelled = {
        one.id for one in classifier.samples.store.find(labelled=True, limit=-1)
    }
    frigate.walk("stray", "front_door")
    await frigate.walks_done()
    await frigate_of(entry).pipeline.async_wait_idle()
    await hass.async_block_till_done()
    useful = (await ask(hass, "samples", order="useful"))["samples"]
    assert useful
    assert labelled.isdisjoint(one["id"] for one in useful)
    doubtful = (await ask(hass, "samples", order="doubtful"))["samples"]
    assert {one["id"] for one in doubtful} == labelled
