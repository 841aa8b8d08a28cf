"""Thousands of kept crops, as years leave them."""

from dataclasses import replace
from itertools import cycle
from pathlib import Path

from custom_components.objclass.learning.samples import SampleStore

PER_EVENT = 4
SECONDS_APART = 60.0


def add_many(folder: Path, count: int) -> None:
    """Add so many copies of the samples in a classifier's folder, each older.

    Four of them are of one event, and nobody has labelled them. Nobody else may have
    the folder open.
    """
    store = SampleStore(folder)
    try:
        known = store.find(limit=200)
        pictures = [store.pictures.read(sample.id) for sample in known]
        oldest = known[-1].time
        copies = zip(range(count), cycle(zip(known, pictures, strict=True)))
        for number, (sample, jpeg) in copies:
            copy = replace(
                sample,
                id=f"many-{number}",
                event_id=f"many-{number // PER_EVENT}",
                time=oldest - SECONDS_APART * (number + 1),
                source="collect",  # live ones are pruned
                label=None,
            )
            store.add(copy, jpeg)
    finally:
        store.close()
