"""A backup copies files that are in use."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.objclass import backup
from custom_components.objclass.learning.samples import SampleStore

from .conftest import SetUp, classifier_of, no_past
from .crops import keep

pytestmark = no_past


@asynccontextmanager
async def backing_up(hass: HomeAssistant) -> AsyncIterator[None]:
    await backup.async_pre_backup(hass)
    try:
        yield
    finally:
        await backup.async_post_backup(hass)


def without_recent(folder: Path) -> Path:
    """Copy the files of a classifier, but not what SQLite keeps beside its own."""
    ignore = shutil.ignore_patterns("*-wal", "*-shm")
    return shutil.copytree(folder, folder.with_name("copy"), ignore=ignore)


async def test_a_copy_of_the_database_alone_has_every_label(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    await keep(classifier, "leo", 3)
    run = hass.async_add_executor_job
    recent = classifier.folder / "samples.sqlite-wal"
    assert (await run(recent.stat)).st_size > 0
    async with backing_up(hass):
        copy = await run(without_recent, classifier.folder)
    store = await run(SampleStore, copy)
    assert store.counts() == {"leo": 3}
    store.close()


async def test_what_is_being_copied_does_not_change_and_labels_still_come_in(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    await keep(classifier, "leo", 2)
    run = hass.async_add_executor_job
    database = classifier.folder / "samples.sqlite"
    async with backing_up(hass):
        before = await run(database.read_bytes)
        await keep(classifier, "charlie", 4, day=2)
        # SQLite would do this by itself after four megabytes.
        await run(classifier.samples.store._db.execute, "PRAGMA wal_checkpoint")
        assert classifier.samples.labelled == {"leo": 2, "charlie": 4}
        assert await run(database.read_bytes) == before
    await run(classifier.samples.store._db.execute, "PRAGMA wal_checkpoint")
    assert await run(database.read_bytes) != before


async def test_a_damaged_file_is_no_reason_for_no_backup(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    classifier = classifier_of(await set_up())
    broken = classifier.folder / "broken.sqlite"
    await hass.async_add_executor_job(broken.write_bytes, b"scratched" * 1000)
    async with backing_up(hass):
        assert "broken.sqlite is copied as it is" in caplog.text


async def test_what_was_damaged_is_copied_as_it_was_when_it_was_put_aside(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    classifier = classifier_of(await set_up())
    await keep(classifier, "leo", 3)
    run = hass.async_add_executor_job
    aside = classifier.folder / "damaged-20261122"
    await run(shutil.copytree, classifier.folder, aside)
    await run((aside / "samples.sqlite-shm").unlink)
    before = await run(files_in, aside)
    async with backing_up(hass):
        pass
    assert await run(files_in, aside) == before
    assert "copied as it is" not in caplog.text


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("samples.sqlite*")}


async def test_a_log_without_its_file_is_not_lost_to_a_backup(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 3)
    run = hass.async_add_executor_job
    folder = await run(shutil.copytree, classifier.folder, classifier.folder / "copy")
    await run((folder / "samples.sqlite").write_bytes, b"")
    before = await run(files_in, folder)
    assert before["samples.sqlite-wal"]
    async with backing_up(hass):
        pass
    assert await run(files_in, folder) == before


async def test_labels_given_after_a_rescue_during_a_backup_stay(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """Who closes a file last removes its log, by its name; this one was moved."""
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 3)
    async with backing_up(hass):
        await classifier.samples.async_rescue()
        await hass.config_entries.async_reload(entry.entry_id)
        classifier = classifier_of(entry)
        await keep(classifier, "charlie", 2, day=2)
    recent = classifier.folder / "samples.sqlite-wal"
    assert await hass.async_add_executor_job(recent.exists)
    assert classifier.samples.labelled == {"leo": 3, "charlie": 2}


async def test_home_assistant_asks_us_before_and_after_a_backup(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "backup", {})
    await set_up()
    await hass.async_block_till_done()
    manager = hass.data[DATA_MANAGER]
    await manager.async_pre_backup_actions()
    assert hass.data[backup._HELD]
    await manager.async_post_backup_actions()
    assert backup._HELD not in hass.data
