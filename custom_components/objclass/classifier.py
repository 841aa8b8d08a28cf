"""A classifier at work: its settings, its head, its samples, and who is in view."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .data import SIGNAL_CHANGED, ClassifierSettings, Result
from .frigate.messages import TrackedObject
from .learning.augmentation import far_view
from .learning.backbone import Backbone
from .learning.crop import PictureError, decode, pixels_of
from .learning.embeddings import FAR
from .learning.head import Head, HeadFileError
from .learning.heads import HeadShelf, KeptHead
from .learning.look import Look
from .learning.samples import Sample, SampleStore, SampleStoreError
from .learning.training import TrainingError, train_head
from .worker import Worker


def classifier_folder(hass: HomeAssistant, entry_id: str, classifier_id: str) -> Path:
    """Return where the files of a classifier are."""
    return Path(hass.config.path(DOMAIN, entry_id, classifier_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCrop:
    """The newest crop, as JPEG."""

    jpeg: bytes
    taken_at: datetime
    camera: str
    event_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InView:
    """An object in view to which a class was assigned."""

    class_name: str
    camera: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A finished training; `skipped` are the samples whose picture was unreadable."""

    kept: KeptHead
    skipped: int
    seconds: float


class Classifier:
    """One classifier of one entry, from set-up to unload."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        subentry: ConfigSubentry,
        worker: Worker,
    ) -> None:
        self.id = subentry.subentry_id
        self.settings = ClassifierSettings.from_subentry(subentry)
        self.samples: SampleStore
        self.trained: KeptHead | None = None
        self.training: float | None = None
        self.labelled: Mapping[str, int] = {}
        self.in_view: dict[str, InView] = {}
        self.last_crop: LastCrop | None = None
        self._hass = hass
        self._worker = worker
        self._folder = classifier_folder(hass, entry_id, self.id)
        self._heads = HeadShelf(self._folder)
        self._saving_failed = False

    @property
    def head(self) -> Head | None:
        """The head in use, if it fits the backbone in use."""
        if self.trained is None:
            return None
        head = self.trained.head
        return head if head.backbone == self._worker.backbone.identity else None

    @property
    def outdated(self) -> bool:
        """Whether the trained head is for another backbone or knows gone classes."""
        return self.trained is not None and (
            self.head is None
            or not {*self.trained.head.classes} <= {*self.settings.all_classes}
        )

    async def async_load(self) -> None:
        """Open the files. Raises SampleStoreError."""
        await self._worker.run(self._load)

    async def async_close(self) -> None:
        """Close the files."""
        await self._worker.run(self.samples.close)

    def _load(self) -> None:
        self.samples = SampleStore(self._folder)
        self.labelled = self.samples.counts()
        self.last_crop = self._newest_crop()
        try:
            self.trained = self._heads.current()
        except (HeadFileError, OSError) as err:
            LOGGER.error(
                "The trained head of %s cannot be read, train it again: %s",
                self.settings.name,
                err,
            )

    def _newest_crop(self) -> LastCrop | None:
        for sample in self.samples.find(limit=1):
            with suppress(OSError):
                return LastCrop(
                    jpeg=self.samples.picture_path(sample.id).read_bytes(),
                    taken_at=dt_util.utc_from_timestamp(sample.time),
                    camera=sample.camera,
                    event_id=sample.event_id,
                )
        return None

    # Live

    @callback
    def async_note(self, result: Result) -> None:
        """Note who is in view."""
        class_name = result.verdict.class_name
        before = self.in_view.get(result.event_id)
        if result.outcome is not None or class_name is None:
            self.in_view.pop(result.event_id, None)
        else:
            self.in_view[result.event_id] = InView(
                class_name=class_name, camera=result.camera
            )
        if before != self.in_view.get(result.event_id):
            self._async_changed()

    async def async_keep(
        self, tracked: TrackedObject, frame_time: float, seen: Look
    ) -> None:
        """Keep the crop of an attempt. A full disk must not stop the classification."""
        prediction = seen.predictions.get(self.id)
        sample = Sample(
            id=f"{tracked.id}-{frame_time:.3f}",
            event_id=tracked.id,
            camera=tracked.camera,
            time=frame_time,
            scores=prediction.scores if prediction else {},
            distance=prediction.distance if prediction else None,
        )
        self.last_crop = LastCrop(
            jpeg=seen.crop.jpeg,
            taken_at=dt_util.utc_from_timestamp(frame_time),
            camera=tracked.camera,
            event_id=tracked.id,
        )
        self._async_changed()
        try:
            await self._worker.run(
                self._keep, sample, seen, self._worker.backbone.identity
            )
        except (SampleStoreError, OSError) as err:
            if not self._saving_failed:
                LOGGER.error("Crops of %s cannot be kept: %s", self.settings.name, err)
            self._saving_failed = True
        else:
            if self._saving_failed:
                LOGGER.info("Crops of %s can be kept again", self.settings.name)
            self._saving_failed = False

    async def async_keep_collected(self, sample: Sample, seen: Look) -> Sample:
        """Keep a crop that somebody asked for."""
        await self.async_files(self._keep, sample, seen, self._worker.backbone.identity)
        return sample

    def _keep(self, sample: Sample, seen: Look, backbone: str) -> None:
        self.samples.add(sample, seen.crop.jpeg, seen.embedding, backbone)
        self.samples.prune(self.settings.save_attempts)

    # Labelling

    async def async_label(
        self, sample_ids: Iterable[str], class_name: str | None
    ) -> list[str]:
        """Give samples a class, or None; return the ids that exist."""
        if class_name is not None and class_name not in self.settings.all_classes:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_class",
                translation_placeholders={
                    "class": class_name,
                    "classes": ", ".join(self.settings.all_classes),
                },
            )
        changed = await self.async_files(
            self.samples.label, list(sample_ids), class_name
        )
        await self.async_recount()
        return changed

    async def async_move_labels(self, moves: Mapping[str, str | None]) -> None:
        """Give the samples of some classes another class, or none."""
        await self.async_files(self.samples.move_labels, moves)
        await self.async_recount()

    async def async_recount(self) -> None:
        """Count the labelled samples anew."""
        self.labelled = await self.async_files(self.samples.counts)
        self._async_changed()

    async def async_files[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read or write samples; what goes wrong is an error for people."""
        try:
            return await self._worker.run(job, *args, **kwargs)
        except (SampleStoreError, HeadFileError, OSError) as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="storage_failed",
                translation_placeholders={
                    "classifier": self.settings.name,
                    "error": str(err),
                },
            ) from err

    # Training

    async def async_train(self) -> Trained:
        """Train a new head on the labelled samples and put it in use.

        Live classification goes on meanwhile: the worker is only taken for one picture
        at a time, and then for the fitting, which takes a fraction of a second. When
        anything fails, the old head stays in use.
        """
        if self.training is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="training_in_progress",
                translation_placeholders={"classifier": self.settings.name},
            )
        started = perf_counter()
        try:
            self._async_set_progress(0)
            skipped = await self._async_embed()
            trained = await self.async_files(self._train)
        except TrainingError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=f"training_{err.key}",
                translation_placeholders={
                    "classifier": self.settings.name,
                    **err.placeholders,
                },
            ) from err
        finally:
            self.training = None
            self._async_changed()
        self.trained = trained
        self._async_changed()
        return Trained(kept=trained, skipped=skipped, seconds=perf_counter() - started)

    async def _async_embed(self) -> int:
        """Let the backbone look at what it has not seen; return what it could not."""
        backbone = self._worker.backbone
        todo = await self.async_files(
            self.samples.missing_embeddings, backbone.identity
        )
        unreadable: set[str] = set()
        for number, (sample_id, view) in enumerate(todo):
            if sample_id in unreadable:
                continue
            if not await self.async_files(self._embed, backbone, sample_id, view):
                unreadable.add(sample_id)
            self._async_set_progress((number + 1) / len(todo))
        return len(unreadable)

    def _embed(self, backbone: Backbone, sample_id: str, view: int) -> bool:
        try:
            image = decode(self.samples.picture_path(sample_id).read_bytes())
        except (PictureError, FileNotFoundError) as err:
            LOGGER.warning(
                "The crop %s of %s is skipped: %s", sample_id, self.settings.name, err
            )
            return False
        pixels = pixels_of(image, backbone.size)
        embedding = backbone.embed(far_view(pixels) if view == FAR else pixels)
        self.samples.add_embedding(sample_id, backbone.identity, embedding, view)
        return True

    def _train(self) -> KeptHead:
        backbone = self._worker.backbone.identity
        data = self.samples.training_set(backbone)
        result = train_head(
            data.embeddings,
            data.labels,
            groups=data.groups,
            classes=self.settings.all_classes,
            backbone=backbone,
            ids=data.ids,
            views=data.far_views if len(data.far_view_of) else None,
            view_of=data.far_view_of,
            infrared=data.infrared,
        )
        return self._heads.put(result.head, result.report)

    @callback
    def _async_set_progress(self, share: float) -> None:
        before, self.training = self.training, share
        # A state per percent is plenty.
        if before is None or round(before * 100) != round(share * 100):
            self._async_changed()

    @callback
    def _async_changed(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_CHANGED.format(self.id))
