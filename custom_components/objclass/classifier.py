"""A classifier at work: its settings, its head, its samples, and who is in view."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .const import DOMAIN, LOGGER
from .data import (
    SIGNAL_CHANGED,
    SIGNAL_PROGRESS,
    SIGNAL_SAMPLES,
    ClassifierSettings,
    InView,
    Job,
    LastCrop,
    Progress,
    Result,
    SampleChanges,
    Trained,
)
from .frigate.messages import TrackedObject
from .learning.backbone import Backbone
from .learning.crop import PictureError
from .learning.evaluation import clearly_worse
from .learning.from_samples import embed_sample, train_on_samples
from .learning.graph import ModelError
from .learning.head import Head, HeadFileError
from .learning.heads import HeadShelf, KeptHead
from .learning.infrared import is_infrared
from .learning.look import Look
from .learning.model_head import ModelHead, ModelShelf
from .learning.outcomes import KeptOutcome
from .learning.samples import ClassCount, Sample, SampleStore, SampleStoreError
from .learning.training import TrainingError
from .worker import Worker

# Takes how far a job is, 0 to 1, None when that is not known.
type Tell = Callable[[float | None], None]
# So many objects are remembered as the last ones that were given a class.
_LAST: Final = 5


def classifier_folder(hass: HomeAssistant, entry_id: str, classifier_id: str) -> Path:
    """Return where the files of a classifier are."""
    return Path(hass.config.path(DOMAIN, entry_id, classifier_id))


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
        self.model: ModelHead | None = None
        self.training: float | None = None
        self.class_counts: Mapping[str, ClassCount] = {}
        self.unlabelled = 0
        self.labels_changed = False
        self.most_useful: list[str] | None = None
        self.in_view: dict[str, InView] = {}
        self.last_results: tuple[Result, ...] = ()
        self.last_crop: LastCrop | None = None
        self._hass = hass
        self._worker = worker
        self.folder = classifier_folder(hass, entry_id, self.id)
        self._heads = HeadShelf(self.folder)
        self._models = ModelShelf(self.folder)
        self._saving_failed = False

    @property
    def backbone(self) -> str:
        """The identity of the backbone in use."""
        return self._worker.backbone.identity

    @property
    def head(self) -> Head | ModelHead | None:
        """What classifies: a model that was brought, else the trained head."""
        return self.model or self.trained_head

    @property
    def trained_head(self) -> Head | None:
        """The trained head, if it fits the backbone in use."""
        if self.trained is None:
            return None
        head = self.trained.head
        return head if head.backbone == self._worker.backbone.identity else None

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
        """Open the files. Raises SampleStoreError."""
        await self._worker.run(self._load)

    async def async_close(self) -> None:
        """Close the files."""
        await self._worker.run(self.samples.close)

    def _load(self) -> None:
        self.samples = SampleStore(self.folder)
        self._count()
        self.last_crop = self._newest_crop()
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
        self.labels_changed = self._labelled_since_training()

    def _count(self) -> None:
        self.class_counts = self.samples.class_counts()
        self.unlabelled = self.samples.unlabelled()

    def _labelled_since_training(self) -> bool:
        last = self.samples.last_decision()
        return (
            last is not None
            and self.trained is not None
            and last > self.trained.trained_at.timestamp()
        )

    def _newest_crop(self) -> LastCrop | None:
        # What somebody brought is no look at anything.
        live = self.samples.find(limit=1, source="live")
        for sample in live or self.samples.find(limit=1, source="collect"):
            with suppress(OSError):
                return LastCrop.of(sample, self.samples.pictures.read(sample.id))
        return None

    # Live

    @callback
    def async_note(self, result: Result) -> None:
        """Note who is in view, and who was seen last."""
        class_name = result.verdict.class_name
        if class_name is not None and (result.changed or result.outcome is not None):
            others = [r for r in self.last_results if r.event_id != result.event_id]
            self.last_results = (result, *others)[:_LAST]
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
            unfamiliar=prediction.unfamiliar if prediction else False,
        )
        self.last_crop = LastCrop.of(sample, seen.crop.jpeg)
        self._async_changed()
        try:
            changes = await self._worker.run(
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
            self._async_samples_changed(changes)

    async def async_keep_collected(self, sample: Sample, seen: Look) -> Sample:
        """Keep a crop that somebody asked for."""
        self._async_samples_changed(
            await self.async_files(
                self._keep, sample, seen, self._worker.backbone.identity
            )
        )
        return sample

    def _keep(self, sample: Sample, seen: Look, backbone: str) -> SampleChanges:
        sample = replace(sample, infrared=is_infrared(seen.crop.pixels))
        added = self.samples.add(sample, seen.crop.jpeg, seen.embedding, backbone)
        removed = self.samples.prune(self.settings.save_attempts)
        self.unlabelled = self.samples.unlabelled()
        return SampleChanges(added=[sample.id] if added else (), removed=removed)

    async def async_keep_outcome(self, outcome: KeptOutcome) -> None:
        """Note why an object ended as it did; going without is no defect."""
        try:
            changes = await self._worker.run(self._keep_outcome, outcome)
        except HomeAssistantError, SampleStoreError:
            LOGGER.debug("Not kept why %s ended as it did", outcome.event_id)
        else:
            self._async_samples_changed(changes)

    def _keep_outcome(self, outcome: KeptOutcome) -> SampleChanges:
        self.samples.put_outcome(outcome)
        crops = self.samples.find(event_id=outcome.event_id, limit=-1)
        return SampleChanges(changed=[sample.id for sample in crops])

    # Labelling

    async def async_label(
        self, sample_ids: Iterable[str], class_name: str | None
    ) -> dict[str, str | None]:
        """Give samples a class, or None.

        Return the ids that exist, each with the label that it had.
        """
        if class_name is not None and class_name not in self.settings.all_classes:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_class",
                translation_placeholders={
                    "class": class_name,
                    "classes": ", ".join(self.settings.all_classes),
                },
            )
        before = await self.async_files(self._label, list(sample_ids), class_name)
        self.labels_changed = True
        self._async_samples_changed(SampleChanges(changed=list(before)))
        return before

    def _label(
        self, sample_ids: Sequence[str], class_name: str | None
    ) -> dict[str, str | None]:
        known = self.samples.labels(sample_ids)
        self.samples.label(known, class_name)
        self._count()
        return known

    async def async_note_imported(self, sample_ids: Sequence[str]) -> None:
        """Tell that labelled samples have come."""
        await self.async_files(self._count)
        self.labels_changed |= bool(sample_ids)
        self._async_samples_changed(SampleChanges(added=sample_ids))

    async def async_delete(self, sample_ids: Iterable[str]) -> int:
        """Remove samples for good; return how many there were."""
        before = await self.async_files(self._delete, list(sample_ids))
        if any(label is not None for label in before.values()):
            self.labels_changed = True
        self._async_samples_changed(SampleChanges(removed=list(before)))
        return len(before)

    def _delete(self, sample_ids: Sequence[str]) -> dict[str, str | None]:
        known = self.samples.labels(sample_ids)
        self.samples.delete(known)
        self._count()
        return known

    async def async_move_labels(self, moves: Mapping[str, str | None]) -> None:
        """Give the samples of some classes another class, or none."""
        await self.async_files(self.samples.move_labels, moves)
        self.labels_changed = True
        await self.async_recount()

    async def async_recount(self) -> None:
        """Count the samples anew."""
        await self.async_files(self._count)
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
        started, taken, before = perf_counter(), False, self.labels_changed
        try:
            with self.async_job("train") as tell:
                self._async_set_progress(0)
                skipped = await self._async_embed(tell)
                # What is labelled from here on, this training may not know.
                before, self.labels_changed = self.labels_changed, False
                kept, worse = await self._async_fit()
                taken = not (worse and self.settings.refuse_worse)
        finally:
            self.training = None
            if not taken:
                self.labels_changed |= before
            self._async_changed()
        if worse:
            LOGGER.warning(
                "The new training of %s is clearly worse than the one before, and %s",
                self.settings.name,
                "in use all the same" if taken else "not put in use",
            )
        if taken:
            self.trained, self.model = kept, None
            self._async_changed()
        return Trained(
            kept=kept,
            skipped=skipped,
            worse=worse,
            taken=taken,
            seconds=perf_counter() - started,
        )

    async def _async_fit(self) -> tuple[KeptHead, bool]:
        """Fit a head and keep it; return it, and whether it is clearly worse."""
        try:
            return await self.async_files(self._train)
        except TrainingError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=f"training_{err.key}",
                translation_placeholders={
                    "classifier": self.settings.name,
                    **err.placeholders,
                },
            ) from err

    async def _async_embed(self, tell: Tell) -> int:
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
            tell((number + 1) / len(todo))
        return len(unreadable)

    def _embed(self, backbone: Backbone, sample_id: str, view: int) -> bool:
        try:
            embed_sample(self.samples, backbone, sample_id, view)
        except (PictureError, FileNotFoundError) as err:
            LOGGER.warning(
                "The crop %s of %s is skipped: %s", sample_id, self.settings.name, err
            )
            return False
        return True

    def _train(self) -> tuple[KeptHead, bool]:
        result = train_on_samples(
            self.samples, self.backbone, self.settings.all_classes
        )
        # A head that does not fit any more is no reason to refuse one that does.
        before = None if self.outdated else self.trained
        worse = before is not None and clearly_worse(result.report, before.report)
        use = not (worse and self.settings.refuse_worse)
        kept = self._heads.put(result.head, result.report, use=use)
        if use:
            self._models.remove()
        return kept, worse

    async def async_history(self) -> list[KeptHead]:
        """Return the kept trainings that can be read, newest first."""
        return await self.async_files(self._heads.readable)

    async def async_use(self, number: int) -> None:
        """Put an older training in use again."""
        if number not in await self.async_files(self._heads.numbers):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_training",
                translation_placeholders={"classifier": self.settings.name},
            )
        self.trained = await self.async_files(self._use, number)
        self.model = None
        self.labels_changed = await self.async_files(self._labelled_since_training)
        self._async_changed()

    def _use(self, number: int) -> KeptHead:
        kept = self._heads.use(number)
        self._models.remove()
        return kept

    async def async_use_model(
        self, content: bytes, labels: Sequence[str], pixel_range: str
    ) -> ModelHead:
        """Put a whole model in use, until the next training. Raises ModelError."""
        self.model = await self.async_files(
            self._models.put, content, labels, self.settings.all_classes, pixel_range
        )
        self._async_changed()
        return self.model

    # What is told

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
            send(None, done=True, error=str(err) or type(err).__name__)
            raise
        send(1.0, done=True)

    @callback
    def _async_set_progress(self, share: float) -> None:
        before, self.training = self.training, share
        # A state per percent is plenty.
        if before is None or round(before * 100) != round(share * 100):
            self._async_changed()

    @callback
    def _async_samples_changed(self, changes: SampleChanges) -> None:
        async_dispatcher_send(self._hass, SIGNAL_SAMPLES.format(self.id), changes)
        self._async_changed()

    @callback
    def _async_changed(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_CHANGED.format(self.id))
