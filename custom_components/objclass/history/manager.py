"""The runs of one entry: starting them, pausing, going on and giving up."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..api import async_frigate_failed
from ..classifier import Classifier, FrameClassifier, ObjectClassifier
from ..conditions.past import PastCondition
from ..const import DOMAIN, EVENT_HISTORY, LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.errors import FrigateError, FrigateNotFoundError
from ..frigate.models import StoredEvent
from ..learning.crop import PictureError
from ..objects.writeback import Writeback
from ..runtime.worker import Worker
from ..signals import SIGNAL_HISTORY
from .applying import async_tell
from .keeping import async_keep_anew
from .listing import async_pages, frames
from .looking import Looker, UnusableError
from .pace import Pace
from .run import Counts, Job, PastFrame, Phase, Run, Status
from .store import HistoryStore, HistoryStoreError
from .tally import Tally

# So many are read from disk at a time.
_BATCH: Final = 50
_LISTED: Final = 1000
_CLOSED: Final = (Status.DONE, Status.CANCELLED, Status.FAILED)


class History:
    """The past of one Frigate. One run at a time; the others are kept to look at."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        *,
        worker: Worker,
        path: Path,
        writeback: Writeback,
    ) -> None:
        self.path = path
        self.runs: list[Run] = []
        self._hass = hass
        self._entry = entry
        self._worker = worker
        self._writeback = writeback
        self._store: HistoryStore | None = None
        self._task: asyncio.Task[None] | None = None
        self._tally = Tally()
        self._told = asyncio.Lock()  # held while a person's word is being carried out

    async def async_load(self) -> None:
        """Open the file; what was running goes on when `async_begin` says so."""
        try:
            self._store = await self._worker.run(HistoryStore, self.path)
            self.runs = await self.async_files(self._store.runs)
        except (HistoryStoreError, HomeAssistantError) as err:
            LOGGER.error("The runs in %s cannot be used: %s", self.path, err)

    @callback
    def async_begin(self) -> None:
        """Go on with what was running when Home Assistant or the entry stopped."""
        for run in self.runs:
            if run.status is Status.RUNNING:
                self._async_go(run)
                return

    async def async_stop(self) -> None:
        """Stop working; what is running goes on after the next start."""
        await self._async_halt()

    async def async_close(self) -> None:
        """Close the file."""
        if self._store:
            await self._worker.run(self._store.close)

    # What a person says

    async def async_start(self, job: Job) -> Run:
        """Start a run. Raises HomeAssistantError when that makes no sense."""
        async with self._told:
            self._check_alone()
            if job.apply:
                self._check_writing()
            self._check_classifiers(job)
            now = dt_util.utcnow().timestamp()
            return await self._async_going(Run(id=ulid_now(), job=job, started_at=now))

    async def async_pause(self, run_id: str) -> Run:
        """Let a run rest; what it has found so far stays."""
        async with self._told:
            self._expect(run_id, Status.RUNNING)
            run = await self._async_halted(run_id)
            # It may have ended just now.
            paused = replace(run, status=Status.PAUSED) if run.open else run
            return await self._async_put(paused)

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
            return await self._async_put(
                _ended(run, Status.CANCELLED) if run.open else run
            )

    async def async_apply(self, run_id: str) -> Run:
        """Write what a run has found to Frigate's objects."""
        async with self._told:
            run = self._expect(run_id, *_CLOSED)
            self._check_writing()
            self._check_alone(run_id)
            await self.async_files(self.store.forget_refused, run.id)
            return await self._async_going(replace(run, phase=Phase.APPLYING))

    async def async_remove(self, run_id: str) -> None:
        """Forget a run and its results; kept crops stay."""
        async with self._told:
            run = self._expect(run_id, *_CLOSED)
            await self.async_files(self.store.remove_run, run.id)
            self._async_set([other for other in self.runs if other.id != run.id])

    # What is asked

    @property
    def store(self) -> HistoryStore:
        """The runs on disk. Raises HomeAssistantError when they cannot be used."""
        if self._store is None:
            raise _failed("it could not be opened, see the log")
        return self._store

    async def async_files[**P, T](
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read or write runs; what goes wrong is an error for people."""
        try:
            return await self._worker.run(job, *args, **kwargs)
        except HistoryStoreError as err:
            raise _failed(str(err)) from err

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

    def get(self, run_id: str) -> Run:
        """Return a run. Raises ServiceValidationError when there is none."""
        for run in self.runs:
            if run.id == run_id:
                return run
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="history_unknown"
        )

    def chosen(self, job: Job) -> Sequence[Classifier]:
        """Return the classifiers of a job that are still here."""
        known = self._entry.runtime_data.classifiers
        return [known[one] for one in job.classifiers if one in known]

    async def async_keep(self, run_id: str, event_id: str, classifier_id: str) -> str:
        """Keep the crop of a result for labelling; return the id of the sample.

        Frigate is asked for the picture again, if it was not kept, or has gone since.
        """
        found = await self.async_files(self.store.get, run_id, event_id, classifier_id)
        classifier = self._entry.runtime_data.classifiers.get(classifier_id)
        if found is None or classifier is None:
            raise _unknown_event(event_id)
        if found.sample_id is not None:
            kept = await classifier.async_files(classifier.samples.get, found.sample_id)
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
        await self.async_files(self.store.put_sample, run_id, found, sample_id)
        return sample_id

    # The work

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

    async def _async_halted(self, run_id: str) -> Run:
        """Stop working; return how far the run is on disk."""
        await self._async_halt()
        self._async_set(await self.async_files(self.store.runs))
        return self.get(run_id)

    async def _async_going(self, run: Run) -> Run:
        """Let a run work."""
        run = replace(run, status=Status.RUNNING, error=None, ended_at=None)
        await self._async_put(run)
        self._async_go(run)
        return run

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
            run = _ended(run, Status.DONE)
        except (FrigateError, HomeAssistantError) as err:
            LOGGER.warning("Classifying the past stopped: %s", err)
            run = _ended(run, Status.FAILED, str(err))
        except Exception as err:  # noqa: BLE001
            # Whatever it is, it must be seen, and not keep the next run away.
            LOGGER.exception("Unexpected error while classifying the past")
            run = _ended(run, Status.FAILED, str(err) or type(err).__name__)
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

    # What is kept and told

    async def _async_put(self, run: Run) -> Run:
        await self.async_files(self.store.put_run, run)
        self._async_set(await self.async_files(self.store.runs))
        return run

    async def _async_put_end(self, run: Run) -> None:
        """Note how a run ended, also where a full disk takes no note of it."""
        try:
            await self._async_put(run)
        except HomeAssistantError as err:
            LOGGER.warning("The end of a run over the past is not kept: %s", err)
            self._async_set([run if one.id == run.id else one for one in self.runs])

    @callback
    def _async_set(self, runs: list[Run]) -> None:
        self.runs = runs
        self._async_changed()

    @callback
    def _async_changed(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_HISTORY.format(self._entry.entry_id))

    def _expect(self, run_id: str, *expected: Status) -> Run:
        run = self.get(run_id)
        if run.status not in expected:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="history_wrong_status",
                translation_placeholders={"status": run.status},
            )
        return run

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

    def _check_alone(self, run_id: str = "") -> None:
        """Refuse a run while another one is not finished."""
        if any(run.open for run in self.runs if run.id != run_id):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="history_in_progress"
            )

    def _check_writing(self) -> None:
        if not self._writeback.allowed:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="history_not_written"
            )


def _ended(run: Run, status: Status, error: str | None = None) -> Run:
    now = dt_util.utcnow().timestamp()
    return replace(run, status=status, error=error, ended_at=now)


def _failed(error: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_failed",
        translation_placeholders={"error": error},
    )


def _unknown_event(event_id: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="event_unknown",
        translation_placeholders={"event_id": event_id},
    )
