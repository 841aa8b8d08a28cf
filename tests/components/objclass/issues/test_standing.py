"""What stands in the way is told, with what can be done about it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.frigate_sim import NativeModel
from tests.frigate_sim.faults import Fault

from ..chains import SeeingFrigate
from ..conftest import (
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    frigate_of,
    no_past,
)
from ..crops import keep
from ..repairing import answered, issues, mend, opened
from ..visits import Visit, script, until

RIVAL = NativeModel(name="pets", type="sub_label", objects=("cat",), classes={"leo": 1})
rivals = pytest.mark.parametrize(
    "frigate", [{"past_events": 0, "models": [RIVAL]}], indirect=True
)


def told(hass: HomeAssistant) -> dict[str, dict[str, str]]:
    """Return what is wrong, by its kind, and what is said of it."""
    return {
        str(issue.translation_key): issue.translation_placeholders or {}
        for issue in issues(hass).values()
    }


@no_past
async def test_nothing_is_told_where_nothing_is_wrong(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    assert told(hass) == {}


@no_past
async def test_objects_that_frigate_does_not_track_are_told_until_it_does(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up(classifier_data(labels=["unicorn"]))
    assert told(hass)["labels"]["labels"] == "unicorn"
    assert told(hass)["labels"]["cameras"] == "Front door, Back yard"

    answer = await mend(hass, hass_client, "labels", "confirm")
    assert answer["errors"] == {"base": "as_before"}

    (subentry,) = entry.subentries.values()
    data = {**subentry.data, "labels": ["cat"]}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert told(hass) == {}


@no_past
async def test_snapshots_that_are_turned_off_are_told_until_they_are_on(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    on = frigate.world.snapshots
    frigate.world.snapshots = replace(on, enabled=False)
    # One repair for one cause, however many classifiers there are.
    await set_up(classifier_data(), classifier_data(name="Our dogs", labels=["dog"]))
    assert told(hass)["snapshots"]["cameras"] == "Front door, Back yard"
    answer = await mend(hass, hass_client, "snapshots", "confirm")
    assert answer["errors"] == {"base": "as_before"}
    frigate.world.snapshots = on
    answer = await mend(hass, hass_client, "snapshots", "confirm")
    assert answer["type"] == "create_entry"
    assert told(hass) == {}


@rivals
async def test_who_else_names_the_same_objects_is_told(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    assert told(hass)["rivals"]["rivals"] == "the classification model pets"
    answer = await mend(hass, hass_client, "rivals", "attribute")
    assert answer["type"] == "create_entry"
    assert told(hass) == {}
    assert [item.data["kind"] for item in entry.subentries.values()] == ["attribute"]


@no_past
async def test_face_recognition_names_persons_too_which_is_told(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    async with SeeingFrigate(hass, past_events=0) as seeing:
        people = classifier_data(name="Staff", labels=["person"])
        await set_up(people, classifier_data(), data={"url": seeing.url})
        assert told(hass)["rivals"]["classifier"] == "Staff"
        assert told(hass)["rivals"]["rivals"] == "face recognition"
        await mend(hass, hass_client, "rivals", "attribute")
        assert "rivals" not in told(hass)


@no_past
async def test_who_wants_no_snapshots_is_not_told_again(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    frigate.world.snapshots = replace(frigate.world.snapshots, enabled=False)
    entry = await set_up()
    answer = await mend(hass, hass_client, "snapshots", "leave")
    assert answer["reason"] == "left"
    await hass.config_entries.async_reload(entry.entry_id)
    assert told(hass) == {}


@rivals
async def test_who_wants_it_so_is_not_told_again(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    answer = await mend(hass, hass_client, "rivals", "leave")
    assert answer["reason"] == "left"
    await hass.config_entries.async_reload(entry.entry_id)
    assert told(hass) == {}


@no_past
async def test_crops_that_nobody_labels_are_told_until_there_is_a_training(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, None, 50)
    await an_hour_later(hass, freezer)
    assert told(hass)["images"]["crops"] == "50"
    script(classifier, "leo")
    classifier.telling.async_changed()
    assert told(hass) == {}


@no_past
async def test_a_training_that_waits_for_another_network_is_none_that_never_was(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 3)
    await keep(classifier, "charlie", 3)
    await classifier.trainings.async_train()
    await keep(classifier, None, 50)
    other = replace(classifier._worker.backbone, identity="another")
    classifier._worker.backbone = other
    assert classifier.head is None
    await an_hour_later(hass, freezer)
    assert told(hass) == {}


@no_past
async def test_a_class_without_a_single_picture_is_told_until_it_has_one(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 3)
    await keep(classifier, "none", 3)
    await classifier.trainings.async_train()
    (crop, *_) = await keep(classifier, None, 50)
    await an_hour_later(hass, freezer)
    assert told(hass)["few"]["classes"] == "charlie"
    await classifier.samples.async_label([crop], "charlie")
    await classifier.trainings.async_train()
    assert told(hass) == {}


@no_past
async def test_crops_that_nobody_labels_can_be_trained_on_once_they_are(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    crops = await keep(classifier_of(entry), None, 56)
    await hass.config_entries.async_reload(entry.entry_id)
    classifier = classifier_of(entry)
    assert issues(hass)[f"images-{classifier.id}"].is_fixable
    shown = await opened(hass, hass_client, "images")
    # The crops are one click away, and without labels nothing can be trained.
    placeholders = shown["description_placeholders"]
    assert placeholders["link"] == f"/objclass/{classifier.id}/recent"
    refused = await answered(hass, hass_client, shown, "confirm")
    assert refused["reason"] == "failed"
    assert "Our cats" in refused["description_placeholders"]["error"]
    assert [*told(hass)] == ["images"]
    await classifier.samples.async_label(crops[:3], "leo")
    await classifier.samples.async_label(crops[3:6], "charlie")
    assert (await mend(hass, hass_client, "images", "confirm"))[
        "type"
    ] == "create_entry"
    assert classifier.trainings.current
    assert told(hass) == {}


@no_past
async def test_a_training_without_the_class_that_is_lacking_mends_nothing(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    crops = await keep(classifier_of(entry), None, 60)
    await hass.config_entries.async_reload(entry.entry_id)
    classifier = classifier_of(entry)
    await classifier.samples.async_label(crops[:3], "leo")
    await classifier.samples.async_label(crops[3:6], "none")
    shown = await mend(hass, hass_client, "images", "confirm")
    # It is trained, but there is no picture of Charlie; which is a repair of its own.
    assert shown["type"] == "create_entry"
    assert [*told(hass)] == ["few"]
    shown = await mend(hass, hass_client, "few", "confirm")
    assert shown["errors"] == {"base": "as_before"}
    assert [*told(hass)] == ["few"]
    await classifier.samples.async_label(crops[6:9], "charlie")
    shown = await answered(hass, hass_client, shown)
    assert shown["type"] == "create_entry"
    assert told(hass) == {}


@no_past
async def test_a_classifier_that_is_gone_needs_no_training(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), None, 50)
    await hass.config_entries.async_reload(entry.entry_id)
    shown = await opened(hass, hass_client, "images")
    await hass.config_entries.async_remove(entry.entry_id)
    shown = await answered(hass, hass_client, shown, "confirm")
    assert shown["type"] == "create_entry"


async def an_hour_later(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(timedelta(hours=1, seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


@no_past
@pytest.mark.parametrize("loaded", [True, False])
async def test_what_is_wrong_with_an_entry_is_not_told_as_long_as_it_is_turned_off(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, loaded: bool
) -> None:
    entry = await set_up(classifier_data(labels=["bear"]))
    if not loaded:
        frigate.faults.add(Fault(status=502))
        await hass.config_entries.async_reload(entry.entry_id)
    assert set(told(hass)) == {"labels"}
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    assert told(hass) == {}
    frigate.faults.clear()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert set(told(hass)) == {"labels"}


@no_past
async def test_what_is_wrong_is_told_all_the_time_while_an_entry_is_loaded_anew(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(labels=["bear"]))
    changes = async_capture_events(hass, ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert set(told(hass)) == {"labels"}
    assert [change.data["action"] for change in changes] == []


@no_past
async def test_a_repair_ends_well_when_its_entry_was_removed_meanwhile(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up(classifier_data(labels=["goat"]))
    shown = await opened(hass, hass_client, "labels")
    await hass.config_entries.async_remove(entry.entry_id)
    answer = await answered(hass, hass_client, shown, "confirm")
    assert answer["type"] == "create_entry"
    assert told(hass) == {}


@no_past
async def test_an_account_that_may_not_write_is_told_and_can_be_left_alone(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    frigate.faults.add(Fault(path="/sub_label", status=403))
    script(classifier_of(entry), "leo")
    await Visit(frigate, entry).look(3)
    await until(lambda: "viewer" in told(hass))
    answer = await mend(hass, hass_client, "viewer", "only_look")
    assert answer["type"] == "create_entry"
    assert entry.options["write_back"] is False
    assert told(hass) == {}


@no_past
async def test_who_left_such_an_account_as_it_is_is_not_told_again_after_a_reload(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    frigate.faults.add(Fault(path="/sub_label", status=403))
    script(classifier_of(entry), "leo")
    await Visit(frigate, entry).look(3)
    await until(lambda: "viewer" in told(hass))
    await mend(hass, hass_client, "viewer", "leave")
    await hass.config_entries.async_reload(entry.entry_id)
    frigate.say("available", "online")
    script(classifier_of(entry), "leo")
    await Visit(frigate, entry).look(3)
    assert frigate_of(entry).history._writeback.allowed is False
    assert told(hass) == {}


@no_past
async def test_another_account_can_be_given_where_one_may_not_write(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    frigate.faults.add(Fault(path="/sub_label", status=403))
    script(classifier_of(entry), "leo")
    await Visit(frigate, entry).look(3)
    await until(lambda: "viewer" in told(hass))
    answer = await mend(hass, hass_client, "viewer", "log_in")
    assert answer["reason"] == "log_in"
    assert "viewer" in told(hass)  # until that account has been given
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


@no_past
@pytest.mark.parametrize("loaded", [True, False])
async def test_a_frigate_that_is_away_for_a_day_is_told_until_it_is_back(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
    loaded: bool,
) -> None:
    started = dt_util.utcnow()
    away = None if loaded else frigate.faults.add(Fault(status=502))
    await set_up()
    frigate.say("available", "offline")
    await hass.async_block_till_done()
    for _ in range(24):
        await an_hour_later(hass, freezer)
    assert told(hass) == {}
    await an_hour_later(hass, freezer)
    assert told(hass)["away"] == {"frigate": "Frigate"}

    freezer.move_to(started)  # or the log-in of the test would have expired
    if away:
        answer = await mend(hass, hass_client, "away", "confirm")
        assert answer["errors"] == {"base": "as_before"}
        frigate.faults.clear()
    answer = await mend(hass, hass_client, "away", "confirm")
    assert answer["type"] == "create_entry"
    frigate.say("available", "online")
    await an_hour_later(hass, freezer)
    assert told(hass) == {}
