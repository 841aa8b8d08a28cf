"""Another light: the same object, lit otherwise."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.lights import LIGHTS, Light

GREY = Image.new("RGB", (8, 8), (120, 120, 120))


def mean_of(picture: Image.Image) -> list[float]:
    """Return the mean red, green and blue."""
    means: list[float] = np.asarray(picture, float).mean(axis=(0, 1)).tolist()
    return means


def test_light_as_it_was_changes_nothing() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    np.testing.assert_array_equal(Light().on(Image.fromarray(pixels)), pixels)


def test_dusk_is_dark_and_blue_and_a_lamp_is_warm() -> None:
    red, _, blue = mean_of(LIGHTS["dusk"].on(GREY))
    assert red < blue < 80
    red, green, blue = mean_of(LIGHTS["lamp"].on(GREY))
    assert red > green > blue
    assert min(mean_of(LIGHTS["glare"].on(GREY))) > 160


def test_infrared_shows_no_colour_and_haze_little_contrast() -> None:
    coloured = Image.fromarray(
        np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    )
    red, green, blue = mean_of(LIGHTS["infrared"].on(coloured))
    assert red == pytest.approx(green) == pytest.approx(blue)
    seen = np.asarray(LIGHTS["haze"].on(coloured), float)
    assert seen.std() < 0.7 * np.asarray(coloured, float).std()
