"""What is known of a kept crop, and of many of them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .search import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A crop kept on disk, labelled or not.

    `id` is a safe file name, unique in its classifier. `time` is when the picture
    was taken, in seconds since the epoch. `scores` are the attempt's, by class; empty
    when there was no trained head yet. `unfamiliar`: that head found it unlike all that
    was labelled. `infrared` is None where nobody has looked. `source` is `live`,
    `collect`, `history` or `import`.
    """

    id: str
    event_id: str | None
    camera: str
    time: float
    source: str = "live"
    label: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    distance: float | None = None
    unfamiliar: bool = False
    infrared: bool | None = None

    @property
    def predicted(self) -> str | None:
        """The class with the highest score, if there are any."""
        return max(self.scores, key=self.scores.__getitem__, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOutline:
    """What is needed of a sample to put it in its place among all of them.

    `class_name` is its label, else what it was taken for; None without either. `time`
    is in seconds since the epoch.
    """

    id: str
    class_name: str | None
    camera: str
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """Some of the samples that were looked for; `end` is None on the last page."""

    samples: Sequence[Sample]
    end: Position | None
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """The labelled samples of one class."""

    images: int
    events: int
    infrared: int


def sample_of(row: sqlite3.Row) -> Sample:
    """Return the sample in a row of `samples`. Raises ValueError or TypeError."""
    return Sample(
        id=row["id"],
        event_id=row["event_id"],
        camera=row["camera"],
        time=row["time"],
        source=row["source"],
        label=row["label"],
        scores=scores_in(row["scores"]),
        distance=row["distance"],
        unfamiliar=bool(row["unfamiliar"]),
        infrared=None if row["infrared"] is None else bool(row["infrared"]),
    )


def scores_in(text: str) -> dict[str, float]:
    """Read what `json.dumps` wrote of scores. Raises ValueError or TypeError."""
    scores = json.loads(text)
    if not isinstance(scores, dict):
        raise TypeError("scores that are none")
    return {name: float(score) for name, score in scores.items()}
