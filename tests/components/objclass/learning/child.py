"""A process of its own that uses the learning library, to be killed or restricted."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Final

import custom_components.objclass

PATIENCE: Final = 600
"""Seconds that only what hangs takes; an emulated processor starts Python in many."""
_LIBRARY = Path(custom_components.objclass.__file__).parent


def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Run Python code, which imports from `learning`; its output is a pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(_LIBRARY), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a process, which must be a good one; return its output."""
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return output
