"""Actions that take a classifier out, and labelled pictures or a model in."""

from typing import Final

import voluptuous as vol
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from ..const import ATTR_CLASSIFIER
from ..lookup import resolve_classifier
from .requests import IMPORT_FIELDS, async_run_export, async_run_import

EXPORT_SCHEMA: Final = vol.Schema({vol.Required(ATTR_CLASSIFIER): cv.string})
IMPORT_SCHEMA: Final = vol.Schema(
    {vol.Required(ATTR_CLASSIFIER): cv.string, **IMPORT_FIELDS}
)


async def async_export_action(call: ServiceCall) -> ServiceResponse:
    """Write a trained classifier as a model that Frigate can run."""
    _, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    return await async_run_export(call.hass, classifier)


async def async_import_action(call: ServiceCall) -> ServiceResponse:
    """Bring labelled pictures in, or a whole model."""
    entry, classifier = resolve_classifier(call.hass, call.data[ATTR_CLASSIFIER])
    return await async_run_import(call.hass, entry, classifier, call.data)
