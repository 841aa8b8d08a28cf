"""Train a head: from labelled embeddings to weights, honest scores and a report.

The recipe: L2-normalised embeddings; multinomial logistic regression in which every
class weighs the same; penalty, temperature and familiarity limit chosen on images that
were held out, whole events at a time. The same images always give the same head.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .augmentation import Views
from .calibration import fit_temperature
from .cross_validation import (
    FOLDS,
    HeldOut,
    TrainingRows,
    cross_validate,
    training_rows,
)
from .evaluation import TrainingReport
from .familiarity import (
    Familiarity,
    familiarity_limit,
    fit_familiarity,
    held_out_distances,
    stretch,
)
from .folds import join_groups, near_copies
from .head import FEWEST_CLASSES, Head
from .report import Trained, write_report
from .runtimes.blas import one_thread
from .vectors import unit_rows


class TrainingError(ValueError):
    """Training cannot start; `key` and `placeholders` are for a translated message."""

    def __init__(self, key: str, text: str, **placeholders: str) -> None:
        super().__init__(text)
        self.key = key
        self.placeholders: Mapping[str, str] = placeholders


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """A complete head and what is known about it."""

    head: Head
    report: TrainingReport


@one_thread()
def train_head(
    embeddings: NDArray[np.float32],
    labels: Sequence[str],
    *,
    groups: Sequence[str],
    classes: Sequence[str],
    backbone: str,
    ids: Sequence[str] | None = None,
    far: Views | None = None,
    compressed: Views | None = None,
    infrared: Sequence[bool] | None = None,
    familiarity: bool = True,
) -> TrainingResult:
    """Train on (n, d) embeddings and their n labels.

    groups: the event of each image. classes: all of them, `none` included; one without
    images is left out of the head and named in the report. backbone: the identity to
    keep with the head. ids: how the report calls the images (default: their numbers).
    far: views of images from far away, trained on as well; compressed: views that the
    gate's limit learns compression from (see `augmentation`). infrared: which images
    are grey, for the report. familiarity: fit the gate. NumPy works in one thread.

    Raises TrainingError: no_images, too_few_classes, unknown_class, bad_embeddings.
    """
    started = time.perf_counter()
    names = _checked(embeddings, labels, classes)
    targets = np.array([names.index(label) for label in labels], np.intp)
    rows = unit_rows(embeddings)
    copies = near_copies(rows, groups)
    events = join_groups(groups, copies)
    data = training_rows(rows, targets, len(names), far)
    held = cross_validate(data, events)
    weights, bias = _weights(data, held.penalty)
    head = Head(
        classes=names,
        weights=weights,
        bias=bias,
        temperature=fit_temperature(held.logits, targets[held.images]),
        backbone=backbone,
        familiarity=_familiarity(rows, data, held, compressed) if familiarity else None,
    )
    trained = Trained(
        head=head,
        held=held,
        folds=FOLDS,
        targets=targets,
        events=events,
        ids=ids if ids is not None else [str(number) for number in range(len(rows))],
        infrared=infrared,
        left_out=[name for name in dict.fromkeys(classes) if name not in names],
        copies=copies,
    )
    report = write_report(trained, seconds=time.perf_counter() - started)
    return TrainingResult(head=head, report=report)


def _checked(
    embeddings: NDArray[np.float32], labels: Sequence[str], classes: Sequence[str]
) -> tuple[str, ...]:
    """Return the classes that have images, in the given order."""
    if len(labels) == 0:
        raise TrainingError("no_images", "There is no labelled image to train on.")
    used = set(labels)
    unknown = sorted(used.difference(classes))
    if unknown:
        raise TrainingError(
            "unknown_class",
            f"Images are labelled {unknown[0]!r}, which is not a class.",
            name=unknown[0],
        )
    if embeddings.shape[0] != len(labels) or not np.isfinite(embeddings).all():
        raise TrainingError("bad_embeddings", "The embeddings are damaged.")
    names = tuple(name for name in dict.fromkeys(classes) if name in used)
    if len(names) < FEWEST_CLASSES:
        raise TrainingError(
            "too_few_classes",
            f"Only {names[0]!r} has labelled images; at least two classes need some.",
            name=names[0],
        )
    return names


def _weights(
    data: TrainingRows, penalty: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit on every image, to the optimum."""
    everything = np.ones((1, len(data.targets)), np.bool_)
    fitted = data.fit(everything, penalty, tolerance=1e-7)[0]
    weights, bias = data.span.restore(fitted[:-1], fitted[-1])
    return weights.astype(np.float32), bias.astype(np.float32)


def _familiarity(
    rows: NDArray[np.float64],
    data: TrainingRows,
    held: HeldOut,
    compressed: Views | None,
) -> Familiarity | None:
    """Fit the gate; None when there are too few images to know its limit."""
    images, views, view_of = data.images, None, np.empty(0, np.intp)
    if compressed is not None and len(compressed.of):
        images = np.column_stack([images, np.zeros(len(images))])
        views = data.span.project_with_rest(unit_rows(compressed.embeddings))
        view_of = np.asarray(compressed.of, np.intp)
    distances, of_views = held_out_distances(
        images, data.targets, held.folds, rows.shape[1], views, view_of
    )
    widened = stretch(distances[view_of], of_views)
    limit = familiarity_limit(distances[held.images], widened)
    return None if limit is None else fit_familiarity(rows, data.targets, limit)
