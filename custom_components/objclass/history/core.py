"""The runs of one entry: on disk, in memory, and told to those who look on."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..classifier import Classifier
from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry
from ..objects.writeback import Writeback
from ..runtime.worker import Worker
from ..signals import SIGNAL_HISTORY
from .run import Job, Run
from .store import HistoryStore, HistoryStoreError
from .tally import Tally


class HistoryCore:
    """The runs, and the files that they are in."""

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

    async def async_close(self) -> None:
        """Close the file."""
        if self._store:
            await self._worker.run(self._store.close)

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


def _failed(error: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_failed",
        translation_placeholders={"error": error},
    )
