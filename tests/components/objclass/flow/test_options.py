"""What all classifiers run on is changed in the options, at once."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.requirements import RequirementsNotFound
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.diagnostics import async_get_config_entry_diagnostics
from custom_components.objclass.learning import chosen
from custom_components.objclass.learning.runtimes.runtime_litert_gpu import (
    LiteRtGpuRuntime,
    why_no_gpu,
)
from custom_components.objclass.runtime.settings import async_read
from custom_components.objclass.runtime.worker import Worker

from ..conftest import SetUp, classifier_of
from ..crops import keep
from ..entries import finish
from ..flow_texts import watch_flows
from ..learning.tiny_models import feature_extractor
from ..learning.v2_server import V2Server
from ..repairing import mend

no_past = pytest.mark.parametrize("frigate", [{"past_events": 0}], indirect=True)
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
GPU = "custom_components.objclass.flow.options.why_no_gpu"
REQUIREMENTS = "custom_components.objclass.runtime.packages.async_process_requirements"


@pytest.fixture(autouse=True)
def texts(monkeypatch: pytest.MonkeyPatch) -> None:
    watch_flows(monkeypatch)


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


# The graphics processor


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


# The network


@no_past
@pytest.mark.parametrize("backbone", ["160", "own"])
async def test_another_network_looks_at_all_crops_again_and_trains(
    hass: HomeAssistant, set_up: SetUp, backbone: str, tmp_path: Path
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    for name in ("leo", "charlie"):
        await keep(classifier, name, 6)
    await keep(classifier, None, 3)
    await classifier.async_train()
    before = worker_of(entry).backbone.identity
    assert classifier.trained
    old = classifier.trained

    hass.config.allowlist_external_dirs = {str(tmp_path)}
    own = {"model": str(feature_extractor(tmp_path)), "pixel_range": "zero_to_255"}
    answer = await choose(hass, entry, backbone=backbone, own=own)
    assert answer["type"] is FlowResultType.CREATE_ENTRY

    now = worker_of(entry).backbone
    assert now.identity != before
    assert classifier.trained is not old
    assert classifier.trained.head.backbone == now.identity
    assert classifier.trained.head.weights.shape[0] == now.dimension
    assert classifier.trained_head is not None
    for identity, dimension in ((before, 1280), (now.identity, now.dimension)):
        assert await classifier.async_files(classifier.samples.unseen, identity) == []
        for sample in classifier.samples.find(limit=-1):
            vector = classifier.samples.embedding(sample.id, identity)
            assert vector is not None
            assert vector.shape == (dimension,)
    # The way back costs a training, but no look.
    await choose(hass, entry)
    assert classifier.trained.head.backbone == before


@no_past
async def test_what_a_network_saw_goes_when_two_others_have_followed_it(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    for name in ("leo", "charlie"):
        await keep(classifier, name, 6)
    await classifier.async_train()
    networks = [worker_of(entry).backbone.identity]
    for backbone in ("160", "128"):
        await choose(hass, entry, backbone=backbone)
        networks.append(worker_of(entry).backbone.identity)
    assert classifier.trained_head is not None
    labelled = classifier.samples.find(labelled=True, limit=-1)
    for network, kept in zip(networks, (False, True, True), strict=True):
        vectors = [classifier.samples.embedding(one.id, network) for one in labelled]
        assert [vector is not None for vector in vectors] == [kept] * 12


@no_past
async def test_a_training_of_another_network_cannot_be_put_in_use(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    for name in ("leo", "charlie"):
        await keep(classifier, name, 6)
    await classifier.async_train()
    assert classifier.trained
    number = classifier.trained.number
    await choose(hass, entry, backbone="128")
    with pytest.raises(ServiceValidationError, match="made with another network"):
        await classifier.async_use(number)


@no_past
@pytest.mark.parametrize(
    ("write", "error", "said"),
    [
        (lambda _: None, "model_failed", "No such file"),
        (lambda path: path.write_bytes(b"JPEG" * 99), "model_failed", "not a Tensor"),
    ],
    ids=["missing", "no network"],
)
async def test_a_file_that_is_no_network_is_refused_with_the_reason(
    hass: HomeAssistant,
    set_up: SetUp,
    tmp_path: Path,
    write: Callable[[Path], Any],
    error: str,
    said: str,
) -> None:
    entry = await set_up()
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "own.tflite"
    write(path)
    own = {"model": str(path), "pixel_range": "zero_to_255"}
    answer = await choose(hass, entry, backbone="own", own=own)
    assert answer["errors"] == {"base": error}
    assert said in answer["description_placeholders"]["error"]


@no_past
@pytest.mark.parametrize("model", [{}, {"model": "/etc/passwd"}])
async def test_a_file_that_may_not_be_read_is_refused(
    hass: HomeAssistant, set_up: SetUp, model: dict[str, str]
) -> None:
    own = {**PLAIN["own"], **model}
    answer = await choose(hass, await set_up(), backbone="own", own=own)
    assert answer["errors"] == {"base": "path_not_allowed"}


@no_past
async def test_a_file_in_home_assistants_own_folder_may_be_read_also_by_a_link_to_it(
    hass: HomeAssistant, set_up: SetUp, tmp_path: Path
) -> None:
    entry = await set_up()
    link = tmp_path / "config"
    link.symlink_to(hass.config.config_dir)
    (link / "own.tflite").write_bytes(b"no network")
    hass.config.config_dir = str(link)
    own = {**PLAIN["own"], "model": str(link / "own.tflite")}
    answer = await choose(hass, entry, backbone="own", own=own)
    assert answer["errors"] == {"base": "model_failed"}


@no_past
async def test_a_network_that_is_gone_can_be_changed_although_nothing_runs(
    hass: HomeAssistant,
    set_up: SetUp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chosen, "load_here", really_load)
    entry = await set_up()
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = feature_extractor(tmp_path)
    own = {"model": str(path), "pixel_range": "zero_to_255"}
    await choose(hass, entry, backbone="own", own=own)
    path.unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "backbone_failed"

    answer = await choose(hass, entry)
    assert answer["type"] is FlowResultType.CREATE_ENTRY
    assert entry.state is ConfigEntryState.LOADED


# The server


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
