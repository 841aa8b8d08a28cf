"""Finding a loaded classifier by what people and programs call it."""

from collections.abc import Iterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .classifier import AnyClassifier, FrameClassifier, ObjectClassifier
from .const import DOMAIN
from .data import ObjclassConfigEntry


@callback
def loaded_entry(hass: HomeAssistant, entry_id: str) -> ObjclassConfigEntry:
    """Return a loaded entry of ours. Raises ServiceValidationError for any other."""
    entry: ObjclassConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if (
        entry is None
        or entry.domain != DOMAIN
        or entry.state is not ConfigEntryState.LOADED
    ):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="entry_unknown"
        )
    return entry


@callback
def loaded_classifiers(
    hass: HomeAssistant,
) -> Iterator[tuple[ObjclassConfigEntry, AnyClassifier]]:
    """Iterate over the classifiers of all loaded entries."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            for classifier in entry.runtime_data.classifiers.values():
                yield entry, classifier


@callback
def object_classifiers(entry: ObjclassConfigEntry) -> list[ObjectClassifier]:
    """Return the classifiers of tracked objects; without a Frigate there are none."""
    return [
        classifier
        for classifier in entry.runtime_data.classifiers.values()
        if isinstance(classifier, ObjectClassifier)
    ]


@callback
def frame_classifiers(entry: ObjclassConfigEntry) -> list[FrameClassifier]:
    """Return the classifiers of whole pictures."""
    return [
        classifier
        for classifier in entry.runtime_data.classifiers.values()
        if isinstance(classifier, FrameClassifier)
    ]


@callback
def find_classifier(hass: HomeAssistant, classifier_id: str) -> AnyClassifier | None:
    """Return the loaded classifier of that subentry id."""
    pair = _pair(hass, classifier_id)
    return pair[1] if pair else None


def _pair(
    hass: HomeAssistant, classifier_id: str
) -> tuple[ObjclassConfigEntry, AnyClassifier] | None:
    known = loaded_classifiers(hass)
    return next((pair for pair in known if pair[1].id == classifier_id), None)


def watched_cameras(
    entry: ObjclassConfigEntry, classifier: FrameClassifier
) -> list[str]:
    """Return the cameras of a frame classifier that there are."""
    feeds = entry.runtime_data.frames.feeds
    return [camera for camera in classifier.settings.cameras if camera in feeds]


def is_entity(camera: str) -> bool:
    """Return whether a camera is an entity; Frigate's names have no dots in them."""
    return "." in camera


@callback
def camera_title(hass: HomeAssistant, classifier_id: str, camera: str) -> str:
    """Return what people call a camera of a classifier, as far as it is known."""
    pair = _pair(hass, classifier_id)
    return title_of(hass, pair[0], camera) if pair else camera


@callback
def title_of(hass: HomeAssistant, entry: ObjclassConfigEntry, camera: str) -> str:
    """Return what people call a camera of an entry, as far as it is known."""
    if is_entity(camera):
        return _entity_title(hass, camera)
    frigate = entry.runtime_data.frigate
    known = frigate.config.cameras.get(camera) if frigate else None
    return known.title if known else camera


def _entity_title(hass: HomeAssistant, entity_id: str) -> str:
    """Return the name of an entity, which may not have a state yet."""
    if state := hass.states.get(entity_id):
        return state.name
    entity = er.async_get(hass).async_get(entity_id)
    return (entity and (entity.name or entity.original_name)) or entity_id


@callback
def resolve_classifier(
    hass: HomeAssistant, wanted: str
) -> tuple[ObjclassConfigEntry, AnyClassifier]:
    """Return the classifier of that device id, subentry id or name.

    Raises ServiceValidationError when there is none, or more than one of that name.
    """
    device = dr.async_get(hass).async_get(wanted)
    ids = device.identifiers if device else {(DOMAIN, wanted)}
    known = list(loaded_classifiers(hass))
    found = [pair for pair in known if (DOMAIN, pair[1].id) in ids] or [
        pair for pair in known if pair[1].settings.name.casefold() == wanted.casefold()
    ]
    if len(found) == 1:
        return found[0]
    called = (device and (device.name_by_user or device.name)) or wanted
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="classifier_ambiguous" if found else "classifier_unknown",
        translation_placeholders={"classifier": called, "classifiers": _names(hass)},
    )


@callback
def classifier_by_id(
    hass: HomeAssistant, classifier_id: str
) -> tuple[ObjclassConfigEntry, AnyClassifier]:
    """Return the loaded classifier of that subentry id, and nothing else.

    Raises ServiceValidationError when there is none.
    """
    if pair := _pair(hass, classifier_id):
        return pair
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="classifier_unknown",
        translation_placeholders={
            "classifier": classifier_id,
            "classifiers": _names(hass),
        },
    )


def _names(hass: HomeAssistant) -> str:
    names = [classifier.settings.name for _, classifier in loaded_classifiers(hass)]
    return ", ".join(names) or "-"
