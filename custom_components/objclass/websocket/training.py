"""Training, gathering examples, and how good the trainings are."""

from typing import Any, Final

import voluptuous as vol

from ..collecting.collect import async_collect
from ..learning.heads import KeptHead
from .command import Call, classifier_command

_NUMBER: Final = vol.All(int, vol.Range(min=1))


async def _async_train(call: Call) -> dict[str, Any]:
    """Train, and wait until it is done."""
    trained = await call.classifier.trainings.async_train()
    return {
        "report": trained.kept.report.as_dict(),
        "number": trained.kept.number,
        "skipped": trained.skipped,
        "worse": trained.worse,
        "taken": trained.taken,
        "seconds": trained.seconds,
    }


async def _async_collect(call: Call) -> dict[str, Any]:
    """Gather examples from Frigate's past objects."""
    collected = await async_collect(
        call.hass,
        call.entry,
        call.classifier,
        count=call.data["count"],
        cameras=call.data["cameras"],
        days=call.data.get("days"),
    )
    return {
        "sample_ids": [sample.id for sample in collected.samples],
        "unusable": collected.unusable,
    }


async def _async_report(call: Call) -> dict[str, Any]:
    """Return the report of a training, of the one in use unless asked for another."""
    history = await call.classifier.trainings.async_history()
    current = call.classifier.trainings.current
    number = call.data.get("number") or (current.number if current else None)
    wanted = [kept for kept in history if kept.number == number]
    return {
        "report": wanted[0].report.as_dict() if wanted else None,
        "history": [
            _training(kept, current=kept.number == call.classifier.trainings.in_use)
            for kept in history
        ],
    }


async def _async_rollback(call: Call) -> None:
    """Put an older training in use again."""
    await call.classifier.trainings.async_use(call.data["number"])


def _training(kept: KeptHead, *, current: bool) -> dict[str, Any]:
    return {
        "number": kept.number,
        "trained_at": kept.trained_at.isoformat(),
        "accuracy": kept.report.accuracy,
        "balanced_accuracy": kept.report.balanced_accuracy,
        "images": kept.report.images,
        "current": current,
    }


COMMANDS = (
    classifier_command("train", _async_train, admin=True),
    classifier_command(
        "collect",
        _async_collect,
        {
            vol.Optional("count", default=24): vol.All(int, vol.Range(min=1, max=200)),
            vol.Optional("cameras", default=list): [str],
            vol.Optional("days"): vol.Any(
                None, vol.All(vol.Any(int, float), vol.Range(min=0))
            ),
        },
        admin=True,
    ),
    classifier_command(
        "report", _async_report, {vol.Optional("number"): vol.Any(None, _NUMBER)}
    ),
    classifier_command(
        "rollback", _async_rollback, {vol.Required("number"): _NUMBER}, admin=True
    ),
)
