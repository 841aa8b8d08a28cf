"""The trained heads of one classifier on disk: the one in use, and the last few.

Each training leaves `heads/<number>.npz`; the file `heads/current` names the one in
use. A head file is complete before it is named, so a crash leaves the old head in use.
All functions block.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .evaluation import TrainingReport
from .files import write_atomically
from .head import Head, HeadFileError, load_head, save_head

KEPT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """A trained head, its report and its time; `number` counts the trainings."""

    number: int
    head: Head
    report: TrainingReport
    trained_at: datetime


class HeadShelf:
    """The heads below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "heads"
        self._current = self._folder / "current"

    def put(self, head: Head, report: TrainingReport) -> KeptHead:
        """Keep a new head and put it in use; the oldest ones go. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = max(self.numbers(), default=0) + 1
        save_head(self._path(number), head, report)
        self.use(number)
        for old in self.numbers()[:-KEPT]:
            self._path(old).unlink(missing_ok=True)
        return self.load(number)

    def use(self, number: int) -> None:
        """Put a kept head in use. Raises OSError."""
        write_atomically(self._current, str(number).encode())

    def current(self) -> KeptHead | None:
        """Return the head in use, None before the first training.

        Raises HeadFileError when it is damaged; an older one is then still here.
        """
        try:
            number = int(self._current.read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            raise HeadFileError(f"{self._current.name} names no head") from None
        return self.load(number)

    def load(self, number: int) -> KeptHead:
        """Return a kept head. Raises HeadFileError or OSError."""
        path = self._path(number)
        head, report = load_head(path)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return KeptHead(number=number, head=head, report=report, trained_at=changed)

    def numbers(self) -> list[int]:
        """Return the numbers of the kept heads, oldest first."""
        found = (path.stem for path in self._folder.glob("*.npz"))
        return sorted(int(stem) for stem in found if stem.isdecimal())

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.npz"
