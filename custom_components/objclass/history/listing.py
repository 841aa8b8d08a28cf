"""The first phase: which objects of the past there are to look at."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import ceil, inf, nextafter
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..classifier import ObjectClassifier
from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from ..frigate.models import StoredEvent
from .patience import async_patiently
from .run import Job, PastFrame, Run
from .taking_part import frames_in, objects_in

# So many rows are asked for at a time.
_PAGE: Final = 500
MOST_FRAMES: Final = 100_000


async def async_pages(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    run: Run,
) -> AsyncIterator[tuple[Run, list[StoredEvent]]]:
    """Yield the objects of a run, newest first, and the run with how far that is.

    Raises FrigateError.
    """
    job = run.job
    classifiers = objects_in(entry, job)
    if not classifiers or (names := _names(job, classifiers)) is None:
        return
    while True:
        # Objects that started together may be on two pages: the last is asked for
        # again.
        before = job.before if run.listed_to is None else nextafter(run.listed_to, inf)
        ask = partial(
            entry.runtime_data.need_frigate().client.events,
            **names,
            after=job.after,
            before=before,
            has_snapshot=True,
            # What is in view is left to live classification.
            in_progress=False,
            limit=_PAGE,
        )
        events = await async_patiently(hass, entry, ask)
        last = inf if run.listed_to is None else run.listed_to
        oldest = min((event.start_time for event in events), default=inf)
        if oldest >= last:
            if len(events) < _PAGE:
                return
            # A page full of objects that started together.
            oldest = nextafter(last, -inf)
        run = replace(run, listed_to=oldest)
        yield run, [event for event in events if _wanted(entry, event, classifiers)]


def moments(entry: ObjclassConfigEntry, job: Job) -> Iterator[PastFrame]:
    """Yield the moments to look at, newest first, on one camera after the other.

    Raises ServiceValidationError when they are too many.
    """
    classifiers = frames_in(entry, job)
    cameras = [
        camera
        for camera in entry.runtime_data.need_frigate().config.cameras
        if camera in (job.cameras or (camera,))
        and any(camera in one.settings.cameras for one in classifiers)
    ]
    count = ceil((job.before - job.after) / job.step)
    if count * len(cameras) > MOST_FRAMES:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="history_too_many_frames",
            translation_placeholders={"most": str(MOST_FRAMES)},
        )
    for camera in cameras:
        for number in range(count):
            yield PastFrame(camera=camera, time=job.before - number * job.step)


def _names(
    job: Job, classifiers: Sequence[ObjectClassifier]
) -> dict[str, frozenset[str]] | None:
    """Return what Frigate is asked for; None when nothing can be meant."""
    found = {}
    settings = [classifier.settings for classifier in classifiers]
    for key, asked, theirs in (
        ("labels", job.labels, [one.labels for one in settings]),
        ("cameras", job.cameras, [one.cameras for one in settings]),
        ("zones", job.zones, [one.zones for one in settings]),
    ):
        # Without any, a classifier looks at all of them.
        allowed = frozenset[str]().union(*theirs) if all(theirs) else frozenset[str]()
        if key == "zones" and asked:
            # An object may have been in zones of both kinds.
            allowed = frozenset()
        wanted = frozenset(asked)
        found[key] = wanted & allowed if wanted and allowed else wanted or allowed
        if wanted and not found[key]:
            return None
    return found


def _wanted(
    entry: ObjclassConfigEntry,
    event: StoredEvent,
    classifiers: Sequence[ObjectClassifier],
) -> bool:
    camera = entry.runtime_data.need_frigate().config.cameras.get(event.camera)
    tracked = event.as_tracked(camera.width, camera.height) if camera else None
    # What cannot be looked at is noted as such when its turn comes.
    return tracked is None or any(
        classifier.settings.wants(tracked) for classifier in classifiers
    )
