"""Looks at objects in view: one picture, and one answer of each classifier.

A look fetches the picture, and on the thread for live looks crops it, embeds it once
and asks the head of every classifier. Each answer is an attempt. The crop is kept last,
so that it costs no time before the result.
"""

from collections import Counter
from time import perf_counter

from homeassistant.core import HomeAssistant

from ..classifier import LiveKeeping, ObjectClassifier
from ..conditions.chain import Chain
from ..conditions.children import Children
from ..const import LOGGER
from ..frigate.messages import Snapshot
from ..frigate.models import CameraConfig, FrigateConfig, Picture
from ..learning.crop import PictureError
from ..learning.look import Look, look
from ..runtime.worker import Worker
from .results import Results
from .snapshots import Snapshots
from .tracking import ObjectState


class Looks:
    """The looks of one Frigate's classifiers.

    `counts` has the attempts and what went wrong, `seconds` is how long the newest look
    took without its download.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        frigate: FrigateConfig,
        worker: Worker,
        snapshots: Snapshots,
        chain: Chain,
        children: Children,
        results: Results,
        counts: Counter[str],
    ) -> None:
        self.seconds: float | None = None
        self._frigate = frigate
        self._worker = worker
        self._snapshots = snapshots
        self._chain = chain
        self._children = children
        self._results = results
        self._counts = counts
        self._keeping = LiveKeeping(hass, worker)

    def helped(self, state: ObjectState) -> list[ObjectClassifier]:
        """Return the classifiers that a look at the newest frame would help."""
        snapshot = state.latest.snapshot
        if snapshot is None:
            return []

        return [
            classifier
            for classifier in self._chain.interested(state.latest)
            if snapshot.frame_time not in state.frame_times(classifier)
            and self._chain.is_met(state, classifier)
            and not state.has_enough(classifier)
        ]

    def helped_at_the_end(self, state: ObjectState) -> list[ObjectClassifier]:
        """Return those of them that had too few attempts on an ended object."""
        return [
            classifier
            for classifier in self.helped(state)
            if state.consensus(classifier).too_few
        ]

    async def async_look(
        self,
        state: ObjectState,
        classifiers: list[ObjectClassifier],
        *,
        last: bool = False,
    ) -> None:
        """Look at an object once, for all classifiers that care."""
        tracked, snapshot = state.latest, state.latest.snapshot
        camera = self._frigate.cameras.get(tracked.camera)
        if snapshot is None or camera is None:
            return
        picture = await self._snapshots.async_fetch(state, snapshot, last=last)
        if picture is None:
            return
        seen = await self._async_see(tracked.id, snapshot, camera, picture, classifiers)
        if seen is None or state.final:
            # Its final outcome has been told meanwhile; nothing comes after that.
            return
        self._counts["attempts"] += 1
        counted = []
        for classifier in classifiers:
            # What it hangs on may have changed meanwhile, or with this very look.
            if self._chain.is_met(state, classifier):
                counted.append(classifier)
                self._results.async_count(
                    state,
                    classifier,
                    [(snapshot.frame_time, seen.predictions.get(classifier.id))],
                )
        self._children.hold(state, tracked, snapshot.frame_time, seen)
        self._children.async_follow(state)
        await self._children.async_ask(state)
        samples = [
            (one.samples, one.live_sample(tracked, snapshot.frame_time, seen))
            for one in counted
        ]
        await self._keeping.async_keep(samples, seen)

    async def _async_see(
        self,
        event_id: str,
        snapshot: Snapshot,
        camera: CameraConfig,
        picture: Picture,
        classifiers: list[ObjectClassifier],
    ) -> Look | None:
        """Return what there is to see; None when the picture is none."""
        box = snapshot.box
        started = perf_counter()
        try:
            seen = await self._worker.run_live(
                look,
                self._worker.backbone,
                picture.data,
                {c.id: c.head for c in classifiers if c.head},
                box=(box.x1, box.y1, box.x2, box.y2),
                frame_size=(camera.width, camera.height),
            )
        except PictureError as err:
            self._counts["bad_pictures"] += 1
            LOGGER.debug("No attempt on %s: %s", event_id, err)
            return None
        self.seconds = perf_counter() - started
        return seen

    async def async_wait(self) -> None:
        """Wait until every look is kept."""
        await self._keeping.async_wait()
