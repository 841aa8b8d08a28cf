"""Keeping crops: those of live looks, and those that somebody asked for."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..learning.files import try_writing
from ..learning.infrared import is_infrared
from ..learning.look import Look
from ..learning.samples import SampleStoreError
from ..learning.samples.sample import Sample
from ..runtime.worker import Worker
from ..signals import SampleChanges
from .core import ClassifierCore, LastCrop

# So many unlabelled crops of objects of the past are kept.
_KEPT_OF_PAST: Final = 1000
# So many live looks may wait for the disk: each holds a picture.
_KEPT_AT_ONCE: Final = 4


class Keeping(ClassifierCore):
    """Keeping samples, of which the oldest unlabelled ones make room."""

    def sample_of(
        self,
        seen: Look,
        *,
        sample_id: str,
        event_id: str | None,
        camera: str,
        time: float,
        source: str,
    ) -> Sample:
        """Return what there is to note about a look."""
        prediction = seen.predictions.get(self.id)
        return Sample(
            id=sample_id,
            event_id=event_id,
            camera=camera,
            time=time,
            source=source,
            scores=prediction.scores if prediction else {},
            distance=prediction.distance if prediction else None,
            unfamiliar=prediction.unfamiliar if prediction else False,
        )

    @callback
    def async_kept(
        self, sample: Sample, seen: Look, changes: SampleChanges | Exception
    ) -> None:
        """Tell that a crop was kept, or could not be."""
        self.last_crop = LastCrop.of(sample, seen.crop.jpeg)
        if isinstance(changes, Exception):
            self._note_storage(str(changes))
            self._async_changed()
            return
        self._note_storage(None)
        self._async_samples_changed(changes)

    async def async_try_storage(self) -> None:
        """Find out whether what could not be written lately can be by now."""
        if self.storage_error is None or self.samples.damage:
            return
        try:
            await self._worker.run(try_writing, self.folder)
        except (HomeAssistantError, OSError) as err:
            LOGGER.debug("Still nothing can be kept of %s: %s", self.id, err)
        else:
            self._note_storage(None)

    async def async_keep_collected(self, sample: Sample, seen: Look) -> Sample:
        """Keep a crop that somebody asked for."""
        self._async_samples_changed(
            await self.async_files(
                lambda: self.keep(sample, seen, infrared=is_infrared(seen.crop.pixels))
            )
        )
        return sample

    def keep(self, sample: Sample, seen: Look, *, infrared: bool) -> SampleChanges:
        """Write a sample, and remove what makes room. Raises SampleStoreError."""
        sample = replace(sample, infrared=infrared)
        added = self.samples.add(sample, seen.crop.jpeg, seen.embedding, seen.backbone)
        removed = self.samples.prune(self.settings.save_attempts)
        if sample.source == "history":
            removed += self.samples.prune(_KEPT_OF_PAST, "history")
        self.unlabelled = self.samples.unlabelled()
        return SampleChanges(added=[sample.id] if added else (), removed=removed)


class LiveKeeping:
    """Keeps live looks while the next ones are made, as far as the disk can follow."""

    def __init__(self, hass: HomeAssistant, worker: Worker) -> None:
        self._hass = hass
        self._worker = worker
        self._under_way: set[asyncio.Task[None]] = set()

    async def async_keep(
        self, samples: Sequence[tuple[Keeping, Sample]], seen: Look
    ) -> None:
        """Begin to keep a look, once few enough others are being kept."""
        while len(self._under_way) >= _KEPT_AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        task = self._hass.async_create_background_task(
            self._async_keep(samples, seen), "objclass keep a look"
        )
        if not task.done():
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def async_wait(self) -> None:
        """Wait until everything is kept."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _async_keep(
        self, samples: Sequence[tuple[Keeping, Sample]], seen: Look
    ) -> None:
        try:
            await async_keep_live(self._worker, samples, seen)
        except Exception:  # noqa: BLE001
            # Whatever is wrong with one crop, the others are to be kept.
            LOGGER.exception("Unexpected error while keeping a look")


async def async_keep_live(
    worker: Worker, samples: Sequence[tuple[Keeping, Sample]], seen: Look
) -> None:
    """Keep a live look for all classifiers that it was made for.

    A full disk must not stop the classification.
    """
    kept = await worker.run(_keep_for_each, samples, seen)
    for (classifier, sample), changes in zip(samples, kept, strict=True):
        classifier.async_kept(sample, seen, changes)


def _keep_for_each(
    samples: Sequence[tuple[Keeping, Sample]], seen: Look
) -> list[SampleChanges | Exception]:
    infrared = is_infrared(seen.crop.pixels)
    kept: list[SampleChanges | Exception] = []
    for classifier, sample in samples:
        try:
            kept.append(classifier.keep(sample, seen, infrared=infrared))
        except (SampleStoreError, OSError) as err:
            kept.append(err)
    return kept
