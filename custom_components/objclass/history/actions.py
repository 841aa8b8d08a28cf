"""Actions: classify a range of the past, and say how it is to go on."""

from typing import Final

import voluptuous as vol
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import ATTR_CLASSIFIER, DOMAIN
from ..data import ObjclassConfigEntry
from ..lookup import resolve_classifier
from .asking import FIELDS, job_of
from .describing import async_described
from .history import History
from .run import Run
from .runs import all_runs

ATTR_COMMAND: Final = "command"
ATTR_RUN: Final = "run"

COMMANDS: Final = {
    "pause": History.async_pause,
    "resume": History.async_resume,
    "cancel": History.async_cancel,
    "apply": History.async_apply,
}
CLASSIFY_HISTORY_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_CLASSIFIER): vol.All(
            cv.ensure_list, [cv.string], vol.Length(min=1)
        ),
        **FIELDS,
    }
)
HISTORY_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_RUN): cv.string,
        vol.Optional(ATTR_COMMAND): vol.In(COMMANDS),
    }
)


async def async_classify_history_action(call: ServiceCall) -> ServiceResponse:
    """Start a run; it goes on by itself."""
    found = [resolve_classifier(call.hass, one) for one in call.data[ATTR_CLASSIFIER]]
    entry = found[0][0]
    if any(other is not entry for other, _ in found):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="history_two_frigates"
        )
    job = job_of(entry, [classifier.id for _, classifier in found], call.data)
    run = await entry.runtime_data.need_frigate().history.async_start(job)
    return await async_described(call.hass, entry, run)


async def async_history_action(call: ServiceCall) -> ServiceResponse:
    """Return how far a run is, after telling it what to do."""
    entry, run = _run_of(call.hass, call.data.get(ATTR_RUN))
    if command := call.data.get(ATTR_COMMAND):
        run = await COMMANDS[command](entry.runtime_data.need_frigate().history, run.id)
    return await async_described(call.hass, entry, run)


def _run_of(hass: HomeAssistant, run_id: str | None) -> tuple[ObjclassConfigEntry, Run]:
    """Return the run of that id, else the newest of all."""
    runs = [pair for pair in all_runs(hass) if run_id in (None, pair[1].id)]
    if not runs:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="history_unknown"
        )
    return max(runs, key=lambda pair: pair[1].started_at)
