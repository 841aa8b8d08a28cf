"""Creating a classifier, and changing its classes and its threshold."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..const import (
    CONF_CLASSES,
    CONF_THRESHOLD,
    DOMAIN,
    SECTION_RULES,
    SUBENTRY_CLASSIFIER,
    SUBENTRY_FRAME,
)
from ..flow.classifier import UNLABEL
from ..flow.dialogue import async_add_classes, async_create, async_reconfigure, refused
from ..lookup import loaded_entry
from .command import Call, classifier_command, command


async def _async_create(
    hass: HomeAssistant, _connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Add a classifier; answer when it is running."""
    entry = loaded_entry(hass, msg["entry_id"])
    return {"classifier_id": await async_create(hass, entry, msg["kind"], msg["data"])}


async def _async_add_class(call: Call) -> None:
    name = _clean(call.data["class"])
    if name in call.classifier.settings.all_classes:
        raise refused(CONF_CLASSES, "class_twice")
    await async_add_classes(call.hass, call.entry, call.classifier, [name])


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
    if target is not None and target not in {*call.classifier.settings.all_classes} - {
        gone
    }:
        raise _unknown_class(call, target)
    await _async_change_classes(
        call, classes, {gone: UNLABEL if target is None else target}
    )


async def _async_set_threshold(call: Call) -> None:
    data = call.entry.subentries[call.classifier.id].data
    rules = {**data.get(SECTION_RULES, {}), CONF_THRESHOLD: call.data["threshold"]}
    await async_reconfigure(
        call.hass, call.entry, call.classifier, {SECTION_RULES: rules}
    )


async def _async_change_classes(
    call: Call, classes: list[str], moves: Mapping[str, str]
) -> None:
    await async_reconfigure(
        call.hass, call.entry, call.classifier, {CONF_CLASSES: classes}, moves
    )


def _clean(class_name: str) -> str:
    """Return a name without surplus spaces; the dialogue leaves out empty ones."""
    if clean := " ".join(class_name.split()):
        return clean
    raise refused(CONF_CLASSES, "class_name")


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
        {
            vol.Required("entry_id"): str,
            vol.Optional("kind", default=SUBENTRY_CLASSIFIER): vol.In(
                (SUBENTRY_CLASSIFIER, SUBENTRY_FRAME)
            ),
            vol.Required("data"): dict,
        },
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
