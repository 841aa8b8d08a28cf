"""Looking at a camera's picture as a whole, or at a rectangle of it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from custom_components.objclass.learning.backbone import Backbone, load_backbone
from custom_components.objclass.learning.crop import PictureError, decode
from custom_components.objclass.learning.frame import WHOLE, Part, look_at_frame

LEFT_HALF = Part(right=0.5)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return load_backbone("numpy")


@pytest.fixture(scope="module")
def picture() -> bytes:
    """Draw a wide picture: red at the very left, green in the middle, then blue."""
    pixels = np.zeros((90, 320, 3), np.uint8)
    pixels[:, :80, 0] = pixels[:, 80:240, 1] = pixels[:, 240:, 2] = 255
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def colours(pixels: np.ndarray) -> list[int]:
    """Return the strongest colour of the left, middle and right."""
    columns = pixels.mean(axis=0)
    middle = len(columns) // 2
    return [int(columns[x].argmax()) for x in (2, middle, len(columns) - 3)]


def test_nothing_of_a_whole_picture_is_cut_off(
    backbone: Backbone, picture: bytes
) -> None:
    seen = look_at_frame(backbone, picture, {WHOLE: {}})[WHOLE]
    assert colours(seen.crop.pixels) == [0, 1, 2]
    assert decode(seen.crop.jpeg).size == (320, 90)


def test_only_the_rectangle_is_looked_at(backbone: Backbone, picture: bytes) -> None:
    right = Part(left=0.76, top=0.5)
    seen = look_at_frame(backbone, picture, {LEFT_HALF: {}, right: {}})
    assert colours(seen[LEFT_HALF].crop.pixels) == [0, 1, 1]
    assert colours(seen[right].crop.pixels) == [2, 2, 2]
    assert decode(seen[right].crop.jpeg).size == (77, 45)


def test_the_smallest_rectangle_is_a_pixel(backbone: Backbone, picture: bytes) -> None:
    corner = Part(left=0.9999, top=0.9999, right=1.0, bottom=1.0)
    seen = look_at_frame(backbone, picture, {corner: {}})[corner]
    assert decode(seen.crop.jpeg).size == (1, 1)


def test_what_is_no_picture_is_refused(backbone: Backbone) -> None:
    with pytest.raises(PictureError):
        look_at_frame(backbone, b"camera error", {WHOLE: {}})
