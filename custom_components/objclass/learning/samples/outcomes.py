"""How an event ended for one classifier, and why: kept as long as a crop of it is."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from ..consensus import Attempt, Outcome, Tried, Verdict

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outcomes (
    event_id TEXT PRIMARY KEY,
    outcome TEXT NOT NULL,
    verdict TEXT NOT NULL,
    attempts TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS outcome_of_kept_crops AFTER DELETE ON samples BEGIN
    DELETE FROM outcomes WHERE event_id = OLD.event_id
    AND NOT EXISTS (SELECT 1 FROM samples WHERE event_id = OLD.event_id);
END;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOutcome:
    """What was said of an event in the end, and the attempts that led to it.

    `outcome` is None as long as the object is in view, which is never written down.
    """

    event_id: str
    outcome: Outcome | None
    verdict: Verdict
    attempts: tuple[Tried, ...] = ()


def put(db: sqlite3.Connection, kept: KeptOutcome) -> None:
    """Write an outcome down, if there is a crop of that event."""
    db.execute(
        "INSERT OR REPLACE INTO outcomes SELECT ?, ?, ?, ? "
        "WHERE EXISTS (SELECT 1 FROM samples WHERE event_id = ?)",
        (
            kept.event_id,
            kept.outcome,
            json.dumps(_values(kept.verdict)),
            json.dumps(
                [[_values(tried.attempt), tried.counts] for tried in kept.attempts]
            ),
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
        outcome=Outcome(row["outcome"]),
        verdict=Verdict(**json.loads(row["verdict"])),
        attempts=tuple(
            Tried(attempt=Attempt(**values), counts=counts)
            for values, counts in json.loads(row["attempts"])
        ),
    )


def _values(record: Attempt | Verdict) -> dict[str, Any]:
    """Return the fields by name; `dataclasses.asdict` cannot copy a Counter."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
