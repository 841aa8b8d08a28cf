"""The threads for everything that takes long, and the backbone that lives on them."""

import asyncio
import platform
import sys
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.requirements import RequirementsNotFound

from custom_components.objclass.learning import chosen
from custom_components.objclass.learning.backbone import Backbone, load_backbone
from custom_components.objclass.learning.chosen import Choice
from custom_components.objclass.runtime.packages import LITERT, NCNN
from custom_components.objclass.runtime.worker import Worker

from ..visits import until

REQUIREMENTS = "custom_components.objclass.runtime.packages.async_process_requirements"


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Let asyncio refuse a call from a thread that is not its own."""
    asyncio.get_running_loop().set_debug(True)


def threads() -> list[str]:
    """Return the worker's threads that are alive."""
    return [
        thread.name
        for thread in threading.enumerate()
        if thread.name.startswith("objclass")
    ]


@pytest.fixture
def numpy_first(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], int]:
    """Let LiteRT be missing at first; return how often the backbone was loaded."""
    loads = 0

    def load(_choice: Choice) -> Backbone:
        nonlocal loads
        loads += 1
        return load_backbone("numpy" if loads == 1 else "auto")

    monkeypatch.setattr(chosen, "load_here", load)
    hass.config.skip_pip = False
    return lambda: loads


async def test_jobs_run_one_after_the_other_in_a_thread_of_their_own(
    hass: HomeAssistant,
) -> None:
    worker = await Worker.async_acquire(hass)
    running = threading.Lock()

    def job() -> str:
        assert running.acquire(blocking=False)
        name = threading.current_thread().name
        running.release()
        return name

    names = await asyncio.gather(*(worker.run(job) for _ in range(20)))
    assert set(names) == {"objclass_0"}
    await worker.async_release()


async def test_what_is_looked_at_live_waits_for_no_other_job(
    hass: HomeAssistant,
) -> None:
    worker = await Worker.async_acquire(hass)
    gate = threading.Event()
    training = asyncio.create_task(worker.run(gate.wait))

    assert await worker.run_live(int, "7") == 7
    assert not training.done()

    gate.set()
    await training
    await worker.async_release()


async def test_all_share_one_worker_and_the_last_one_ends_its_threads(
    hass: HomeAssistant,
) -> None:
    first, second = await asyncio.gather(
        Worker.async_acquire(hass), Worker.async_acquire(hass)
    )
    assert first is second
    assert first.backbone is second.backbone

    await first.async_release()
    assert await second.run(int, "7") == 7
    await second.async_release()
    assert threads() == []
    with pytest.raises(HomeAssistantError) as caught:
        await second.run(int, "7")
    assert caught.value.translation_key == "stopped"

    third = await Worker.async_acquire(hass)
    assert third is not first
    assert await third.run(int, "7") == 7
    await third.async_release()


async def test_what_was_asked_for_before_the_end_is_still_done(
    hass: HomeAssistant,
) -> None:
    worker = await Worker.async_acquire(hass)
    gate, done = threading.Event(), threading.Event()
    waiting = asyncio.create_task(worker.run(gate.wait))
    last = asyncio.create_task(worker.run(done.set))
    await asyncio.sleep(0)
    release = asyncio.create_task(worker.async_release())
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(release, waiting, last)
    assert done.is_set()


async def test_errors_of_a_job_are_those_of_its_caller(hass: HomeAssistant) -> None:
    worker = await Worker.async_acquire(hass)
    with pytest.raises(ValueError, match="seven"):
        await worker.run(int, "seven")
    assert await worker.run(int, "7") == 7
    await worker.async_release()


async def test_a_backbone_that_cannot_be_loaded_leaves_nothing_behind(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_choice: Choice) -> Backbone:
        raise FileNotFoundError("no model")

    with monkeypatch.context() as context:
        context.setattr(chosen, "load_here", missing)
        results = await asyncio.gather(
            Worker.async_acquire(hass),
            Worker.async_acquire(hass),
            return_exceptions=True,
        )
    assert [type(result) for result in results] == [FileNotFoundError] * 2
    assert threads() == []

    worker = await Worker.async_acquire(hass)
    assert worker.backbone.dimension == 1280
    await worker.async_release()


