"""Choosing samples by how unlike each other they are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .vectors import unit_rows


def most_diverse(embeddings: Sequence[NDArray[np.float32]], count: int) -> list[int]:
    """Return the places of up to `count` embeddings, each far from those before it.

    embeddings: n of shape (d,). Greedy farthest-point selection on the cosine distance
    (Gonzalez 1985), starting with the first: the same input gives the same choice.
    """
    if not len(embeddings) or count < 1:
        return []
    rows = unit_rows(np.stack(embeddings))
    chosen = [0]
    nearest = rows @ rows[0]
    while len(chosen) < min(count, len(rows)):
        nearest[chosen] = np.inf
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, rows @ rows[chosen[-1]])
    return chosen
