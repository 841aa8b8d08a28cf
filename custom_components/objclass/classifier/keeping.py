"""Keeping crops: those of live looks, and those that somebody asked for."""

from dataclasses import replace
from typing import Final

from ..const import LOGGER
from ..data import LastCrop, SampleChanges
from ..learning.infrared import is_infrared
from ..learning.look import Look
from ..learning.samples import Sample, SampleStoreError
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

    async def _async_keep_live(self, sample: Sample, seen: Look) -> None:
        """Keep what was seen live. A full disk must not stop the classification."""
        self.last_crop = LastCrop.of(sample, seen.crop.jpeg)
        self._async_changed()
        try:
            changes = await self._worker.run(self._keep, sample, seen)
        except (SampleStoreError, OSError) as err:
            if not self._saving_failed:
                LOGGER.error("Crops of %s cannot be kept: %s", self.settings.name, err)
            self._saving_failed = True
        else:
            if self._saving_failed:
                LOGGER.info("Crops of %s can be kept again", self.settings.name)
            self._saving_failed = False
            self._async_samples_changed(changes)

    async def async_keep_collected(self, sample: Sample, seen: Look) -> Sample:
        """Keep a crop that somebody asked for."""
        self._async_samples_changed(await self.async_files(self._keep, sample, seen))
        return sample

    def _keep(self, sample: Sample, seen: Look) -> SampleChanges:
        sample = replace(sample, infrared=is_infrared(seen.crop.pixels))
        added = self.samples.add(sample, seen.crop.jpeg, seen.embedding, seen.backbone)
        removed = self.samples.prune(self.settings.save_attempts)
        if sample.source == "history":
            removed += self.samples.prune(_KEPT_OF_PAST, "history")
        self.unlabelled = self.samples.unlabelled()
        return SampleChanges(added=[sample.id] if added else (), removed=removed)
