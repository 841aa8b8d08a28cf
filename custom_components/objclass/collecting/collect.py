"""Gathering examples: past objects of Frigate's, or pictures of cameras."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import partial
from itertools import chain, zip_longest
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..api import async_frigate_failed
from ..classifier import AnyClassifier, FrameClassifier, ObjectClassifier, Tell
from ..conditions.past import PastCondition
from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry, ObjclassData
from ..frigate.errors import FrigateAuthError, FrigateConnectionError, FrigateError
from ..frigate.models import StoredEvent
from ..learning.backbone import Backbone
from ..learning.crop import PictureError
from ..learning.look import Heads, Look, look
from ..learning.ranking import most_unlike
from ..learning.samples.sample import Sample
from ..lookup import watched_cameras
from .frames import Collected, async_collect_frames

# How many pictures are looked at for each that is kept.
_CHOICE: Final = 3
_MOST_EVENTS: Final = 1000
# Objects of one camera within six hours tend to be the same visitor in the same light;
# Frigate's wizard groups them like this too.
_PERIOD: Final = 6 * 3600


async def async_collect(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    classifier: AnyClassifier,
    *,
    count: int,
    cameras: Collection[str] = (),
    days: float | None = None,
) -> Collected:
    """Keep `count` samples, unlike each other and what is labelled already.

    Those of an object classifier are past objects, of the last `days` if that is given,
    and of one with a condition only objects that meet it. Those of a frame classifier
    are what its cameras show now and in the next minutes. Raises
    ServiceValidationError for a camera that is not known and for a condition that
    cannot be met, HomeAssistantError when Frigate cannot be asked at all.
    """
    if isinstance(classifier, FrameClassifier):
        _check(cameras, watched_cameras(entry, classifier))
        return await async_collect_frames(
            entry, classifier, count, cameras or watched_cameras(entry, classifier)
        )
    _check(cameras, entry.runtime_data.need_frigate().config.cameras)
    with classifier.telling.async_job("collect") as tell:
        try:
            return await _async_collect(entry, classifier, count, cameras, days, tell)
        except FrigateError as err:
            raise async_frigate_failed(hass, entry, err) from err


def _check(cameras: Iterable[str], known: Collection[str]) -> None:
    if unknown := [camera for camera in cameras if camera not in known]:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_camera",
            translation_placeholders={
                "camera": ", ".join(unknown),
                "cameras": ", ".join(known),
            },
        )


async def _async_collect(
    entry: ObjclassConfigEntry,
    classifier: ObjectClassifier,
    count: int,
    cameras: Collection[str],
    days: float | None,
    tell: Tell,
) -> Collected:
    # What this classifier was set up with; the entry may be set up anew meanwhile.
    data = entry.runtime_data
    frigate, settings = data.need_frigate(), classifier.settings
    condition = PastCondition(frigate.pipeline.chain, classifier)
    list_events = partial(
        frigate.client.events,
        labels=settings.labels,
        cameras=cameras or settings.cameras,
        zones=settings.zones,
        after=None if days is None else dt_util.utcnow().timestamp() - days * 86400,
        has_snapshot=True,
        # While an object is in view, its picture may be newer than its box.
        in_progress=False,
        limit=_MOST_EVENTS,
    )
    events = await list_events(sub_labels=condition.sub_labels)
    if condition.sub_labels and not events:
        # Frigate minds the case there, which no condition does.
        events = await list_events()
    samples = classifier.samples
    seen: list[tuple[StoredEvent, Look]] = []
    unusable = 0
    # Another one may come into use meanwhile: what they see cannot be compared.
    backbone = data.worker.backbone
    for event in _mixed(events):
        if len(seen) >= count * _CHOICE:
            break
        if await samples.async_files(samples.store.find, event_id=event.id):
            continue
        if (questions := await condition.async_questions(event)) is None:
            continue
        found = await _async_look(data, backbone, classifier, event, condition.heads)
        if found is None:
            unusable += 1
        elif all(question.is_met(found) for question in questions):
            seen.append((event, found))
        tell(len(seen) / (count * _CHOICE))
    chosen = await samples.async_files(
        most_unlike,
        [found.embedding for _, found in seen],
        count,
        samples.store,
        backbone.identity,
        classifier.trainings.trained_head,
    )
    kept = [
        await samples.async_keep(*_sample(classifier, *seen[index])) for index in chosen
    ]
    return Collected(samples=kept, unusable=unusable)


def _mixed(events: Iterable[StoredEvent]) -> Iterable[StoredEvent]:
    """Order events so that cameras and times of day take turns."""
    groups: defaultdict[tuple[str, int], list[StoredEvent]] = defaultdict(list)
    for event in events:
        groups[event.camera, int(event.start_time // _PERIOD)].append(event)
    turns = chain.from_iterable(zip_longest(*groups.values()))
    return (event for event in turns if event is not None)


async def _async_look(
    data: ObjclassData,
    backbone: Backbone,
    classifier: ObjectClassifier,
    event: StoredEvent,
    heads: Heads,
) -> Look | None:
    """Look at a past object; None when it has no usable picture."""
    frigate, worker = data.need_frigate(), data.worker
    camera = frigate.config.cameras.get(event.camera)
    if camera is None:
        return None
    box = event.absolute_box(camera.width, camera.height)
    if box is None:
        return None
    try:
        picture = await frigate.client.clean_snapshot(event.id)
        return await worker.run(
            look,
            backbone,
            picture.data,
            {**heads, **classifier.heads},
            box=(box.x1, box.y1, box.x2, box.y2),
            frame_size=(camera.width, camera.height),
        )
    except FrigateAuthError, FrigateConnectionError:
        raise
    except (FrigateError, PictureError) as err:
        LOGGER.debug("No example from %s: %s", event.id, err)
        return None


def _sample(
    classifier: ObjectClassifier, event: StoredEvent, seen: Look
) -> tuple[Sample, Look]:
    taken_at = event.snapshot_frame_time or event.start_time
    sample = classifier.sample_of(
        seen,
        sample_id=f"{event.id}-{taken_at:.3f}",
        event_id=event.id,
        camera=event.camera,
        time=taken_at,
        source="collect",
    )
    return sample, seen
