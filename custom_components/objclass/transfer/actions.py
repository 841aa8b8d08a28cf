"""Actions that take a classifier out, and labelled pictures in."""

from typing import Final

import voluptuous as vol
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..frigate.errors import FrigateError
from ..learning.model_head import PIXEL_RANGES
from ..lookup import resolve_classifier
from .exporting import async_export, async_export_url
from .importing import (
    Files,
    Source,
    async_frigate_source,
    async_import,
    async_open_files,
)
from .importing_model import async_import_model

ATTR_ADD_CLASSES: Final = "add_classes"
ATTR_CLASSIFIER: Final = "classifier"
ATTR_FRIGATE_MODEL: Final = "frigate_model"
ATTR_PATH: Final = "path"
ATTR_PIXEL_RANGE: Final = "pixel_range"

EXPORT_SCHEMA: Final = vol.Schema({vol.Required(ATTR_CLASSIFIER): cv.string})
IMPORT_SCHEMA: Final = vol.All(
    vol.Schema(
        {
            vol.Required(ATTR_CLASSIFIER): cv.string,
            vol.Exclusive(ATTR_PATH, "source"): cv.string,
            vol.Exclusive(ATTR_FRIGATE_MODEL, "source"): cv.string,
            vol.Optional(ATTR_ADD_CLASSES, default=False): cv.boolean,
            vol.Optional(ATTR_PIXEL_RANGE, default="minus_one_to_one"): vol.In(
                PIXEL_RANGES
            ),
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
    """Bring labelled pictures in, or a whole model."""
    if model := call.data.get(ATTR_FRIGATE_MODEL):
        return await _async_import_from_frigate(call, model)
    async with async_open_files(call.hass, call.data[ATTR_PATH]) as files:
        if files.contents.models and not files.contents.pictures:
            return await _async_import_model(call, files)
        return await _async_import_pictures(call, files.source)


async def _async_import_from_frigate(call: ServiceCall, model: str) -> ServiceResponse:
    entry, _ = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    try:
        source = await async_frigate_source(entry, model)
        return await _async_import_pictures(call, source)
    except FrigateError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="frigate_failed",
            translation_placeholders={"error": str(err)},
        ) from err


async def _async_import_pictures(call: ServiceCall, source: Source) -> ServiceResponse:
    entry, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
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


async def _async_import_model(call: ServiceCall, files: Files) -> ServiceResponse:
    entry, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    imported = await async_import_model(
        call.hass,
        entry,
        classifier,
        files,
        pixel_range=call.data[ATTR_PIXEL_RANGE],
        add_classes=call.data[ATTR_ADD_CLASSES],
    )
    return {
        "classes": {**imported.classes},
        "classes_added": list(imported.classes_added),
        "classes_without_label": list(imported.classes_without_label),
    }
