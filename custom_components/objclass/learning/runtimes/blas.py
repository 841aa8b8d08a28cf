"""Keeps NumPy's matrix products in one thread.

OpenBLAS starts a thread per processor, and they wait for each other by spinning. Beside
other programs that want the processors, as Frigate does, that is ruinous: one embedding
that takes 18 ms of one processor took 100 to 300 ms of two.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

_MAPS: Final = Path("/proc/self/maps")
_NAMES: Final = (
    "scipy_openblas_{}_num_threads64_",  # in NumPy's wheels
    "openblas_{}_num_threads64_",
    "openblas_{}_num_threads",
)

type Control = tuple[Callable[[], int], Callable[[int], Any]]
"""Reads and sets the number of threads."""


class _Users:
    """Who is inside: the first sets the number of threads, the last restores it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.count = 0
        self.before: list[int] = []


_users = _Users()


@contextmanager
def one_thread() -> Iterator[None]:
    """Make OpenBLAS use one thread in the whole process; may be nested and shared.

    Does nothing where there is no OpenBLAS to be found.
    """
    with _users.lock:
        _users.count += 1
        if _users.count == 1:
            _users.before = [read() for read, _ in _controls()]
            for _, write in _controls():
                write(1)
    try:
        yield
    finally:
        with _users.lock:
            _users.count -= 1
            if not _users.count:
                for (_, write), number in zip(_controls(), _users.before, strict=True):
                    write(number)


@cache
def _controls() -> tuple[Control, ...]:
    """Find each OpenBLAS that the process has loaded (NumPy loads its own)."""
    if not _MAPS.exists():
        return ()
    lines = _MAPS.read_text(encoding="utf-8").splitlines()
    paths = {line.split(maxsplit=5)[-1] for line in lines if "openblas" in line}
    found = (_control(Path(path)) for path in sorted(paths) if Path(path).is_file())
    return tuple(control for control in found if control is not None)


def _control(path: Path) -> Control | None:
    library = ctypes.CDLL(str(path))
    for name in _NAMES:
        if hasattr(library, name.format("set")):
            return library[name.format("get")], library[name.format("set")]
    return None
