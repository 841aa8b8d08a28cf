"""Stores of samples to test with, and what must be true of every one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from custom_components.objclass.learning.samples import SampleStore
from custom_components.objclass.learning.samples.sample import Sample

DIMENSION = 8


def sample(sample_id: str, time: float = 1.0, **more: object) -> Sample:
    return Sample(
        id=sample_id, time=time, **{"event_id": None, "camera": "yard"} | more
    )


def jpeg(sample_id: str) -> bytes:
    """Make bytes that tell one crop from another; a store never looks into them."""
    return b"\xff\xd8" + sample_id.encode() * 500


def vector(number: float) -> NDArray[np.float32]:
    return np.full(DIMENSION, number, np.float32)


def add(store: SampleStore, sample_id: str, time: float = 1.0, **more: object) -> None:
    assert store.add(sample(sample_id, time, **more), jpeg(sample_id))


def ids(store: SampleStore, **conditions: object) -> list[str]:
    return [one.id for one in store.find(**conditions)]


@contextmanager
def opened(folder: Path) -> Iterator[SampleStore]:
    """Open a store as after a restart."""
    store = SampleStore(folder)
    try:
        yield store
    finally:
        store.close()


def assert_whole(store: SampleStore, folder: Path) -> None:
    """Check that every row has its whole picture, and that there is nothing else."""
    found = store.find(limit=-1)
    for one in found:
        assert store.picture_path(one.id).read_bytes() == jpeg(one.id)
    assert sorted(path.name for path in (folder / "crops").iterdir()) == sorted(
        f"{one.id}.jpg" for one in found
    )
