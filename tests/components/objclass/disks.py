"""Folders that really cannot be written to, for as long as a test needs."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write below a folder; root, whom no permission stops, neither."""
    if os.geteuid() != 0:
        places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        modes = {place: place.stat().st_mode for place in places}
        try:
            for place in reversed(places):
                place.chmod(0o500)
            yield
        finally:
            for place, mode in modes.items():
                place.chmod(mode)
        return
    try:
        _mount("--bind", str(folder), str(folder))
    except OSError, subprocess.CalledProcessError:
        pytest.skip("NOT TESTED: a read-only folder; nothing may be mounted here")
    try:
        _mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)
