"""How many pictures are nearly the same: many of them teach no more than one."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .vectors import unit_rows

# Cosine of two embeddings. A crop that is moved or scaled by 5 % has 0.96 to 0.99 with
# itself; of photos of different animals, of one kind or not, none has more than 0.85.
ALIKE: Final = 0.95


def count_alike(embeddings: Sequence[NDArray[np.float32]]) -> int:
    """Return how many of n embeddings, shape (d,), are nearly those of another one."""
    if not embeddings:
        return 0
    rows = unit_rows(np.stack(embeddings))
    alike = rows @ rows.T >= ALIKE
    np.fill_diagonal(alike, val=False)
    return int(alike.any(axis=1).sum())
