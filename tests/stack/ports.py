"""Free loopback ports, and waiting until something listens there."""

import asyncio
import socket
from asyncio.subprocess import Process
from pathlib import Path

from .processes import ProcessEndedError, last_lines

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


async def listening(port: int, process: Process, log: Path, within: float) -> None:
    """Return when `process` accepts connections on `port`.

    Raises ProcessEndedError, with the end of its log, when it ends before that, and
    TimeoutError after `within` seconds.
    """
    async with asyncio.timeout(within):
        while True:
            if process.returncode is not None:
                raise ProcessEndedError(
                    f"ended with code {process.returncode} before it listened on "
                    f"port {port}:\n{last_lines(log)}"
                )
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
