"""A real Home Assistant in a process of its own, in its own configuration folder."""

import json
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from yarl import URL

from . import processes
from .api import Api, until
from .ports import LOOPBACK, free_port, listening
from .sign_in import sign_in

COMPONENT = Path(__file__).parents[2] / "custom_components" / "objclass"
START_TIMEOUT = 300  # seconds; an idle machine needs about ten

# Not `default_config`: half of it wants Bluetooth, the local network or a cloud.
CONFIGURATION = """\
frontend:
recorder:
logbook:
media_source:
logger:
  default: info
  logs:
    custom_components.objclass: debug
"""

# Of the questions that a new Home Assistant asks only the owner's account is left: the
# others set up a weather forecast, an internet radio and a cloud voice.
ONBOARDING = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}


class HomeAssistant:
    """Home Assistant with the integration from this repository; the owner is signed in.

        async with HomeAssistant(folder) as hass:
            await hass.api.states()

    `folder` becomes its configuration folder; what it holds already is kept, so the
    same folder can be started again. `api` belongs to the running process: take it
    anew after `restart`. `env` are variables that only this process has.
    """

    api: Api

    def __init__(
        self,
        folder: Path,
        *,
        configuration: str = CONFIGURATION,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._env = env
        self.port = free_port()
        self.log = folder / "process.log"
        self._process: Process | None = None
        self._prepare(configuration)

    @property
    def url(self) -> URL:
        """The address of its user interface."""
        return URL(f"http://{LOOPBACK}:{self.port}/")

    @property
    def pid(self) -> int | None:
        """The id of its process, and of the group that it leads, while it runs."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it and return when everything in it has been set up.

        Raises ProcessEndedError with the end of the log, or TimeoutError.
        """
        program = Path(sys.executable).with_name("hass")
        self._process = await processes.start(
            *(program, "--config", self.folder, "--log-no-color"),
            log=self.log,
            env=self._env,
        )
        try:
            await listening(self.port, self._process, self.log, START_TIMEOUT)
            self.api = await sign_in(self.url)
            await until(self._is_running, "Home Assistant to start", START_TIMEOUT)
        except BaseException:
            await self.stop()
            raise

    async def sign_in_again(self) -> None:
        """Take new tokens: those of half an hour do not outlive a jump of the clock."""
        async with await sign_in(self.url) as api:
            self.api.tokens = api.tokens

    async def stop(self) -> None:
        """End it as a person would, with its last states written."""
        await self._end(kill=False)

    async def kill(self) -> None:
        """End it as a power cut would; RuntimeError if it was gone before."""
        process = self._process
        await self._end(kill=True)
        if process is None or process.returncode != -signal.SIGKILL:
            raise RuntimeError(f"not killed: {process}")

    async def restart(self) -> None:
        """Stop it and start it again; `api` is a new object afterwards."""
        await self.stop()
        await self.start()

    async def _end(self, *, kill: bool) -> None:
        if hasattr(self, "api"):
            await self.api.close()
        if self._process is None:
            return
        await (processes.kill if kill else processes.stop)(self._process)
        self._process = None

    async def _is_running(self) -> bool | None:
        return (await self.api.get("/api/config"))["state"] == "RUNNING" or None

    def _prepare(self, configuration: str) -> None:
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        (storage / "http").write_text(json.dumps(_http_settings(self.port)))
        if not (storage / "onboarding").exists():
            (storage / "onboarding").write_text(json.dumps(ONBOARDING))
        (self.folder / "configuration.yaml").write_text(configuration)
        link = self.folder / "custom_components" / COMPONENT.name
        link.parent.mkdir(exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(COMPONENT, target_is_directory=True)


def _http_settings(port: int) -> dict[str, object]:
    """Return `.storage/http`: an `http:` block in YAML would be on probation only.

    Shape: `homeassistant.components.http.config`, storage version 3.1 (2026.11).
    """
    stable = {
        "server_port": port,
        "server_host": [LOOPBACK],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "intermediate_v6",
        "use_x_frame_options": True,
        "created_at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "error": None,
        "error_message": None,
    }
    return {
        "version": 3,
        "minor_version": 1,
        "key": "http",
        "data": {"stable": stable, "pending": None, "yaml_migration_done": True},
    }
