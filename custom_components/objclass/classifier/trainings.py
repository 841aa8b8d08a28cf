"""The trainings of a classifier, and models that were brought: one is in use."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN, LOGGER
from ..learning.backbone import Backbone
from ..learning.evaluation import TrainingReport, clearly_worse
from ..learning.from_samples import train_on_samples
from ..learning.head import Head, HeadFileError
from ..learning.heads import HeadShelf, KeptHead
from ..learning.model_head import ModelHead, ModelShelf
from ..learning.runtimes.graph import ModelError
from ..learning.training import TrainingError
from ..runtime.worker import Worker
from ..settings import ClassifierSettings
from .samples import Samples
from .telling import Tell, Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A finished training; `skipped` are the samples whose picture was unreadable.

    `worse` is whether it is clearly worse than the one in use so far, on the images
    that both know, and `taken` whether it was put in use.
    """

    kept: KeptHead
    skipped: int
    worse: bool
    taken: bool
    seconds: float


class Trainings:
    """The trainings of one classifier, and the model that was brought in their place.

    `current` is the training that was put in use last; it classifies if there is no
    `model`, and if it fits the backbone. `progress` is how far the training that is
    under way has come, 0 to 1.
    """

    def __init__(
        self,
        folder: Path,
        settings: ClassifierSettings,
        worker: Worker,
        telling: Telling,
        samples: Samples,
    ) -> None:
        self.current: KeptHead | None = None
        self.model: ModelHead | None = None
        self.progress: float | None = None
        self._heads = HeadShelf(folder)
        self._models = ModelShelf(folder)
        self._settings = settings
        self._worker = worker
        self._telling = telling
        self._samples = samples
        self._async_files = samples.async_files
        self._under_way = asyncio.Lock()

    def load(self) -> None:
        """Read what classifies, on the worker; what is damaged is logged, no more."""
        try:
            self.current = self._heads.current()
        except (HeadFileError, OSError) as err:
            LOGGER.error(
                "The trained head of %s cannot be read, train it again: %s",
                self._settings.name,
                err,
            )
        try:
            self.model = self._models.load(self._settings.all_classes)
        except (ModelError, OSError) as err:
            LOGGER.error(
                "The imported model of %s cannot be used: %s", self._settings.name, err
            )

    @property
    def trained_head(self) -> Head | None:
        """The trained head, if it fits the backbone in use."""
        if self.current is None:
            return None
        head = self.current.head
        return head if head.backbone == self._worker.backbone.identity else None

    @property
    def in_use(self) -> int | None:
        """The number of the training that classifies; None while a model does."""
        return self.current.number if self.current and self.model is None else None

    @property
    def report(self) -> TrainingReport | None:
        """How good the last training is found to be; None as long as there is none."""
        return self.current.report if self.current else None

    @property
    def doubtful(self) -> list[str]:
        """The labelled samples that the last training contradicts, worst first."""
        doubts = self.report.doubtful_labels if self.report else ()
        return [item.sample for item in doubts]

    @property
    def labels_changed(self) -> bool:
        """Whether the labels are others than those of the last training."""
        known = self.report.labels if self.report else ""
        now = self._samples.state_of_labels
        return bool(known and now) and known != now

    @property
    def outdated(self) -> bool:
        """Whether the trained head is for another backbone or knows gone classes."""
        return (
            self.model is None
            and self.current is not None
            and (
                self.trained_head is None
                or not {*self.current.head.classes} <= {*self._settings.all_classes}
            )
        )

    async def async_settled(self) -> None:
        """Wait until no training is under way."""
        async with self._under_way:
            pass

    async def async_train(self) -> Trained:
        """Train a new head on the labelled samples and put it in use.

        Live classification goes on meanwhile: the worker is only taken for one picture
        at a time, and then for the fitting, which takes a fraction of a second. When
        anything fails, the old head stays in use.
        """
        if self.progress is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="training_in_progress",
                translation_placeholders={"classifier": self._settings.name},
            )
        async with self._under_way:
            return await self._async_train()

    async def _async_train(self) -> Trained:
        started = perf_counter()
        # Another one may come into use meanwhile; what it sees is not mixed with this.
        backbone = self._worker.backbone
        try:
            with self._telling.async_job("train") as tell:
                self._async_set_progress(0)
                skipped = await self._async_embed(backbone, tell)
                kept, worse = await self._async_fit(backbone.identity)
        finally:
            self.progress = None
            self._telling.async_changed()
        taken = not (worse and self._settings.refuse_worse)
        if worse:
            LOGGER.warning(
                "The new training of %s is clearly worse than the one before, and %s",
                self._settings.name,
                "in use all the same" if taken else "not put in use",
            )
        if taken:
            self.current, self.model = kept, None
            self._telling.async_changed()
        return Trained(
            kept=kept,
            skipped=skipped,
            worse=worse,
            taken=taken,
            seconds=perf_counter() - started,
        )

    async def _async_fit(self, backbone: str) -> tuple[KeptHead, bool]:
        """Fit a head and keep it; return it, and whether it is clearly worse."""
        try:
            return await self._async_files(self._train, backbone)
        except TrainingError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=f"training_{err.key}",
                translation_placeholders={
                    "classifier": self._settings.name,
                    **err.placeholders,
                },
            ) from err

    async def _async_embed(self, backbone: Backbone, tell: Tell) -> int:
        """Let the backbone look at what it has not seen; return what it could not."""
        todo = await self._async_files(
            self._samples.store.missing_embeddings, backbone.identity
        )
        unreadable: set[str] = set()
        for number, (sample_id, view) in enumerate(todo):
            if sample_id in unreadable:
                continue
            if not await self._async_files(
                self._samples.embed, backbone, sample_id, view
            ):
                unreadable.add(sample_id)
            self._async_set_progress((number + 1) / len(todo))
            tell((number + 1) / len(todo))
        return len(unreadable)

    def _train(self, backbone: str) -> tuple[KeptHead, bool]:
        result = train_on_samples(
            self._samples.store, backbone, self._settings.all_classes
        )
        # A head that does not fit any more is no reason to refuse one that does.
        # And one that a model has taken the place of is not in use.
        before = None if self.outdated or self.model else self.current
        worse = before is not None and clearly_worse(result.report, before.report)
        use = not (worse and self._settings.refuse_worse)
        kept = self._heads.put(result.head, result.report, use=use)
        if use:
            self._models.remove()
        return kept, worse

    async def async_forget_backbones(self) -> None:
        """Remove what backbones saw that nobody is likely to go back to."""
        if self.trained_head is not None:
            await self._async_files(
                self._samples.store.forget_backbones, self._worker.backbone.identity
            )

    async def async_history(self) -> list[KeptHead]:
        """Return the kept trainings that can be read, newest first."""
        return await self._async_files(self._heads.readable)

    async def async_earlier(self) -> int | None:
        """Return the newest training before what classifies, None without any.

        Before a model that was brought, and before a training that cannot be read,
        there is the one that can.
        """
        last = self.current.number if self.current else None
        if self.in_use is not None:
            last = self.in_use - 1
        numbers = [kept.number for kept in await self.async_history()]
        return max((n for n in numbers if last is None or n <= last), default=None)

    async def async_use(self, number: int) -> None:
        """Put an older training in use again."""
        if number not in await self._async_files(self._heads.numbers):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_training",
                translation_placeholders={"classifier": self._settings.name},
            )
        head = (await self._async_files(self._heads.load, number)).head
        if head.backbone != self._worker.backbone.identity:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="training_of_other_backbone",
                translation_placeholders={"classifier": self._settings.name},
            )
        if gone := {*head.classes} - {*self._settings.all_classes}:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="training_of_other_classes",
                translation_placeholders={
                    "classifier": self._settings.name,
                    "classes": ", ".join(sorted(gone)),
                },
            )
        self.current = await self._async_files(self._use, number)
        self.model = None
        self._telling.async_changed()

    def _use(self, number: int) -> KeptHead:
        kept = self._heads.use(number)
        self._models.remove()
        return kept

    async def async_try_model(
        self, content: bytes, labels: Sequence[str], pixel_range: str
    ) -> None:
        """Raise ModelError for a whole model that cannot be used; change nothing."""
        await self._async_files(self._models.try_out, content, labels, pixel_range)

    async def async_use_model(
        self, content: bytes, labels: Sequence[str], pixel_range: str
    ) -> ModelHead:
        """Put a whole model in use, until the next training. Raises ModelError."""
        self.model = await self._async_files(
            self._models.put, content, labels, self._settings.all_classes, pixel_range
        )
        self._telling.async_changed()
        return self.model

    @callback
    def _async_set_progress(self, share: float) -> None:
        before, self.progress = self.progress, share
        # A state per percent is plenty.
        if before is None or round(before * 100) != round(share * 100):
            self._telling.async_changed()
