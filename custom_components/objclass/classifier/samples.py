"""The samples of a classifier: kept, labelled, counted; changes are told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..learning.backbone import Backbone
from ..learning.crop import PictureError
from ..learning.files import try_writing
from ..learning.from_samples import embed_sample
from ..learning.head import HeadFileError
from ..learning.infrared import is_infrared
from ..learning.look import Look
from ..learning.samples import SampleStore, SampleStoreError
from ..learning.samples.embeddings import PLAIN
from ..learning.samples.rescue import Rescued
from ..learning.samples.sample import ClassCount, Sample
from ..runtime.worker import Worker, interrupted
from ..settings import ClassifierSettings
from ..signals import SampleChanges
from .telling import Telling

# So many unlabelled crops of objects of the past are kept.
_KEPT_OF_PAST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCrop:
    """The newest crop, as JPEG."""

    sample_id: str
    jpeg: bytes
    taken_at: datetime
    camera: str
    event_id: str | None

    @classmethod
    def of(cls, sample: Sample, jpeg: bytes) -> Self:
        """Make it of a sample and its picture."""
        return cls(
            sample_id=sample.id,
            jpeg=jpeg,
            taken_at=dt_util.utc_from_timestamp(sample.time),
            camera=sample.camera,
            event_id=sample.event_id,
        )


class Samples:
    """The samples of one classifier, of which the oldest unlabelled ones make room.

    They are in `store`, which is there after `load`; it is read and written on the
    worker, with `async_files`. What is shown all the time is in memory too.
    """

    store: SampleStore

    def __init__(
        self,
        folder: Path,
        settings: ClassifierSettings,
        worker: Worker,
        telling: Telling,
    ) -> None:
        self.class_counts: Mapping[str, ClassCount] = {}
        self.unlabelled = 0
        # Another one whenever a label is.
        self.state_of_labels = ""
        self.last_crop: LastCrop | None = None
        # The order that the pages of a search go on with.
        self.most_useful: list[str] | None = None
        # Another classifier has taken the place of this one, or none.
        self.closed = False
        # Why nothing can be written, if that is so.
        self.storage_error: str | None = None
        self._folder = folder
        self._settings = settings
        self._worker = worker
        self._telling = telling

    @property
    def labelled(self) -> Mapping[str, int]:
        """The number of labelled samples of each class that has any."""
        return {name: count.images for name, count in self.class_counts.items()}

    def load(self) -> None:
        """Open the files, on the worker; damaged ones are logged, and noted there."""
        self.store = SampleStore(self._folder)
        if self.store.unwritable:
            self._note_storage(self.store.unwritable)
        try:
            self._count()
            self.last_crop = self._newest_crop()
        except SampleStoreError as err:
            if not self.store.unwritable:
                self.store.damage = self.store.damage or str(err)
            LOGGER.error("The crops of %s cannot be read: %s", self._settings.name, err)

    async def async_close(self) -> None:
        """Close the files."""
        self.closed = True
        await self._worker.run(self.store.close)

    async def async_files[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read or write files on the worker; what goes wrong is an error for people."""
        try:
            return await self._worker.run(job, *args, **kwargs)
        except (SampleStoreError, HeadFileError, OSError) as err:
            if self.closed:
                # Nothing is wrong with them.
                raise interrupted() from err
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="storage_failed",
                translation_placeholders={
                    "classifier": self._settings.name,
                    "error": str(err),
                },
            ) from err

    async def async_label(
        self, sample_ids: Iterable[str], class_name: str | None
    ) -> dict[str, str | None]:
        """Give samples a class, or None.

        Return the ids that exist, each with the label that it had.
        """
        if class_name is not None and class_name not in self._settings.all_classes:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_class",
                translation_placeholders={
                    "class": class_name,
                    "classes": ", ".join(self._settings.all_classes),
                },
            )
        before = await self.async_files(
            self._change, sample_ids, lambda known: self.store.label(known, class_name)
        )
        self._telling.async_samples_changed(SampleChanges(changed=list(before)))
        return before

    async def async_move_labels(self, moves: Mapping[str, str | None]) -> None:
        """Give the samples of some classes another class, or none."""
        await self.async_files(self.store.move_labels, moves)
        await self.async_recount()

    async def async_delete(self, sample_ids: Iterable[str]) -> int:
        """Remove samples for good; return how many there were."""
        before = await self.async_files(self._change, sample_ids, self._delete)
        self._telling.async_samples_changed(SampleChanges(removed=list(before)))
        return len(before)

    def _delete(self, sample_ids: Collection[str]) -> None:
        self.store.delete(sample_ids)
        if self.last_crop and self.last_crop.sample_id in sample_ids:
            self.last_crop = self._newest_crop()

    def _change(
        self, sample_ids: Iterable[str], change: Callable[[Collection[str]], object]
    ) -> dict[str, str | None]:
        """Change samples; return those that exist, with the labels they had before."""
        known = self.store.labels(sample_ids)
        change(known)
        self._count()
        return known

    async def async_forget_object(self, event_id: str) -> None:
        """Remove what was kept of an object that is none of the classifier's after all.

        What a person has labelled stays.
        """
        try:
            removed = await self._worker.run(self._forget_object, event_id)
        except HomeAssistantError, SampleStoreError:
            LOGGER.debug("The crops of %s were not removed", event_id)
        else:
            self._telling.async_samples_changed(SampleChanges(removed=removed))

    def _forget_object(self, event_id: str) -> list[str]:
        crops = self.store.find(event_id=event_id, labelled=False, limit=-1)
        removed = [sample.id for sample in crops]
        self._delete(removed)
        self.unlabelled = self.store.unlabelled()
        return removed

    async def async_note_imported(self, sample_ids: Sequence[str]) -> None:
        """Tell that labelled samples have come."""
        await self.async_files(self._count)
        self._telling.async_samples_changed(SampleChanges(added=sample_ids))

    async def async_recount(self) -> None:
        """Count the samples anew."""
        await self.async_files(self._count)
        self._telling.async_changed()

    async def async_keep(self, sample: Sample, seen: Look) -> Sample:
        """Keep a crop that somebody asked for."""
        self._telling.async_samples_changed(
            await self.async_files(
                lambda: self.keep(sample, seen, infrared=is_infrared(seen.crop.pixels))
            )
        )
        return sample

    def keep(self, sample: Sample, seen: Look, *, infrared: bool) -> SampleChanges:
        """Write a sample, and remove what makes room. Raises SampleStoreError."""
        sample = replace(sample, infrared=infrared)
        added = self.store.add(sample, seen.crop.jpeg, seen.embedding, seen.backbone)
        removed = self.store.prune(self._settings.save_attempts)
        if sample.source == "history":
            removed += self.store.prune(_KEPT_OF_PAST, "history")
        self.unlabelled = self.store.unlabelled()
        return SampleChanges(added=[sample.id] if added else (), removed=removed)

    @callback
    def async_kept(
        self, sample: Sample, seen: Look, changes: SampleChanges | Exception
    ) -> None:
        """Tell that the crop of a live look was kept, or could not be."""
        self.last_crop = LastCrop.of(sample, seen.crop.jpeg)
        if isinstance(changes, Exception):
            self._note_storage(str(changes))
            self._telling.async_changed()
            return
        self._note_storage(None)
        self._telling.async_samples_changed(changes)

    async def async_look_again(self) -> None:
        """Let the backbone in use look at all kept crops that it has not seen."""
        backbone = self._worker.backbone
        todo = await self.async_files(self.store.unseen, backbone.identity)
        if not todo:
            return
        with self._telling.async_job("embed") as tell:
            for number, sample_id in enumerate(todo, 1):
                if self._worker.backbone.identity != backbone.identity:
                    return
                await self.async_files(self.embed, backbone, sample_id, PLAIN)
                tell(number / len(todo))

    def embed(self, backbone: Backbone, sample_id: str, view: int) -> bool:
        """Let a backbone look at a kept picture; False when it is unreadable."""
        try:
            embed_sample(self.store, backbone, sample_id, view)
        except (PictureError, FileNotFoundError) as err:
            LOGGER.warning(
                "The crop %s of %s is skipped: %s", sample_id, self._settings.name, err
            )
            return False
        return True

    async def async_try_storage(self) -> None:
        """Find out whether what could not be written lately can be by now."""
        if self.storage_error is None or self.store.damage:
            return
        try:
            await self._worker.run(try_writing, self._folder)
        except (HomeAssistantError, OSError) as err:
            LOGGER.debug(
                "Still nothing can be kept of %s: %s", self._settings.name, err
            )
        else:
            self._note_storage(None)

    async def async_rescue(self) -> Rescued:
        """Rescue what a damaged file says, for when the entry is loaded again."""
        return await self.async_files(self.store.rescue, self._settings.all_classes)

    def _note_storage(self, error: str | None) -> None:
        """Note whether files can be written, and log it once."""
        if error and not self.storage_error:
            LOGGER.error("Crops of %s cannot be kept: %s", self._settings.name, error)
        elif self.storage_error and not error:
            LOGGER.info("Crops of %s can be kept again", self._settings.name)
        self.storage_error = error and (self.storage_error or error)

    def _count(self) -> None:
        self.class_counts = self.store.class_counts()
        self.unlabelled = self.store.unlabelled()
        self.state_of_labels = self.store.state_of_labels()

    def _newest_crop(self) -> LastCrop | None:
        # What somebody brought is no look at anything.
        live = self.store.find(limit=1, source="live")
        for sample in live or self.store.find(limit=1, source="collect"):
            with suppress(OSError):
                return LastCrop.of(sample, self.store.pictures.read(sample.id))
        return None
