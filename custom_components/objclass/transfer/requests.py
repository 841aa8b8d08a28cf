"""What the actions and the websocket commands ask for: an import or an export."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..api import async_frigate_failed
from ..classifier import Classifier
from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from ..frigate.errors import FrigateError
from ..learning.model_head import PIXEL_RANGES
from .exporting import async_export, async_export_url
from .importing import async_import
from .importing_model import async_import_model
from .sources import (
    Source,
    async_frigate_source,
    async_open_path,
    async_open_upload,
)

ATTR_ADD_CLASSES: Final = "add_classes"
ATTR_FILE: Final = "file"
ATTR_FRIGATE_MODEL: Final = "frigate_model"
ATTR_PATH: Final = "path"
ATTR_PIXEL_RANGE: Final = "pixel_range"

_SOURCES: Final = frozenset({ATTR_FILE, ATTR_PATH, ATTR_FRIGATE_MODEL})
IMPORT_FIELDS: Final[Mapping[Any, Any]] = {
    **{vol.Optional(name): cv.string for name in _SOURCES},
    vol.Optional(ATTR_ADD_CLASSES, default=False): cv.boolean,
    vol.Optional(ATTR_PIXEL_RANGE, default="minus_one_to_one"): vol.In(PIXEL_RANGES),
}


async def async_run_import(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Bring labelled pictures in, or a whole model; `data` is as IMPORT_FIELDS say."""
    # A field of a form that was cleared is an empty text.
    if sum(bool(data.get(source)) for source in _SOURCES) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="import_without_source"
        )
    if model := data.get(ATTR_FRIGATE_MODEL):
        try:
            source = await async_frigate_source(entry, model)
            return await _async_import_pictures(hass, entry, classifier, source, data)
        except FrigateError as err:
            raise async_frigate_failed(hass, entry, err) from err
    async with (
        async_open_upload(hass, data[ATTR_FILE])
        if data.get(ATTR_FILE)
        else async_open_path(hass, data[ATTR_PATH])
    ) as files:
        if not files.contents.models or files.contents.pictures:
            return await _async_import_pictures(
                hass, entry, classifier, files.source, data
            )
        imported = await async_import_model(
            hass,
            entry,
            classifier,
            files,
            pixel_range=data[ATTR_PIXEL_RANGE],
            add_classes=data[ATTR_ADD_CLASSES],
        )
    return {
        "classes": {**imported.classes},
        "classes_added": list(imported.classes_added),
        "classes_without_label": list(imported.classes_without_label),
        "judged": asdict(imported.judged) if imported.judged else None,
    }


async def _async_import_pictures(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    source: Source,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    imported = await async_import(
        hass, entry, classifier, source, add_classes=data[ATTR_ADD_CLASSES]
    )
    return {
        "images": dict(imported.images),
        "known": imported.known,
        "unusable": imported.unusable,
        "classes_added": list(imported.classes_added),
    }


async def async_run_export(
    hass: HomeAssistant, classifier: Classifier
) -> dict[str, Any]:
    """Write a trained classifier as a model that Frigate can run."""
    exported = await async_export(classifier)
    return {
        "url": async_export_url(hass, classifier),
        "folder": str(exported.folder),
        "classes": list(exported.head.classes),
        "threshold": classifier.settings.threshold,
        "temperature": exported.head.temperature,
    }
