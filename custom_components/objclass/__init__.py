"""Object Classifier: train your own image classifiers for what your cameras see.

A message comes in from Frigate, a picture is fetched, cropped and turned into 1280
numbers once; every classifier that cares looks at those numbers; attempts on one object
are weighed until they agree; the agreed class is shown in Home Assistant and told to
Frigate; the crop is kept so that a person can correct it; corrections train a better
classifier in about a second.
"""

from homeassistant.components import mqtt
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.typing import ConfigType

from .api import create_client
from .classifier import Classifier
from .const import DOMAIN, SUBENTRY_CLASSIFIER
from .data import ObjclassConfigEntry, ObjclassData
from .frigate.client import FrigateClient
from .frigate.errors import FrigateAuthError, FrigateError
from .frigate.models import FrigateConfig
from .learning.samples import SampleStoreError
from .pipeline import Pipeline
from .results import Results
from .services import async_setup_services
from .views import async_setup_views
from .worker import Worker
from .writeback import Writeback

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
]


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Set up what does not depend on an entry."""
    async_setup_services(hass)
    async_setup_views(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ObjclassConfigEntry) -> bool:
    """Set up one Frigate and its classifiers."""
    if not await mqtt.async_wait_for_mqtt_client(hass):
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="mqtt_missing"
        )
    if not mqtt.is_connected(hass):
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="mqtt_disconnected"
        )
    client = create_client(hass, entry.data)
    frigate = await _async_ask_frigate(client)

    worker = await Worker.async_acquire(hass)
    entry.async_on_unload(worker.async_release)
    classifiers = await _async_load_classifiers(hass, entry, worker)
    pipeline = Pipeline(
        hass,
        entry,
        client=client,
        frigate=frigate,
        worker=worker,
        classifiers=list(classifiers.values()),
        results=Results(hass, Writeback(hass, entry, client, frigate)),
    )
    entry.runtime_data = ObjclassData(
        client=client, pipeline=pipeline, worker=worker, classifiers=classifiers
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    _remove_stale_entities(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    await pipeline.async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ObjclassConfigEntry) -> bool:
    """Stop the classifiers of one Frigate."""
    await entry.runtime_data.pipeline.async_stop()
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_config_entry_device(
    _hass: HomeAssistant, entry: ObjclassConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow to remove the device of a classifier that is gone."""
    return not any(
        domain == DOMAIN and identifier in entry.subentries
        for domain, identifier in device.identifiers
    )


async def _async_ask_frigate(client: FrigateClient) -> FrigateConfig:
    try:
        await client.version()
        return await client.config()
    except FrigateAuthError as err:
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key="invalid_auth"
        ) from err
    except FrigateError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="cannot_connect",
            translation_placeholders={"error": str(err)},
        ) from err


async def _async_load_classifiers(
    hass: HomeAssistant, entry: ObjclassConfigEntry, worker: Worker
) -> dict[str, Classifier]:
    classifiers: dict[str, Classifier] = {}
    for subentry in entry.get_subentries_of_type(SUBENTRY_CLASSIFIER):
        classifier = Classifier(hass, entry.entry_id, subentry, worker)
        try:
            await classifier.async_load()
        except SampleStoreError as err:
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="storage_failed",
                translation_placeholders={
                    "classifier": classifier.settings.name,
                    "error": str(err),
                },
            ) from err
        entry.async_on_unload(classifier.async_close)
        classifiers[classifier.id] = classifier
    return classifiers


def _remove_stale_entities(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Remove the entities of classes and cameras that are gone."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.unique_id not in entry.runtime_data.unique_ids:
            registry.async_remove(entity.entity_id)


async def _async_reload(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
