"""What Home Assistant, the broker and others logged, shown with a test that failed.

A conftest.py imports the two hooks.
"""

from collections.abc import Generator
from pathlib import Path

import pytest

from . import processes

LINES = 80
_sizes = pytest.StashKey[dict[Path, int]]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note how far each log has come: what others did is not shown."""
    item.stash[_sizes] = {log: _size(log) for log in processes.logs}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the ends of all logs that were written since the test began."""
    report = yield
    if report.failed:
        sizes = item.stash.get(_sizes, {})
        for log in sorted(processes.logs):
            if lines := _lines(log, sizes.get(log, 0)):
                report.sections.append((f"{log.parent.name}/{log.name}", lines))
    return report


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _lines(log: Path, start: int) -> str:
    if not log.exists():
        return ""
    with log.open(errors="replace") as file:
        file.seek(start)
        return "".join(file.readlines()[-LINES:])
