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
        await run(classifier.samples._db.execute, "PRAGMA wal_checkpoint")
        assert classifier.labelled == {"leo": 2, "charlie": 4}
        assert await run(database.read_bytes) == before
    await run(classifier.samples._db.execute, "PRAGMA wal_checkpoint")
    assert await run(database.read_bytes) != before


async def test_a_damaged_file_is_no_reason_for_no_backup(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    classifier = classifier_of(await set_up())
    broken = classifier.folder / "broken.sqlite"
    await hass.async_add_executor_job(broken.write_bytes, b"scratched" * 1000)
    async with backing_up(hass):
        assert "broken.sqlite is copied as it is" in caplog.text


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
