"""Who walks past the cameras: drawn animals, or photos of a person's own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .animals import CHARLIE, LEO, REX, STRAY, Coat, DrawnAnimal
from .photos import Photo, read_folders
from .scene import Appearance

PHOTO_LABEL = "animal"
"""What the simulated detector calls anything from a class folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Someone to be recognised: `name` is the truth, `label` what the detector says.

    `past` and `live` give a new appearance each time; nothing that was shown in the
    past is shown live, so that what was learned from the past is tested honestly.
    """

    name: str
    label: str
    past: Callable[[], Appearance]
    live: Callable[[], Appearance]


type Cast = dict[str, Subject]


def drawn_cast(random: Random, label: str = "cat") -> Cast:
    """Return the cats leo, charlie and stray, and the dog rex."""
    cats = {"leo": LEO, "charlie": CHARLIE, "stray": STRAY}
    cast = {name: _drawn(name, label, coat, random) for name, coat in cats.items()}
    return cast | {"rex": _drawn("rex", "dog", REX, random)}


def photo_cast(root: Path, random: Random, label: str = PHOTO_LABEL) -> Cast:
    """Return one subject per class folder, all with the same label."""
    cast: Cast = {}
    for folder in read_folders(root):
        cast[folder.name] = Subject(
            name=folder.name,
            label=label,
            past=_shown(folder.past, random),
            live=_shown(folder.live, random),
        )
    return cast


def _drawn(name: str, label: str, coat: Coat, random: Random) -> Subject:
    def appear() -> Appearance:
        return DrawnAnimal.vary(coat, random)

    return Subject(name=name, label=label, past=appear, live=appear)


def _shown(photos: Iterable[Path], random: Random) -> Callable[[], Appearance]:
    deck = _endless(photos, random)
    return lambda: Photo.vary(next(deck), random)


def _endless(photos: Iterable[Path], random: Random) -> Iterator[Path]:
    """Deal all photos before any comes again."""
    deck = list(photos)
    while True:
        random.shuffle(deck)
        yield from deck
