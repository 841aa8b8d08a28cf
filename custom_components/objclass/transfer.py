"""Actions that take a classifier out, and labelled pictures in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import voluptuous as vol
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv

from .const import DOMAIN
from .data import ObjclassConfigEntry
from .exporting import async_export, async_export_url
from .frigate.errors import FrigateError
from .importing import Source, async_files_source, async_frigate_source, async_import
from .lookup import resolve_classifier

ATTR_ADD_CLASSES: Final = "add_classes"
ATTR_CLASSIFIER: Final = "classifier"
ATTR_FRIGATE_MODEL: Final = "frigate_model"
ATTR_PATH: Final = "path"

EXPORT_SCHEMA: Final = vol.Schema({vol.Required(ATTR_CLASSIFIER): cv.string})
IMPORT_SCHEMA: Final = vol.All(
    vol.Schema(
        {
            vol.Required(ATTR_CLASSIFIER): cv.string,
            vol.Exclusive(ATTR_PATH, "source"): cv.string,
            vol.Exclusive(ATTR_FRIGATE_MODEL, "source"): cv.string,
            vol.Optional(ATTR_ADD_CLASSES, default=False): cv.boolean,
        }
    ),
    cv.has_at_least_one_key(ATTR_PATH, ATTR_FRIGATE_MODEL),
)


async def async_export_action(call: ServiceCall) -> ServiceResponse:
    """Write a trained classifier as a model that Frigate can run."""
    _, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    exported = await async_export(classifier)
    return {
        "url": async_export_url(call.hass, classifier),
        "folder": str(exported.folder),
        "classes": list(exported.head.classes),
        "threshold": classifier.settings.rules.threshold,
        "temperature": exported.head.temperature,
    }


async def async_import_action(call: ServiceCall) -> ServiceResponse:
    """Bring labelled pictures in."""
    entry, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    async with _async_source(call, entry) as source:
        imported = await async_import(
            call.hass,
            entry,
            classifier,
            source,
            add_classes=call.data[ATTR_ADD_CLASSES],
        )
    return {
        "images": dict(imported.images),
        "known": imported.known,
        "unusable": imported.unusable,
        "classes_added": list(imported.classes_added),
    }


@asynccontextmanager
async def _async_source(
    call: ServiceCall, entry: ObjclassConfigEntry
) -> AsyncIterator[Source]:
    if path := call.data.get(ATTR_PATH):
        async with async_files_source(call.hass, path) as source:
            yield source
        return
    try:
        yield await async_frigate_source(entry, call.data[ATTR_FRIGATE_MODEL])
    except FrigateError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="frigate_failed",
            translation_placeholders={"error": str(err)},
        ) from err
