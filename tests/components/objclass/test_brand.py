"""Brand images: Home Assistant shows them in its lists of integrations."""

import numpy as np
import pytest
from PIL import Image

from scripts.build_brand import ON_DARK, ON_LIGHT, Canvas, Palette, draw_icon

from .source_code import COMPONENT


@pytest.mark.parametrize("prefix", ["", "dark_"])
@pytest.mark.parametrize(("suffix", "side"), [("", 256), ("@2x", 512)])
def test_images_have_the_sizes_that_home_assistant_asks_for(
    prefix: str, suffix: str, side: int
) -> None:
    for kind in ("icon", "logo"):
        path = COMPONENT / "brand" / f"{prefix}{kind}{suffix}.png"
        with Image.open(path) as image:
            assert image.format == "PNG"
            assert image.height == side
            assert (image.width == side) if kind == "icon" else (image.width > side)
            assert image.getpixel((0, 0)) == (0, 0, 0, 0)  # see-through


@pytest.mark.parametrize(
    ("name", "palette"), [("icon.png", ON_LIGHT), ("dark_icon.png", ON_DARK)]
)
def test_the_icon_is_what_the_script_draws(name: str, palette: Palette) -> None:
    canvas = Canvas(256, 256)
    draw_icon(canvas, palette)
    with Image.open(COMPONENT / "brand" / name) as image:
        kept, drawn = np.asarray(image, int), np.asarray(canvas.picture(), int)
    # Another version of Pillow may round an edge differently, not more.
    assert np.abs(kept - drawn).max() <= 16
