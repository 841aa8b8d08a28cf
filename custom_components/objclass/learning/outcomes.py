"""How an event ended for one classifier, and why: kept as long as a crop of it is."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outcomes (
    event_id TEXT PRIMARY KEY,
    outcome TEXT NOT NULL,
    class TEXT,
    score REAL NOT NULL,
    votes TEXT NOT NULL,
    rule TEXT NOT NULL,
    figures TEXT NOT NULL,
    attempts TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS outcome_of_kept_crops AFTER DELETE ON samples BEGIN
    DELETE FROM outcomes WHERE event_id = OLD.event_id
    AND NOT EXISTS (SELECT 1 FROM samples WHERE event_id = OLD.event_id);
END;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAttempt:
    """One look at the object; `counts` is whether it took part in the vote."""

    class_name: str
    score: float
    frame_time: float
    counts: bool
    unfamiliar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOutcome:
    """The one final outcome of an event, and what led to it.

    `outcome` is `assigned`, `none` or `undecided`. `rule` names what decided, with the
    `figures` that it was decided by (see `consensus.Verdict`).
    """

    event_id: str
    outcome: str
    class_name: str | None
    score: float
    votes: Mapping[str, int] = field(default_factory=dict)
    rule: str
    figures: Mapping[str, float] = field(default_factory=dict)
    attempts: tuple[KeptAttempt, ...] = ()


def put(db: sqlite3.Connection, kept: KeptOutcome) -> None:
    """Write an outcome down, if there is a crop of that event."""
    db.execute(
        "INSERT OR REPLACE INTO outcomes SELECT ?, ?, ?, ?, ?, ?, ?, ? "
        "WHERE EXISTS (SELECT 1 FROM samples WHERE event_id = ?)",
        (
            kept.event_id,
            kept.outcome,
            kept.class_name,
            kept.score,
            json.dumps(dict(kept.votes)),
            kept.rule,
            json.dumps(dict(kept.figures)),
            json.dumps([_as_list(attempt) for attempt in kept.attempts]),
            kept.event_id,
        ),
    )


def read(db: sqlite3.Connection, event_ids: Sequence[str]) -> dict[str, KeptOutcome]:
    """Return the outcomes that are known, by event id."""
    rows = db.execute(
        "SELECT outcomes.* FROM json_each(?) JOIN outcomes ON event_id = value",
        (json.dumps(list(event_ids)),),
    )
    return {row["event_id"]: _outcome(row) for row in rows}


def _outcome(row: sqlite3.Row) -> KeptOutcome:
    return KeptOutcome(
        event_id=row["event_id"],
        outcome=row["outcome"],
        class_name=row["class"],
        score=row["score"],
        votes=json.loads(row["votes"]),
        rule=row["rule"],
        figures=json.loads(row["figures"]),
        attempts=tuple(_attempt(*item) for item in json.loads(row["attempts"])),
    )


def _as_list(attempt: KeptAttempt) -> list[Any]:
    return [
        attempt.class_name,
        attempt.score,
        attempt.frame_time,
        attempt.counts,
        attempt.unfamiliar,
    ]


def _attempt(
    class_name: str, score: float, frame_time: float, counts: bool, unfamiliar: bool
) -> KeptAttempt:
    return KeptAttempt(
        class_name=class_name,
        score=score,
        frame_time=frame_time,
        counts=counts,
        unfamiliar=unfamiliar,
    )
