"""Kept crops: looking through them, labelling and deleting them."""

import json
from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..classifier import Classifier, ObjectClassifier
from ..const import DOMAIN
from ..learning.evaluation import DoubtfulLabel
from ..learning.likeness import count_alike
from ..learning.samples import SampleStore
from ..learning.samples.outcomes import KeptOutcome
from ..learning.samples.sample import Sample
from ..learning.samples.search import Position
from ..search import ORDERS, async_search
from ..views import async_crop_url
from .command import Call, classifier_command

MOST_AT_ONCE: Final = 1000
MOST_ON_A_PAGE: Final = 200
# SQLite has no larger whole numbers.
_LARGEST: Final = 1 << 63
_SHARE: Final = vol.All(vol.Any(int, float), vol.Range(min=0, max=1))
_FILTER: Final = {
    vol.Optional("labelled"): vol.Any(None, bool),
    vol.Optional("label"): vol.Any(None, str),
    vol.Optional("predicted"): vol.Any(None, str),
    vol.Optional("called"): vol.Any(None, str),
    vol.Optional("recognised"): vol.Any(None, str),
    vol.Optional("camera"): vol.Any(None, str),
    vol.Optional("event_id"): vol.Any(None, str),
    vol.Optional("source"): vol.Any(None, str),
    vol.Optional("min_score"): vol.Any(None, _SHARE),
    vol.Optional("max_score"): vol.Any(None, _SHARE),
    vol.Optional("infrared"): vol.Any(None, bool),
    vol.Optional("unfamiliar"): vol.Any(None, bool),
}
_IDS: Final = {
    vol.Required("sample_ids"): vol.All([str], vol.Length(min=1, max=MOST_AT_ONCE))
}


async def _async_samples(call: Call) -> dict[str, Any]:
    """Return a page of samples."""
    order, data = call.data["order"], call.data
    conditions: Any = {**data["filter"]}
    search = await async_search(
        call.classifier,
        conditions,
        order,
        recognised=conditions.pop("recognised", None),
        further=data.get("cursor") is not None,
    )
    samples = call.classifier.samples
    page = await samples.async_files(
        samples.store.page,
        search,
        _position(order, data.get("cursor")),
        data["limit"],
    )
    outcomes = await samples.async_files(
        samples.store.outcomes,
        {sample.event_id for sample in page.samples if sample.event_id},
    )
    doubts = _doubts(call.classifier)
    return {
        "samples": [
            _described(
                call.hass,
                call.classifier,
                sample,
                outcome=outcomes.get(sample.event_id or ""),
                doubt=doubts.get(sample.id),
            )
            for sample in page.samples
        ],
        "cursor": None if page.end is None else json.dumps([order, *page.end]),
        "total": page.total,
    }


async def _async_sample(call: Call) -> dict[str, Any]:
    """Return a sample, and why its event was called what it was called."""
    classifier, sample_id = call.classifier, call.data["sample_id"]
    samples = classifier.samples
    sample = await samples.async_files(samples.store.get, sample_id)
    if sample is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_samples",
            translation_placeholders={"classifier": classifier.settings.name},
        )
    outcome = None
    if sample.event_id:
        kept = await samples.async_files(samples.store.outcomes, [sample.event_id])
        outcome = kept.get(sample.event_id)
        if outcome is None and isinstance(classifier, ObjectClassifier):
            # It may still be in view.
            pipeline = call.entry.runtime_data.need_frigate().pipeline
            outcome = pipeline.outcome_so_far(classifier, sample.event_id)
    return {
        "sample": _described(
            call.hass,
            classifier,
            sample,
            outcome=outcome,
            doubt=_doubts(classifier).get(sample.id),
        ),
        **_why(outcome),
    }


async def _async_addresses(call: Call) -> dict[str, Any]:
    """Return the addresses of pictures anew, for a page that is open for long."""
    return {
        sample_id: _addresses(call.hass, call.classifier, sample_id)
        for sample_id in call.data["sample_ids"]
    }


async def _async_label(call: Call) -> dict[str, Any]:
    """Label samples; tell what they were labelled, and how many are near copies."""
    samples, backbone = call.classifier.samples, call.classifier.backbone.identity
    before = await samples.async_label(call.data["sample_ids"], call.data["class"])
    alike = 0
    if len(before) > 1:
        alike = await samples.async_files(
            _count_alike, samples.store, list(before), backbone
        )
    return {
        "changed": before,
        "labelled": dict(samples.labelled),
        "near_copies": alike,
    }


