"""The options, filled in: what all classifiers run on."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.learning import chosen
from custom_components.objclass.runtime.worker import Worker

from ..entries import finish

# Other tests load each network once.
really_load = chosen.load_here
PLAIN: dict[str, Any] = {
    "runtime": "auto",
    "threads": 1,
    "device": "cpu",
    "backbone": "224",
    "own": {"pixel_range": "zero_to_255"},
    "server": {"timeout": 2.0},
}


async def form(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    return dict(
        await hass.config_entries.options.async_configure(
            shown["flow_id"], {"next_step_id": "runtime"}
        )
    )


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, **settings: Any
) -> dict[str, Any]:
    """Choose in the options, and wait until all is done."""
    shown = await form(hass, entry)
    answer = await hass.config_entries.options.async_configure(
        shown["flow_id"], {**PLAIN, **settings}
    )
    if answer["type"] is FlowResultType.CREATE_ENTRY:
        await settle(hass, entry)
    return dict(answer)


async def settle(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until packages were asked for, and classifiers have caught up."""
    await hass.async_block_till_done()
    if (getting := worker_of(entry)._getting) is not None:
        await asyncio.wait([getting])
    await finish(entry, "train")
    await hass.async_block_till_done()


def worker_of(entry: MockConfigEntry) -> Worker:
    worker: Worker = entry.runtime_data.worker
    return worker
