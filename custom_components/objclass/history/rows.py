"""How runs, their objects and their results are written down in the file, and read."""

import json
import sqlite3
from dataclasses import asdict
from typing import Any

from ..frigate.messages import SubLabel
from ..frigate.models import StoredEvent
from ..learning.consensus import Outcome
from .found import Found
from .run import Job, PastFrame, Phase, Run, Status


def row_of_run(run: Run) -> tuple[Any, ...]:
    """Return the columns of a run."""
    return (
        run.id,
        json.dumps(run.job.as_dict()),
        run.started_at,
        run.phase,
        run.status,
        run.listed_to,
        run.ended_at,
        run.error,
    )


def run_of(row: sqlite3.Row) -> Run:
    """Return the run in a row."""
    return Run(
        id=row["id"],
        job=Job.from_dict(json.loads(row["job"])),
        started_at=row["started_at"],
        phase=Phase(row["phase"]),
        status=Status(row["status"]),
        listed_to=row["listed_to"],
        ended_at=row["ended_at"],
        error=row["error"],
    )


def text_of(past: StoredEvent | PastFrame) -> str:
    """Write an object, or a moment, down as JSON."""
    return json.dumps(asdict(past))


def past_of(text: str) -> StoredEvent | PastFrame:
    """Return the object, or the moment, that `text_of` has written down."""
    data: dict[str, Any] = json.loads(text)
    if "id" not in data:
        return PastFrame(**data)
    sub_label, attributes = data["sub_label"], data["model_attributes"]
    return StoredEvent(
        **data
        | {
            "sub_label": sub_label and SubLabel(**sub_label),
            "model_attributes": {
                name: SubLabel(**said) for name, said in attributes.items()
            },
            "zones": tuple(data["zones"]),
            "box": data["box"] and tuple(data["box"]),
        }
    )


def row_of_result(run_id: str, found: Found) -> tuple[Any, ...]:
    """Return the columns of a result."""
    return (
        run_id,
        found.event_id,
        found.classifier_id,
        found.outcome,
        found.class_name,
        found.likeliest,
        found.score,
        found.unfamiliar,
        found.sample_id,
        found.told,
    )


def result_of(row: sqlite3.Row) -> Found:
    """Return the result in a row, which has the columns of its object too."""
    return Found(
        event_id=row["event_id"],
        classifier_id=row["classifier_id"],
        camera=row["camera"],
        label=row["label"],
        time=row["time"],
        outcome=Outcome(row["outcome"]),
        class_name=row["class"],
        likeliest=row["likeliest"],
        score=row["score"],
        unfamiliar=bool(row["unfamiliar"]),
        sample_id=row["sample_id"],
        told=row["told"],
    )
