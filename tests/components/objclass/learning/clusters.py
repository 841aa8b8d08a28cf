"""Made-up embeddings of known truth: a cluster per class, a wobble per event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DIMENSION = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Embeddings, float32 (n, d), with the label and the event of each."""

    embeddings: NDArray[np.float32]
    labels: list[str]
    groups: list[str]

    @property
    def classes(self) -> list[str]:
        return sorted(set(self.labels))


def images(
    events: Mapping[str, int] | Sequence[str],
    *,
    per_event: int = 2,
    spread: float = 1.0,
    seed: int = 0,
) -> Images:
    """Make `per_event` near copies of each class's events.

    `spread` is how far events of one class lie apart, in units of the distance between
    classes. The classes' places depend on their names only, so that images made with
    another seed are of the same kinds.
    """
    if not isinstance(events, Mapping):
        events = dict.fromkeys(events, 10)
    random = np.random.default_rng(seed)
    rows, labels, groups = [], [], []
    for name, count in events.items():
        center = np.random.default_rng(list(name.encode())).normal(size=DIMENSION)
        for number in range(count):
            place = center + spread * random.normal(size=DIMENSION)
            for _ in range(per_event):
                rows.append(place + 0.2 * random.normal(size=DIMENSION))
                labels.append(name)
                groups.append(f"{name}-{seed}-{number}")
    embeddings = np.maximum(np.stack(rows) + 2, 0).astype(np.float32)
    return Images(embeddings=embeddings, labels=labels, groups=groups)
