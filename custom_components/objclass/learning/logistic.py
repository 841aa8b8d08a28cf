"""Multinomial logistic regression, many problems at once, in NumPy.

Cross-validation fits the same rows again and again with some of them left out. Here a
fold is a row of sample weights (0 = left out), and all folds are solved together by one
batched L-BFGS: every matrix product then serves all folds, which is what makes training
a matter of milliseconds.

The minimised function, for each fold b, is

    sum_i s[b, i] * cross_entropy(i) + penalty / 2 * |W|^2        (sum_i s[b, i] = 1)

with unpenalised biases: scikit-learn's `LogisticRegression(C=1 / penalty)` when its
`sample_weight` is s[b] (of two classes it keeps one row of weights: C=2 / penalty).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Integers = NDArray[np.intp]

_HISTORY = 8  # pairs kept by L-BFGS
_MOST_STEPS = 300
_SMALLEST_VARIANCE = 1e-9  # of the largest: directions below it are rounding noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The rows of a matrix in the coordinates of their principal components.

    A penalised linear model never leaves the span of its samples, so with fewer samples
    than dimensions nothing is lost and much time is won. The components also make the
    curvature nearly diagonal, which is the solver's preconditioner.
    """

    center: Floats  # (d,)
    basis: Floats  # (d, r), orthonormal columns
    rows: Floats  # (n, r): the given rows in these coordinates
    variance: Floats  # (r,): mean square of each coordinate

    def project(self, rows: NDArray[np.floating]) -> Floats:
        """Bring other (m, d) rows into these (m, r) coordinates."""
        return (rows.astype(np.float64) - self.center) @ self.basis

    def project_with_rest(self, rows: NDArray[np.floating]) -> Floats:
        """Bring (m, d) rows into (m, r + 1) coordinates that keep every distance.

        The last one is how far a row lies outside this span: 0 for the span's own rows.
        """
        inside = self.project(rows)
        squares = ((rows - self.center) ** 2).sum(axis=1) - (inside**2).sum(axis=1)
        return np.column_stack([inside, np.sqrt(np.maximum(squares, 0))])

    def restore(self, weights: Floats, bias: Floats) -> tuple[Floats, Floats]:
        """Turn a model of the coordinates, (r, k) and (k,), into one of the rows."""
        full = self.basis @ weights
        return full, bias - self.center @ full


def span_of(rows: NDArray[np.floating]) -> Span:
    """Find the principal components of (n, d) rows, through the smaller Gram matrix."""
    matrix = rows.astype(np.float64)
    center = matrix.mean(axis=0)
    matrix -= center
    n, d = matrix.shape
    gram = matrix @ matrix.T if n < d else matrix.T @ matrix
    values, vectors = np.linalg.eigh(gram)
    keep = values > max(values[-1], np.finfo(np.float64).tiny) * _SMALLEST_VARIANCE
    values, vectors = values[keep][::-1], vectors[:, keep][:, ::-1]
    if n < d:
        coordinates = vectors * np.sqrt(values)
        basis = matrix.T @ (vectors / np.sqrt(values))
    else:
        coordinates = matrix @ vectors
        basis = vectors
    return Span(center=center, basis=basis, rows=coordinates, variance=values / n)


def fit(
    span: Span,
    targets: Floats,
    sample_weights: Floats,
    penalty: float,
    *,
    start: Floats | None = None,
    tolerance: float = 1e-4,
) -> Floats:
    """Solve one problem per row of `sample_weights`.

    targets: (n, k), one probability distribution per row. sample_weights: (b, n), each
    row summing to 1. start: an earlier answer to begin from. tolerance: the largest
    gradient component allowed at the end. Returns (b, r + 1, k): weights, then biases.
    """
    problem = _Problem(span, targets, sample_weights, penalty)
    weights = problem.zeros() if start is None else start
    value, gradient = problem.evaluate(weights)
    history: list[tuple[Floats, Floats, Floats]] = []
    for _ in range(_MOST_STEPS):
        if np.abs(gradient).max() <= tolerance:
            break
        direction = -_inverse_curvature(gradient, history, problem.preconditioner)
        moved = problem.descend(weights, value, gradient, direction)
        if moved is None:
            # At the limit of float64: there is no lower point to be found.
            break
        new_weights, value, new_gradient = moved
        step, change = new_weights - weights, new_gradient - gradient
        curvature = np.maximum(_dot(step, change), np.finfo(np.float64).tiny)
        history = [*history[1 - _HISTORY :], (step, change, curvature)]
        weights, gradient = new_weights, new_gradient
    return weights


