"""A real model server, MLServer from PyPI, that serves the bundled network.

It is set up as the README says: with the files of docs/model_server.
"""

import shutil
from asyncio.subprocess import Process
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import ClientSession

from . import processes
from .api import until
from .ports import LOOPBACK, free_port, listening

REPOSITORY: Final = Path(__file__).parents[2]
# Where scripts/common.sh installs it: its requirements contradict Home Assistant's.
MLSERVER: Final = REPOSITORY / ".dev" / "mlserver" / "bin" / "mlserver"
FILES: Final = REPOSITORY / "docs" / "model_server"
MODELS: Final = REPOSITORY / "custom_components" / "objclass" / "models"
START_TIMEOUT: Final = 120  # seconds


class ModelServer:
    """Serves the bundled network as "objclass"; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._ports = (free_port(), free_port())
        self._folder = folder / "model_server"
        self._log = folder / "model_server.log"
        self._process: Process | None = None
        shutil.copytree(FILES, self._folder)
        for model in MODELS.glob("*.tflite"):
            shutil.copy(model, self._folder)

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
        """Start it, on the port that it had before."""
        grpc, metrics = self._ports
        settings = {
            "MLSERVER_HOST": LOOPBACK,
            "MLSERVER_HTTP_PORT": self.port,
            "MLSERVER_GRPC_PORT": grpc,
            "MLSERVER_METRICS_PORT": metrics,
            "MLSERVER_PARALLEL_WORKERS": 0,
        }
        self._process = await processes.start(
            *(MLSERVER, "start", self._folder),
            log=self._log,
            env={name: str(value) for name, value in settings.items()},
        )
        await listening(self.port, self._process, self._log, START_TIMEOUT)
        await until(self._is_ready, "the model server to load", START_TIMEOUT)

    async def _is_ready(self) -> bool | None:
        async with (
            ClientSession() as session,
            session.get(f"{self.url}/v2/models/objclass/ready") as answer,
        ):
            return answer.ok or None

    async def stop(self) -> None:
        """End it, as when the other machine is switched off."""
        if self._process is not None:
            await processes.kill(self._process)
            self._process = None