async def _async_delete(call: Call) -> dict[str, Any]:
    """Remove samples for good."""
    samples = call.classifier.samples
    return {"deleted": await samples.async_delete(call.data["sample_ids"])}


def _count_alike(store: SampleStore, sample_ids: list[str], backbone: str) -> int:
    embeddings = [store.embedding(sample_id, backbone) for sample_id in sample_ids]
    return count_alike([vector for vector in embeddings if vector is not None])


def _position(order: str, cursor: str | None) -> Position | None:
    """Read a cursor; it has to be one of this order."""
    if cursor is None:
        return None
    try:
        name, *keys = json.loads(cursor)
    except ValueError, TypeError, RecursionError:
        name, keys = None, []
    if name != order or not all(map(_is_key, keys)):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="bad_cursor"
        )
    return tuple(keys)


def _is_key(value: object) -> bool:
    """Return whether it is something that SQLite can compare with."""
    match value:
        case int() | float():
            return abs(value) < _LARGEST
        case str():
            return value.encode(errors="ignore").decode() == value
    return False


def _doubts(classifier: Classifier) -> Mapping[str, DoubtfulLabel]:
    if (report := classifier.trainings.report) is None:
        return {}
    return {doubt.sample: doubt for doubt in report.doubtful_labels}


def _described(
    hass: HomeAssistant,
    classifier: Classifier,
    sample: Sample,
    *,
    outcome: KeptOutcome | None,
    doubt: DoubtfulLabel | None,
) -> dict[str, Any]:
    """Return all that is shown of a sample; its addresses are good for an hour."""
    predicted = sample.predicted
    return {
        "id": sample.id,
        "event_id": sample.event_id,
        "camera": sample.camera,
        "time": sample.time,
        "source": sample.source,
        "label": sample.label,
        "predicted": predicted,
        "score": None if predicted is None else sample.scores[predicted],
        "scores": dict(sample.scores),
        "distance": sample.distance,
        "unfamiliar": sample.unfamiliar,
        "infrared": sample.infrared,
        "outcome": outcome.outcome if outcome else None,
        "outcome_class": outcome.verdict.class_name if outcome else None,
        # One that was labelled anew since is no longer doubtful.
        "doubt": {"class": doubt.suggestion, "score": doubt.score}
        if doubt and doubt.label == sample.label
        else None,
        **_addresses(hass, classifier, sample.id),
    }


def _addresses(
    hass: HomeAssistant, classifier: Classifier, sample_id: str
) -> dict[str, str]:
    return {
        "thumb": async_crop_url(hass, classifier.id, sample_id, "thumb"),
        "image": async_crop_url(hass, classifier.id, sample_id),
    }


def _why(outcome: KeptOutcome | None) -> dict[str, Any]:
    if outcome is None:
        return {"attempts": None, "votes": None, "rule": None}
    verdict = outcome.verdict
    return {
        "attempts": [
            {
                "class": tried.attempt.class_name,
                "score": tried.attempt.score,
                "frame_time": tried.attempt.frame_time,
                "counts": tried.counts,
                "unfamiliar": tried.attempt.unfamiliar,
            }
            for tried in outcome.attempts
        ],
        "votes": dict(verdict.votes),
        "rule": {
            "key": verdict.rule,
            "placeholders": dict(verdict.figures),
            "text": verdict.reason,
        },
    }


COMMANDS = (
    classifier_command(
        "samples",
        _async_samples,
        {
            vol.Optional("filter", default=dict): _FILTER,
            vol.Optional("order", default="newest"): vol.In(ORDERS),
            vol.Optional("limit", default=60): vol.All(
                int, vol.Range(min=1, max=MOST_ON_A_PAGE)
            ),
            vol.Optional("cursor"): vol.Any(None, str),
        },
    ),
    classifier_command("sample", _async_sample, {vol.Required("sample_id"): str}),
    classifier_command(
        "addresses",
        _async_addresses,
        {
            vol.Required("sample_ids"): vol.All(
                [str], vol.Length(min=1, max=MOST_ON_A_PAGE)
            )
        },
    ),
    classifier_command(
        "label",
        _async_label,
        {**_IDS, vol.Required("class"): vol.Any(None, str)},
        admin=True,
    ),
    classifier_command("delete", _async_delete, _IDS, admin=True),
)
