"""One camera: a picture is fetched once for all the classifiers that want to look."""

from collections import defaultdict
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..learning.crop import PictureError
from ..learning.frame import Part, look_at_frame
from ..learning.look import Look
from ..learning.model_head import AnyHead
from ..runtime.worker import Worker
from ..signals import SIGNAL_AVAILABLE
from .sources import NoPictureError, Source
from .watch import Watch

# Who wants to look within this time, looks at the same picture (seconds).
_TOGETHER: Final = 0.25
_TRY_AGAIN: Final = 10.0
# One picture that did not come is no reason for anybody's gate to be unknown.
_MISSED: Final = 3


class Feed:
    """A camera, looked at whenever a classifier wants to.

    `available` is whether pictures come. There is never more than one look under way.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        worker: Worker,
        source: Source,
        watches: list[Watch],
    ) -> None:
        self.available = True
        self.looks = 0
        self.missed = 0
        self._hass = hass
        self._entry = entry
        self._worker = worker
        self.source = source
        self._watches = watches
        self._missed_in_a_row = 0
        self._looking = False
        self._cancel: CALLBACK_TYPE | None = None

    @property
    def camera(self) -> str:
        """Its name in Frigate, or its entity id."""
        return self.source.camera

    @callback
    def async_start(self) -> None:
        """Begin to look."""
        self._async_schedule()

    @callback
    def async_stop(self) -> None:
        """Look no more."""
        if self._cancel:
            self._cancel()
            self._cancel = None

    @callback
    def async_note_motion(self, watch: Watch, source: str, *, moving: bool) -> None:
        """Note that something moves, or stopped moving."""
        if watch.note_motion(source, moving=moving) and not self._looking:
            self._async_schedule()

    @callback
    def _async_schedule(self) -> None:
        self.async_stop()
        wanted = [w.due for w in self._watches if w.due is not None]
        if not wanted:
            return
        first = min(wanted)
        looking = [
            watch
            for watch in self._watches
            if watch.due is not None and watch.due <= first + _TOGETHER
        ]

        @callback
        def start(_now: datetime) -> None:
            self._cancel = None
            self._looking = True
            for watch in looking:
                watch.stirred = False
            self._entry.async_create_background_task(
                self._hass, self._async_work(looking), f"objclass look {self.camera}"
            )

        self._cancel = async_call_later(
            self._hass,
            max(0.0, first - self._hass.loop.time()),
            HassJob(start, cancel_on_shutdown=True),
        )

    async def _async_work(self, looking: list[Watch]) -> None:
        try:
            seen = await self._async_look(looking)
        except Exception:  # noqa: BLE001
            # A defect met once must not end the looking for good.
            LOGGER.exception("Unexpected error while looking at %s", self.camera)
            seen = False
        now = self._hass.loop.time()
        for watch in looking:
            watch.plan(now, missed=None if seen else _TRY_AGAIN)
        self._looking = False
        self._async_schedule()

    async def _async_look(self, looking: list[Watch]) -> bool:
        """Look once for all that want to; return whether there was a picture."""
        time = dt_util.utcnow().timestamp()
        wanted: defaultdict[Part, dict[str, AnyHead]] = defaultdict(dict)
        for watch in looking:
            wanted[watch.part] |= watch.classifier.heads
        try:
            picture = await self.source.async_picture()
            seen = await self._worker.run_live(
                look_at_frame, self._worker.backbone, picture, wanted
            )
        except (NoPictureError, PictureError) as err:
            self._async_miss(looking, err)
            return False
        self._async_set_available(available=True)
        self.looks += 1
        await self._async_tell(looking, time, seen)
        return True

    async def _async_tell(
        self, looking: list[Watch], time: float, seen: dict[Part, Look]
    ) -> None:
        for watch in looking:
            await watch.classifier.async_take_in(self.camera, time, seen[watch.part])

    @callback
    def _async_miss(self, looking: list[Watch], why: Exception) -> None:
        self.missed += 1
        self._missed_in_a_row += 1
        LOGGER.debug("No picture from %s: %s", self.camera, why)
        for watch in looking:
            watch.classifier.async_interrupt(self.camera)
        if self.available and self._missed_in_a_row >= _MISSED:
            LOGGER.warning("There are no pictures from %s: %s", self.camera, why)
            self._async_set_available(available=False)

    @callback
    def _async_set_available(self, *, available: bool) -> None:
        if available:
            self._missed_in_a_row = 0
        if available == self.available:
            return
        self.available = available
        if available:
            LOGGER.info("There are pictures from %s again", self.camera)
        async_dispatcher_send(self._hass, SIGNAL_AVAILABLE.format(self._entry.entry_id))
