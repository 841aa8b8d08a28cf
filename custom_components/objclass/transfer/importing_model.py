"""Putting a whole .tflite classifier, with its labels, in the place of a head."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..classifier import Classifier, Tell
from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry
from ..flow.dialogue import async_add_classes
from ..learning.consensus import NONE
from ..learning.crop import PictureError
from ..learning.model_figures import ModelFigures, model_figures, recognise
from ..learning.model_head import ModelHead, classes_of, read_labels
from ..learning.runtimes.graph import InvalidModelError, UnsupportedModelError
from ..learning.runtimes.tflite_file import MAX_FILE_BYTES
from ..lookup import classifier_by_id
from .sources import Files

_LABELS: Final = ("labelmap.txt", "labels.txt")
_LONGEST_LABELS: Final = 1 << 20
_JUDGED: Final = 200
"""So many labelled crops, the newest ones, say enough, and take some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedModel:
    """What has come of an import.

    `classes` says what each of the model's labels counts as; `judged` how good it is on
    the newest labelled crops, None without any.
    """

    classes: dict[str, str]
    classes_added: Sequence[str]
    classes_without_label: Sequence[str]
    judged: ModelFigures | None


async def async_import_model(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    files: Files,
    *,
    pixel_range: str,
    add_classes: bool,
) -> ImportedModel:
    """Put the one model among the files in use, until the next training.

    A label that is no class of the classifier counts as `none`, unless it is to become
    a class. Raises UnreadableFileError, PackageError or ModelError.
    """
    if len(files.contents.models) > 1:
        raise UnsupportedModelError("there is more than one model in it")
    (name,) = files.contents.models
    content = await files.read(name, MAX_FILE_BYTES)
    labels = await _async_labels(files, name, classifier.settings.all_classes)
    meant = classes_of(labels, classifier.settings.all_classes)
    unknown = [
        label
        for label, class_name in zip(labels, meant, strict=True)
        if class_name == NONE and label.casefold() != NONE
    ]
    if add_classes and unknown:
        # Nobody wants the classes of a model that cannot be used.
        await classifier.trainings.async_try_model(content, labels, pixel_range)
        await async_add_classes(hass, entry, classifier, unknown)
        _, classifier = classifier_by_id(hass, classifier.id)
    elif not {*meant} & {*classifier.settings.classes}:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="import_no_class",
            translation_placeholders={
                "labels": ", ".join(labels[:20]),
                "known": ", ".join(classifier.settings.all_classes),
            },
        )
    with classifier.telling.async_job("import") as tell:
        head = await classifier.trainings.async_use_model(content, labels, pixel_range)
        judged = await _async_judge(classifier, head, tell)
    return ImportedModel(
        classes=dict(zip(head.labels, head.classes, strict=True)),
        classes_added=unknown if add_classes else (),
        classes_without_label=[
            name for name in classifier.settings.classes if name not in head.classes
        ],
        judged=judged,
    )


async def _async_judge(
    classifier: Classifier, head: ModelHead, tell: Tell
) -> ModelFigures | None:
    """Let the model classify labelled crops, one at a time: others wait meanwhile."""
    files, store = classifier.samples.async_files, classifier.samples.store
    samples = await files(store.find, labelled=True, limit=_JUDGED)
    labels, found = [], []
    for number, sample in enumerate(samples):
        try:
            name = await files(recognise, head, store, sample.id)
        except (PictureError, HomeAssistantError) as err:
            LOGGER.debug("Not judged by the crop %s: %s", sample.id, err)
        else:
            labels.append(sample.label or NONE)
            found.append(name)
        tell((number + 1) / len(samples))
    return model_figures(labels, found)


async def _async_labels(
    files: Files, model: str, classes: Sequence[str]
) -> tuple[str, ...]:
    """Read the labels that lie beside a model."""
    for name in _LABELS:
        path = str(PurePosixPath(model).with_name(name))
        if path not in files.contents.texts:
            continue
        try:
            text = (await files.read(path, _LONGEST_LABELS)).decode()
            return read_labels(text, classes)
        except UnicodeDecodeError as err:
            raise InvalidModelError(f"{name} is no text") from err
    raise UnsupportedModelError(
        f"there are no labels beside the model, in {' or '.join(_LABELS)}"
    )
