"""Looking at a camera's picture as a whole, or at a rectangle of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from math import ceil, floor
from typing import Final

from PIL import Image

from .backbone import Backbone
from .crop import crop_square, decode
from .look import Heads, Look, see


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A rectangle of a picture, in fractions of its width and height (0 to 1)."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0


WHOLE: Final = Part()
# To draw a rectangle on.
PREVIEW_SIDE: Final = 960


def look_at_frame(
    backbone: Backbone,
    picture: bytes,
    wanted: Mapping[Part, Heads],
) -> dict[Part, Look]:
    """Look at parts of a picture, each once for all the heads that want to know.

    Nothing is cut off, unlike `look` does with a whole picture: a gate may be at the
    edge. Raises PictureError.
    """
    image = decode(picture)
    return {
        part: see(backbone, crop_square(_cut(image, part), backbone.size), heads)
        for part, heads in wanted.items()
    }


def preview(picture: bytes) -> bytes:
    """Return a whole picture as a JPEG of at most PREVIEW_SIDE pixels across.

    Raises PictureError.
    """
    image = decode(picture)
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BILINEAR)
    small = BytesIO()
    image.save(small, "JPEG", quality=85)
    return small.getvalue()


def _cut(image: Image.Image, part: Part) -> Image.Image:
    if part == WHOLE:
        return image
    # All pixels that are touched, so that there is always one.
    left = min(floor(part.left * image.width), image.width - 1)
    top = min(floor(part.top * image.height), image.height - 1)
    right = max(ceil(part.right * image.width), left + 1)
    bottom = max(ceil(part.bottom * image.height), top + 1)
    return image.crop((left, top, right, bottom))
