"""The runs of one entry: on disk, in memory, and told to those who look on."""

from collections.abc import Callable
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry
from ..runtime.worker import Worker
from ..signals import SIGNAL_HISTORY
from .run import Run
from .store import HistoryStore
from .store_file import HistoryStoreError


class Runs:
    """The runs that are kept, newest first, and the file that they are in."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, worker: Worker, path: Path
    ) -> None:
        self.path = path
        self.kept: list[Run] = []
        self._hass = hass
        self._entry_id = entry_id
        self._worker = worker
        self._store: HistoryStore | None = None

    async def async_load(self) -> None:
        """Open the file; one that cannot be used costs the runs and nothing else."""
        try:
            self._store = await self._worker.run(HistoryStore, self.path)
            self.kept = await self.async_files(self._store.runs)
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
        for run in self.kept:
            if run.id == run_id:
                return run
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="history_unknown"
        )

    async def async_put(self, run: Run) -> Run:
        """Keep a new run, or how far a known one is."""
        await self.async_files(self.store.put_run, run)
        await self.async_read()
        return run

    async def async_put_end(self, run: Run) -> None:
        """Keep how a run ended, also where a full disk takes no note of it."""
        try:
            await self.async_put(run)
        except HomeAssistantError as err:
            LOGGER.warning("The end of a run over the past is not kept: %s", err)
            self.kept = [run if one.id == run.id else one for one in self.kept]
            self.async_changed()

    async def async_remove(self, run: Run) -> None:
        """Forget a run and its results."""
        await self.async_files(self.store.remove_run, run.id)
        self.kept = [other for other in self.kept if other.id != run.id]
        self.async_changed()

    async def async_read(self) -> None:
        """Take what is on disk for what there is."""
        self.kept = await self.async_files(self.store.runs)
        self.async_changed()

    @callback
    def async_changed(self) -> None:
        """Tell those who look on that there is something new."""
        async_dispatcher_send(self._hass, SIGNAL_HISTORY.format(self._entry_id))


def all_runs(hass: HomeAssistant) -> list[tuple[ObjclassConfigEntry, Run]]:
    """Return the runs of all loaded entries, each with its own."""
    entries: list[ObjclassConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    return [
        (entry, run)
        for entry in entries
        if (frigate := entry.runtime_data.frigate)
        for run in frigate.history.runs.kept
    ]


def _failed(error: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_failed",
        translation_placeholders={"error": error},
    )
