"""What a calibration error is worth where few pictures are judged.

Of 30 answers whose scores are perfectly honest, chance alone makes a calibration error
of several percent. So it stands beside that of such scores, and beside that of the
answers of all seeds put together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from learning.evaluation import calibration_error
from numpy.typing import NDArray

DRAWS: Final = 200
_SEED: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """The scores, (n,), of the classes that were named, and which were right, (n,)."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]


def honest_error(scores: NDArray[np.float64]) -> float:
    """Return the calibration error that perfectly honest scores would show.

    Each answer is right with the probability, independent of the others, that its score
    claims: the mean of 200 draws, the same at each call.
    """
    random = np.random.default_rng(_SEED)
    return fmean(
        calibration_error(scores, random.random(len(scores)) < scores)
        for _ in range(DRAWS)
    )


def honesty_of(seeds: Sequence[Answers]) -> dict[str, float]:
    """Return what stands beside `ece`, the mean error of the seeds of one task.

    `ece_honest`: what honest scores would show in its place; `ece_together`: the error
    of the answers of all seeds put together; `ece_together_honest`: of honest ones.
    """
    scores = np.concatenate([seed.scores for seed in seeds])
    right = np.concatenate([seed.right for seed in seeds])
    return {
        "ece_honest": fmean(honest_error(seed.scores) for seed in seeds),
        "ece_together": calibration_error(scores, right),
        "ece_together_honest": honest_error(scores),
    }
