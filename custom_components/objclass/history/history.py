"""What a person says of the past: start a run, let it rest, go on, give it up."""

import asyncio
from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..api import async_frigate_failed
from ..const import DOMAIN, EVENT_HISTORY
from ..data import ObjclassConfigEntry
from ..frigate.errors import FrigateError, FrigateNotFoundError
from ..learning.crop import PictureError
from ..objects.writeback import Writeback
from .found import UnusableError
from .keeping import async_keep_anew
from .listing import moments
from .run import Counts, Job, Phase, Run, Status
from .runs import Runs
from .taking_part import check_classifiers
from .tally import Tally
from .work import Work, ended

_CLOSED: Final = (Status.DONE, Status.CANCELLED, Status.FAILED)


class History:
    """The past of one Frigate. One run at a time; the others are kept to look at."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        runs: Runs,
        writeback: Writeback,
    ) -> None:
        self.runs = runs
        self._hass = hass
        self._entry = entry
        self._writeback = writeback
        self._work: Work | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = asyncio.Lock()  # held while a person's word is being carried out

    @callback
    def async_begin(self) -> None:
        """Go on with what was running when Home Assistant or the entry stopped."""
        for run in self.runs.kept:
            if run.status is Status.RUNNING:
                self._async_go(run)
                return

    async def async_stop(self) -> None:
        """Stop working; what is running goes on after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._work = self._task = None

    async def async_counts(self, run: Run) -> Counts:
        """Return how far a run is, and what it has come to."""
        if tally := self._tally(run):
            return tally.counts()
        return await self.runs.async_files(self.runs.store.counts, run.id)

    def seconds_left(self, run: Run) -> float | None:
        """Return how long a run will still take, None when that is not known."""
        tally = self._tally(run)
        return tally.seconds_left(run.phase) if tally else None

    # What a person says

    async def async_start(self, job: Job) -> Run:
        """Start a run. Raises HomeAssistantError when that makes no sense."""
        async with self._told:
            self._check_alone()
            if job.apply:
                self._check_writing()
            check_classifiers(self._entry, job)
            # Are they too many?
            next(moments(self._entry, job), None)
            now = dt_util.utcnow().timestamp()
            return await self._async_going(Run(id=ulid_now(), job=job, started_at=now))

    async def async_pause(self, run_id: str) -> Run:
        """Let a run rest; what it has found so far stays."""
        async with self._told:
            self._expect(run_id, Status.RUNNING)
            run = await self._async_halted(run_id)
            # It may have ended just now.
            paused = replace(run, status=Status.PAUSED) if run.open else run
            return await self.runs.async_put(paused)

    async def async_resume(self, run_id: str) -> Run:
        """Let a run go on that was paused, or that failed."""
        async with self._told:
            run = self._expect(run_id, Status.PAUSED, Status.FAILED)
            self._check_alone(run_id)
            return await self._async_going(run)

    async def async_cancel(self, run_id: str) -> Run:
        """Give a run up; what it has found so far stays."""
        async with self._told:
            self._expect(run_id, Status.RUNNING, Status.PAUSED)
            run = await self._async_halted(run_id)
            return await self.runs.async_put(
                ended(run, Status.CANCELLED) if run.open else run
            )

    async def async_apply(self, run_id: str) -> Run:
        """Write what a run has found to Frigate's objects."""
        async with self._told:
            run = self._expect(run_id, *_CLOSED)
            self._check_writing()
            self._check_alone(run_id)
            await self.runs.async_files(self.runs.store.forget_refused, run.id)
            return await self._async_going(replace(run, phase=Phase.APPLYING))

    async def async_remove(self, run_id: str) -> None:
        """Forget a run and its results; kept crops stay."""
        async with self._told:
            run = self._expect(run_id, *_CLOSED)
            await self.runs.async_remove(run)

    async def async_keep(self, run_id: str, event_id: str, classifier_id: str) -> str:
        """Keep the crop of a result for labelling; return the id of the sample.

        Frigate is asked for the picture again, if it was not kept, or has gone since.
        """
        runs, store = self.runs, self.runs.store
        found = await runs.async_files(store.get, run_id, event_id, classifier_id)
        classifier = self._entry.runtime_data.classifiers.get(classifier_id)
        if found is None or classifier is None:
            raise _unknown_event(event_id)
        if found.sample_id is not None:
            samples = classifier.samples
            kept = await samples.async_files(samples.store.get, found.sample_id)
            if kept is not None:
                return kept.id
        try:
            sample_id = await async_keep_anew(
                self._hass, self._entry, classifier, found
            )
        except (FrigateNotFoundError, PictureError, UnusableError) as err:
            raise _unknown_event(event_id) from err
        except FrigateError as err:
            raise async_frigate_failed(self._hass, self._entry, err) from err
        await runs.async_files(store.put_sample, run_id, found, sample_id)
        return sample_id

    # Inside

    async def _async_halted(self, run_id: str) -> Run:
        """Stop working; return how far the run is on disk."""
        await self.async_stop()
        await self.runs.async_read()
        return self.runs.get(run_id)

    async def _async_going(self, run: Run) -> Run:
        """Let a run work."""
        run = replace(run, status=Status.RUNNING, error=None, ended_at=None)
        await self.runs.async_put(run)
        self._async_go(run)
        return run

    @callback
    def _async_go(self, run: Run) -> None:
        work = Work(self._hass, self._entry, self.runs, self._writeback, run)
        self._work = work
        self._task = self._entry.async_create_background_task(
            self._hass, self._async_work(work), f"objclass history {run.id}"
        )

    async def _async_work(self, work: Work) -> None:
        run = await work.async_run()
        self._work = None
        self._hass.bus.async_fire(
            EVENT_HISTORY,
            {"run": run.id, "status": run.status, "phase": run.phase},
        )

    def _tally(self, run: Run) -> Tally | None:
        """Return how far a run has come, if it is at work."""
        work = self._work
        return work.tally if work and work.run.id == run.id else None

    def _expect(self, run_id: str, *expected: Status) -> Run:
        run = self.runs.get(run_id)
        if run.status not in expected:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="history_wrong_status",
                translation_placeholders={"status": run.status},
            )
        return run

    def _check_alone(self, run_id: str = "") -> None:
        """Refuse a run while another one is not finished."""
        if any(run.open for run in self.runs.kept if run.id != run_id):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="history_in_progress"
            )

    def _check_writing(self) -> None:
        if not self._writeback.allowed:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="history_not_written"
            )


def _unknown_event(event_id: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="event_unknown",
        translation_placeholders={"event_id": event_id},
    )
