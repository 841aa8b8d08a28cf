"""The crop is the tight square around the object, whatever picture it comes from."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from custom_components.objclass.learning.crop import (
    KEPT_SIDE,
    MAX_PIXELS,
    Box,
    PictureError,
    crop_object,
    crop_whole,
    decode,
    middle,
    square_around,
)

SIZE = 224
WIDTH, HEIGHT = 1280, 720


def encoded(image: Image.Image, format_name: str = "PNG", **settings: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format_name, **settings)
    return buffer.getvalue()


def map_picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Draw a picture in which red tells how far right, and green how far down."""
    across = np.linspace(0, 255, width)[None, :].repeat(height, 0)
    down = np.linspace(0, 255, height)[:, None].repeat(width, 1)
    pixels = np.stack((across, down, np.zeros_like(down)), axis=-1)
    return Image.fromarray(pixels.round().astype(np.uint8))


def shown(pixels: np.ndarray) -> tuple[float, ...]:
    """Tell which part of the map a crop shows: left, top, right, bottom, in pixels."""
    red, green = pixels[..., 0].mean(0) / 255, pixels[..., 1].mean(1) / 255
    left, right = WIDTH * red[[0, -1]]
    top, bottom = HEIGHT * green[[0, -1]]
    return left, top, right, bottom


# The square


def test_an_object_near_the_lower_edge_is_not_distorted() -> None:
    assert square_around((300, 600, 700, 715), WIDTH, HEIGHT) == (300, 320, 700, 720)


@pytest.mark.parametrize(
    ("box", "square"),
    [
        ((600, 300, 700, 400), (600, 300, 700, 400)),
        ((600, 300, 700, 350), (600, 275, 700, 375)),
        ((600, 300, 650, 400), (575, 300, 675, 400)),
        ((0, 300, 50, 400), (0, 300, 100, 400)),
        ((1230, 300, 1280, 400), (1180, 300, 1280, 400)),
        ((600, 0, 700, 10), (600, 0, 700, 100)),
        ((1279, 719, 1280, 720), (1279, 719, 1280, 720)),
        ((0, 0, 1280, 720), (0, 0, 1280, 720)),
        ((200, 10, 1000, 700), (200, 0, 1000, 720)),
        ((-20, -10, 80, 40), (0, 0, 100, 100)),
    ],
)
def test_the_square_is_as_tight_as_the_longer_side(box: Box, square: Box) -> None:
    assert square_around(box, WIDTH, HEIGHT) == square


@st.composite
def frames_and_boxes(draw: st.DrawFn) -> tuple[int, int, Box]:
    """Choose a frame and a box that is at least partly in it."""
    width, height = (draw(st.integers(1, 4000)) for _ in range(2))

    def side(limit: int) -> tuple[int, int]:
        low = draw(st.integers(-300, limit - 1))
        return low, draw(st.integers(max(low, 0) + 1, limit + 300))

    (x1, x2), (y1, y2) = side(width), side(height)
    return width, height, (x1, y1, x2, y2)


@given(frames_and_boxes())
def test_the_square_is_in_the_frame_around_the_object_and_square_if_it_fits(
    case: tuple[int, int, Box],
) -> None:
    width, height, (x1, y1, x2, y2) = case
    left, top, right, bottom = square_around((x1, y1, x2, y2), width, height)
    side = max(x2 - x1, y2 - y1)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert (right - left, bottom - top) == (min(side, width), min(side, height))
    if x1 >= 0 and x2 <= width:
        assert left <= x1
        assert x2 <= right
    if y1 >= 0 and y2 <= height:
        assert top <= y1
        assert y2 <= bottom


def frigates_region(box: Box, width: int, height: int) -> Box:
    """Calculate the region as Frigate's util/image.py does, for the true frame."""
    x1, y1, x2, y2 = box
    size = max(x2 - x1, y2 - y1)
    across = int((x2 - x1) / 2.0 + x1 - size / 2.0)
    if across < 0:
        across = 0
    elif across > (width - size):
        across = max(0, (width - size))
    down = int((y2 - y1) / 2.0 + y1 - size / 2.0)
    if down < 0:
        down = 0
    elif down > (height - size):
        down = max(0, (height - size))
    return across, down, min(across + size, width), min(down + size, height)


@given(frames_and_boxes())
def test_the_square_is_the_one_that_frigate_calculates(
    case: tuple[int, int, Box],
) -> None:
    width, height, box = case
    assert square_around(box, width, height) == frigates_region(box, width, height)


# The crop


def test_the_backbone_gets_what_is_in_the_square() -> None:
    crop = crop_object(
        encoded(map_picture()), (300, 600, 700, 715), (WIDTH, HEIGHT), SIZE
    )
    assert crop.pixels.shape == (SIZE, SIZE, 3)
    assert crop.pixels.dtype == np.uint8
    assert shown(crop.pixels) == pytest.approx((300, 320, 700, 720), abs=6)


