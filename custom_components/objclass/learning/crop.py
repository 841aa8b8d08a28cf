"""From the bytes of a picture to the square of pixels that a classifier looks at."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

type Box = tuple[int, int, int, int]

FORMATS: Final = ("JPEG", "PNG", "WEBP")
# What a picture file may weigh.
MAX_BYTES: Final = 40 * 2**20
# 8K; a picture that claims more is refused before a pixel of it is decoded.
MAX_PIXELS: Final = 7680 * 4320
# How a picture is to be turned, by its EXIF orientation.
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The side of a kept crop: twice what the backbone sees, so that a training may shift
# and scale it, and small enough for thousands of them.
KEPT_SIDE: Final = 448
KEPT_QUALITY: Final = 92
# Of the longer side of a whole picture.
LEAST_KEPT: Final = 2 / 3


class PictureError(ValueError):
    """The bytes are no picture that can be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """One look at an object.

    `pixels` is what the backbone gets: uint8 RGB, shape (size, size, 3).
    `jpeg` is the same part of the picture in its own resolution, at most KEPT_SIDE
    pixels across, to keep on disk.
    """

    pixels: NDArray[np.uint8]
    jpeg: bytes


def decode(data: bytes) -> Image.Image:
    """Decode a JPEG, PNG or WebP picture to RGB, the right way up.

    Raises PictureError when it is damaged, in another format, or larger than 8K.
    """
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise PictureError(f"{image.width} x {image.height} pixels are too many")
        image.load()
        return _rgb(_upright(image))
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError("it claims to have far too many pixels") from None
    except UnidentifiedImageError:
        raise PictureError("not a JPEG, PNG or WebP picture") from None
    # Damage takes Pillow by surprise in more ways than it documents.
    except Exception as err:
        what = str(err) or type(err).__name__
        raise PictureError(f"the picture is damaged: {what}") from err


def _upright(image: Image.Image) -> Image.Image:
    """Turn a photo as its camera was held.

    Like ImageOps.exif_transpose, which however copies every picture, and writes the
    EXIF data anew, so that it fails when any of it is odd.
    """
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def _rgb(image: Image.Image) -> Image.Image:
    """Convert to RGB as a viewer shows it: 16 bits scaled to 8, on a white ground."""
    if image.mode == "I;16":
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def square_around(box: Box, width: int, height: int) -> Box:
    """Return the square that Frigate's own classifier looks at.

    `box` is x1, y1, x2, y2 in pixels of a frame of `width` x `height`. The side is
    the longer side of the box; the square is moved inside the frame at its true edges
    (Frigate clamps the lower edge at 1.5 times the height, which distorts what is near
    it) and cut where the frame is smaller than the square. See Frigate's
    `calculate_region` in util/image.py.
    """
    x1, y1, x2, y2 = box
    side = max(x2 - x1, y2 - y1, 1)

    def place(low: int, high: int, limit: int) -> tuple[int, int]:
        start = int((high - low) / 2 + low - side / 2)
        start = max(0, min(start, limit - side))
        return start, min(start + side, limit)

    left, right = place(x1, x2, width)
    top, bottom = place(y1, y2, height)
    return left, top, right, bottom


def crop_object(data: bytes, box: Box, frame_size: tuple[int, int], size: int) -> Crop:
    """Cut an object out of a frame.

    `box` is in pixels of a frame of `frame_size` (width, height), which is what
    Frigate's messages speak of; the picture may have been scaled since. `size` is the
    backbone's.
    Raises PictureError.
    """
    (x1, y1, x2, y2), (width, height) = box, frame_size
    if max(x1, 0) >= min(x2, width) or max(y1, 0) >= min(y2, height):
        raise PictureError(f"the box {box} is not in a frame of {width} x {height}")
    image = decode(data)
    left, top, right, bottom = square_around(box, width, height)
    # All pixels that are touched, so that there is always one.
    part = (
        left * image.width // width,
        top * image.height // height,
        -(-right * image.width // width),
        -(-bottom * image.height // height),
    )
    return crop_square(image.crop(part), size)


def crop_whole(data: bytes, size: int) -> Crop:
    """Take a whole picture as the crop, as a training image is. Raises PictureError."""
    return crop_square(middle(decode(data)), size)


def middle(image: Image.Image) -> Image.Image:
    """Cut the middle square out of a picture, but keep two thirds of a long side.

    Squeezing a photo into a square distorts what it shows; cutting it made 6 % fewer
    errors. An object's own crop is never cut: nothing of it can be spared.
    """
    short, long = sorted(image.size)
    side = max(short, round(long * LEAST_KEPT))
    width, height = min(image.width, side), min(image.height, side)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def crop_square(image: Image.Image, size: int) -> Crop:
    """Make a Crop of an image that is already the part to look at."""
    kept = image
    if max(image.size) > KEPT_SIDE:
        kept = image.copy()
        kept.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BILINEAR)
    jpeg = BytesIO()
    kept.save(jpeg, "JPEG", quality=KEPT_QUALITY)
    return Crop(pixels=pixels_of(image, size), jpeg=jpeg.getvalue())


def pixels_of(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """Scale an RGB image to uint8 pixels of shape (size, size, 3)."""
    scaled = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(scaled, dtype=np.uint8)
