"""A head that does not fit its classes or the backbone any more is learned anew."""

import pytest
from homeassistant.core import HomeAssistant

from custom_components.objclass.learning.heads import HeadShelf

from .conftest import SetUp, classifier_data, classifier_of, folder_of, no_past
from .crops import keep, learn
from .entries import finish, rename


@no_past
async def test_a_renamed_class_is_learned_anew_by_itself(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    await learn(classifier_of(entry))

    await classifier_of(entry).samples.async_move_labels({"leo": "leon"})
    rename(hass, entry, "leon", "charlie")
    await hass.async_block_till_done()
    await finish(entry, "train")

    trained = classifier_of(entry).trainings.current
    assert trained is not None
    assert set(trained.head.classes) == {"leon", "charlie"}
    assert not classifier_of(entry).trainings.outdated


@no_past
async def test_a_head_that_does_not_fit_any_more_is_no_reason_to_refuse_a_new_one(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(rules={"refuse_worse": True}))
    leo = await keep(classifier_of(entry), "leo", 12)
    await keep(classifier_of(entry), "charlie", 12)
    await classifier_of(entry).trainings.async_train()

    # Half of them turn out to be another cat, which is hard to tell from leo.
    await classifier_of(entry).samples.async_label(leo[::2], "charlie")
    await classifier_of(entry).samples.async_move_labels({"leo": "leon"})
    rename(hass, entry, "leon", "charlie")
    await hass.async_block_till_done()
    await finish(entry, "train")

    trained = classifier_of(entry).trainings.current
    assert trained is not None
    assert set(trained.head.classes) == {"leon", "charlie"}


@no_past
async def test_the_old_head_stays_when_too_little_is_left_to_learn(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up()
    await learn(classifier_of(entry))

    await classifier_of(entry).samples.async_move_labels({"leo": None})
    rename(hass, entry, "charlie")
    await hass.async_block_till_done()
    await finish(entry, "train")

    trained = classifier_of(entry).trainings.current
    assert trained is not None
    assert set(trained.head.classes) == {"leo", "charlie"}
    assert "Our cats has to be trained anew: training_too_few_classes" in caplog.text


@no_past
async def test_a_head_of_another_backbone_is_trained_anew_by_itself(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    trained = await learn(classifier_of(entry))
    head = trained.kept.head
    object.__setattr__(head, "backbone", "older")
    shelf = HeadShelf(folder_of(hass, entry))
    await hass.async_add_executor_job(shelf.put, head, trained.kept.report)

    await hass.config_entries.async_reload(entry.entry_id)
    await finish(entry, "train")

    assert classifier_of(entry).head is not None


@no_past
async def test_a_head_that_fits_is_left_alone(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    await learn(classifier_of(entry))
    rename(hass, entry, "leo", "charlie", "felix")
    await hass.async_block_till_done()
    await finish(entry, "train")
    trained = classifier_of(entry).trainings.current
    assert trained is not None
    assert trained.number == 1
