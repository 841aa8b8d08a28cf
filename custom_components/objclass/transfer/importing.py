"""Bringing labelled pictures in: each becomes a labelled sample."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..classifier import Classifier, FrameClassifier
from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry
from ..flow.dialogue import async_add_classes
from ..learning.backbone import Backbone
from ..learning.crop import PictureError
from ..learning.frame import WHOLE, look_at_frame
from ..learning.infrared import is_infrared
from ..learning.look import Look, look
from ..learning.model_head import folded, tidied
from ..lookup import classifier_by_id
from .sources import Source

_ID_DIGITS: Final = 24


@dataclass(slots=True, kw_only=True)
class Imported:
    """What has come of an import.

    `images` are the new ones by class; `known` were here already, whatever their label.
    """

    classes_added: Sequence[str]
    images: Counter[str] = field(default_factory=Counter)
    known: int = 0
    unusable: int = 0


async def async_import(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    source: Source,
    *,
    add_classes: bool,
) -> Imported:
    """Keep the pictures of a source as labelled samples.

    A picture that is here already, even from another import, is not kept again. Raises
    FrigateError when Frigate stops answering; what has come until then stays.
    """
    folders = {folder: names for folder, names in source.pictures.items() if names}
    if not folders:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="import_empty"
        )
    added = _unknown(folders, classifier)
    if added:
        if not add_classes:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="import_unknown_classes",
                translation_placeholders={
                    "classes": ", ".join(added),
                    "known": ", ".join(classifier.settings.all_classes),
                },
            )
        await async_add_classes(hass, entry, classifier, added)
        entry, classifier = classifier_by_id(hass, classifier.id)
    imported = Imported(classes_added=added)
    await _async_keep_all(entry, classifier, source, imported)
    return imported


async def _async_keep_all(
    entry: ObjclassConfigEntry,
    classifier: Classifier,
    source: Source,
    imported: Imported,
) -> None:
    worker, new = entry.runtime_data.worker, list[str]()
    todo = [
        (folder, name) for folder in source.pictures for name in source.pictures[folder]
    ]
    names = {folded(name): name for name in classifier.settings.all_classes}
    with classifier.telling.async_job("import") as tell:
        try:
            for number, (folder, name) in enumerate(todo):
                label = names[folded(folder)]
                try:
                    data = await source.read(folder, name)
                    sample_id = await classifier.samples.async_files(
                        _keep, classifier, worker.backbone, data, label
                    )
                except PictureError as err:
                    what = f"{folder}/{name}: {err}"
                    # Folders, and often files, are called like those who are on them.
                    is_private = classifier.settings.of_people
                    LOGGER.debug("Not imported: %s", "one" if is_private else what)
                    imported.unusable += 1
                else:
                    imported.known += sample_id is None
                    if sample_id is not None:
                        imported.images[label] += 1
                        new.append(sample_id)
                tell((number + 1) / len(todo))
        finally:
            await classifier.samples.async_note_imported(new)


def _keep(
    classifier: Classifier, backbone: Backbone, data: bytes, label: str
) -> str | None:
    """Keep a picture, named after what is in it; None when it is here already."""
    sample_id = f"import-{hashlib.sha256(data).hexdigest()[:_ID_DIGITS]}"
    samples = classifier.samples.store
    if samples.get(sample_id) is not None:
        return None
    seen = _look(classifier, backbone, data)
    sample = classifier.sample_of(
        seen,
        sample_id=sample_id,
        event_id=None,
        camera="",
        time=dt_util.utcnow().timestamp(),
        source="import",
    )
    sample = replace(sample, label=label, infrared=is_infrared(seen.crop.pixels))
    samples.add(sample, seen.crop.jpeg, seen.embedding, seen.backbone)
    return sample_id


def _look(classifier: Classifier, backbone: Backbone, data: bytes) -> Look:
    """Look at a picture as the classifier looks at those of its cameras."""
    heads = classifier.heads
    if isinstance(classifier, FrameClassifier):
        return look_at_frame(backbone, data, {WHOLE: heads})[WHOLE]
    return look(backbone, data, heads)


def _unknown(folders: Mapping[str, object], classifier: Classifier) -> list[str]:
    """Return the folders that name no class; capital letters do not matter."""
    known = {folded(name) for name in classifier.settings.all_classes}
    unknown = {folded(name): tidied(name) for name in folders}
    return [name for folded, name in unknown.items() if folded not in known]
