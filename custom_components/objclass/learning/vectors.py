"""The two formulas that every part of the head shares."""

import numpy as np
from numpy.typing import NDArray


def unit_rows(embeddings: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scale (n, d) embeddings to length 1, in float64; an all-zero row stays zero."""
    rows = embeddings.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    result: NDArray[np.float64] = rows / np.maximum(lengths, np.finfo(np.float64).tiny)
    return result


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return result
