"""Choosing samples: those unlike each other, and those whose labels teach most."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .head import Prediction
from .vectors import unit_rows

# Of a sample that the head is sure of: it still says what else there is.
_LEAST_WEIGHT = 0.02
_UNFAMILIAR_WEIGHT = 0.5  # added for a stranger, however sure the head is of it
# A distance is multiplied by the weight to the power of this; see benchmarks/README.md.
_DOUBT_IN_DISTANCE = 0.25


def most_diverse(
    embeddings: Sequence[NDArray[np.float32]],
    count: int,
    labelled: Sequence[NDArray[np.float32]] = (),
    predictions: Sequence[Prediction] = (),
) -> list[int]:
    """Return the places of up to `count` embeddings, each far from those before it.

    embeddings: n of shape (d,); labelled: what has a label already, to be far from too;
    predictions: what the head says of each, none before the first training.

    Greedy farthest-point selection on the cosine distance (Gonzalez 1985), starting
    with the first if nothing is labelled: the same input gives the same choice. What
    the head is unsure of counts as a little farther away. Unlike `most_instructive` it
    prefers what is rare, which is what examples are gathered for
    (`scripts/benchmark collect`).
    """
    if not len(embeddings) or count < 1:
        return []
    rows = unit_rows(np.stack(embeddings))
    doubt = np.ones(len(rows))
    if predictions:
        doubt = _weights(predictions) ** _DOUBT_IN_DISTANCE
    chosen: list[int] = []
    far = np.full(len(rows), 2.0)
    if len(labelled):
        far = 1 - (rows @ unit_rows(np.stack(labelled)).T).max(axis=1)
    while len(chosen) < min(count, len(rows)):
        far[chosen] = -np.inf
        chosen.append(int((doubt * far).argmax()))
        far = np.minimum(far, 1 - rows @ rows[chosen[-1]])
    return chosen


def most_instructive(
    embeddings: NDArray[np.float32],
    count: int,
    *,
    labelled: NDArray[np.float32] | None = None,
    predictions: Sequence[Prediction] = (),
    groups: Sequence[str] = (),
) -> list[int]:
    """Return the places of up to `count` unlabelled samples, the best to label first.

    embeddings: (m, d), unlabelled. labelled: (l, d), what has a label already.
    predictions: what the head says of each unlabelled sample; none before the first
    training. groups: the event of each; a second one of an event comes after all
    events. Takes m * m * 8 bytes.

    A label also tells about the samples that look alike. So the next sample is always
    the one that brings the greatest part of what is uncertain (entropy) or unfamiliar
    nearer to a label: the greedy solution of weighted facility location, which finds
    samples that are uncertain, typical of others, and unlike each other all at once.
    """
    if not len(embeddings) or count < 1:
        return []
    rows = unit_rows(embeddings)
    center = rows.mean(axis=0)
    rows = unit_rows(rows - center)
    alike = np.maximum(rows @ rows.T, 0)
    covered = np.zeros(len(rows))
    if labelled is not None and len(labelled):
        known = unit_rows(unit_rows(labelled) - center)
        covered = np.maximum((rows @ known.T).max(axis=1), 0)
    weights = _weights(predictions) if predictions else np.ones(len(rows))
    events = np.unique(list(groups) or range(len(rows)), return_inverse=True)[1]
    chosen: list[int] = []
    taken = np.zeros(len(rows), np.intp)  # how many of its event are chosen
    for _ in range(min(count, len(rows))):
        gains = weights @ np.maximum(alike - covered[:, None], 0)
        gains[chosen] = -np.inf
        left = np.setdiff1d(np.arange(len(rows)), chosen)
        gains[taken > taken[left].min()] = -np.inf
        best = int(gains.argmax())
        chosen.append(best)
        taken[events == events[best]] += 1
        covered = np.maximum(covered, alike[:, best])
    return chosen


def _weights(predictions: Sequence[Prediction]) -> NDArray[np.float64]:
    """Return how much there is to learn about each sample: 0.02 to 1.52."""
    scores = np.array([list(item.scores.values()) for item in predictions])
    surprise = -(scores * np.log(np.maximum(scores, 1e-12))).sum(axis=1)
    strange = np.array([item.unfamiliar for item in predictions])
    result: NDArray[np.float64] = (
        surprise / np.log(scores.shape[1])
        + _UNFAMILIAR_WEIGHT * strange
        + _LEAST_WEIGHT
    )
    return result
