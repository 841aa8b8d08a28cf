"""The pictures of kept crops on disk, and small versions of them to look through.

A crop is a JPEG file in `crops/`. Its thumbnail is made when somebody first wants to
see it, and then stays in `thumbs/` as long as the crop does.
"""

import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from PIL import Image

from ..crop import PictureError
from ..files import sync, write_atomically

# Sharp on a phone, whose screen has two or three dots to a pixel of the panel.
THUMB_SIDE: Final = 320
_THUMB_QUALITY: Final = 80
# Linux writes a file to the disk by itself after half a minute (seconds).
_WRITTEN_AFTER: Final = 120.0
# As long as a file may be called; an entity of Home Assistant's has up to 255 letters.
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,239}")


def is_safe_id(sample_id: str) -> bool:
    """Return whether an id can be a file name that stays in its folder."""
    return _SAFE_ID.fullmatch(sample_id) is not None


class Pictures:
    """The pictures below `folder`. May be used from any thread; raises OSError.

    An id that is no safe file name has no picture: FileNotFoundError.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.crops = folder / "crops"
        self._thumbs = folder / "thumbs"
        # Nobody is given the thumbnail of a crop that is being removed, and no two
        # threads write the same one.
        self._lock = Lock()
        # When what may not be on the disk yet was written; not by the clock, which may
        # be set meanwhile. What was written before these were opened is not known.
        self._opened = monotonic()
        self._written: dict[str, float] = {}

    def create(self) -> None:
        """Make the folders of a new classifier."""
        self.crops.mkdir(parents=True, exist_ok=True)
        self._thumbs.mkdir(exist_ok=True)

    def path(self, sample_id: str) -> Path:
        """Return where the picture of a sample is."""
        return self.crops / _file_name(sample_id)

    def read(self, sample_id: str) -> bytes:
        """Return the picture of a sample, a JPEG."""
        return self.path(sample_id).read_bytes()

    def write(self, sample_id: str, jpeg: bytes, *, durable: bool) -> None:
        """Keep a picture."""
        write_atomically(self.path(sample_id), jpeg, durable=durable)
        if not durable:
            self._written[sample_id] = monotonic()

    def remove(self, sample_ids: Iterable[str]) -> None:
        """Remove pictures and their thumbnails."""
        with self._lock:
            for sample_id in sample_ids:
                name = _file_name(sample_id)
                (self.crops / name).unlink(missing_ok=True)
                (self._thumbs / name).unlink(missing_ok=True)

    def thumbnail(self, sample_id: str) -> bytes:
        """Return a JPEG of at most THUMB_SIDE pixels across, made when first wanted.

        Raises PictureError when the crop is damaged.
        """
        path = self._thumbs / _file_name(sample_id)
        with self._lock:
            with suppress(FileNotFoundError):
                return path.read_bytes()
            small = _shrunk(self.read(sample_id))
            # It is shown even if it cannot be kept.
            with suppress(OSError):
                write_atomically(path, small, durable=False)
            return small

    def sync(self, sample_ids: Iterable[str]) -> None:
        """Wait until pictures are on the disk; old ones have long been written."""
        new = monotonic() - _WRITTEN_AFTER
        self._written = {one: at for one, at in self._written.items() if at > new}
        for sample_id in sample_ids:
            if self._written.get(sample_id, self._opened) > new:
                with suppress(FileNotFoundError):
                    sync(self.path(sample_id))
        sync(self.crops)

    def any(self) -> bool:
        """Return whether there is a picture of any sample."""
        return any(self.crops.glob("*.jpg"))

    def written_at(self) -> dict[str, float]:
        """Return when each picture that is not empty was written, by id.

        In seconds since the epoch.
        """
        files = [path for path in self.crops.glob("*.jpg") if is_safe_id(path.stem)]
        seen = {path.stem: path.stat() for path in files}
        return {name: stat.st_mtime for name, stat in seen.items() if stat.st_size}

    def leftovers(self, known: Collection[str]) -> bool:
        """Return whether there is a picture of none of the known ids."""
        names = {f"{sample_id}.jpg" for sample_id in known}
        return any(path.name not in names for path in self.crops.glob("*.jpg"))

    def sweep(self, known: Collection[str]) -> set[str]:
        """Remove what belongs to none of the known ids; return those with a picture."""
        names = {f"{sample_id}.jpg" for sample_id in known}
        whole = set()
        for folder in (self.crops, self._thumbs):
            with os.scandir(folder) as entries:
                files = [entry for entry in entries if entry.is_file()]
            for file in files:
                if file.name not in names:
                    Path(file).unlink(missing_ok=True)
                elif folder == self.crops and file.stat().st_size:
                    whole.add(file.name.removesuffix(".jpg"))
        return whole


def _file_name(sample_id: str) -> str:
    if not is_safe_id(sample_id):
        raise FileNotFoundError(f"{sample_id!r} is no sample")
    return f"{sample_id}.jpg"


def _shrunk(jpeg: bytes) -> bytes:
    try:
        # Not decoded in full: Pillow leaves out what would only be thrown away.
        image = Image.open(BytesIO(jpeg), formats=("JPEG",))
        image.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.BILINEAR)
        small = BytesIO()
        image.save(small, "JPEG", quality=_THUMB_QUALITY)
    except Exception as err:
        raise PictureError(f"the crop is damaged: {err}") from err
    return small.getvalue()
