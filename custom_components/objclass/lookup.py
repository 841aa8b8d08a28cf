"""Finding a loaded classifier by what people and programs call it."""

from collections.abc import Iterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from .classifier import Classifier, ObjectClassifier
from .const import DOMAIN
from .data import ObjclassConfigEntry


@callback
def loaded_classifiers(
    hass: HomeAssistant,
) -> Iterator[tuple[ObjclassConfigEntry, Classifier]]:
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
def find_classifier(hass: HomeAssistant, classifier_id: str) -> Classifier | None:
    """Return the loaded classifier of that subentry id."""
    for _, classifier in loaded_classifiers(hass):
        if classifier.id == classifier_id:
            return classifier
    return None


@callback
def camera_title(hass: HomeAssistant, classifier_id: str, camera: str) -> str:
    """Return what people call a camera of a classifier, as far as it is known."""
    for entry, classifier in loaded_classifiers(hass):
        frigate = entry.runtime_data.frigate
        if classifier.id != classifier_id or frigate is None:
            continue
        if known := frigate.config.cameras.get(camera):
            return known.title
    return camera


@callback
def resolve_classifier(
    hass: HomeAssistant, wanted: str
) -> tuple[ObjclassConfigEntry, Classifier]:
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
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="classifier_ambiguous" if found else "classifier_unknown",
        translation_placeholders={
            "classifier": (device and (device.name_by_user or device.name)) or wanted,
            "classifiers": ", ".join(pair[1].settings.name for pair in known) or "-",
        },
    )


@callback
def classifier_by_id(
    hass: HomeAssistant, classifier_id: str
) -> tuple[ObjclassConfigEntry, Classifier]:
    """Return the loaded classifier of that subentry id, and nothing else.

    Raises ServiceValidationError when there is none.
    """
    known = list(loaded_classifiers(hass))
    for entry, classifier in known:
        if classifier.id == classifier_id:
            return entry, classifier
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="classifier_unknown",
        translation_placeholders={
            "classifier": classifier_id,
            "classifiers": ", ".join(pair[1].settings.name for pair in known) or "-",
        },
    )
