"""The integration's own thread, and the backbone that lives on it.

There is one of each in a Home Assistant, shared by all entries: pixels, files and
training never touch the event loop, and at most one inference runs at a time.
"""

import asyncio
import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.requirements import (
    RequirementsNotFound,
    async_process_requirements,
)
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .learning.backbone import Backbone, load_backbone

# Three times faster than NumPy, but not to be had everywhere (LiteRT has no wheels for
# musl), so never in the manifest. The fastest first, as "auto" takes them.
LITERT: Final = "ai-edge-litert==2.3.0"
NCNN: Final = "ncnn==1.0.20261020"

_WORKER: HassKey[Worker] = HassKey(f"{DOMAIN}_worker")


class Worker:
    """One thread for everything that takes longer than the event loop may wait."""

    backbone: Backbone

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=DOMAIN)
        self._users = 1
        self._getting: asyncio.Task[None] | None = None
        self._loading = hass.async_create_task(self._async_load(), f"{DOMAIN} backbone")

    async def run[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a blocking function on the worker's thread."""
        if self._users == 0:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="stopped"
            )
        return await self._hass.loop.run_in_executor(
            self._executor, partial(job, *args, **kwargs)
        )

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
        """Let go of the worker; the last one to do so ends its thread."""
        self._users -= 1
        if self._users:
            return
        self._loading.cancel()
        if self._getting:
            self._getting.cancel()
        del self._hass.data[_WORKER]
        # What was asked for before, like closing files, is still done.
        await self._hass.async_add_executor_job(self._executor.shutdown)

    async def _async_load(self) -> None:
        self.backbone = await self.run(load_backbone)
        name = self.backbone.runtime.name
        LOGGER.debug("The backbone runs on %s", name)
        if name != "litert" and not self._hass.config.skip_pip:
            self._getting = self._hass.async_create_background_task(
                self._async_get_faster(), f"{DOMAIN} faster runtime"
            )

    async def _async_get_faster(self) -> None:
        """Ask Home Assistant for faster runtimes; going without is not an error."""
        wanted = {"ncnn": NCNN}
        # Without glibc this reads the whole file of Python's interpreter.
        library, _ = await self.run(platform.libc_ver)
        if library == "glibc":
            wanted = {"litert": LITERT, **wanted}
        for name, requirement in wanted.items():
            if self.backbone.runtime.name in ("litert", name):
                return
            try:
                await async_process_requirements(
                    self._hass, DOMAIN, [requirement], is_built_in=False
                )
                self.backbone = await self.run(load_backbone)
            except (RequirementsNotFound, RuntimeError) as err:
                LOGGER.debug("%s cannot be had: %s", name, err)
        LOGGER.debug("The backbone now runs on %s", self.backbone.runtime.name)
