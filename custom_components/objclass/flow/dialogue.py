"""Filling in the dialogue of a classifier for somebody: the panel, or an import.

The same rules apply and the same settings come out as on the settings page.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.exceptions import ServiceValidationError

from ..classifier import Classifier
from ..const import (
    CONF_CLASSES,
    CONF_INTERVAL,
    CONF_KIND,
    CONF_PARTS,
    DOMAIN,
    KIND_SUB_LABEL,
    SECTION_CONDITION,
    SECTION_FILTER,
    SECTION_ON,
    SECTION_RULES,
    SECTION_WHEN,
    SUBENTRY_CLASSIFIER,
    SUBENTRY_FRAME,
)
from ..data import ObjclassConfigEntry
from ..settings import DEFAULT_INTERVAL
from .classifier import UNLABEL
from .frame import part_fields, part_text

_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    SUBENTRY_CLASSIFIER: {
        CONF_KIND: KIND_SUB_LABEL,
        SECTION_CONDITION: {},
        SECTION_FILTER: {},
        SECTION_RULES: {},
    },
    SUBENTRY_FRAME: {
        SECTION_WHEN: {CONF_INTERVAL: DEFAULT_INTERVAL},
        SECTION_ON: {},
        SECTION_RULES: {},
    },
}


async def async_create(
    hass: HomeAssistant, entry: ObjclassConfigEntry, kind: str, data: Mapping[str, Any]
) -> str:
    """Add a classifier; return its id when it is running.

    `kind` is the type of the subentry. Raises ServiceValidationError for a kind that
    this entry cannot have.
    """
    if kind not in entry.supported_subentry_types:
        entry.runtime_data.need_frigate()
    context = SubentryFlowContext(source=SOURCE_USER)
    created = await _async_run_flow(hass, entry, kind, context, data, {})
    # Names are unique, and others may be added at the same time.
    return next(
        subentry.subentry_id
        for subentry in entry.subentries.values()
        if subentry.title == created["title"]
    )


async def async_reconfigure(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    changes: Mapping[str, Any],
    moves: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Change settings of a classifier; afterwards it is a new object.

    `moves` says what becomes of the samples of classes that go.
    """
    subentry = entry.subentries[classifier.id]
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=classifier.id)
    data = {**subentry.data, **changes}
    await _async_run_flow(hass, entry, subentry.subentry_type, context, data, moves)


async def async_add_classes(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    names: Iterable[str],
) -> None:
    """Give a classifier more classes; afterwards it is a new object."""
    classes = [*classifier.settings.classes, *names]
    await async_reconfigure(hass, entry, classifier, {CONF_CLASSES: classes})


async def _async_run_flow(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    kind: str,
    context: SubentryFlowContext,
    data: Mapping[str, Any],
    moves: Mapping[str, str],
) -> SubentryFlowResult:
    """Fill in the dialogue, and wait until the classifier runs with what it says."""
    flows = hass.config_entries.subentries
    # Adding takes nothing but the form; changing takes what becomes of classes.
    flow = await flows.async_init(
        (entry.entry_id, kind), context=context, data=moves or None
    )
    filled_in = {**_DEFAULTS[kind], **data}
    parts = filled_in.pop(CONF_PARTS, {})
    try:
        step = await flows.async_configure(flow["flow_id"], filled_in)
        if step.get("step_id") == "parts":
            step = await flows.async_configure(
                flow["flow_id"],
                {
                    field: part_text(parts[camera])
                    for camera, field in part_fields(hass, entry, filled_in).items()
                    if camera in parts
                },
            )
        if step.get("step_id") == "moves" and not step.get("errors"):
            asked = {str(key) for key in _fields(step)}
            step = await flows.async_configure(
                flow["flow_id"], {name: moves.get(name, UNLABEL) for name in asked}
            )
    finally:
        # It is still there when it had something to ask or to refuse.
        with suppress(UnknownFlow):
            flows.async_abort(flow["flow_id"])
    if step["type"] is FlowResultType.FORM:
        # The first of what the dialogue has found wrong.
        field, reason = next(iter((step["errors"] or {}).items()))
        raise refused(field, reason, step.get("description_placeholders") or {})
    # The entry is being loaded anew.
    async with entry.setup_lock:
        pass
    return step


def _fields(step: SubentryFlowResult) -> Iterable[Any]:
    schema = step["data_schema"]
    return () if schema is None else schema.schema


def refused(
    field: str, reason: str, placeholders: Mapping[str, str] = MappingProxyType({})
) -> ServiceValidationError:
    """Return an error with the words that the dialogue has for it."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=f"refused_{reason}",
        translation_placeholders={**placeholders, "field": field},
    )
