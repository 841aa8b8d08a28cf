"""Creating a classifier, and changing its classes and its threshold.

All of it runs the same dialogue as the settings page, so that the same rules apply and
the same settings come out.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
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
from ..classifier_flow import UNLABEL
from ..const import (
    CONF_CLASSES,
    CONF_KIND,
    CONF_THRESHOLD,
    DOMAIN,
    KIND_SUB_LABEL,
    SECTION_FILTER,
    SECTION_RULES,
    SUBENTRY_CLASSIFIER,
)
from ..data import ObjclassConfigEntry
from ..learning.consensus import NONE
from .command import Call, classifier_command, command

_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_KIND: KIND_SUB_LABEL,
    SECTION_FILTER: {},
    SECTION_RULES: {},
}


async def _async_create(
    hass: HomeAssistant, _connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Add a classifier; answer when it is running."""
    entry: ObjclassConfigEntry | None = hass.config_entries.async_get_entry(
        msg["entry_id"]
    )
    if entry is None or entry.domain != DOMAIN:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="entry_unknown"
        )
    before = set(entry.subentries)
    await _async_run_flow(
        hass,
        entry,
        SubentryFlowContext(source=SOURCE_USER),
        {**_DEFAULTS, **msg["data"]},
        {},
    )
    (created,) = set(entry.subentries) - before
    return {"classifier_id": created}


async def _async_add_class(call: Call) -> None:
    name = _clean(call.data["class"])
    if name in call.classifier.settings.all_classes:
        raise _refused(CONF_CLASSES, "class_twice")
    await async_add_classes(call.hass, call.entry, call.classifier, [name])


async def async_add_classes(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    names: Iterable[str],
) -> None:
    """Give a classifier more classes; afterwards it is a new object."""
    call = Call(hass=hass, entry=entry, classifier=classifier, data={})
    await _async_change_classes(call, [*classifier.settings.classes, *names], {})


async def _async_rename_class(call: Call) -> None:
    """Rename a class; to the name of another one, or `none`, merges it into that."""
    old, new = _known(call, call.data["old"]), _clean(call.data["new"])
    classes = call.classifier.settings.classes
    if new == old:
        return
    if new in call.classifier.settings.all_classes:
        renamed = [name for name in classes if name != old]
    else:
        renamed = [new if name == old else name for name in classes]
    await _async_change_classes(call, renamed, {old: new})


async def _async_remove_class(call: Call) -> None:
    """Remove a class; its samples go to another one, or keep no label."""
    gone, target = _known(call, call.data["class"]), call.data["move_to"]
    classes = [name for name in call.classifier.settings.classes if name != gone]
    if target is not None and target not in (*classes, NONE):
        raise _unknown_class(call, target)
    await _async_change_classes(
        call, classes, {gone: UNLABEL if target is None else target}
    )


async def _async_set_threshold(call: Call) -> None:
    data = _settings(call)
    rules = {**data.get(SECTION_RULES, {}), CONF_THRESHOLD: call.data["threshold"]}
    await _async_reconfigure(call, {**data, SECTION_RULES: rules}, {})


async def _async_change_classes(
    call: Call, classes: list[str], moves: Mapping[str, str]
) -> None:
    await _async_reconfigure(call, {**_settings(call), CONF_CLASSES: classes}, moves)


async def _async_reconfigure(
    call: Call, data: Mapping[str, Any], moves: Mapping[str, str]
) -> None:
    await _async_run_flow(
        call.hass,
        call.entry,
        SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=call.classifier.id),
        {**_DEFAULTS, **data},
        moves,
    )


async def _async_run_flow(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    context: SubentryFlowContext,
    data: Mapping[str, Any],
    moves: Mapping[str, str],
) -> None:
    """Fill in the dialogue, and wait until the classifier runs with what it says."""
    flows = hass.config_entries.subentries
    flow = await flows.async_init(
        (entry.entry_id, SUBENTRY_CLASSIFIER), context=context
    )
    try:
        step = await flows.async_configure(flow["flow_id"], dict(data))
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
        raise _refused(field, reason, step.get("description_placeholders") or {})
    # The entry is being loaded anew.
    async with entry.setup_lock:
        pass


def _fields(step: SubentryFlowResult) -> Iterable[Any]:
    schema = step["data_schema"]
    return () if schema is None else schema.schema


def _refused(
    field: str, reason: str, placeholders: Mapping[str, str] = MappingProxyType({})
) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=f"refused_{reason}",
        translation_placeholders={**placeholders, "field": field},
    )


def _clean(class_name: str) -> str:
    """Return a name without surplus spaces; the dialogue leaves out empty ones."""
    if clean := " ".join(class_name.split()):
        return clean
    raise _refused(CONF_CLASSES, "class_name")


def _settings(call: Call) -> dict[str, Any]:
    return dict(call.entry.subentries[call.classifier.id].data)


def _known(call: Call, class_name: str) -> str:
    if class_name not in call.classifier.settings.classes:
        raise _unknown_class(call, class_name)
    return class_name


def _unknown_class(call: Call, class_name: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="unknown_class",
        translation_placeholders={
            "class": class_name,
            "classes": ", ".join(call.classifier.settings.classes),
        },
    )


COMMANDS = (
    command(
        "create",
        _async_create,
        {vol.Required("entry_id"): str, vol.Required("data"): dict},
        admin=True,
    ),
    classifier_command(
        "add_class", _async_add_class, {vol.Required("class"): str}, admin=True
    ),
    classifier_command(
        "rename_class",
        _async_rename_class,
        {vol.Required("old"): str, vol.Required("new"): str},
        admin=True,
    ),
    classifier_command(
        "remove_class",
        _async_remove_class,
        {
            vol.Required("class"): str,
            vol.Optional("move_to", default=None): vol.Any(None, str),
        },
        admin=True,
    ),
    classifier_command(
        "set_threshold",
        _async_set_threshold,
        {
            vol.Required("threshold"): vol.All(
                vol.Any(int, float), vol.Range(min=0, max=1)
            )
        },
        admin=True,
    ),
)
