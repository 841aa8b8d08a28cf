"""Training: labels become a head; earlier ones and brought models can replace it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN, LOGGER
from ..learning.backbone import Backbone
from ..learning.crop import PictureError
from ..learning.evaluation import clearly_worse
from ..learning.from_samples import embed_sample, train_on_samples
from ..learning.heads import KeptHead
from ..learning.model_head import ModelHead
from ..learning.samples.embeddings import PLAIN
from ..learning.training import TrainingError
from .core import ClassifierCore, Tell


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


class Training(ClassifierCore):
    """Training, and choosing what classifies. `training` is how far it is, 0 to 1."""

    training: float | None = None

    @cached_property
    def _trains(self) -> asyncio.Lock:
        return asyncio.Lock()

    async def async_settled(self) -> None:
        """Wait until no training is under way."""
        async with self._trains:
            pass

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
        async with self._trains:
            return await self._async_train()

    async def _async_train(self) -> Trained:
        started = perf_counter()
        # Another one may come into use meanwhile; what it sees is not mixed with this.
        backbone = self._worker.backbone
        try:
            with self.async_job("train") as tell:
                self._async_set_progress(0)
                skipped = await self._async_embed(backbone, tell)
                kept, worse = await self._async_fit(backbone.identity)
        finally:
            self.training = None
            self._async_changed()
        taken = not (worse and self.settings.refuse_worse)
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

    async def _async_fit(self, backbone: str) -> tuple[KeptHead, bool]:
        """Fit a head and keep it; return it, and whether it is clearly worse."""
        try:
            return await self.async_files(self._train, backbone)
        except TrainingError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=f"training_{err.key}",
                translation_placeholders={
                    "classifier": self.settings.name,
                    **err.placeholders,
                },
            ) from err

    async def _async_embed(self, backbone: Backbone, tell: Tell) -> int:
        """Let the backbone look at what it has not seen; return what it could not."""
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

    def _train(self, backbone: str) -> tuple[KeptHead, bool]:
        result = train_on_samples(self.samples, backbone, self.settings.all_classes)
        # A head that does not fit any more is no reason to refuse one that does.
        # And one that a model has taken the place of is not in use.
        before = None if self.outdated or self.model else self.trained
        worse = before is not None and clearly_worse(result.report, before.report)
        use = not (worse and self.settings.refuse_worse)
        kept = self._heads.put(result.head, result.report, use=use)
        if use:
            self._models.remove()
        return kept, worse

    async def async_look_again(self) -> None:
        """Let the backbone in use look at all kept crops that it has not seen."""
        backbone = self._worker.backbone
        todo = await self.async_files(self.samples.unseen, backbone.identity)
        if not todo:
            return
        with self.async_job("embed") as tell:
            for number, sample_id in enumerate(todo, 1):
                if self.backbone != backbone.identity:
                    return
                await self.async_files(self._embed, backbone, sample_id, PLAIN)
                tell(number / len(todo))

    async def async_forget_backbones(self) -> None:
        """Remove what backbones saw that nobody is likely to go back to."""
        if self.trained_head is not None:
            await self.async_files(self.samples.forget_backbones, self.backbone)

    async def async_history(self) -> list[KeptHead]:
        """Return the kept trainings that can be read, newest first."""
        return await self.async_files(self._heads.readable)

    async def async_earlier(self) -> int | None:
        """Return the newest training before what classifies, None without any.

        Before a model that was brought, and before a training that cannot be read,
        there is the one that can.
        """
        last = self.trained.number if self.trained else None
        if self.training_in_use is not None:
            last = self.training_in_use - 1
        numbers = [kept.number for kept in await self.async_history()]
        return max((n for n in numbers if last is None or n <= last), default=None)

    async def async_use(self, number: int) -> None:
        """Put an older training in use again."""
        if number not in await self.async_files(self._heads.numbers):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_training",
                translation_placeholders={"classifier": self.settings.name},
            )
        if not await self.async_files(self._fits, number):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="training_of_other_backbone",
                translation_placeholders={"classifier": self.settings.name},
            )
        self.trained = await self.async_files(self._use, number)
        self.model = None
        self._async_changed()

    def _fits(self, number: int) -> bool:
        """Return whether a training was made with the backbone in use."""
        return self._heads.load(number).head.backbone == self.backbone

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

    @callback
    def _async_set_progress(self, share: float) -> None:
        before, self.training = self.training, share
        # A state per percent is plenty.
        if before is None or round(before * 100) != round(share * 100):
            self._async_changed()
