"""Measures Home Assistant from within; put into its configuration by the benchmark.

Five websocket commands: `loop_monitor/watch` (from now on; with or without ticks),
`loop_monitor/take` (what was measured since the last time), `loop_monitor/process`
(the process as it is), `loop_monitor/collect` (one full run of the garbage collector),
and `loop_monitor/read` (read the messages on a topic, and do nothing with them; no more
with null).
"""

import asyncio
import gc
import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import Any

import probatio
from homeassistant.components import mqtt, websocket_api
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.json import json_loads

from .lateness import Lateness

DOMAIN = "loop_monitor"
WATCHED = "objclass"


class Monitor:
    """What was measured since the last time that somebody took it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._lateness = Lateness()
        self._ticking: asyncio.Task[None] | None = None
        self._downloads: list[float] = []
        self._looks: list[float] = []
        self._states: list[tuple[str, str, float, float]] = []
        self._stop_reading: Callable[[], None] | None = None

    async def read(self, topic: str | None) -> None:
        """Read the messages on a topic from now on, or none."""
        if self._stop_reading:
            self._stop_reading()
            self._stop_reading = None
        if topic:
            self._stop_reading = await mqtt.async_subscribe(self._hass, topic, _read)

    @callback
    def watch(self, *, ticks: bool) -> None:
        """Begin; with `ticks`, also with what costs a few percent of a processor."""
        if self._ticking:
            self._ticking.cancel()
            self._ticking = None
        if ticks:
            self._ticking = self._hass.async_create_background_task(
                self._lateness.tick(), "loop monitor"
            )
        self.take()

    @callback
    def take(self) -> dict[str, Any]:
        """Return all that was measured, in seconds unless it is the loop's lateness.

        `states` are [entity, event, time of the frame, monotonic time of the change].
        """
        taken = {
            "loop": self._lateness.take(),
            "downloads": self._downloads,
            "looks": self._looks,
            "states": self._states,
        }
        self._downloads, self._looks, self._states = [], [], []
        return taken

    @callback
    def time_entries(self) -> None:
        """Time the parts of a look: the download and what the worker does."""
        # Imported once it is set up: it must not be this that loads it.
        from custom_components.objclass.objects import looks  # noqa: PLC0415

        look = vars(looks)["look"]
        if not hasattr(look, "timed"):
            vars(looks)["look"] = self._timed(look)
        for entry in self._hass.config_entries.async_entries(WATCHED):
            if entry.state is ConfigEntryState.LOADED:
                client = entry.runtime_data.frigate.client
                if not hasattr(client.snapshot, "timed"):
                    client.snapshot = self._timed_download(client.snapshot)

    def _timed(self, job: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = perf_counter()
            try:
                return job(*args, **kwargs)
            finally:
                self._looks.append(perf_counter() - started)

        timed.timed = True  # type: ignore[attr-defined]
        return timed

    def _timed_download(self, download: Callable[..., Any]) -> Callable[..., Any]:
        async def timed(*args: Any) -> Any:
            started = perf_counter()
            try:
                return await download(*args)
            finally:
                self._downloads.append(perf_counter() - started)

        timed.timed = True  # type: ignore[attr-defined]
        return timed

    @callback
    def on_state(self, event: Event[EventStateChangedData]) -> None:
        """Note when an entity shows a result."""
        if self._ticking:
            # Ten minutes of these would be what grows.
            return
        state = event.data["new_state"]
        if state is not None and "votes" in state.attributes:
            attributes = state.attributes
            self._states.append(
                (
                    state.entity_id,
                    attributes["event_id"],
                    attributes["frame_time"],
                    monotonic(),
                )
            )


@callback
def _read(message: ReceiveMessage) -> None:
    json_loads(message.payload)


@callback
@websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/process"})
def process(
    _hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Return the seconds of processor time used, the bytes held, and the tasks."""
    connection.send_result(
        msg["id"],
        {
            "processor": process_time(),
            "rss": _rss(),
            "tasks": len(asyncio.all_tasks()),
        },
    )


@callback
@websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/collect"})
def collect(
    _hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Return the seconds that it takes to walk through all that is held."""
    gc.collect()  # Clears away what this is not about.
    started = perf_counter()
    gc.collect()
    connection.send_result(msg["id"], {"seconds": perf_counter() - started})


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Answer the commands."""
    monitor = Monitor(hass)
    hass.bus.async_listen("state_changed", monitor.on_state)

    @callback
    @websocket_api.websocket_command(
        {
            probatio.Required("type"): f"{DOMAIN}/watch",
            probatio.Required("ticks"): bool,
        }
    )
    def watch(
        _hass: HomeAssistant,
        connection: websocket_api.ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        monitor.time_entries()
        monitor.watch(ticks=msg["ticks"])
        connection.send_result(msg["id"])

    @callback
    @websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/take"})
    def take(
        _hass: HomeAssistant,
        connection: websocket_api.ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        connection.send_result(msg["id"], monitor.take())

    @websocket_api.websocket_command(
        {
            probatio.Required("type"): f"{DOMAIN}/read",
            probatio.Required("topic"): probatio.Any(str, None),
        }
    )
    @websocket_api.async_response
    async def read(
        _hass: HomeAssistant,
        connection: websocket_api.ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        await monitor.read(msg["topic"])
        connection.send_result(msg["id"])

    for command in (watch, take, process, collect, read):
        websocket_api.async_register_command(hass, command)
    return True


def _rss() -> int:
    """Return the bytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
