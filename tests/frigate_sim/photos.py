"""Class folders of photos as animals, some for the past and others for live walks."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from PIL import Image, ImageEnhance, ImageOps

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_LONGEST_SIDE = 640


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A photo that moves through the scene."""

    path: Path
    gain: float

    @property
    def aspect(self) -> float:
        """Width divided by height, kept within what fits a scene."""
        width, height = _load(self.path).size
        return min(max(width / height, 0.6), 1.7)

    def draw(
        self, width: int, height: int, stride: float, *, left: bool
    ) -> Image.Image:
        """Return it at this size; a photo neither steps nor turns round."""
        del stride, left
        photo = ImageOps.fit(_load(self.path), (width, height))
        return ImageEnhance.Brightness(photo).enhance(self.gain).convert("RGBA")

    @classmethod
    def vary(cls, path: Path, random: Random) -> Photo:
        """Show a photo slightly brighter or darker."""
        return cls(path=path, gain=random.uniform(0.9, 1.1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """The photos of one class, in two parts that share none."""

    name: str
    past: tuple[Path, ...]
    live: tuple[Path, ...]


def read_folders(root: Path) -> list[Folder]:
    """Split the photos of each class folder in two halves, always in the same way.

    Raises ValueError when there are fewer than two classes with two photos.
    """
    folders: list[Folder] = []
    for place in sorted(item for item in root.iterdir() if item.is_dir()):
        photos = sorted(
            item for item in place.iterdir() if item.suffix.lower() in _SUFFIXES
        )
        if len(photos) < 2:
            continue
        Random(place.name).shuffle(photos)
        half = len(photos) // 2
        folders.append(
            Folder(
                name=place.name, past=tuple(photos[:half]), live=tuple(photos[half:])
            )
        )
    if len(folders) < 2:
        raise ValueError(f"{root} holds fewer than two folders with two photos each")
    return folders


@lru_cache(maxsize=64)
def _load(path: Path) -> Image.Image:
    with Image.open(path) as image:
        photo = ImageOps.exif_transpose(image).convert("RGB")
    photo.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return photo
