"""Choose the penalty, and predict every image by a model that never saw its event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import logistic
from .augmentation import Views
from .calibration import calibrated_loss
from .folds import ALWAYS_TRAINED, deal
from .vectors import unit_rows

PENALTIES = tuple(10.0**exponent for exponent in np.arange(-2.0, -4.6, -0.5).tolist())
FOLDS = 5
# Where the folds hardly tell penalties apart, the one that was best over many tasks is
# taken: each power of ten away from it has to be this much better (relative loss).
USUAL_PENALTY = 10.0**-3.5
PULL = 0.1
# Fewer images are dealt to folds in two ways: steadier choices for a few milliseconds.
MANY_IMAGES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRows:
    """What is trained on: images and their altered views, in their common span."""

    span: logistic.Span
    owners: NDArray[np.intp]  # the image that each row shows; the images come first
    targets: NDArray[np.intp]  # the class of each image
    classes: int

    @property
    def images(self) -> NDArray[np.float64]:
        """The images' own rows, without their views."""
        return self.span.rows[: len(self.targets)]

    def fit(
        self,
        trained: NDArray[np.bool_],
        penalty: float,
        *,
        start: NDArray[np.float64] | None = None,
        tolerance: float = 1e-4,
    ) -> NDArray[np.float64]:
        """Fit one model per row of `trained`, (b, n): which images it may see.

        Every class weighs the same, and so does every image of a class, however many
        views it has.
        """
        per_class = trained @ np.eye(self.classes)[self.targets]
        weights = trained / np.maximum(per_class, 1)[:, self.targets]
        weights /= weights.sum(axis=1, keepdims=True)
        weights = weights[:, self.owners] / np.bincount(self.owners)[self.owners]
        one_hot = np.eye(self.classes)[self.targets[self.owners]]
        return logistic.fit(
            self.span, one_hot, weights, penalty, start=start, tolerance=tolerance
        )


def training_rows(
    rows: NDArray[np.float64],
    targets: NDArray[np.intp],
    classes: int,
    views: Views | None = None,
) -> TrainingRows:
    """Put (n, d) L2-normalised images and views of some of them into one span."""
    owners = np.arange(len(rows))
    every = rows
    if views is not None and len(views.of):
        every = np.concatenate([rows, unit_rows(views.embeddings)])
        owners = np.concatenate([owners, np.asarray(views.of, np.intp)])
    return TrainingRows(
        span=logistic.span_of(every), owners=owners, targets=targets, classes=classes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What was predicted for the images while they were held out."""

    penalty: float  # the one with the least loss
    images: NDArray[np.intp]  # (m,) those that were held out at all
    logits: NDArray[np.float64]  # (repeats, m, k)
    folds: NDArray[np.intp]  # (n,) of the first repeat


def cross_validate(data: TrainingRows, groups: NDArray[np.intp]) -> HeldOut:
    """Try every penalty on the same folds. groups: (n,) the event of each image."""
    repeats = 1 if len(data.targets) > MANY_IMAGES else 2
    dealt = np.stack(
        [deal(data.targets, groups, FOLDS, seed) for seed in range(repeats)]
    )
    images = np.flatnonzero(dealt[0] != ALWAYS_TRAINED)
    numbers = np.arange(FOLDS)[:, None]
    trained = (dealt[:, None, :] != numbers).reshape(repeats * FOLDS, -1)
    # The model by which an image is judged: the one whose fold it was held out in.
    judges = dealt[:, images] + FOLDS * np.arange(repeats)[:, None]
    tried = []
    weights = None
    # With nothing held out, there is nothing to choose by.
    for penalty in PENALTIES if len(images) else (USUAL_PENALTY,):
        weights = data.fit(trained, penalty, start=weights)
        logits = logistic.apply(weights, data.images)[judges, images]
        loss = calibrated_loss(logits, data.targets[images])
        loss *= 1 + PULL * np.log10(penalty / USUAL_PENALTY) ** 2
        tried.append((loss, penalty, logits))
    _, penalty, logits = min(tried, key=lambda item: item[0])
    return HeldOut(penalty=penalty, images=images, logits=logits, folds=dealt[0])
