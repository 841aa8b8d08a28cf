"""A run, and a result, as people and programs get to see them."""

from typing import Any

from homeassistant.core import HomeAssistant

from ..data import ObjclassConfigEntry
from .found import Found
from .run import Run
from .table import FORMATS, async_table_url


async def async_described(
    hass: HomeAssistant, entry: ObjclassConfigEntry, run: Run
) -> dict[str, Any]:
    """Return what there is to know of a run; the addresses are good for an hour."""
    history = entry.runtime_data.need_frigate().history
    counts = await history.async_counts(run)
    return {
        "id": run.id,
        "entry_id": entry.entry_id,
        "job": run.job.as_dict(),
        "phase": run.phase,
        "status": run.status,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "error": run.error,
        "total": counts.total,
        "done": counts.done,
        "broken": counts.broken,
        "seconds_left": history.seconds_left(run),
        "classes": counts.classes,
        "to_tell": counts.to_tell,
        "told": counts.told,
    } | {name: async_table_url(hass, entry, run, name) for name in FORMATS}


def described_result(found: Found) -> dict[str, Any]:
    """Return a result as JSON knows it."""
    return {
        "event_id": found.event_id,
        "classifier_id": found.classifier_id,
        "camera": found.camera,
        "label": found.label,
        "time": found.time,
        "outcome": found.outcome,
        "class": found.class_name,
        "likeliest": found.likeliest,
        "score": found.score,
        "unfamiliar": found.unfamiliar,
        "sample_id": found.sample_id,
        "told": found.told,
    }
