"""Entries: one that is not set up yet, one that changes, and one that is busy."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.const import DOMAIN

from .conftest import (
    Frigate,
    classifier_data,
)


def entry_for(hass: HomeAssistant, frigate: Frigate, **data: Any) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Frigate",
        unique_id="frigate",
        data={"url": frigate.url, "verify_ssl": True, **data},
        subentries_data=[classifier_data()],
    )
    entry.add_to_hass(hass)
    return entry


async def finish(entry: MockConfigEntry, job: str) -> None:
    """Wait until what the entry does in the background is done."""
    while tasks := [
        task
        for task in entry._background_tasks
        if task.get_name().startswith(f"{DOMAIN} {job}")
    ]:
        await asyncio.wait(tasks)


def rename(hass: HomeAssistant, entry: MockConfigEntry, *classes: str) -> None:
    """Store other classes, which reloads the entry."""
    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "classes": list(classes)}
    )
