"""A model server does the work, while it is there and computes the same."""

import json
from unittest.mock import patch

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.diagnostics import async_get_config_entry_diagnostics
from custom_components.objclass.runtime.settings import async_read

from ..conftest import SetUp, no_past
from ..learning.v2_server import V2Server
from ..repairing import mend
from .options import choose, worker_of


@no_past
async def test_a_server_does_the_work_while_it_is_there(
    hass: HomeAssistant, set_up: SetUp, v2_server: V2Server
) -> None:
    entry = await set_up()
    server = {"server_url": v2_server.url, "model_name": "mobilenet", "timeout": 5}
    answer = await choose(hass, entry, server=server)
    assert answer["type"] is FlowResultType.CREATE_ENTRY
    worker = worker_of(entry)
    picture = np.full((224, 224, 3), 40, np.uint8)
    here = await worker.run(worker.backbone.embed, picture)
    assert worker.backbone.runtime.name == "server"

    told = json.dumps(await async_get_config_entry_diagnostics(hass, entry))
    assert v2_server.url not in told
    assert 'mobilenet"' not in told

    v2_server.status = 503
    there = await worker.run(worker.backbone.embed, picture)
    np.testing.assert_allclose(there, here, atol=1e-3)
    await hass.async_block_till_done()
    assert worker.backbone.runtime.name == "litert"
    # It comes and goes; that is nothing to repair.
    assert not ir.async_get(hass).async_get_issue("objclass", "server_failed")


@no_past
async def test_a_server_that_computes_something_else_is_something_to_repair(
    hass: HomeAssistant,
    set_up: SetUp,
    v2_server: V2Server,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    server = {"server_url": v2_server.url, "model_name": "mobilenet", "timeout": 5}
    await choose(hass, entry, server=server)
    v2_server.factor = 2
    worker = worker_of(entry)
    await worker.run(worker.backbone.embed, np.zeros((224, 224, 3), np.uint8))
    await hass.async_block_till_done()
    assert worker.backbone.runtime.name == "litert"
    assert ir.async_get(hass).async_get_issue("objclass", "server_failed")

    # With something else that cannot be had either, nothing changes.
    failing = patch(
        "custom_components.objclass.repairs.async_change_runtime", side_effect=OSError
    )
    with failing:
        answer = await mend(hass, hass_client, "server_failed", "fall_back")
    assert answer["type"] == "abort"
    assert (await async_read(hass))["server"]["server_url"] == v2_server.url
    answer = await mend(hass, hass_client, "server_failed", "fall_back")
    assert answer["type"] == "create_entry"
    assert (await async_read(hass))["server"] == {}
    assert not ir.async_get(hass).async_get_issue("objclass", "server_failed")


@no_past
@pytest.mark.parametrize(
    ("server", "error"),
    [
        ({"server_url": "http://127.0.0.1:9", "model_name": "a"}, "server_failed"),
        ({"server_url": "ftp://127.0.0.1", "model_name": "a"}, "server_failed"),
        ({"server_url": "http://127.0.0.1:9"}, "no_model_name"),
    ],
)
async def test_a_server_that_cannot_be_used_is_refused(
    hass: HomeAssistant, set_up: SetUp, server: dict[str, str], error: str
) -> None:
    entry = await set_up()
    before = worker_of(entry).backbone
    answer = await choose(hass, entry, server={"timeout": 1, **server})
    assert answer["errors"] == {"base": error}
    assert worker_of(entry).backbone is before
