"""A run at work: it lists what there was, looks at it, and tells Frigate."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from ..classifier import FrameClassifier, ObjectClassifier
from ..conditions.past import PastCondition
from ..const import DOMAIN, EVENT_HISTORY, LOGGER
from ..frigate.errors import FrigateError
from ..frigate.models import StoredEvent
from ..learning.crop import PictureError
from .applying import async_tell
from .core import HistoryCore
from .listing import async_pages, frames
from .looking import Looker, UnusableError
from .pace import Pace
from .run import Counts, Job, PastFrame, Phase, Run, Status
from .tally import Tally

# So many are read from disk at a time.
_BATCH: Final = 50
_LISTED: Final = 1000


class Work(HistoryCore):
    """One run at a time, as a task of the entry's."""

    async def async_counts(self, run: Run) -> Counts:
        """Return how far a run is, and what it has come to."""
        if self._task and self._tally.run_id == run.id:
            return self._tally.counts()
        return await self.async_files(self.store.counts, run.id)

    def seconds_left(self, run: Run) -> float | None:
        """Return how long a run will still take, None when that is not known."""
        if self._task is None or self._tally.run_id != run.id:
            return None
        return self._tally.seconds_left(run.phase)

    @callback
    def _async_go(self, run: Run) -> None:
        task = self._entry.async_create_background_task(
            self._hass, self._async_run(run), f"objclass history {run.id}"
        )
        # It has begun already, and may have come to nothing.
        self._task = None if task.done() else task

    async def _async_halt(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _async_run(self, run: Run) -> None:
        try:
            self._tally = Tally(
                run.id, await self.async_files(self.store.counts, run.id)
            )
            pace = Pace(
                self._entry.runtime_data.need_frigate().pipeline, run.job.per_second
            )
            if run.phase is Phase.LISTING:
                run = await self._async_list(run)
            if run.phase is Phase.LOOKING:
                self._check_classifiers(run.job)
                run = await self._async_look(run, pace)
            if run.phase is Phase.APPLYING:
                await self._async_tell(run, pace)
            run = ended(run, Status.DONE)
        except (FrigateError, HomeAssistantError) as err:
            LOGGER.warning("Classifying the past stopped: %s", err)
            run = ended(run, Status.FAILED, str(err))
        except Exception as err:  # noqa: BLE001
            # Whatever it is, it must be seen, and not keep the next run away.
            LOGGER.exception("Unexpected error while classifying the past")
            run = ended(run, Status.FAILED, str(err) or type(err).__name__)
        await self._async_put_end(run)
        self._task = None
        self._hass.bus.async_fire(
            EVENT_HISTORY,
            {"run": run.id, "status": run.status, "phase": run.phase},
        )

    async def _async_list(self, run: Run) -> Run:
        chosen = self.chosen(run.job)
        moments = self._moments(run.job)
        while some := list(islice(moments, _LISTED)):
            self._tally.total += await self.async_files(
                self.store.add_frames, run.id, some
            )
        objects = [one for one in chosen if isinstance(one, ObjectClassifier)]
        if not objects:
            return await self._async_put(replace(run, phase=Phase.LOOKING))
        async for so_far, events in async_pages(self._hass, self._entry, run, objects):
            run = so_far
            added = await self.async_files(self.store.add_objects, run, events)
            self._tally.total += added
            self._async_changed()
        return await self._async_put(replace(run, phase=Phase.LOOKING))

    async def _async_look(self, run: Run, pace: Pace) -> Run:
        looker = Looker(
            self._hass,
            self._entry,
            run.job,
            self.chosen(run.job),
            pace,
            await self.async_files(self.store.kept_samples, run.id),
        )
        self._tally.start()
        while events := await self.async_files(self.store.next_objects, run.id, _BATCH):
            for event in events:
                await pace.async_turn()
                await self._async_look_at(run, looker, event)
                self._async_changed()
        phase = Phase.APPLYING if run.job.apply else Phase.LOOKING
        return await self._async_put(replace(run, phase=phase))

    async def _async_look_at(
        self, run: Run, looker: Looker, event: StoredEvent | PastFrame
    ) -> None:
        """Look at one object; a broken one is noted and skipped."""
        try:
            found = await looker.async_found(event)
        except (UnusableError, FrigateError, PictureError) as err:
            LOGGER.debug("Nothing about %s: %s", event.id, err)
            await self._async_note_problem(run, event, str(err))
        except HomeAssistantError:
            # That is no matter of this object: a full disk, or the end.
            raise
        except Exception as err:  # noqa: BLE001
            # A defect met by one object must not keep the others waiting.
            LOGGER.exception("Unexpected error while looking at %s", event.id)
            await self._async_note_problem(run, event, str(err) or type(err).__name__)
        else:
            await self.async_files(self.store.put_results, run.id, event.id, found)
            self._tally.count(found)

    async def _async_note_problem(
        self, run: Run, event: StoredEvent | PastFrame, problem: str
    ) -> None:
        await self.async_files(self.store.put_problem, run.id, event.id, problem)
        self._tally.count_problem()

    async def _async_tell(self, run: Run, pace: Pace) -> None:
        self._tally.start()
        while results := await self.async_files(self.store.to_tell, run.id, _BATCH):
            for found in results:
                await pace.async_turn()
                told = await async_tell(self._hass, self._entry, self._writeback, found)
                await self.async_files(self.store.put_told, run.id, found, told)
                self._tally.count_told(told)
                self._async_changed()

    def _check_classifiers(self, job: Job) -> None:
        """Refuse classifiers that cannot say anything, before or after a restart."""
        for classifier in self.chosen(job):
            if classifier.head is None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="not_trained",
                    translation_placeholders={"classifier": classifier.settings.name},
                )
            if isinstance(classifier, ObjectClassifier):
                PastCondition(
                    self._entry.runtime_data.need_frigate().pipeline.chain, classifier
                )
        next(self._moments(job), None)

    def _moments(self, job: Job) -> Iterator[PastFrame]:
        watching = [one for one in self.chosen(job) if isinstance(one, FrameClassifier)]
        return frames(self._entry, job, watching)


def ended(run: Run, status: Status, error: str | None = None) -> Run:
    """Return a run as it is once it has ended, now."""
    now = dt_util.utcnow().timestamp()
    return replace(run, status=status, error=error, ended_at=now)
