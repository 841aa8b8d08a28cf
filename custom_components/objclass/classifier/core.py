"""What a classifier has on disk and in memory, and whom it tells of changes."""

from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..learning.backbone_model import BackboneModel
from ..learning.head import Head, HeadFileError
from ..learning.heads import HeadShelf, KeptHead
from ..learning.model_head import AnyHead, ModelHead, ModelShelf
from ..learning.runtimes.graph import ModelError
from ..learning.samples import SampleStore, SampleStoreError
from ..learning.samples.rescue import Rescued
from ..learning.samples.sample import ClassCount, Sample
from ..runtime.worker import Worker, interrupted
from ..settings import ClassifierSettings
from ..signals import (
    SIGNAL_CHANGED,
    SIGNAL_PROGRESS,
    SIGNAL_SAMPLES,
    Job,
    Progress,
    SampleChanges,
)

# Takes how far a job is, 0 to 1, None when that is not known.
type Tell = Callable[[float | None], None]


def classifier_folder(hass: HomeAssistant, entry_id: str, classifier_id: str) -> Path:
    """Return where the files of a classifier are."""
    return Path(hass.config.path(DOMAIN, entry_id, classifier_id))


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


class ClassifierCore:
    """The files of one classifier, open from set-up to unload."""

    samples: SampleStore

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        classifier_id: str,
        settings: ClassifierSettings,
        worker: Worker,
    ) -> None:
        self.id = classifier_id
        self.settings = settings
        self.trained: KeptHead | None = None
        self.model: ModelHead | None = None
        self.class_counts: Mapping[str, ClassCount] = {}
        self.unlabelled = 0
        self._labels = ""
        # Why nothing can be written, if that is so.
        self.storage_error: str | None = None
        self.most_useful: list[str] | None = None
        self.last_crop: LastCrop | None = None
        self.folder = classifier_folder(hass, entry_id, self.id)
        self._closed = False
        self._hass = hass
        self._worker = worker
        self._heads = HeadShelf(self.folder)
        self._models = ModelShelf(self.folder)

    @property
    def backbone(self) -> str:
        """The identity of the backbone in use."""
        return self._worker.backbone.identity

    @property
    def backbone_model(self) -> BackboneModel:
        """The network that the backbone in use was loaded from."""
        return self._worker.backbone.model

    @property
    def head(self) -> AnyHead | None:
        """What classifies: a model that was brought, else the trained head."""
        return self.model or self.trained_head

    @property
    def heads(self) -> dict[str, AnyHead]:
        """Its head by its id, as a look takes heads; empty as long as there is none."""
        head = self.head
        return {self.id: head} if head else {}

    @property
    def trained_head(self) -> Head | None:
        """The trained head, if it fits the backbone in use."""
        if self.trained is None:
            return None
        head = self.trained.head
        return head if head.backbone == self._worker.backbone.identity else None

    @property
    def training_in_use(self) -> int | None:
        """The number of the training that classifies; None while a model does."""
        return self.trained.number if self.trained and self.model is None else None

    @property
    def labelled(self) -> Mapping[str, int]:
        """The number of labelled samples of each class that has any."""
        return {name: count.images for name, count in self.class_counts.items()}

    @property
    def doubtful(self) -> list[str]:
        """The labelled samples that the last training contradicts, worst first."""
        if self.trained is None:
            return []
        return [item.sample for item in self.trained.report.doubtful_labels]

    @property
    def labels_changed(self) -> bool:
        """Whether the labels are others than those of the last training."""
        known = self.trained.report.labels if self.trained else ""
        return bool(known and self._labels) and known != self._labels

    @property
    def outdated(self) -> bool:
        """Whether the trained head is for another backbone or knows gone classes."""
        return (
            self.model is None
            and self.trained is not None
            and (
                self.trained_head is None
                or not {*self.trained.head.classes} <= {*self.settings.all_classes}
            )
        )

    async def async_load(self) -> None:
        """Open the files; those that are damaged stop nothing that does without."""
        await self._worker.run(self._load)

    async def async_close(self) -> None:
        """Close the files."""
        self._closed = True
        await self._worker.run(self.samples.close)

    def _load(self) -> None:
        self.samples = SampleStore(self.folder)
        if self.samples.unwritable:
            self._note_storage(self.samples.unwritable)
        try:
            self.trained = self._heads.current()
        except (HeadFileError, OSError) as err:
            LOGGER.error(
                "The trained head of %s cannot be read, train it again: %s",
                self.settings.name,
                err,
            )
        try:
            self.model = self._models.load(self.settings.all_classes)
        except (ModelError, OSError) as err:
            LOGGER.error(
                "The imported model of %s cannot be used: %s", self.settings.name, err
            )
        try:
            self._count()
            self.last_crop = self._newest_crop()
        except SampleStoreError as err:
            if not self.samples.unwritable:
                self.samples.damage = self.samples.damage or str(err)
            LOGGER.error("The crops of %s cannot be read: %s", self.settings.name, err)

    async def async_rescue(self) -> Rescued:
        """Rescue what a damaged file says, for when the entry is loaded again."""
        return await self.async_files(self.samples.rescue, self.settings.all_classes)

    def _note_storage(self, error: str | None) -> None:
        """Note whether files can be written, and log it once."""
        if error and not self.storage_error:
            LOGGER.error("Crops of %s cannot be kept: %s", self.settings.name, error)
        elif self.storage_error and not error:
            LOGGER.info("Crops of %s can be kept again", self.settings.name)
        self.storage_error = error and (self.storage_error or error)

    def _count(self) -> None:
        self.class_counts = self.samples.class_counts()
        self.unlabelled = self.samples.unlabelled()
        self._labels = self.samples.state_of_labels()

    def _newest_crop(self) -> LastCrop | None:
        # What somebody brought is no look at anything.
        live = self.samples.find(limit=1, source="live")
        for sample in live or self.samples.find(limit=1, source="collect"):
            with suppress(OSError):
                return LastCrop.of(sample, self.samples.pictures.read(sample.id))
        return None

    async def async_files[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read or write samples; what goes wrong is an error for people."""
        try:
            return await self._worker.run(job, *args, **kwargs)
        except (SampleStoreError, HeadFileError, OSError) as err:
            if self._closed:
                # Nothing is wrong with them.
                raise interrupted() from err
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="storage_failed",
                translation_placeholders={
                    "classifier": self.settings.name,
                    "error": str(err),
                },
            ) from err

    @contextmanager
    def async_job(self, job: Job) -> Iterator[Tell]:
        """Tell those who look on how far a job is, and how it ended."""

        def send(share: float | None, **end: Any) -> None:
            async_dispatcher_send(
                self._hass,
                SIGNAL_PROGRESS.format(self.id),
                Progress(job=job, share=share, **end),
            )

        send(None)
        try:
            yield send
        except BaseException as err:
            told = interrupted() if isinstance(err, CancelledError) else err
            send(None, done=True, error=str(told) or type(err).__name__)
            raise
        send(1.0, done=True)

    @callback
    def _async_samples_changed(self, changes: SampleChanges) -> None:
        async_dispatcher_send(self._hass, SIGNAL_SAMPLES.format(self.id), changes)
        self._async_changed()

    @callback
    def _async_changed(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_CHANGED.format(self.id))
