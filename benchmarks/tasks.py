"""Folders of pictures as tasks: who is trained on, who is judged."""

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from learning.crop import PictureError, decode

_SUFFIXES: Final = {".jpg", ".jpeg", ".png", ".webp"}
_MOST_TRAINED: Final = 2 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A name and the pictures of each class."""

    name: str
    pictures: Mapping[str, Sequence[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The same for everyone who is compared: (picture, class) pairs."""

    task: str
    seed: int
    trained: Sequence[tuple[Path, str]]
    judged: Sequence[tuple[Path, str]]
    strangers: Sequence[Path]  # of the class that was left out

    @property
    def classes(self) -> list[str]:
        """Return the names of the classes, sorted."""
        return sorted({name for _, name in self.trained})


def find_tasks(folder: Path) -> list[Task]:
    """Find `<class>/*.jpg` (one task) or `<task>/<class>/*.jpg` below a folder."""
    if not folder.is_dir():
        hint = " (see scripts/benchmark make_tasks)" if ".dev" in folder.parts else ""
        raise SystemExit(f"There is no folder {folder}{hint}")
    own = _task(folder)
    if own is not None:
        return [own]
    found = [_task(path) for path in sorted(folder.iterdir()) if path.is_dir()]
    tasks = [task for task in found if task is not None]
    if not tasks:
        raise SystemExit(
            f"{folder} holds no pictures as <class>/*.jpg or <task>/<class>/*.jpg"
        )
    return tasks


def _task(folder: Path) -> Task | None:
    pictures = {}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and (own := _pictures(path)):
            pictures[path.name] = own
    return Task(name=folder.name, pictures=pictures) if pictures else None


def _pictures(folder: Path) -> list[Path]:
    """Return the pictures that can be read; the others are named and left out."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES:
            continue
        try:
            decode(path.read_bytes())
        except (OSError, PictureError) as err:
            print(f"Left out: {path}: {err}", file=sys.stderr)
        else:
            found.append(path)
    return found


def split(task: Task, *, per_class: int, seed: int, unknown: str | None) -> Split:
    """Shuffle each class by the seed; the first `per_class` are trained on.

    A third of a class is kept to be judged, and at least one picture trained on.
    """
    trained: list[tuple[Path, str]] = []
    judged: list[tuple[Path, str]] = []
    for name, paths in task.pictures.items():
        if name == unknown:
            continue
        shuffled = list(paths)
        random.Random(f"{seed} {task.name} {name}").shuffle(shuffled)
        count = min(per_class, max(1, int(len(shuffled) * _MOST_TRAINED)))
        trained += [(path, name) for path in shuffled[:count]]
        judged += [(path, name) for path in shuffled[count:]]
    strangers = list(task.pictures.get(unknown, [])) if unknown else []
    return Split(
        task=task.name,
        seed=seed,
        trained=trained,
        judged=judged,
        strangers=strangers,
    )