@pytest.mark.parametrize(
    "size", [(640, 360), (480, 270), (2560, 1440), (1920, 1080), (40, 23)]
)
def test_a_scaled_picture_gives_the_same_crop(size: tuple[int, int]) -> None:
    box, frame = (300, 500, 700, 715), (WIDTH, HEIGHT)
    plain = crop_object(encoded(map_picture()), box, frame, SIZE)
    scaled = crop_object(encoded(map_picture(*size)), box, frame, SIZE)
    pixel_of_the_scaled = WIDTH / size[0]
    assert shown(scaled.pixels) == pytest.approx(
        shown(plain.pixels), abs=6 + 2 * pixel_of_the_scaled
    )


def test_an_object_larger_than_the_frame_is_cut_at_its_edges() -> None:
    crop = crop_object(
        encoded(map_picture()), (-50, -50, 1400, 800), (WIDTH, HEIGHT), SIZE
    )
    assert shown(crop.pixels) == pytest.approx((0, 0, WIDTH, HEIGHT), abs=6)


@pytest.mark.parametrize("picture_size", [(1280, 720), (8, 5), (1, 1)])
def test_an_object_of_one_pixel_is_still_a_crop(picture_size: tuple[int, int]) -> None:
    white = encoded(Image.new("RGB", picture_size, "white"))
    for box in ((0, 0, 1, 1), (1279, 719, 1280, 720), (640, 719, 641, 720)):
        crop = crop_object(white, box, (WIDTH, HEIGHT), SIZE)
        assert crop.pixels.shape == (SIZE, SIZE, 3)
        assert crop.pixels.min() == 255, "the crop reaches beyond the picture"


@pytest.mark.parametrize(
    "box",
    [
        (1280, 0, 1300, 20),
        (0, 720, 20, 740),
        (-20, 0, 0, 20),
        (0, -20, 20, 0),
        (50, 50, 50, 80),
        (80, 80, 50, 50),
    ],
)
def test_a_box_that_is_not_in_the_frame_is_refused(box: Box) -> None:
    with pytest.raises(PictureError, match="not in a frame of 1280 x 720"):
        crop_object(encoded(map_picture()), box, (WIDTH, HEIGHT), SIZE)


@pytest.mark.parametrize("frame", [(0, 0), (0, 720), (1280, 0), (-1280, -720)])
def test_a_frame_without_a_size_is_refused(frame: tuple[int, int]) -> None:
    with pytest.raises(PictureError):
        crop_object(encoded(map_picture()), (0, 0, 10, 10), frame, SIZE)


def test_the_kept_picture_shows_the_same_as_the_backbone_got() -> None:
    crop = crop_object(
        encoded(map_picture()), (100, 100, 700, 650), (WIDTH, HEIGHT), SIZE
    )
    kept = Image.open(BytesIO(crop.jpeg))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (KEPT_SIDE,) * 2)
    again = crop_whole(crop.jpeg, SIZE).pixels.astype(int)
    assert np.abs(again - crop.pixels).mean() < 2


def test_a_small_object_is_kept_as_it_is_and_not_blown_up() -> None:
    crop = crop_object(
        encoded(map_picture()), (100, 100, 160, 140), (WIDTH, HEIGHT), SIZE
    )
    assert Image.open(BytesIO(crop.jpeg)).size == (60, 60)


@pytest.mark.parametrize("size", [(3000, 20), (20, 3000), (3000, 1), (1, 1)])
def test_a_whole_picture_of_any_shape_is_a_crop(size: tuple[int, int]) -> None:
    crop = crop_whole(encoded(Image.new("RGB", size, "red")), SIZE)
    assert crop.pixels.shape == (SIZE, SIZE, 3)
    assert max(Image.open(BytesIO(crop.jpeg)).size) <= KEPT_SIDE


# The pictures


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_the_formats_that_frigate_sends_are_read(format_name: str) -> None:
    crop = crop_whole(encoded(map_picture(720, 720), format_name), SIZE)
    assert shown(crop.pixels) == pytest.approx((0, 0, WIDTH, HEIGHT), abs=12)


@pytest.mark.parametrize("format_name", ["GIF", "BMP", "TIFF", "PPM"])
def test_other_formats_are_refused(format_name: str) -> None:
    with pytest.raises(PictureError, match="not a JPEG, PNG or WebP"):
        decode(encoded(Image.new("RGB", (8, 8)), format_name))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"<svg/>", b"\0" * 1000])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        decode(data)


_TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", _TURNS)
@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP"])
def test_a_photo_of_a_turned_telephone_is_the_right_way_up(
    orientation: int, format_name: str
) -> None:
    upright = map_picture(64, 48)
    turn = _TURNS[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = decode(encoded(stored, format_name, exif=exif))
    assert read.size == (64, 48)
    difference = np.asarray(read).astype(int) - np.asarray(upright)
    assert np.abs(difference).mean() < 4


def test_a_photo_with_odd_facts_about_it_is_read_and_turned() -> None:
    def entry(tag: int, kind: int, value: bytes) -> bytes:
        return struct.pack(">HHI", tag, kind, 1) + value.ljust(4, b"\0")

    exif = (
        b"Exif\0\0MM\0*\0\0\0\x08\0\x03"
        + entry(0x0112, 3, b"\0\x06")  # to be turned
        + entry(0x0128, 2, b"?")  # a unit of resolution that is no number
        + entry(0x9999, 99, b"?")  # a kind that does not exist
        + bytes(4)
    )
    data = encoded(map_picture(64, 48), "JPEG", exif=exif)
    assert decode(data).size == (48, 64)


def test_a_picture_in_printing_colours_keeps_its_colours() -> None:
    read = decode(encoded(Image.new("RGB", (32, 32), "red").convert("CMYK"), "JPEG"))
    assert np.asarray(read).mean((0, 1)) == pytest.approx((255, 0, 0), abs=8)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "PA"])
def test_a_picture_in_few_colours_or_with_alpha_is_read(mode: str) -> None:
    white = Image.new("RGB", (16, 16), "white").convert(mode)
    data = encoded(white, "PNG") if mode != "PA" else encoded(white, "WEBP")
    assert np.asarray(decode(data)).shape == (16, 16, 3)
    assert np.asarray(decode(data)).min() == 255


@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_what_is_transparent_is_white_and_not_what_hides_below(
    format_name: str,
) -> None:
    hidden = Image.new("RGBA", (16, 16), (255, 0, 0, 0))
    assert np.asarray(decode(encoded(hidden, format_name))).min() == 255


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    image = Image.new("P", (16, 16), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    assert np.asarray(decode(encoded(image, transparency=1))).min() == 255


def test_a_grey_picture_of_16_bits_is_not_burnt_out() -> None:
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)[None].repeat(4, 0)
    read = np.asarray(decode(encoded(Image.fromarray(ramp))))
    assert read[0, :, 0].tolist() == pytest.approx(range(256), abs=1)


# Damage, and worse


def png(width: int, height: int, *, colours: int = 2, more: bytes = b"") -> bytes:
    """Make a PNG that claims a size, and has next to no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
        + (chunk(b"zTXt", more) if more else b"")
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height"),
    [(7681, 4320), (60_000, 60_000), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1)],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_claims_too_many_pixels_is_refused(
    width: int, height: int
) -> None:
    with pytest.raises(PictureError, match="too many"):
        decode(png(width, height))


def test_the_picture_of_an_8k_camera_is_not_too_large() -> None:
    picture = encoded(Image.new("RGB", (7680, 4320), "red"), "JPEG")
    assert MAX_PIXELS == 7680 * 4320
    assert decode(picture).size == (7680, 4320)


def test_a_text_that_unpacks_without_end_is_refused() -> None:
    bomb = b"comment\0\0" + zlib.compress(bytes(80 * 2**20))
    with pytest.raises(PictureError):
        decode(png(10, 10, more=bomb))


def test_a_picture_without_the_palette_that_it_needs_is_refused() -> None:
    with pytest.raises(PictureError, match=r"damaged: \w"):
        decode(png(8, 8, colours=3))


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_off_is_refused(format_name: str) -> None:
    data = encoded(map_picture(320, 180), format_name)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(PictureError):
            decode(data[: int(len(data) * share)])


_EXIF = Image.Exif()
_EXIF[0x0112] = 6
_WHOLE = {
    name: encoded(map_picture(48, 32), name, exif=_EXIF)
    for name in ("JPEG", "PNG", "WEBP")
}


@given(
    name=st.sampled_from(sorted(_WHOLE)),
    changes=st.dictionaries(st.integers(0, 4000), st.integers(0, 255), max_size=8),
    end=st.integers(0, 4000),
)
@example(name="PNG", changes={}, end=4000)
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_picture_is_a_crop_or_an_error_that_says_so(
    name: str, changes: dict[int, int], end: int
) -> None:
    data = bytearray(_WHOLE[name])
    for place, value in changes.items():
        data[place % len(data)] = value
    try:
        crop = crop_object(bytes(data[:end]), (5, 5, 20, 20), (48, 32), 32)
    except PictureError as err:
        assert str(err)  # noqa: PT017
    else:
        assert crop.pixels.shape == (32, 32, 3)


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((400, 300), (300, 300)),
        ((300, 400), (300, 300)),
        ((450, 300), (300, 300)),
        ((1600, 900), (1067, 900)),
        ((900, 1600), (900, 1067)),
        ((300, 300), (300, 300)),
        ((3, 1), (2, 1)),
    ],
)
def test_the_middle_of_a_photo_is_looked_at_undistorted(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    assert middle(Image.new("RGB", size)).size == kept


def test_what_is_cut_from_a_photo_is_cut_on_both_sides_alike() -> None:
    photo = Image.new("RGB", (400, 300), "red")
    photo.paste("blue", (50, 0, 350, 300))
    assert np.ptp(np.asarray(middle(photo)).reshape(-1, 3), axis=0).tolist() == [0] * 3