def apply(weights: Floats, rows: Floats) -> Floats:
    """Return the logits, (b, m, k), of (m, r) rows under (b, r + 1, k) weights."""
    return rows @ weights[:, :-1] + weights[:, -1:]


class _Problem:
    """The function, its gradient and its preconditioner."""

    def __init__(
        self, span: Span, targets: Floats, sample_weights: Floats, penalty: float
    ) -> None:
        self._rows = np.hstack([span.rows, np.ones((len(span.rows), 1))])
        self._targets = targets
        self._sample_weights = sample_weights[:, :, None]
        self._penalties = np.append(np.full(span.rows.shape[1], penalty), 0.0)[:, None]
        # Boehning's bound of the softmax curvature is half the rows' second moment.
        moments = np.append(span.variance, 1.0)[:, None]
        self.preconditioner = 1.0 / (0.5 * moments + self._penalties)

    def zeros(self) -> Floats:
        shape = (len(self._sample_weights), self._rows.shape[1], self._targets.shape[1])
        return np.zeros(shape)

    def evaluate(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return the values, (b,), and the gradients, (b, r + 1, k)."""
        logits = self._rows @ weights
        logits -= logits.max(axis=2, keepdims=True)
        exponentials = np.exp(logits)
        sums = exponentials.sum(axis=2, keepdims=True)
        losses = np.log(sums[:, :, 0]) - (logits * self._targets).sum(axis=2)
        residual = (exponentials / sums - self._targets) * self._sample_weights
        penalised = self._penalties * weights
        values = (losses * self._sample_weights[:, :, 0]).sum(axis=1)
        values += 0.5 * _dot(penalised, weights)[:, 0, 0]
        return values, self._rows.T @ residual + penalised

    def descend(
        self, weights: Floats, value: Floats, gradient: Floats, direction: Floats
    ) -> tuple[Floats, Floats, Floats] | None:
        """Step along `direction`, each problem halving its step until it descends."""
        slope = _dot(gradient, direction)[:, 0, 0]
        steps = np.ones_like(value)
        for _ in range(30):
            candidate = weights + steps[:, None, None] * direction
            new_value, new_gradient = self.evaluate(candidate)
            allowed = value + 1e-4 * steps * slope + 1e-15 * np.abs(value)
            uphill = new_value > allowed
            if not uphill.any():
                return candidate, new_value, new_gradient
            steps[uphill] *= 0.5
        return None


def _dot(left: Floats, right: Floats) -> Floats:
    """Return the inner product of each problem, shaped (b, 1, 1)."""
    result: Floats = np.einsum("bij,bij->b", left, right)[:, None, None]
    return result


def _inverse_curvature(
    gradient: Floats,
    history: list[tuple[Floats, Floats, Floats]],
    preconditioner: Floats,
) -> Floats:
    """Multiply by L-BFGS's estimate of the inverse Hessian (Nocedal's two loops)."""
    result = gradient.copy()
    factors: list[Floats] = []
    for step, change, curvature in reversed(history):
        factor = _dot(step, result) / curvature
        result -= factor * change
        factors.append(factor)
    result *= preconditioner
    for (step, change, curvature), factor in zip(
        history, reversed(factors), strict=True
    ):
        result += (factor - _dot(change, result) / curvature) * step
    return result
