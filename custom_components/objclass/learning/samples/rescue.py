"""Beginning anew with what can still be read of a damaged file of samples.

Rows are believed no more than anything else that strangers wrote. Where they are lost,
their labels may be left in an index. Pictures stay where they are: those of which
nothing is left come back without a label. Embeddings and explanations are left behind:
nobody can tell whether an embedding is the one that was written, and they are made anew
of the pictures.

What was rescued is written as a whole beside what there is, and taken in use in steps
that go on where they were interrupted: at any moment the folder holds all of the old or
all of the new.
"""

import json
import re
import sqlite3
import time
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, NamedTuple

from ..files import sync, write_atomically
from .pages import Value, Values, read_entries, read_rows
from .pictures import Pictures, is_safe_id
from .sample import scores_in

ASIDE: Final = "damaged-*"  # folders of what was damaged
_RESCUED: Final = "rescued"
_SOURCES: Final = frozenset({"live", "collect", "history", "import"})
_LONGEST_NAME: Final = 1000
_INSERT: Final = "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_YEAR_9999: Final = 253_370_764_800.0  # seconds since the epoch
# Of a live look: Frigate's event, or the camera, and when the picture was taken.
_NAME_OF_LOOK: Final = re.compile(
    r"(?:(?P<event>\d+\.\d+-\w+)|(?P<camera>.+))-(?P<time>\d{1,10}\.\d{3})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What came back: crops with a label, without one, and with nothing but a picture.

    The damaged file is in the folder `aside`.
    """

    labelled: int
    unlabelled: int
    unknown: int
    aside: Path


class _Row(NamedTuple):
    """A row of `samples`, column by column."""

    id: str
    event_id: str | None
    camera: str
    time: float
    label: str | None
    decided_at: float | None
    source: str
    predicted: str | None
    score: float | None
    scores: str
    distance: float | None
    unfamiliar: int
    infrared: int | None


def rescue(
    path: Path, pictures: Pictures, tables: str, classes: Collection[str]
) -> Rescued:
    """Begin anew with what can be read of the damaged file, which must not be open.

    Only labels among these classes are believed. Raises OSError; then all is as it was,
    or goes on as soon as `take_in_use` can.
    """
    # What was rescued before is not to be taken for what is damaged.
    take_in_use(path)
    there = pictures.written_at()
    rows = [row for row in _readable(path, classes) if row.id in there]
    lost = there.keys() - {row.id for row in rows}
    labels = _labels(path, classes)
    rows = [*(_of_picture(name, there[name], labels.get(name)) for name in lost), *rows]
    content = _database(tables, rows)
    aside = Path(mkdtemp(prefix=time.strftime("damaged-%Y%m%d-"), dir=path.parent))
    try:
        sync(path.parent)
        write_atomically(aside / _RESCUED, content)
    except OSError:
        aside.rmdir()
        raise
    take_in_use(path)
    labelled = sum(row.label is not None for row in rows)
    unknown = len(lost - labels.keys())
    return Rescued(
        labelled=labelled,
        unlabelled=len(rows) - labelled - unknown,
        unknown=unknown,
        aside=aside,
    )


def take_in_use(path: Path) -> None:
    """Take what was rescued in use, also where that was interrupted. Raises OSError.

    To be called before the file is opened. SQLite would take the log of the damaged
    file for that of the new one, so everything old is moved away first.
    """
    for rescued in path.parent.glob(f"{ASIDE}/{_RESCUED}"):
        for old in path.parent.glob(f"{path.name}*"):
            old.rename(rescued.with_name(old.name))
        sync(rescued.parent)
        sync(path.parent)
        rescued.rename(path)
        sync(path.parent)


def _readable(path: Path, classes: Collection[str]) -> Iterable[_Row]:
    """Return the rows that make sense, as decided last, in the order of writing."""
    found: dict[str, tuple[float, int, _Row]] = {}
    with suppress(FileNotFoundError):
        for number, values in read_rows(path, len(_Row._fields)):
            if (row := _sound(values, classes)) is None:
                continue
            one = (row.decided_at or 0.0, number, row)
            found[row.id] = max(one, found.get(row.id, one), key=lambda item: item[:2])
    return [row for _, _, row in sorted(found.values(), key=lambda item: item[1])]


def _labels(path: Path, classes: Collection[str]) -> dict[str, str | None]:
    """Return the labels of crops as an index has them, where it leaves no doubt.

    It holds them a second time, in pages of its own, beside the times of the pictures.
    """
    found: dict[str, set[Value]] = {}
    with suppress(FileNotFoundError):
        for label, at, name, number in read_entries(path, 4):
            if (
                isinstance(name, str)
                and isinstance(at, int | float)
                and isinstance(number, int)
            ):
                found.setdefault(name, set()).add(label)
    known: dict[str, str | None] = {}
    for name, (label, *others) in found.items():
        if others:
            continue
        if label is None or (isinstance(label, str) and label in classes):
            known[name] = label
    return known


def _sound(values: Values, classes: Collection[str]) -> _Row | None:
    """Return the row of these values, unless there is something odd about any."""
    row: Any = _Row._make(values)
    sound = (
        _is_name(row.id)
        and is_safe_id(row.id)
        and (row.event_id is None or _is_name(row.event_id))
        and _is_name(row.camera)
        and _is_time(row.time)
        and (row.label is None or row.label in classes)
        and (row.decided_at is None or _is_time(row.decided_at))
        and row.source in _SOURCES
        and (row.predicted is None or _is_name(row.predicted))
        and _is_number_or_none(row.score)
        and _are_scores(row.scores)
        and _is_number_or_none(row.distance)
        and row.unfamiliar in (0, 1)
        and row.infrared in (None, 0, 1)
    )
    return row if sound else None


def _is_name(value: Value) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_NAME


def _is_number_or_none(value: Value) -> bool:
    return value is None or (isinstance(value, int | float) and isfinite(value))


def _is_time(value: Value) -> bool:
    return isinstance(value, int | float) and 0 <= value < _YEAR_9999


def _are_scores(text: Value) -> bool:
    try:
        return isinstance(text, str) and all(map(isfinite, scores_in(text).values()))
    except ValueError, TypeError, OverflowError, RecursionError:
        return False


def _of_picture(sample_id: str, written_at: float, label: str | None) -> _Row:
    """Return what a picture tells by itself.

    Without a label, as if one had been taken away: it may have had one, and is not to
    make room for new crops like those that nobody has ever looked at.
    """
    told = _NAME_OF_LOOK.fullmatch(sample_id)
    taken_at = float(told["time"]) if told else written_at
    return _Row(
        id=sample_id,
        event_id=told["event"] if told else None,
        camera=(told and told["camera"]) or "",
        time=taken_at if _is_time(taken_at) else 0.0,
        label=label,
        decided_at=time.time(),
        source="live" if told else "import",
        predicted=None,
        score=None,
        scores=json.dumps({}),
        distance=None,
        unfamiliar=0,
        infrared=None,
    )


def _database(tables: str, rows: Iterable[_Row]) -> bytes:
    """Return a file of SQLite's with these tables and samples."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(tables)
        with db:
            db.executemany(_INSERT, rows)
        return db.serialize()
