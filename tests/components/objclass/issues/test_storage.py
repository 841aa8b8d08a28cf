"""A folder that cannot be written to stops no classifier, and heals by itself."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.objclass.const import DOMAIN

from ..conftest import Frigate, SetUp, classifier_of, no_past
from ..crops import keep
from ..disks import read_only
from ..visits import Visit, until


def told_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"storage-{entry.entry_id}")


async def a_minute_later(hass: HomeAssistant, happens: Callable[[], object]) -> None:
    """Let a minute pass, and wait for what it brings."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await until(happens)
    await hass.async_block_till_done()


@pytest.fixture
async def trained(hass: HomeAssistant, frigate: Frigate, set_up: SetUp) -> Any:
    entry = await set_up()
    for name in ("leo", "charlie", None):
        await keep(classifier_of(entry), name, 6)
    await classifier_of(entry).trainings.async_train()
    return entry


@no_past
async def test_an_entry_in_a_read_only_folder_is_set_up_and_classifies(
    hass: HomeAssistant,
    frigate: Frigate,
    trained: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    entry, folder = trained, Path(hass.config.path(DOMAIN))
    number = classifier_of(entry).trainings.current.number
    await hass.config_entries.async_unload(entry.entry_id)
    with read_only(folder):
        await hass.config_entries.async_setup(entry.entry_id)
        frigate.say("available", "online")
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        classifier = classifier_of(entry)
        assert classifier.trainings.current.number == number
        assert classifier.samples.labelled == {"leo": 6, "charlie": 6}
        await Visit(frigate, entry).look(2)
        assert entry.runtime_data.frigate.pipeline.counts["attempts"] == 2

        (unlabelled, *_) = classifier.samples.store.find(labelled=False, limit=1)
        for change in (
            partial(classifier.samples.async_label, [unlabelled.id], "leo"),
            partial(classifier.samples.async_delete, [unlabelled.id]),
            classifier.trainings.async_train,
        ):
            with pytest.raises(HomeAssistantError, match="Our cats") as refused:
                await change()
            assert "Read-only" in str(refused.value) or "denied" in str(refused.value)
        issue = told_of(hass, entry)
        assert issue is not None
        assert issue.translation_placeholders["classifiers"] == "Our cats"
        # It is not over before it is over.
        await a_minute_later(hass, lambda: "Still nothing can be kept" in caplog.text)
        assert told_of(hass, entry)
        assert classifier_of(entry) is classifier

    await a_minute_later(hass, lambda: not told_of(hass, entry))
    assert entry.state is ConfigEntryState.LOADED
    assert told_of(hass, entry) is None
    await classifier_of(entry).samples.async_label([unlabelled.id], "leo")
    assert classifier_of(entry).samples.labelled == {"leo": 7, "charlie": 6}


@no_past
async def test_a_folder_that_becomes_read_only_is_told_until_it_can_be_written_to(
    hass: HomeAssistant,
    frigate: Frigate,
    trained: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry, classifier = trained, classifier_of(trained)
    folder = Path(hass.config.path(DOMAIN))
    assert told_of(hass, entry) is None

    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with read_only(folder), monkeypatch.context() as patch:
        # The open files are not under the mount.
        patch.setattr(classifier.samples.store.pictures, "write", no_room)
        await Visit(frigate, entry).look(2)
        await a_minute_later(hass, lambda: told_of(hass, entry))
        issue = told_of(hass, entry)
        assert issue is not None
        assert "No space left" in issue.translation_placeholders["error"]
        assert caplog.text.count("Crops of Our cats cannot be kept") == 1
    await a_minute_later(hass, lambda: not told_of(hass, entry))
    assert "Crops of Our cats can be kept again" in caplog.text
    # There was no reason to begin anew.
    assert classifier_of(entry) is classifier


@no_past
async def test_a_removed_entry_takes_what_was_told_of_its_folder_along(
    hass: HomeAssistant, trained: MockConfigEntry
) -> None:
    classifier_of(trained).samples.storage_error = "full"
    with read_only(Path(hass.config.path(DOMAIN))):
        await a_minute_later(hass, lambda: told_of(hass, trained))
    await hass.config_entries.async_remove(trained.entry_id)
    assert told_of(hass, trained) is None


@no_past
async def test_an_entry_that_is_unloaded_while_it_tries_the_folder_is_no_mishap(
    hass: HomeAssistant, trained: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    classifier, trying = classifier_of(trained), asyncio.Event()
    unloaded = asyncio.Event()

    async def slowly() -> None:
        trying.set()
        await unloaded.wait()

    classifier.samples.async_try_storage = slowly
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await trying.wait()
    await hass.config_entries.async_unload(trained.entry_id)
    unloaded.set()
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert "Traceback" not in caplog.text
    assert told_of(hass, trained) is None
