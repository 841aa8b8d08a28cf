"""A graphics processor, where there is one, and where it fails."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.learning.runtimes.runtime_litert_gpu import (
    LiteRtGpuRuntime,
    why_no_gpu,
)
from custom_components.objclass.runtime.settings import async_read

from ..conftest import SetUp, no_past
from ..repairing import mend
from .options import choose, form, worker_of

GPU = "custom_components.objclass.flow.options.why_no_gpu"


@no_past
async def test_a_graphics_processor_is_offered_where_there_is_one_else_the_reason(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    shown = await form(hass, await set_up())
    (device,) = [
        field for key, field in shown["data_schema"].schema.items() if key == "device"
    ]
    why = await hass.async_add_executor_job(why_no_gpu)
    assert device.config["options"] == (["cpu"] if why else ["cpu", "gpu"])
    assert shown["description_placeholders"]["gpu"] == (why or "")


@no_past
async def test_one_that_fails_while_running_is_left_and_something_to_repair(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    hass_client: ClientSessionGenerator,
) -> None:
    # LiteRT's other interface, on the only accelerator that this machine has.
    make = LiteRtGpuRuntime.__init__
    monkeypatch.setattr(
        LiteRtGpuRuntime,
        "__init__",
        lambda self, *given: make(self, *given, accelerator="CPU"),
    )
    entry = await set_up()
    with patch(GPU, return_value=None):
        answer = await choose(hass, entry, device="gpu")
    assert answer["type"] is FlowResultType.CREATE_ENTRY
    worker = worker_of(entry)
    picture = np.zeros((224, 224, 3), np.uint8)
    expected = await worker.run(worker.backbone.embed, picture)
    assert worker.backbone.runtime.name == "litert cpu"

    def lost(*_: Any) -> None:
        raise RuntimeError("device lost")

    monkeypatch.setattr(LiteRtGpuRuntime, "run", lost)
    found = await worker.run(worker.backbone.embed, picture)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    await hass.async_block_till_done()
    assert worker.backbone.runtime.name == "litert"
    issue = ir.async_get(hass).async_get_issue("objclass", "gpu_failed")
    assert issue is not None
    assert issue.translation_placeholders["error"] == "device lost"

    answer = await mend(hass, hass_client, "gpu_failed", "fall_back")
    assert answer["type"] == "create_entry"
    assert (await async_read(hass))["device"] == "cpu"
    assert not ir.async_get(hass).async_get_issue("objclass", "gpu_failed")


@no_past
async def test_one_that_went_while_the_dialogue_was_open_is_said(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    with patch(GPU, side_effect=[None, "It is gone."]):
        answer = await choose(hass, entry, device="gpu")
    assert answer["errors"] == {"device": "gpu_missing"}
