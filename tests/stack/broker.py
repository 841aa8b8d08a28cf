"""A real MQTT broker on a free loopback port: mosquitto, or amqtt from PyPI."""

import os
import shutil
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .ports import LOOPBACK, free_port, listening

# Debian puts the daemon where an ordinary user's PATH does not look.
SEARCH_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
# Where scripts/common.sh installs the substitute: its requirements contradict those
# of Home Assistant, so it has an environment of its own.
AMQTT = Path(__file__).parents[2] / ".dev" / "broker" / "bin" / "amqtt"

# Started by root it would become another user, whom the kernel no longer ends with us.
# By default it drops messages when a thousand wait for a client.
MOSQUITTO_CONFIGURATION = """\
user root
listener {port} {host}
allow_anonymous true
persistence false
sys_interval 1
max_queued_messages 0
log_dest stderr
"""
AMQTT_CONFIGURATION = """\
listeners:
  default:
    type: tcp
    bind: {host}:{port}
plugins:
  amqtt.plugins.authentication.AnonymousAuthPlugin:
    allow_anonymous: true
"""


@dataclass(kw_only=True)
class Broker:
    """A broker: where it listens, what it speaks, what it logs, and its process."""

    program: Path
    configuration: Path
    log: Path
    host: str
    port: int
    protocol: str  # the newest MQTT version it knows, as Home Assistant writes it
    process: Process | None = None

    async def start(self) -> None:
        """Start it and return when it listens; also again, after a `kill`."""
        process = await processes.start(
            self.program, "-c", self.configuration, log=self.log
        )
        self.process = process
        await listening(self.port, process, self.log, within=60)

    async def stop(self) -> None:
        """Ask it to end, and insist after a while."""
        if self.process is not None:
            await processes.stop(self.process, patience=5)

    async def kill(self) -> int:
        """End it as a power cut would; return the id of the process that is gone."""
        if self.process is None:
            raise RuntimeError("not running")
        await processes.kill(self.process)
        return self.process.pid


class NoBrokerError(RuntimeError):
    """Neither mosquitto nor amqtt is installed."""


def find_broker() -> Path:
    """Return the broker to run; raises NoBrokerError."""
    if mosquitto := shutil.which("mosquitto", path=SEARCH_PATH):
        return Path(mosquitto)
    if AMQTT.exists():
        return AMQTT
    raise NoBrokerError(
        "No MQTT broker: install mosquitto, or run scripts/setup broker."
    )


@asynccontextmanager
async def running_broker(
    folder: Path, *, program: Path | None = None
) -> AsyncIterator[Broker]:
    """Run a broker without accounts for as long as the context lasts.

    Its configuration and log are written into `folder`.
    """
    program = program or find_broker()
    port, log = free_port(), folder / "broker.log"
    configuration = folder / "broker.conf"
    is_mosquitto = program.name == "mosquitto"
    text = MOSQUITTO_CONFIGURATION if is_mosquitto else AMQTT_CONFIGURATION
    configuration.write_text(text.format(host=LOOPBACK, port=port))
    broker = Broker(
        program=program,
        configuration=configuration,
        log=log,
        host=LOOPBACK,
        port=port,
        protocol="5" if is_mosquitto else "3.1.1",
    )
    try:
        await broker.start()
        yield broker
    finally:
        await broker.stop()
