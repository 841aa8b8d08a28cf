"""The trained heads of one classifier on disk: the one in use, and the last few.

Each training leaves `heads/<number>.npz`, and its report once more as
`heads/<number>.json` for people and other programs; the file `heads/current` names the
one in use. A head file is complete before it is named, so a crash leaves the old head
in use. All functions block.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .evaluation import TrainingReport
from .files import write_atomically
from .head import Head, HeadFileError, load_head, save_head
from .report import with_other_names

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

    def put(self, head: Head, report: TrainingReport, *, use: bool = True) -> KeptHead:
        """Keep a new head and its report, and put it in use unless told otherwise.

        The oldest ones go, but not the one that was in use until now: it may have been
        taken back from long ago, and be the one to take back again. Raises OSError.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        before = None
        with suppress(HeadFileError):
            before = self._number_in_use()
        number = max(self.numbers(), default=0) + 1
        self._write(number, head, report)
        kept = self.use(number) if use else self.load(number)
        for old in {*self.numbers()[:-KEPT]} - {before}:
            # One that cannot be removed now is removed after the next training.
            with suppress(OSError):
                self._path(old).unlink()
                self._path(old).with_suffix(".json").unlink(missing_ok=True)
        return kept

    def use(self, number: int) -> KeptHead:
        """Put a kept head in use.

        Raises HeadFileError or OSError; the head in use so far then stays.
        """
        kept = self.load(number)
        write_atomically(self._current, str(number).encode())
        return kept

    def current(self) -> KeptHead | None:
        """Return the head in use, None before the first training.

        Raises HeadFileError when it is damaged, and OSError when it cannot be read; an
        older one is then still here.
        """
        number = self._number_in_use()
        return None if number is None else self.load(number)

    def load(self, number: int) -> KeptHead:
        """Return a kept head. Raises HeadFileError or OSError."""
        path = self._path(number)
        head, report = load_head(path)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return KeptHead(number=number, head=head, report=report, trained_at=changed)

    def readable(self) -> list[KeptHead]:
        """Return the kept heads that can be read, newest first."""
        found = []
        for number in reversed(self.numbers()):
            with suppress(HeadFileError, OSError):
                found.append(self.load(number))
        return found

    def rename(self, renamed: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Let all heads go by the new names of their classes. Raises OSError.

        A head that knows both classes of a merger stays as it is. `labels` says which
        state of the labels only has other names in another one.
        """
        for kept in self.readable():
            classes = tuple(renamed.get(name, name) for name in kept.head.classes)
            if classes == kept.head.classes or len({*classes}) < len(classes):
                continue
            report = with_other_names(kept.report, renamed)
            report = replace(report, labels=labels.get(report.labels, report.labels))
            self._write(kept.number, replace(kept.head, classes=classes), report)
            # It was not trained now.
            trained_at = kept.trained_at.timestamp()
            os.utime(self._path(kept.number), (trained_at, trained_at))

    def numbers(self) -> list[int]:
        """Return the numbers of the kept heads, oldest first."""
        found = (path.stem for path in self._folder.glob("*.npz"))
        return sorted(int(stem) for stem in found if stem.isdecimal())

    def _write(self, number: int, head: Head, report: TrainingReport) -> None:
        save_head(self._path(number), head, report)
        # For other programs, and for people without one.
        text = json.dumps(report.as_dict(), indent=1, ensure_ascii=False)
        write_atomically(self._path(number).with_suffix(".json"), text.encode())

    def _number_in_use(self) -> int | None:
        try:
            return int(self._current.read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            raise HeadFileError(f"{self._current.name} names no head") from None

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.npz"
