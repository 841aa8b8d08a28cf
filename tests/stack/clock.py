"""A clock of its own for a program, which can be made to jump while it runs.

Debian's libfaketime stands between the program and the system: what it takes for the
time of day comes from a file that is read again and again. As on a machine whose clock
is set, time goes on as before for whatever only measures how much of it has passed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FOLDERS: Final = (Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/local/lib"))
_LIBRARY: Final = "libfaketimeMT.so.1"
# As long as the library may go on with what it has read (seconds).
READ_EVERY: Final = 1.0


class NoClockError(RuntimeError):
    """libfaketime is not installed."""


class Clock:
    """A clock that is `ahead` so many seconds of the real one; give `env` to a program.

    Raises NoClockError.
    """

    def __init__(self, folder: Path) -> None:
        self._library = _find()
        self._file = folder / "clock"
        self.ahead = 0
        self.set(0)

    @property
    def env(self) -> Mapping[str, str]:
        """The variables of a program that goes by this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": f"{READ_EVERY:.0f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead: int) -> None:
        """Let it be so many seconds ahead of the real time, or behind it."""
        self.ahead = ahead
        new = self._file.with_suffix(".new")
        new.write_text(f"{ahead:+d}\n")
        new.replace(self._file)


def _find() -> Path:
    for folder in _FOLDERS:
        for pattern in (f"faketime/{_LIBRARY}", f"*/faketime/{_LIBRARY}"):
            for found in sorted(folder.glob(pattern)):
                return found
    raise NoClockError(
        "No libfaketime: install it (Debian: apt-get install libfaketime)."
    )
