"""A damaged file stops nothing but what needs it, and is told, with a way out."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.const import DOMAIN

from ..conftest import (
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    folder_of,
    frigate_of,
    no_past,
    state_of,
)
from ..crops import keep
from ..disks import read_only
from ..repairing import answered, issues, mend, opened
from ..visits import Visit, until
from ..websocket.client import Panel, Refused

pytestmark = no_past

PAGE = 4096
OF_SAMPLES = (
    "sensor.our_cats_labelled_crops",
    "button.our_cats_train",
)


@pytest.fixture
async def trained(set_up: SetUp) -> MockConfigEntry:
    """Return an entry with a trained classifier, and another one beside it."""
    entry = await set_up(classifier_data(), classifier_data(name="Others"))
    for name in ("leo", "charlie", None):
        await keep(classifier_of(entry), name, 6)
    await classifier_of(entry).trainings.async_train()
    return entry


@pytest.fixture
async def damaged(
    hass: HomeAssistant,
    frigate: Frigate,
    trained: MockConfigEntry,
    request: pytest.FixtureRequest,
) -> MockConfigEntry:
    """Return that entry after a page of its first classifier's file was lost.

    It is the first one of a table or index, those that the parameter names.
    """
    tables = getattr(request, "param", "samples newest_of_label").split()
    await hass.config_entries.async_unload(trained.entry_id)
    await hass.async_add_executor_job(damage, folder_of(hass, trained), *tables)
    await hass.config_entries.async_setup(trained.entry_id)
    frigate.say("available", "online")
    await hass.async_block_till_done()
    return trained


def damage(folder: Path, *tables: str) -> None:
    """Overwrite the first pages of tables, and keep the good file for later."""
    database = folder / "samples.sqlite"
    shutil.copy(database, folder.parent / "backup")
    with closing(sqlite3.connect(database)) as db:
        pages = dict(db.execute("SELECT name, rootpage FROM sqlite_schema"))
    content = bytearray(database.read_bytes())
    for page in (pages[table] for table in tables):
        content[(page - 1) * PAGE : page * PAGE] = b"\x5a" * PAGE
    database.write_bytes(content)


def crops_in(folder: Path) -> int:
    return len(list((folder / "crops").glob("*.jpg")))


async def test_a_damaged_file_stops_no_other_classifier_and_no_look(
    hass: HomeAssistant, frigate: Frigate, damaged: MockConfigEntry
) -> None:
    assert damaged.state is ConfigEntryState.LOADED
    one, other = classifier_of(damaged, 0), classifier_of(damaged, 1)
    assert one.head is not None
    await Visit(frigate, damaged).look(2)
    await frigate_of(damaged).pipeline.async_wait_idle()
    assert frigate_of(damaged).pipeline.counts["attempts"] >= 2
    assert other.samples.unlabelled == 2
    await keep(other, "leo")
    assert other.samples.labelled == {"leo": 1}
    with pytest.raises(HomeAssistantError, match=r"Our cats.*malformed"):
        await one.trainings.async_train()
    assert crops_in(folder_of(hass, damaged)) == 18


async def test_what_a_damaged_file_would_say_is_unavailable_and_not_nothing(
    hass: HomeAssistant, damaged: MockConfigEntry
) -> None:
    for entity in OF_SAMPLES:
        assert state_of(hass, entity) == STATE_UNAVAILABLE
        other = entity.replace("our_cats", "others")
        assert state_of(hass, other) != STATE_UNAVAILABLE


async def test_the_panel_says_why_there_are_no_crops_and_asks_for_none(
    hass: HomeAssistant, damaged: MockConfigEntry, panel: Panel
) -> None:
    one, _ = (await panel.ask("classifiers"))["classifiers"]
    assert (one["trained"]["number"], one["advice"]) == (1, [])
    with pytest.raises(Refused, match="malformed") as refused:
        await panel.ask("samples", classifier_id=one["id"])
    assert refused.value.key == "storage_failed"


async def test_a_damaged_file_is_told_by_its_name_and_forgotten_once_it_is_back(
    hass: HomeAssistant,
    damaged: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    folder = folder_of(hass, damaged)
    assert list(issues(hass)) == [f"damaged-{classifier_of(damaged).id}"]
    shown = await opened(hass, hass_client, "damaged")
    told = shown["description_placeholders"]
    assert told["file"] == str(folder / "samples.sqlite")
    assert told["classifier"] == "Our cats"
    assert "malformed" in told["error"]
    assert shown["menu_options"] == ["rescue", "confirm", "leave"]

    answer = await mend(hass, hass_client, "damaged", "confirm")
    assert answer["errors"] == {"base": "as_before"}
    await hass.async_add_executor_job(
        shutil.copy, folder.parent / "backup", folder / "samples.sqlite"
    )
    answer = await mend(hass, hass_client, "damaged", "confirm")
    assert answer["type"] == "create_entry"
    assert issues(hass) == {}
    assert classifier_of(damaged).samples.labelled == {"leo": 6, "charlie": 6}
    assert state_of(hass, OF_SAMPLES[0]) == "12"


@pytest.mark.parametrize("damaged", ["samples", "newest_of_label"], indirect=True)
async def test_what_can_be_read_is_rescued_and_told_and_can_be_trained(
    hass: HomeAssistant,
    damaged: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    folder = folder_of(hass, damaged)
    broken = (folder / "samples.sqlite").read_bytes()
    number = classifier_of(damaged).trainings.current.number
    shown = await mend(hass, hass_client, "damaged", "rescue")
    assert shown["step_id"] == "rescued"
    (aside,) = folder.glob("damaged-*")
    told = {"labelled": "12", "unlabelled": "6", "unknown": "0", "folder": str(aside)}
    assert shown["description_placeholders"] == told
    # Whether that is read and closed or not.
    await until(lambda: damaged.state is ConfigEntryState.LOADED)
    assert issues(hass) == {}
    classifier = classifier_of(damaged)
    assert classifier.trainings.current.number == number
    assert classifier.samples.labelled == {"leo": 6, "charlie": 6}
    assert state_of(hass, OF_SAMPLES[0]) == "12"
    await classifier.trainings.async_train()
    assert (aside / "samples.sqlite").read_bytes() == broken
    assert crops_in(folder) == 18
    answer = await answered(hass, hass_client, shown)
    assert answer["type"] == "create_entry"


async def test_crops_of_which_nothing_can_be_read_are_there_to_be_labelled_again(
    hass: HomeAssistant,
    damaged: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    panel: Panel,
) -> None:
    shown = await mend(hass, hass_client, "damaged", "rescue")
    told = shown["description_placeholders"]
    assert (told["labelled"], told["unlabelled"], told["unknown"]) == ("0", "0", "18")
    await until(lambda: damaged.state is ConfigEntryState.LOADED)
    classifier = classifier_of(damaged)
    assert (classifier.samples.labelled, classifier.samples.unlabelled) == ({}, 18)
    page = await panel.ask("samples", classifier_id=classifier.id)
    sample_ids = [one["id"] for one in page["samples"]]
    assert len(sample_ids) == 18
    which = {"classifier_id": classifier.id, "sample_ids": sample_ids}
    await panel.ask("label", **which, **{"class": "leo"})
    assert classifier.samples.labelled == {"leo": 18}


@pytest.mark.parametrize("damaged", ["samples"], indirect=True)
async def test_a_dialogue_that_was_left_open_rescues_nothing_from_a_good_file(
    hass: HomeAssistant,
    damaged: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    one = await opened(hass, hass_client, "damaged")
    other = await opened(hass, hass_client, "damaged")
    assert (await answered(hass, hass_client, one, "rescue"))["step_id"] == "rescued"
    await until(lambda: damaged.state is ConfigEntryState.LOADED)
    answer = await answered(hass, hass_client, other, "rescue")
    assert answer["type"] == "create_entry"
    assert len(list(folder_of(hass, damaged).glob("damaged-*"))) == 1
    assert classifier_of(damaged).samples.labelled == {"leo": 6, "charlie": 6}


async def test_on_a_read_only_disk_nothing_can_be_rescued_and_that_is_said(
    hass: HomeAssistant,
    damaged: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    with read_only(Path(hass.config.path(DOMAIN))):
        answer = await mend(hass, hass_client, "damaged", "rescue")
    assert answer["reason"] == "failed"
    assert "Our cats" in answer["description_placeholders"]["error"]
    assert crops_in(folder_of(hass, damaged)) == 18


async def test_damage_that_shows_while_it_works_is_told_once_and_stays_told(
    hass: HomeAssistant,
    frigate: Frigate,
    trained: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await hass.config_entries.async_unload(trained.entry_id)
    # Nothing of this is read before a crop is kept.
    await hass.async_add_executor_job(damage, folder_of(hass, trained), "embeddings")
    await hass.config_entries.async_setup(trained.entry_id)
    frigate.say("available", "online")
    await hass.async_block_till_done()
    await Visit(frigate, trained).look(2)
    await frigate_of(trained).pipeline.async_wait_idle()
    for minute in (1, 2):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minute))
        await until(lambda: issues(hass))
        await hass.async_block_till_done()
        assert list(issues(hass)) == [f"damaged-{classifier_of(trained).id}"]
    assert "can be kept again" not in caplog.text


async def test_a_class_with_labels_that_cannot_be_read_is_not_taken_away(
    hass: HomeAssistant, damaged: MockConfigEntry
) -> None:
    subentry = damaged.subentries[classifier_of(damaged).id]
    flow = await hass.config_entries.subentries.async_init(
        (damaged.entry_id, "classifier"),
        context={"source": "reconfigure", "subentry_id": subentry.subentry_id},
    )
    shown = await hass.config_entries.subentries.async_configure(
        flow["flow_id"],
        {"name": "Our cats", "labels": ["cat"], "classes": ["charlie"]}
        | {"kind": "sub_label", "filter": {}, "rules": {}},
    )
    assert shown["errors"] == {"base": "storage_failed"}
    assert subentry.data["classes"] == ["leo", "charlie"]
