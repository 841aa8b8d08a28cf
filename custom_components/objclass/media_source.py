"""The kept crops in the media browser: by classifier, class, camera and day.

An identifier is the path to a folder, or to a crop at the end of one: the classifier's
id, the class, the camera, the day and the sample's id, each percent-encoded. The class
of a crop is its label, else what it was taken for.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, override
from urllib.parse import quote, unquote

from homeassistant.components.media_player import BrowseError, MediaClass
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .classifier import Classifier
from .const import DOMAIN
from .learning.samples.sample import SampleOutline
from .lookup import camera_title, find_classifier, loaded_classifiers
from .views import async_crop_url

TITLE: Final = "Object Classifier"
_JPEG: Final = "image/jpeg"


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Set up the media source."""
    return CropSource(hass)


class CropSource(MediaSource):
    """The kept crops of all classifiers."""

    name = TITLE

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        # A folder, or the whole source, is no crop: its last part is no sample's id.
        parts = _parts(item.identifier or "")
        classifier, sample_id = find_classifier(self.hass, parts[0]), parts[-1]
        if classifier is None or not await _async_exists(classifier, sample_id):
            raise Unresolvable(translation_domain=DOMAIN, translation_key="crop_gone")
        return PlayMedia(
            async_crop_url(self.hass, classifier.id, sample_id),
            _JPEG,
            path=classifier.samples.store.picture_path(sample_id),
        )

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        if not item.identifier:
            return _folder(
                "",
                TITLE,
                [
                    _folder(quote(classifier.id), classifier.settings.name)
                    for _, classifier in loaded_classifiers(self.hass)
                ],
            )
        classifier_id, *path = _parts(item.identifier)
        classifier = find_classifier(self.hass, classifier_id)
        if classifier is None or len(path) > len(_LEVELS):
            raise BrowseError(translation_domain=DOMAIN, translation_key="folder_gone")
        crops = await _async_crops(classifier)
        for level, wanted in zip(_LEVELS, path, strict=False):
            crops = [crop for crop in crops if level(crop) == wanted]
        if len(path) == len(_LEVELS):
            children = [_picture(self.hass, classifier, item, crop) for crop in crops]
        else:
            level = _LEVELS[len(path)]
            counts = Counter(map(level, crops))
            # In the order of the newest crop in each, which is also its cover.
            newest = {level(crop): crop for crop in reversed(crops)}
            children = [
                _folder(
                    f"{item.identifier}/{quote(name, safe='')}",
                    f"{self._title(classifier, [*path, name])} ({count})",
                    cover=_thumbnail(self.hass, classifier, newest[name]),
                )
                for name, count in counts.items()
            ]
        return _folder(item.identifier, self._title(classifier, path), children)

    def _title(self, classifier: Classifier, path: list[str]) -> str:
        match path:
            case []:
                return classifier.settings.name
            case [class_name]:
                return class_name or "Without a class"
            case [_, ""]:
                return "Imported"  # from no camera
            case [_, camera]:
                return camera_title(self.hass, classifier.id, camera)
            case _:
                return path[-1]


def _class_of(crop: SampleOutline) -> str:
    return crop.class_name or ""


def _camera_of(crop: SampleOutline) -> str:
    return crop.camera


def _day_of(crop: SampleOutline) -> str:
    return dt_util.as_local(dt_util.utc_from_timestamp(crop.time)).date().isoformat()


_LEVELS: Final[Sequence[Callable[[SampleOutline], str]]] = (
    _class_of,
    _camera_of,
    _day_of,
)


def _parts(identifier: str) -> list[str]:
    return [unquote(part) for part in identifier.split("/")]


async def _async_crops(classifier: Classifier) -> list[SampleOutline]:
    try:
        return await classifier.samples.async_files(classifier.samples.store.outlines)
    except HomeAssistantError as err:
        raise BrowseError(str(err)) from err


async def _async_exists(classifier: Classifier, sample_id: str) -> bool:
    samples = classifier.samples
    try:
        return await samples.async_files(samples.store.get, sample_id) is not None
    except HomeAssistantError as err:
        raise Unresolvable(str(err)) from err


def _folder(
    identifier: str,
    title: str,
    children: list[BrowseMediaSource] | None = None,
    cover: str | None = None,
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaClass.IMAGE,
        title=title,
        can_play=False,
        can_expand=True,
        children=children,
        children_media_class=children[0].media_class if children else None,
        thumbnail=cover,
    )


def _picture(
    hass: HomeAssistant,
    classifier: Classifier,
    folder: MediaSourceItem,
    crop: SampleOutline,
) -> BrowseMediaSource:
    taken_at = dt_util.as_local(dt_util.utc_from_timestamp(crop.time))
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=f"{folder.identifier}/{quote(crop.id, safe='')}",
        media_class=MediaClass.IMAGE,
        media_content_type=_JPEG,
        title=taken_at.strftime("%H:%M:%S"),
        can_play=False,
        can_expand=False,
        thumbnail=_thumbnail(hass, classifier, crop),
    )


def _thumbnail(hass: HomeAssistant, classifier: Classifier, crop: SampleOutline) -> str:
    return async_crop_url(hass, classifier.id, crop.id, "thumb")
