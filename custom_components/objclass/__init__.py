"""Object Classifier: train your own image classifiers for what your cameras see.

A message comes in from Frigate, a picture is fetched, cropped and turned into 1280
numbers once; every classifier that cares looks at those numbers; attempts on one object
are weighed until they agree; the agreed class is shown in Home Assistant and told to
Frigate; the crop is kept so that a person can correct it; corrections train a better
classifier in about a second.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from homeassistant.components import mqtt
from homeassistant.const import CONF_URL, Platform
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
from .classifier import AnyClassifier, FrameClassifier, ObjectClassifier
from .conditions.chain import Chain
from .const import DOMAIN, LOGGER, SUBENTRY_CLASSIFIER, SUBENTRY_FRAME
from .data import FrigateSide, ObjclassConfigEntry, ObjclassData
from .frames import FrameWatch
from .frigate.client import FrigateClient
from .frigate.errors import FrigateAuthError, FrigateError
from .frigate.models import FrigateConfig
from .history.history import History
from .history.runs import Runs
from .issues.absence import async_watch_for_absence
from .issues.problem import async_forget_with_entries
from .issues.standing import async_watch_for_issues
from .issues.storage import async_watch_storage
from .learning.runtimes.graph import ModelError
from .objects.names import Names
from .objects.pipeline import Pipeline
from .objects.results import Results
from .objects.writeback import Writeback
from .panel import async_setup_panel
from .reloading import async_follow_broker, async_follow_frigate, async_follow_settings
from .runtime.catching_up import async_keep_up
from .runtime.worker import Worker
from .services import async_setup_services
from .views import async_setup_views
from .websocket import async_setup_websocket

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
]
_KINDS: Final[Mapping[str, type[ObjectClassifier | FrameClassifier]]] = {
    SUBENTRY_CLASSIFIER: ObjectClassifier,
    SUBENTRY_FRAME: FrameClassifier,
}


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Set up what does not depend on an entry."""
    async_setup_services(hass)
    async_setup_views(hass)
    async_setup_websocket(hass)
    await async_setup_panel(hass)
    async_follow_broker(hass)
    async_watch_for_absence(hass)
    async_forget_with_entries(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ObjclassConfigEntry) -> bool:
    """Set up one Frigate, or Home Assistant's own cameras, and the classifiers."""
    client = frigate = None
    if CONF_URL in entry.data:
        client = create_client(hass, entry.data)
        await _async_need_mqtt(hass)
        frigate = await _async_ask_frigate(client)
        _follow_prefix(hass, entry, frigate.topic_prefix)
    async_follow_settings(entry)

    worker = await _async_acquire_worker(hass)
    entry.async_on_unload(worker.async_release)
    classifiers = await _async_load_classifiers(hass, entry, worker)
    side = None
    if client and frigate:
        side = await _async_frigate_side(
            hass, entry, client, frigate, worker, classifiers
        )
    entry.runtime_data = ObjclassData(
        frigate=side,
        frames=FrameWatch(
            hass,
            entry,
            frigate=side,
            worker=worker,
            classifiers=[c for c in classifiers if isinstance(c, FrameClassifier)],
        ),
        worker=worker,
        classifiers={classifier.id: classifier for classifier in classifiers},
    )
    if side:
        async_follow_frigate(hass, entry, side.pipeline)
        await side.pipeline.async_start()
    await entry.runtime_data.frames.async_start()
    # From here on nothing fails: Home Assistant would not take back the platforms. And
    # nothing is said before there are entities that hear it.
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    _remove_stale_entities(hass, entry)
    if side:
        side.pipeline.async_begin()
        side.history.async_begin()
    entry.runtime_data.frames.async_begin()
    async_watch_for_issues(hass, entry)
    async_watch_storage(hass, entry)
    async_keep_up(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ObjclassConfigEntry) -> bool:
    """Stop the classifiers of one entry."""
    if frigate := entry.runtime_data.frigate:
        await frigate.history.async_stop()
        await frigate.pipeline.async_stop()
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_config_entry_device(
    _hass: HomeAssistant, entry: ObjclassConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow to remove the device of a classifier that is gone."""
    return not any((DOMAIN, known) in device.identifiers for known in entry.subentries)


async def _async_need_mqtt(hass: HomeAssistant) -> None:
    if not await mqtt.async_wait_for_mqtt_client(hass):
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="mqtt_missing"
        )
    if not mqtt.is_connected(hass):
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="mqtt_disconnected"
        )


async def _async_ask_frigate(client: FrigateClient) -> FrigateConfig:
    try:
        await client.version()
        frigate = await client.config()
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
    # In its safe mode Frigate has no cameras either: their entities must not go now.
    if not frigate.mqtt_enabled:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="frigate_without_mqtt"
        )
    return frigate


async def _async_acquire_worker(hass: HomeAssistant) -> Worker:
    try:
        return await Worker.async_acquire(hass)
    except (ModelError, OSError) as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="backbone_failed",
            translation_placeholders={"error": str(err)},
        ) from err


def _follow_prefix(
    hass: HomeAssistant, entry: ObjclassConfigEntry, prefix: str
) -> None:
    """Know Frigate by its new prefix, or the flows would take it for another one."""
    known = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, prefix)
    if known is None:
        hass.config_entries.async_update_entry(entry, unique_id=prefix)


async def _async_frigate_side(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    client: FrigateClient,
    frigate: FrigateConfig,
    worker: Worker,
    classifiers: list[AnyClassifier],
) -> FrigateSide:
    chain = Chain([c for c in classifiers if isinstance(c, ObjectClassifier)])
    folder = Path(hass.config.path(DOMAIN, entry.entry_id, "history"))
    names = Names(worker, folder / "names.sqlite")
    await names.async_load()
    entry.async_on_unload(names.async_close)
    writeback = Writeback(hass, entry, client, frigate, chain, names)
    pipeline = Pipeline(
        hass,
        entry,
        client=client,
        frigate=frigate,
        worker=worker,
        chain=chain,
        results=Results(hass, entry, writeback),
    )
    runs = Runs(hass, entry.entry_id, worker, folder / "runs.sqlite")
    await runs.async_load()
    entry.async_on_unload(runs.async_close)
    history = History(hass, entry, runs, writeback)
    return FrigateSide(client=client, pipeline=pipeline, history=history)


async def _async_load_classifiers(
    hass: HomeAssistant, entry: ObjclassConfigEntry, worker: Worker
) -> list[AnyClassifier]:
    classifiers: list[AnyClassifier] = []
    for subentry in entry.subentries.values():
        kind = _KINDS.get(subentry.subentry_type)
        if kind is None:
            # A newer version than this one has made it.
            LOGGER.warning(
                "%s is of a kind that is not known here, and is left alone: %s",
                subentry.title,
                subentry.subentry_type,
            )
            continue
        classifier = kind(hass, entry.entry_id, subentry, worker)
        await classifier.async_load()
        entry.async_on_unload(classifier.samples.async_close)
        classifiers.append(classifier)
    return classifiers


def _remove_stale_entities(hass: HomeAssistant, entry: ObjclassConfigEntry) -> None:
    """Remove the entities of classes and cameras that are gone.

    Those of classifiers that only a newer version knows stay, for the way back.
    """
    registry = er.async_get(hass)
    unknown = {
        subentry.subentry_id
        for subentry in entry.subentries.values()
        if subentry.subentry_type not in _KINDS
    }
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if (
            entity.unique_id not in entry.runtime_data.unique_ids
            and entity.config_subentry_id not in unknown
        ):
            registry.async_remove(entity.entity_id)
