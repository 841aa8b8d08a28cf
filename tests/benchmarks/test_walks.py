"""A photo becomes an object that walks by: other pixels, the same object."""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

from benchmarks.lights import LIGHTS
from benchmarks.walks import FRAME, FRAMES, Frame, kept, walk

PHOTO: Final = Image.fromarray(
    np.kron(
        np.random.default_rng(0).integers(0, 256, (4, 4, 3), np.uint8),
        np.ones((112, 112, 1), np.uint8),
    )
)


def shown(frame: Frame) -> Image.Image:
    """Return what is inside the box."""
    return Image.open(BytesIO(frame.picture)).convert("RGB").crop(frame.box)


def test_an_object_comes_nearer_in_another_picture_each_time() -> None:
    frames = list(walk(PHOTO, "leo"))
    assert len({frame.picture for frame in frames}) == FRAMES
    assert {Image.open(BytesIO(frame.picture)).size for frame in frames} == {FRAME}
    assert shown(frames[-1]).width > shown(frames[0]).width
    assert list(walk(PHOTO, "leo")) == frames
    assert list(walk(PHOTO, "charlie")) != frames


def test_its_box_shows_the_object() -> None:
    for frame in (*walk(PHOTO, "leo"), kept(PHOTO, "leo")):
        seen = np.asarray(shown(frame).resize((4, 4), Image.Resampling.BOX), float)
        true = np.asarray(PHOTO.resize((4, 4), Image.Resampling.BOX), float)
        assert np.corrcoef(seen.ravel(), true.ravel())[0, 1] > 0.7


def test_what_is_kept_is_compressed_as_frigate_does() -> None:
    assert Image.open(BytesIO(kept(PHOTO, "leo").picture)).format == "WEBP"
    assert Image.open(BytesIO(next(walk(PHOTO, "leo")).picture)).format == "JPEG"


def test_it_walks_by_in_another_light_and_boxed_the_same() -> None:
    lit = list(walk(PHOTO, "leo", light=LIGHTS["dusk"]))
    for frame, other in zip(walk(PHOTO, "leo"), lit, strict=True):
        assert other.box == frame.box
        assert np.mean(shown(other)) < 0.7 * np.mean(shown(frame))
