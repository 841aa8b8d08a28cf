"""Free loopback ports, and waiting until something listens there."""

import asyncio
import random
import socket
from asyncio.subprocess import Process
from pathlib import Path

from .processes import ProcessEndedError, last_lines

LOOPBACK = "127.0.0.1"
# Below those that the kernel gives to connections: a program that is stopped finds its
# port free when it is started again.
PORTS = range(20_000, 32_000)
_dice = random.SystemRandom()  # tests that run side by side must not choose alike
_given: set[int] = set()


def free_port() -> int:
    """Return a TCP port on which nothing listens, and that was not returned before."""
    while True:
        port = _dice.choice(PORTS)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections that have ended a moment ago are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


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
