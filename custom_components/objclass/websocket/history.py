"""Classifying a range of the past: starting a run, following it, what it came to."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import WebSocketCommandHandler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from ..history.actions import COMMANDS as RUN_COMMANDS
from ..history.asking import FIELDS, job_of
from ..history.describing import async_described, described_result
from ..history.runs import all_runs
from ..history.table import async_past_url
from ..lookup import classifier_by_id, loaded_entry
from .command import command

_RUN: Final = {vol.Required("entry_id"): str, vol.Required("run_id"): str}

type _Answer = dict[str, Any]


async def _async_runs(
    hass: HomeAssistant, _connection: ActiveConnection, _msg: _Answer
) -> _Answer:
    """Return the runs of all loaded entries, newest first."""
    runs = [await async_described(hass, *pair) for pair in all_runs(hass)]
    return {"runs": sorted(runs, key=lambda run: -run["started_at"])}


async def _async_start(
    hass: HomeAssistant, _connection: ActiveConnection, msg: _Answer
) -> _Answer:
    entry = loaded_entry(hass, msg["entry_id"])
    for classifier_id in msg["classifier_ids"]:
        if classifier_id not in entry.runtime_data.classifiers:
            classifier_by_id(hass, classifier_id)
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="history_two_frigates"
            )
    job = job_of(entry, msg["classifier_ids"], msg)
    run = await entry.runtime_data.need_frigate().history.async_start(job)
    return {"run": await async_described(hass, entry, run)}


async def _async_control(
    entry: ObjclassConfigEntry, hass: HomeAssistant, msg: _Answer
) -> _Answer:
    control = RUN_COMMANDS[msg["command"]]
    run = await control(entry.runtime_data.need_frigate().history, msg["run_id"])
    return {"run": await async_described(hass, entry, run)}


async def _async_remove(
    entry: ObjclassConfigEntry, _hass: HomeAssistant, msg: _Answer
) -> None:
    await entry.runtime_data.need_frigate().history.async_remove(msg["run_id"])


async def _async_results(
    entry: ObjclassConfigEntry, hass: HomeAssistant, msg: _Answer
) -> _Answer:
    """Return a page of results."""
    runs = entry.runtime_data.need_frigate().history.runs
    page = await runs.async_files(
        runs.store.page,
        runs.get(msg["run_id"]).id,
        classifier_id=msg.get("classifier_id"),
        class_name=msg.get("class"),
        start=msg["start"],
        limit=msg["limit"],
    )
    return {
        "results": [
            described_result(found)
            | {"thumb": async_past_url(hass, entry, found.event_id)}
            for found in page.results
        ],
        "total": page.total,
        "next": msg["start"] + len(page.results) if page.more else None,
    }


async def _async_keep(
    entry: ObjclassConfigEntry, _hass: HomeAssistant, msg: _Answer
) -> _Answer:
    """Keep the crop of a result, so that it can be labelled."""
    sample_id = await entry.runtime_data.need_frigate().history.async_keep(
        msg["run_id"], msg["event_id"], msg["classifier_id"]
    )
    samples = entry.runtime_data.classifiers[msg["classifier_id"]].samples
    labels = await samples.async_files(samples.store.labels, [sample_id])
    return {"sample_id": sample_id, "label": labels.get(sample_id)}


def _run_command(
    name: str,
    handler: Callable[[ObjclassConfigEntry, HomeAssistant, _Answer], Awaitable[Any]],
    fields: dict[Any, Any] | None = None,
    *,
    admin: bool = False,
) -> WebSocketCommandHandler:
    """Make a command about one run."""

    async def call(
        hass: HomeAssistant, _connection: ActiveConnection, msg: _Answer
    ) -> Any:
        return await handler(loaded_entry(hass, msg["entry_id"]), hass, msg)

    return command(name, call, {**_RUN, **(fields or {})}, admin=admin)


COMMANDS = (
    command("history", _async_runs),
    command(
        "history_start",
        _async_start,
        {
            vol.Required("entry_id"): str,
            vol.Required("classifier_ids"): vol.All([str], vol.Length(min=1)),
            **FIELDS,
        },
        admin=True,
    ),
    _run_command(
        "history_control",
        _async_control,
        {vol.Required("command"): vol.In(RUN_COMMANDS)},
        admin=True,
    ),
    _run_command("history_remove", _async_remove, admin=True),
    _run_command(
        "history_results",
        _async_results,
        {
            vol.Optional("classifier_id"): vol.Any(None, str),
            vol.Optional("class"): vol.Any(None, str),
            vol.Optional("start", default=0): vol.All(int, vol.Range(min=0)),
            vol.Optional("limit", default=60): vol.All(int, vol.Range(min=1, max=200)),
        },
    ),
    _run_command(
        "history_keep",
        _async_keep,
        {vol.Required("event_id"): str, vol.Required("classifier_id"): str},
        admin=True,
    ),
)
