"""What all classifiers run on is changed in the options, at once."""

import asyncio
import sys
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.requirements import RequirementsNotFound
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.learning import chosen
from custom_components.objclass.runtime.settings import async_read

from ..conftest import SetUp, no_past
from ..repairing import mend
from .options import choose, form, really_load, settle, worker_of

REQUIREMENTS = "custom_components.objclass.runtime.packages.async_process_requirements"


@no_past
async def test_another_runtime_is_in_use_at_once_and_after_a_reload(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    before = worker_of(entry).backbone.identity
    options, data = dict(entry.options), entry.runtime_data
    for runtime in ("ncnn", "numpy"):
        answer = await choose(hass, entry, runtime=runtime)
        assert answer["type"] is FlowResultType.CREATE_ENTRY
        assert worker_of(entry).backbone.runtime.name == runtime
    # Nothing of the entry has changed, so it went on.
    assert entry.runtime_data is data
    assert entry.options == options
    assert worker_of(entry).backbone.identity == before

    await hass.config_entries.async_reload(entry.entry_id)
    assert worker_of(entry).backbone.runtime.name == "numpy"
    shown = await form(hass, entry)
    suggested = {
        str(key): key.description["suggested_value"]
        for key in shown["data_schema"].schema
        if key.description
    }
    assert suggested["runtime"] == "numpy"


@no_past
async def test_threads_are_those_that_were_chosen(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    await choose(hass, entry, threads=2, runtime="ncnn")
    assert worker_of(entry).backbone.runtime.threads == 2


@no_past
async def test_a_runtime_that_cannot_be_had_is_refused_and_nothing_changes(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    before = worker_of(entry).backbone
    hass.config.skip_pip = False
    with patch(REQUIREMENTS, side_effect=RequirementsNotFound("objclass", ["ncnn"])):
        answer = await choose(hass, entry, runtime="ncnn")
    assert answer["errors"] == {"runtime": "runtime_missing"}
    assert worker_of(entry).backbone is before


@no_past
@pytest.mark.parametrize("works", [True, False])
async def test_while_a_runtime_is_installed_the_dialogue_says_so(
    hass: HomeAssistant, set_up: SetUp, works: bool
) -> None:
    entry = await set_up()
    hass.config.skip_pip = False
    gate = asyncio.Event()

    async def install(*_args: object, **_options: object) -> None:
        await gate.wait()
        if not works:
            raise RequirementsNotFound("objclass", ["ncnn"])

    with (
        patch(REQUIREMENTS, install),
        patch("custom_components.objclass.flow.options.is_missing", return_value=True),
    ):
        shown = await choose(hass, entry, runtime="ncnn")
        assert (shown["type"], shown["progress_action"]) == ("progress", "install")
        assert worker_of(entry).backbone.runtime.name == "litert"
        gate.set()
        await hass.async_block_till_done()
        options = hass.config_entries.options
        answer = await options.async_configure(shown["flow_id"])
    if works:
        assert answer["type"] is FlowResultType.CREATE_ENTRY
        assert worker_of(entry).backbone.runtime.name == "ncnn"
    else:
        assert answer["errors"] == {"runtime": "runtime_missing"}


@no_past
async def test_a_chosen_runtime_that_is_gone_is_something_to_repair(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    hass_client: ClientSessionGenerator,
) -> None:
    monkeypatch.setattr(chosen, "load_here", really_load)
    entry = await set_up()
    await choose(hass, entry, runtime="ncnn")
    monkeypatch.setitem(sys.modules, "ncnn", None)
    await reload_without_ncnn(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert worker_of(entry).backbone.runtime.name == "litert"
    assert ir.async_get(hass).async_get_issue("objclass", "runtime_missing")

    answer = await mend(hass, hass_client, "runtime_missing", "fall_back")
    assert answer["type"] == "create_entry"
    assert not ir.async_get(hass).async_get_issue("objclass", "runtime_missing")
    assert (await async_read(hass))["runtime"] == "auto"


@no_past
async def test_what_a_person_left_as_it_is_is_not_mentioned_after_the_next_start(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    hass_client: ClientSessionGenerator,
) -> None:
    monkeypatch.setattr(chosen, "load_here", really_load)
    entry = await set_up()
    await choose(hass, entry, runtime="ncnn")
    monkeypatch.setitem(sys.modules, "ncnn", None)
    await reload_without_ncnn(hass, entry)
    assert (await mend(hass, hass_client, "runtime_missing", "leave"))[
        "type"
    ] == "abort"

    await reload_without_ncnn(hass, entry)
    issue = ir.async_get(hass).async_get_issue("objclass", "runtime_missing")
    assert issue is not None
    assert issue.dismissed_version


async def reload_without_ncnn(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Load an entry, and with it what all run on, where ncnn cannot be had."""
    hass.config.skip_pip = False
    with patch(REQUIREMENTS, side_effect=RequirementsNotFound("objclass", ["ncnn"])):
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass, entry)
