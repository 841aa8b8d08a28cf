"""A run at work: it lists what there was, looks at it, and tells Frigate."""

from dataclasses import replace
from itertools import islice
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.errors import FrigateError
from ..frigate.models import StoredEvent
from ..learning.crop import PictureError
from ..objects.writeback import Writeback
from .applying import async_tell
from .found import UnusableError
from .listing import async_pages, moments
from .looking import Looker
from .pace import Pace
from .run import PastFrame, Phase, Run, Status
from .runs import Runs
from .taking_part import async_all_ready
from .tally import Tally

# So many are read from disk at a time.
_BATCH: Final = 50
_LISTED: Final = 1000


class Work:
    """A run from where it is to its end; `tally` is how far it has come by now."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        runs: Runs,
        writeback: Writeback,
        run: Run,
    ) -> None:
        self.run = run
        self.tally: Tally | None = None
        self._hass = hass
        self._entry = entry
        self._runs = runs
        self._writeback = writeback
        pipeline = entry.runtime_data.need_frigate().pipeline
        self._pace = Pace(pipeline, run.job.per_second)

    async def async_run(self) -> Run:
        """Work until the run has ended, however that is; return it as it is then."""
        try:
            await self._async_work()
            run = ended(self.run, Status.DONE)
        except (FrigateError, HomeAssistantError) as err:
            LOGGER.warning("Classifying the past stopped: %s", err)
            run = ended(self.run, Status.FAILED, str(err))
        except Exception as err:  # noqa: BLE001
            # Whatever it is, it must be seen, and not keep the next run away.
            LOGGER.exception("Unexpected error while classifying the past")
            run = ended(self.run, Status.FAILED, str(err) or type(err).__name__)
        await self._runs.async_put_end(run)
        return run

    async def _async_work(self) -> None:
        counts = await self._runs.async_files(self._runs.store.counts, self.run.id)
        self.tally = tally = Tally(counts)
        if self.run.phase is Phase.LISTING:
            await self._async_list(tally)
            await self._async_enter(Phase.LOOKING)
        if self.run.phase is Phase.LOOKING:
            await async_all_ready(self._entry, self.run.job)
            await self._async_look(tally)
            if self.run.job.apply:
                await self._async_enter(Phase.APPLYING)
        if self.run.phase is Phase.APPLYING:
            await self._async_tell(tally)

    async def _async_enter(self, phase: Phase) -> None:
        self.run = await self._runs.async_put(replace(self.run, phase=phase))

    async def _async_list(self, tally: Tally) -> None:
        runs, store = self._runs, self._runs.store
        left = moments(self._entry, self.run.job)
        while some := list(islice(left, _LISTED)):
            tally.total += await runs.async_files(store.add_frames, self.run.id, some)
        async for run, events in async_pages(self._hass, self._entry, self.run):
            tally.total += await runs.async_files(store.add_objects, run, events)
            self.run = run
            runs.async_changed()

    async def _async_look(self, tally: Tally) -> None:
        runs, store = self._runs, self._runs.store
        looker = Looker(
            self._hass,
            self._entry,
            self.run.job,
            self._pace,
            await runs.async_files(store.kept_samples, self.run.id),
        )
        tally.start()
        while events := await runs.async_files(store.next_objects, self.run.id, _BATCH):
            for event in events:
                await self._pace.async_turn()
                await async_all_ready(self._entry, self.run.job)
                await self._async_look_at(looker, event, tally)
                runs.async_changed()

    async def _async_look_at(
        self, looker: Looker, event: StoredEvent | PastFrame, tally: Tally
    ) -> None:
        """Look at one object; a broken one is noted and skipped."""
        try:
            found = await looker.async_found(event)
        except (UnusableError, FrigateError, PictureError) as err:
            LOGGER.debug("Nothing about %s: %s", event.id, err)
            await self._async_note_problem(event, str(err), tally)
        except HomeAssistantError:
            # That is no matter of this object: a full disk, or the end.
            raise
        except Exception as err:  # noqa: BLE001
            # A defect met by one object must not keep the others waiting.
            LOGGER.exception("Unexpected error while looking at %s", event.id)
            await self._async_note_problem(event, str(err) or type(err).__name__, tally)
        else:
            runs, store = self._runs, self._runs.store
            await runs.async_files(store.put_results, self.run.id, event.id, found)
            tally.count(found)

    async def _async_note_problem(
        self, event: StoredEvent | PastFrame, problem: str, tally: Tally
    ) -> None:
        runs, store = self._runs, self._runs.store
        await runs.async_files(store.put_problem, self.run.id, event.id, problem)
        tally.count_problem()

    async def _async_tell(self, tally: Tally) -> None:
        runs, store = self._runs, self._runs.store
        tally.start()
        while results := await runs.async_files(store.to_tell, self.run.id, _BATCH):
            for found in results:
                await self._pace.async_turn()
                told = await async_tell(self._hass, self._entry, self._writeback, found)
                await runs.async_files(store.put_told, self.run.id, found, told)
                tally.count_told(told)
                runs.async_changed()


def ended(run: Run, status: Status, error: str | None = None) -> Run:
    """Return a run as it is once it has ended, now."""
    now = dt_util.utcnow().timestamp()
    return replace(run, status=status, error=error, ended_at=now)