async def test_giving_up_while_the_backbone_is_loaded_leaves_nothing_behind(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(_choice: Choice) -> Backbone:
        gate.wait(60)
        return load_backbone()

    monkeypatch.setattr(chosen, "load_here", slow)
    patient = asyncio.create_task(Worker.async_acquire(hass))
    impatient = asyncio.create_task(Worker.async_acquire(hass))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    gate.set()
    worker = await patient
    assert worker.backbone.dimension == 1280
    await worker.async_release()
    assert threads() == []


# The faster runtimes


async def test_on_glibc_home_assistant_is_asked_for_litert(
    hass: HomeAssistant, numpy_first: Callable[[], int]
) -> None:
    with patch(REQUIREMENTS) as asked:
        worker = await Worker.async_acquire(hass)
        assert worker.backbone.runtime.name == "numpy"
        await hass.async_block_till_done(wait_background_tasks=True)
        asked.assert_awaited_once_with(hass, "objclass", [LITERT], is_built_in=False)
        assert worker.backbone.runtime.name == "litert"
        assert numpy_first() == 2
        await worker.async_release()


@pytest.mark.parametrize("libc", [("musl", "1.2.5"), ("", "")], ids=["musl", "other"])
async def test_elsewhere_it_is_asked_for_ncnn(
    hass: HomeAssistant,
    numpy_first: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    libc: tuple[str, str],
) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: libc)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with patch(REQUIREMENTS) as asked:
        worker = await Worker.async_acquire(hass)
        assert worker.backbone.runtime.name == "numpy"
        await hass.async_block_till_done(wait_background_tasks=True)
        asked.assert_awaited_once_with(hass, "objclass", [NCNN], is_built_in=False)
        assert worker.backbone.runtime.name == "ncnn"
        await worker.async_release()


async def test_a_processor_that_would_die_of_litert_is_not_given_it(
    hass: HomeAssistant,
    numpy_first: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = {"SIMD Extensions": {"found": ["SSSE3"], "not found": ["SSE41", "AVX"]}}
    monkeypatch.setattr(np, "show_config", lambda mode: lacking)
    with patch(REQUIREMENTS) as asked:
        worker = await Worker.async_acquire(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        asked.assert_awaited_once_with(hass, "objclass", [NCNN], is_built_in=False)
        assert worker.backbone.runtime.name == "ncnn"
        await worker.async_release()


async def test_where_litert_cannot_be_had_ncnn_is_asked_for(
    hass: HomeAssistant,
    numpy_first: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def without_litert(_: Any, __: str, wanted: list[str], **___: Any) -> None:
        if wanted == [LITERT]:
            raise RequirementsNotFound("objclass", wanted)

    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with patch(REQUIREMENTS, side_effect=without_litert) as asked:
        worker = await Worker.async_acquire(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert [call.args[2] for call in asked.call_args_list] == [[LITERT], [NCNN]]
    assert worker.backbone.runtime.name == "ncnn"
    await worker.async_release()


async def test_nothing_is_installed_where_nothing_may_be(
    hass: HomeAssistant, numpy_first: Callable[[], int]
) -> None:
    hass.config.skip_pip = True
    with patch(REQUIREMENTS) as asked:
        worker = await Worker.async_acquire(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        asked.assert_not_called()
        await worker.async_release()


async def test_where_litert_is_there_nobody_is_asked(hass: HomeAssistant) -> None:
    hass.config.skip_pip = False
    with patch(REQUIREMENTS) as asked:
        worker = await Worker.async_acquire(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        asked.assert_not_called()
        assert worker.backbone.runtime.name == "litert"
        await worker.async_release()


async def test_going_without_a_faster_runtime_is_no_error(
    hass: HomeAssistant,
    numpy_first: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with patch(REQUIREMENTS, side_effect=RequirementsNotFound("objclass", [LITERT])):
        worker = await Worker.async_acquire(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert worker.backbone.runtime.name == "numpy"
    assert numpy_first() == 1
    await worker.async_release()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_unloading_gives_up_the_installation(
    hass: HomeAssistant, numpy_first: Callable[[], int]
) -> None:
    given_up = asyncio.Event()

    async def forever(*_: Any, **__: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    with patch(REQUIREMENTS, side_effect=forever) as asked:
        worker = await Worker.async_acquire(hass)
        await until(lambda: asked.called)
        await worker.async_release()
        async with asyncio.timeout(10):
            await given_up.wait()
    assert threads() == []
