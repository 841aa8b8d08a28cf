"""From what a person asks for, in an action or in the panel, to a job."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import voluptuous as vol
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..const import ATTR_CAMERAS, ATTR_DAYS, DOMAIN
from ..data import ObjclassConfigEntry
from .run import DEFAULT_PER_SECOND, DEFAULT_STEP, Job

ATTR_AFTER: Final = "after"
ATTR_APPLY: Final = "apply"
ATTR_BEFORE: Final = "before"
ATTR_CONFIDENCE: Final = "confidence"
ATTR_LABELS: Final = "labels"
ATTR_PER_SECOND: Final = "per_second"
ATTR_STEP: Final = "step"
ATTR_ZONES: Final = "zones"

_LISTS: Final = (ATTR_CAMERAS, ATTR_LABELS, ATTR_ZONES)
_NAMES: Final = vol.All(cv.ensure_list, [cv.string])
_DAY: Final = 86400.0
# Seconds since the epoch, or written out.
_MOMENT: Final = vol.Any(float, int, cv.datetime)
FIELDS: Final = {
    vol.Optional(ATTR_AFTER): _MOMENT,
    vol.Optional(ATTR_BEFORE): _MOMENT,
    vol.Optional(ATTR_DAYS): vol.All(vol.Coerce(float), vol.Range(0, 3650)),
    **{vol.Optional(key, default=list): _NAMES for key in _LISTS},
    vol.Optional(ATTR_CONFIDENCE): vol.Any(
        None, vol.All(vol.Coerce(float), vol.Range(0, 1))
    ),
    vol.Optional(ATTR_PER_SECOND, default=DEFAULT_PER_SECOND): vol.All(
        vol.Coerce(float), vol.Range(0.1, 50)
    ),
    vol.Optional(ATTR_STEP, default=DEFAULT_STEP): vol.All(
        vol.Coerce(float), vol.Range(1, 86400)
    ),
    vol.Optional(ATTR_APPLY, default=False): cv.boolean,
}


def job_of(
    entry: ObjclassConfigEntry, classifiers: Sequence[str], data: Mapping[str, Any]
) -> Job:
    """Return the job for classifiers (by id) and the fields of FIELDS.

    Raises ServiceValidationError for a time or a name that cannot be meant.
    """
    _check_names(entry, data)
    now = dt_util.utcnow().timestamp()
    before = _timestamp(data, ATTR_BEFORE)
    after = _timestamp(data, ATTR_AFTER)
    before = now if before is None else min(before, now)
    if after is None:
        if ATTR_DAYS not in data:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="history_no_start"
            )
        after = before - data[ATTR_DAYS] * _DAY
    if after >= before:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="history_nothing_between"
        )
    return Job(
        classifiers=tuple(dict.fromkeys(classifiers)),
        after=after,
        before=before,
        cameras=tuple(data[ATTR_CAMERAS]),
        labels=tuple(data[ATTR_LABELS]),
        zones=tuple(data[ATTR_ZONES]),
        confidence=data.get(ATTR_CONFIDENCE),
        per_second=data[ATTR_PER_SECOND],
        step=data[ATTR_STEP],
        apply=data[ATTR_APPLY],
    )


def _timestamp(data: Mapping[str, Any], key: str) -> float | None:
    """Return seconds since the epoch; a time without a zone is local."""
    moment: datetime | float | None = data.get(key)
    if isinstance(moment, datetime):
        return dt_util.as_utc(moment).timestamp()
    return moment


def _check_names(entry: ObjclassConfigEntry, data: Mapping[str, Any]) -> None:
    frigate = entry.runtime_data.need_frigate().config
    cameras = frigate.cameras.values()
    known = {
        ATTR_CAMERAS: [camera.name for camera in cameras],
        ATTR_LABELS: frigate.labels,
        ATTR_ZONES: sorted({zone for camera in cameras for zone in camera.zones}),
    }
    for key in _LISTS:
        if unknown := [name for name in data[key] if name not in known[key]]:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="history_unknown_names",
                translation_placeholders={
                    "unknown": ", ".join(unknown),
                    "known": ", ".join(known[key]) or "-",
                },
            )
