"""Keeping crops: those of live looks, and those that somebody asked for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from homeassistant.core import callback

from ..const import LOGGER
from ..data import LastCrop, SampleChanges
from ..learning.infrared import is_infrared
from ..learning.look import Look
from ..learning.samples import Sample, SampleStoreError
from ..runtime.worker import Worker
from .core import ClassifierCore

# So many unlabelled crops of objects of the past are kept.
_KEPT_OF_PAST: Final = 1000


class Keeping(ClassifierCore):
    """Keeping samples, of which the oldest unlabelled ones make room."""

    _saving_failed = False

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
            if not self._saving_failed:
                LOGGER.error(
                    "Crops of %s cannot be kept: %s", self.settings.name, changes
                )
            self._saving_failed = True
            self._async_changed()
            return
        if self._saving_failed:
            LOGGER.info("Crops of %s can be kept again", self.settings.name)
        self._saving_failed = False
        self._async_samples_changed(changes)

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
