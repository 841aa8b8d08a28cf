"""Which samples to label first, and which to keep for it."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .head import Head
from .samples import SampleStore
from .selection import most_diverse, most_instructive

# The effort grows with the square of the candidates: some hundredths of a second for
# these. The others follow by how uncertain they are.
_CANDIDATES: Final = 160
_NAMED: Final = 40


def most_useful(store: SampleStore, backbone: str, head: Head | None) -> list[str]:
    """Return the ids of the unlabelled samples that are best labelled first.

    Chosen among the newest ones whose embedding is known; what is labelled already, the
    newest again, is taken into account.
    """
    candidates = {
        sample.id: (sample, vector)
        for sample in store.find(labelled=False, limit=_CANDIDATES)
        if (vector := store.embedding(sample.id, backbone)) is not None
    }
    if not candidates:
        return []
    known = _newest_labelled(store, backbone)
    ids = list(candidates)
    vectors = [vector for _, vector in candidates.values()]
    chosen = most_instructive(
        np.stack(vectors),
        _NAMED,
        labelled=np.stack(known) if known else None,
        predictions=[head.predict(vector) for vector in vectors] if head else (),
        groups=[sample.event_id or name for name, (sample, _) in candidates.items()],
    )
    return [ids[place] for place in chosen]


def most_unlike(
    embeddings: Sequence[NDArray[np.float32]],
    count: int,
    store: SampleStore,
    backbone: str,
    head: Head | None,
) -> list[int]:
    """Return the places of up to `count` new embeddings whose samples are to be kept.

    They are unlike each other and unlike what is labelled, the newest of it. The
    embeddings, (d,) each, are of that backbone; a head of another one is not asked.
    """
    if head is not None and head.backbone != backbone:
        head = None
    return most_diverse(
        embeddings,
        count,
        _newest_labelled(store, backbone),
        [head.predict(vector) for vector in embeddings] if head else (),
    )


def _newest_labelled(store: SampleStore, backbone: str) -> list[NDArray[np.float32]]:
    """Return the embeddings of the newest labelled samples, (d,) each."""
    return [
        vector
        for sample in store.find(labelled=True, limit=_CANDIDATES)
        if (vector := store.embedding(sample.id, backbone)) is not None
    ]
