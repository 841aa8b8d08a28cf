"""Gathering examples from what cameras show."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from homeassistant.util import dt as dt_util

from ..classifier import FrameClassifier
from ..const import LOGGER
from ..data import ObjclassConfigEntry, ObjclassData
from ..frames import NoPictureError
from ..learning.backbone import Backbone
from ..learning.crop import PictureError
from ..learning.frame import look_at_frame
from ..learning.look import Look
from ..learning.ranking import most_unlike
from ..learning.samples.sample import Sample
from ..runtime.worker import interrupted

# How many pictures are looked at for each that is kept.
_CHOICE: Final = 3
# A camera shows nothing new at once (seconds).
_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The samples that were kept, and how many of those looked at were no use."""

    samples: list[Sample]
    unusable: int


async def async_collect_frames(
    entry: ObjclassConfigEntry,
    classifier: FrameClassifier,
    count: int,
    cameras: Collection[str],
) -> Collected:
    """Keep `count` pictures of these cameras, unlike each other and what is labelled.

    The cameras take turns; each is looked at again and again, about a second apart.
    Raises HomeAssistantError when the entry is set up anew meanwhile.
    """
    # What this classifier was set up with; its cameras may go meanwhile.
    data = entry.runtime_data
    seen: list[tuple[Sample, Look]] = []
    unusable = 0
    wanted = count * _CHOICE
    # Another one may come into use meanwhile: what they see cannot be compared.
    backbone = data.worker.backbone
    with classifier.telling.async_job("collect") as tell:
        for number, camera in enumerate(islice(cycle(cameras), wanted)):
            if number >= len(cameras):
                await asyncio.sleep(_PAUSE / len(cameras))
            if classifier.samples.closed:
                raise interrupted()
            if found := await _async_look(data, backbone, classifier, camera):
                seen.append(found)
            else:
                unusable += 1
            tell((number + 1) / wanted)
        chosen = await classifier.samples.async_files(
            most_unlike,
            [look.embedding for _, look in seen],
            count,
            classifier.samples.store,
            backbone.identity,
            classifier.trainings.trained_head,
        )
        samples = [await classifier.samples.async_keep(*seen[i]) for i in chosen]
    return Collected(samples=samples, unusable=unusable)


async def _async_look(
    data: ObjclassData,
    backbone: Backbone,
    classifier: FrameClassifier,
    camera: str,
) -> tuple[Sample, Look] | None:
    """Look at what a camera shows now; None when that is no use."""
    part = classifier.settings.part_of(camera)
    time = dt_util.utcnow().timestamp()
    try:
        picture = await data.frames.feeds[camera].source.async_picture()
        looks = await data.worker.run(
            look_at_frame, backbone, picture, {part: classifier.heads}
        )
    except (NoPictureError, PictureError) as err:
        LOGGER.debug("No example from %s: %s", camera, err)
        return None
    return classifier.frame_sample(looks[part], camera, time, "collect"), looks[part]
