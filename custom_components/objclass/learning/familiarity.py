"""Strangers: how far an embedding lies from everything that was labelled.

Softmax scores always sum to 1, so they cannot say "none of these". A distance can: the
Mahalanobis distance to the nearest class mean, under one covariance shared by all
classes and shrunk towards a sphere (Lee et al. 2018, "A simple unified framework for
detecting out-of-distribution samples"; the shrinkage keeps it defined with fewer
samples than dimensions).

A distance sees more than what a picture shows. Frigate keeps its snapshots as WebP of
low quality and sends what is happening now as a fine JPEG: a head that was trained on
the former may find all of the latter far away, the more so the finer the texture. What
compression adds to a distance is therefore measured, and the limit widened by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .vectors import unit_rows

SHRINKAGE = 0.9  # of the covariance towards a sphere; found on 10 to 80 images
KNOWN_KEPT = 0.97  # share of held-out known images that the limit lets pass
FEWEST_IMAGES = 8  # held out; fewer say nothing about a limit
# The farthest of a few is nearer than the farthest of many will be: a limit from n held
# out images is wider by this share of 1/n (benchmarks/README.md).
FEW_IMAGES = 0.5
# A class's own spread counts as much as the common one when it has this many images.
COMMON_IMAGES = 5
_SMALLEST_VARIANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Familiarity:
    """Class means and a whitening basis; embeddings are L2-normalised inside."""

    means: NDArray[np.float32]  # (n, d), one per class
    basis: NDArray[np.float32]  # (d, r): known directions, scaled by what they discount
    variances: NDArray[np.float32]  # (n,) how far each class spreads: `none` is wide
    limit: float  # beyond this distance an embedding is a stranger

    def distances(self, embeddings: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the distance, (m,), of (m, d) embeddings to the nearest class.

        1 is about as far as a labelled image lies from its own class's mean.
        """
        shape = _Shape(means=self.means, basis=self.basis, variances=self.variances)
        return shape.distances(unit_rows(embeddings))

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return what belongs in the head's file beside `limit`."""
        return {
            "familiarity_means": self.means,
            "familiarity_basis": self.basis,
            "familiarity_variances": self.variances,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], limit: float) -> Self:
        """Read `arrays` again. Raises KeyError or ValueError when they do not fit."""
        means, basis = arrays["familiarity_means"], arrays["familiarity_basis"]
        variances = arrays["familiarity_variances"]
        if means.shape != (len(variances), len(basis)) or not means.size:
            raise ValueError("its familiarity arrays do not fit each other")
        if basis.shape != (len(basis), basis.size // len(basis)):
            raise ValueError("its familiarity basis is not a matrix")
        if not (0 < limit < np.inf and (variances > 0).all()):
            raise ValueError("its familiarity is not positive")
        return cls(means=means, basis=basis, variances=variances, limit=limit)


def fit_familiarity(
    rows: NDArray[np.float64], targets: NDArray[np.intp], limit: float
) -> Familiarity:
    """Fit on L2-normalised (n, d) rows and their class numbers (n,)."""
    shape = _shape(rows, targets, rows.shape[1])
    return Familiarity(
        means=shape.means.astype(np.float32),
        basis=shape.basis.astype(np.float32),
        variances=shape.variances.astype(np.float32),
        limit=limit,
    )


def held_out_distances(
    rows: NDArray[np.float64],
    targets: NDArray[np.intp],
    folds: NDArray[np.intp],
    dimension: int,
    views: NDArray[np.float64] | None = None,
    view_of: Sequence[int] | NDArray[np.intp] = (),
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distance of each row, (n,), from the rows of the other folds.

    And those of (m, r) views of some rows, (m,): of the m at the places `view_of`.
    rows may be coordinates in their own span, (n, r); `dimension` is the embedding's.
    A row of a negative fold is never held out: its distance is NaN.
    """
    own, of_views = np.full(len(rows), np.nan), np.full(len(view_of), np.nan)
    view_folds = folds[np.asarray(view_of, np.intp)]
    for fold in range(folds.max() + 1):
        held = folds == fold
        if held.any():
            shape = _shape(rows[~held], targets[~held], dimension)
            own[held] = shape.distances(rows[held])
            if views is not None:
                shown = view_folds == fold
                of_views[shown] = shape.distances(views[shown])
    return own, of_views


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Where the classes lie and how far they spread (see Familiarity)."""

    means: NDArray[np.floating]
    basis: NDArray[np.floating]
    variances: NDArray[np.floating]

    def distances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        basis, means = self.basis.astype(np.float64), self.means.astype(np.float64)
        known, known_means = rows @ basis, means @ basis
        nearest = np.full(len(rows), np.inf)
        for mean, known_mean, variance in zip(
            means, known_means, self.variances.tolist(), strict=True
        ):
            squares = ((rows - mean) ** 2).sum(axis=1)
            squares -= ((known - known_mean) ** 2).sum(axis=1)
            np.minimum(nearest, np.maximum(squares, 0) / variance, out=nearest)
        result: NDArray[np.float64] = np.sqrt(nearest)
        return result


def _shape(
    rows: NDArray[np.float64], targets: NDArray[np.intp], dimension: int
) -> _Shape:
    present, places = np.unique(targets, return_inverse=True)
    means = np.stack([rows[targets == number].mean(axis=0) for number in present])
    inside = rows - means[places]
    n, r = inside.shape
    spare = max(n - len(present), 1)  # each mean costs one degree of freedom
    gram = inside @ inside.T if n < r else inside.T @ inside
    values, vectors = np.linalg.eigh(gram / spare)
    keep = values > max(values[-1], np.finfo(float).tiny) * _SMALLEST_VARIANCE
    values, vectors = values[keep], vectors[:, keep]
    if n < r:
        vectors = inside.T @ (vectors / np.sqrt(values * spare))
    total = max(float(values.sum()), np.finfo(float).eps)
    # Covariance = (1 - a) S + a I total/d: its inverse is I/floor less a part within S.
    floor = SHRINKAGE * total / dimension
    discount = 1 - floor / (floor + (1 - SHRINKAGE) * values)
    own = np.bincount(places, weights=(inside**2).sum(axis=1))
    spare_own = np.maximum(np.bincount(places) - 1, 0)
    return _Shape(
        means=means,
        basis=vectors * np.sqrt(discount),
        variances=(own + COMMON_IMAGES * total) / (spare_own + COMMON_IMAGES),
    )


def familiarity_limit(
    distances: NDArray[np.float64], widened: float = 1.0
) -> float | None:
    """Return the distance that lets `KNOWN_KEPT` of the known pass.

    distances: (n,) of held-out images; None where they are too few. widened: by this
    factor (see `stretch`), besides what a few images cannot tell.
    """
    if len(distances) < FEWEST_IMAGES:
        return None
    widened *= 1 + FEW_IMAGES / len(distances)
    return float(np.quantile(distances, KNOWN_KEPT)) * widened


def stretch(plain: NDArray[np.float64], compressed: NDArray[np.float64]) -> float:
    """Return the factor, at least 1, by which compression moves images away.

    plain, compressed: (m,) held-out distances of the same images; NaN is left out. The
    median keeps a single odd picture from opening the gate.
    """
    known = np.isfinite(plain) & np.isfinite(compressed) & (plain > 0)
    if not known.any():
        return 1.0
    return max(1.0, float(np.median(compressed[known] / plain[known])))
