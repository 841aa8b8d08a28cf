"""Bringing pictures and models in, and taking a classifier out."""

from typing import Any

from ..transfer.requests import IMPORT_FIELDS, async_run_export, async_run_import
from .command import Call, classifier_command


async def _async_import(call: Call) -> dict[str, Any]:
    """Import; answer when it is done."""
    return await async_run_import(call.hass, call.entry, call.classifier, call.data)


async def _async_export(call: Call) -> dict[str, Any]:
    """Export; answer with the address to download it at."""
    return await async_run_export(call.hass, call.classifier)


COMMANDS = (
    classifier_command("import", _async_import, IMPORT_FIELDS, admin=True),
    classifier_command("export", _async_export, admin=True),
)
