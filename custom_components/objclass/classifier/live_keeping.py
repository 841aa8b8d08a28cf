"""Keeping crops of live looks, while the next looks are made."""

import asyncio
from collections.abc import Sequence
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..learning.infrared import is_infrared
from ..learning.look import Look
from ..learning.samples import SampleStoreError
from ..learning.samples.sample import Sample
from ..runtime.worker import Worker
from ..signals import SampleChanges
from .samples import Samples

# So many live looks may wait for the disk: each holds a picture.
_KEPT_AT_ONCE: Final = 4


class LiveKeeping:
    """Keeps live looks while the next ones are made, as far as the disk can follow."""

    def __init__(self, hass: HomeAssistant, worker: Worker) -> None:
        self._hass = hass
        self._worker = worker
        self._under_way: set[asyncio.Task[None]] = set()

    async def async_keep(
        self, todo: Sequence[tuple[Samples, Sample]], seen: Look
    ) -> None:
        """Begin to keep a look, once few enough others are being kept."""
        while len(self._under_way) >= _KEPT_AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        task = self._hass.async_create_background_task(
            self._async_keep(todo, seen), "objclass keep a look"
        )
        if not task.done():
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def async_wait(self) -> None:
        """Wait until everything is kept."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _async_keep(
        self, todo: Sequence[tuple[Samples, Sample]], seen: Look
    ) -> None:
        try:
            await async_keep_live(self._worker, todo, seen)
        except Exception:  # noqa: BLE001
            # Whatever is wrong with one crop, the others are to be kept.
            LOGGER.exception("Unexpected error while keeping a look")


async def async_keep_live(
    worker: Worker, todo: Sequence[tuple[Samples, Sample]], seen: Look
) -> None:
    """Keep a live look for all classifiers that it was made for.

    A full disk must not stop the classification.
    """
    kept = await worker.run(_keep_for_each, todo, seen)
    for (samples, sample), changes in zip(todo, kept, strict=True):
        samples.async_kept(sample, seen, changes)


def _keep_for_each(
    todo: Sequence[tuple[Samples, Sample]], seen: Look
) -> list[SampleChanges | Exception]:
    infrared = is_infrared(seen.crop.pixels)
    kept: list[SampleChanges | Exception] = []
    for samples, sample in todo:
        try:
            kept.append(samples.keep(sample, seen, infrared=infrared))
        except (SampleStoreError, OSError) as err:
            kept.append(err)
    return kept
