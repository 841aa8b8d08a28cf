"""Child processes that write a log and end with us, however we end."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from pathlib import Path

TIED = Path(__file__).with_name("tied.py")
logs: set[Path] = set()
"""The logs of all programs that were started."""


class ProcessEndedError(RuntimeError):
    """A program ended although it was still needed."""


async def start(
    *command: str | Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Process:
    """Start a program in a process group of its own; its output is appended to `log`.

    The group keeps the terminal's Ctrl-C away from it: we end it in order.
    """
    logs.add(log)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", TIED, str(os.getpid()), *command),
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )


async def stop(process: Process, *, patience: float = 120) -> None:
    """Ask the program to end; after `patience` seconds, insist."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)
    await kill(process)


async def kill(process: Process) -> None:
    """End the program and its children at once, as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
