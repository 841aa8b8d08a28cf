"""The integration's own threads, and the backbone that lives on them.

There is one of each in a Home Assistant, shared by all entries: pixels, files and
training never touch the event loop, and at most one inference runs at a time. What is
looked at live has a thread to itself, since the disk may take a tenth of a second and a
training longer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.requirements import RequirementsNotFound
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..issues.problem import async_see_anew
from ..learning.backbone import Backbone
from ..learning.chosen import (
    Choice,
    Helper,
    connected,
    installed_runtime,
    load_chosen,
    load_exactly,
)
from ..learning.runtimes.graph import ModelError
from ..signals import SIGNAL_BACKBONE
from .packages import async_get_package, wanted_packages
from .settings import RuntimeSettings, async_read, async_write, choice_of

# What a model server has to serve.
_SERVING: Final = "https://github.com/objclass/objclass/blob/main/docs/runtime.md"
_WORKER: HassKey[Worker] = HassKey(f"{DOMAIN}_worker")
_ISSUES: Final = ("gpu_failed", "server_failed", "runtime_missing")


class NoSuchRuntimeError(Exception):
    """The chosen runtime cannot be had on this machine."""


async def async_change_runtime(hass: HomeAssistant, settings: RuntimeSettings) -> None:
    """Run on what the settings say, from now on.

    Raises NoSuchRuntimeError, ModelError for an unusable model, graphics processor or
    server, and OSError for an unreadable model or a server that is away; then nothing
    has changed.
    """
    choice = choice_of(settings)
    if choice.runtime != "auto":
        try:
            await async_get_package(hass, choice.runtime)
        except RequirementsNotFound as err:
            raise NoSuchRuntimeError(choice.runtime) from err
    if (worker := hass.data.get(_WORKER)) is not None:
        await worker.async_change(settings)
    else:
        await hass.async_add_executor_job(_load_proven, choice, lambda *_: None)
    await async_write(hass, settings)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.SETUP_ERROR:
            hass.config_entries.async_schedule_reload(entry.entry_id)


class Worker:
    """Threads for everything that takes longer than the event loop may wait."""

    backbone: Backbone

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=DOMAIN)
        self._live = ThreadPoolExecutor(1, thread_name_prefix=f"{DOMAIN}_live")
        self._users = 1
        self._getting: asyncio.Task[None] | None = None
        self.settings: RuntimeSettings = {}
        self._loading = hass.async_create_task(self._async_load(), f"{DOMAIN} backbone")

    async def run[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a blocking function after all others: files, training, the past."""
        return await self._run_in(self._executor, partial(job, *args, **kwargs))

    async def run_live[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a look at what is happening now, which waits for other looks only.

        It must not touch files.
        """
        return await self._run_in(self._live, partial(job, *args, **kwargs))

    async def _run_in[T](self, executor: ThreadPoolExecutor, job: Callable[[], T]) -> T:
        if self._users == 0:
            raise interrupted()
        return await self._hass.loop.run_in_executor(executor, job)

    @classmethod
    async def async_acquire(cls, hass: HomeAssistant) -> Worker:
        """Return the one worker, its backbone loaded; every call wants a release."""
        if (worker := hass.data.get(_WORKER)) is None:
            worker = cls(hass)
            hass.data[_WORKER] = worker
        else:
            worker._users += 1
        try:
            await asyncio.shield(worker._loading)
        except BaseException:
            await worker.async_release()
            raise
        return worker

    async def async_release(self) -> None:
        """Let go of the worker; the last one to do so ends its threads."""
        self._users -= 1
        if self._users:
            return
        self._loading.cancel()
        if self._getting:
            self._getting.cancel()
        del self._hass.data[_WORKER]
        # What was asked for before, like closing files, is still done.
        for executor in (self._live, self._executor):
            await self._hass.async_add_executor_job(executor.shutdown)

    async def _async_load(self) -> None:
        async_see_anew(self._hass, *_ISSUES)
        self.settings = await async_read(self._hass)
        self.backbone = await self._async_load_chosen()
        LOGGER.debug("The backbone runs on %s", self.backbone.runtime.name)
        self._async_get_faster()

    async def _async_load_chosen(self) -> Backbone:
        return await self.run(load_chosen, choice_of(self.settings), self._report)

    async def async_change(self, settings: RuntimeSettings) -> None:
        """Use another backbone, or run it on something else. As the function does."""
        choice = choice_of(settings)
        backbone = await self.run(_load_proven, choice, self._report)
        if self._getting:
            self._getting.cancel()
        before = self.backbone.identity
        self.settings, self.backbone = settings, backbone
        for issue in _ISSUES:
            ir.async_delete_issue(self._hass, DOMAIN, issue)
        self._async_get_faster()
        if backbone.identity != before:
            async_dispatcher_send(self._hass, SIGNAL_BACKBONE)

    @callback
    def _async_get_faster(self) -> None:
        self._getting = self._hass.async_create_background_task(
            self._async_get_packages(), f"{DOMAIN} faster runtime"
        )

    async def _async_get_packages(self) -> None:
        """Ask Home Assistant for faster runtimes; going without is not an error."""
        chosen = choice_of(self.settings).runtime
        wanted: list[str] = []
        if not self._hass.config.skip_pip:
            wanted = await self.run(
                wanted_packages, chosen, installed_runtime(self.backbone)
            )
        for name in wanted:
            try:
                await async_get_package(self._hass, name)
                self.backbone = await self._async_load_chosen()
            except (RequirementsNotFound, RuntimeError) as err:
                LOGGER.debug("%s cannot be had: %s", name, err)
            if installed_runtime(self.backbone) == name:
                break
        LOGGER.debug("The backbone now runs on %s", self.backbone.runtime.name)
        if chosen not in ("auto", installed_runtime(self.backbone)):
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                "runtime_missing",
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key="runtime_missing",
                translation_placeholders={"runtime": chosen},
            )

    def _report(self, helper: Helper, error: Exception | None) -> None:
        """Take what the worker's threads say of the GPU or the server."""
        self._hass.loop.call_soon_threadsafe(self._async_on_report, helper, error)

    @callback
    def _async_on_report(self, helper: Helper, error: Exception | None) -> None:
        if error is None:
            ir.async_delete_issue(self._hass, DOMAIN, f"{helper}_failed")
        # A server that comes and goes is nothing to repair; a wrong one is.
        elif helper == "gpu" or isinstance(error, ModelError):
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                f"{helper}_failed",
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key=f"{helper}_failed",
                translation_placeholders={"error": str(error), "link": _SERVING},
            )


def interrupted() -> HomeAssistantError:
    """Return what to tell who waits for something that does not go on."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="stopped")


def _load_proven(
    choice: Choice, report: Callable[[Helper, Exception | None], None]
) -> Backbone:
    """Load what was chosen, and refuse what only something else could be used for."""
    try:
        here = load_exactly(choice)
    except ImportError as err:
        raise NoSuchRuntimeError(choice.runtime) from err
    if choice.server:
        connected(choice.server, here)
    return load_chosen(choice, report)
