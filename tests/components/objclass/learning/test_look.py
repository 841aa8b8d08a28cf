"""One look at an object: the backbone works once, however many heads there are."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from custom_components.objclass.learning.backbone import Backbone, load_backbone
from custom_components.objclass.learning.backbone_model import BUNDLED
from custom_components.objclass.learning.crop import PictureError, crop_object
from custom_components.objclass.learning.head import Head
from custom_components.objclass.learning.look import Glimpse, look, look_again

FRAME = (640, 360)
BOX = (200, 100, 300, 180)


class CountingRuntime:
    """The bundled model, which counts how often it is run."""

    def __init__(self, real: Backbone) -> None:
        self.runs = 0
        self.name = real.runtime.name
        self.threads = real.runtime.threads
        self.form = real.runtime.form
        self._real = real

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.runs += 1
        return self._real.embed(image)


@pytest.fixture(scope="module")
def bundled() -> Backbone:
    return load_backbone("numpy")


@pytest.fixture
def runtime(bundled: Backbone) -> CountingRuntime:
    return CountingRuntime(bundled)


@pytest.fixture
def backbone(runtime: CountingRuntime) -> Backbone:
    return Backbone(identity="counted", model=BUNDLED, runtime=runtime)


@pytest.fixture(scope="module")
def picture() -> bytes:
    """Draw a frame of noise, and in it a bright object."""
    noise = np.random.default_rng(1).integers(0, 60, (360, 640, 3), np.uint8)
    noise[100:180, 200:300] += 150
    buffer = BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()


def head(backbone: Backbone, *classes: str, seed: int) -> Head:
    random = np.random.default_rng(seed)
    return Head(
        classes=classes,
        weights=random.normal(size=(backbone.dimension, len(classes))).astype("f4"),
        bias=np.zeros(len(classes), np.float32),
        temperature=1.0,
        backbone=backbone.identity,
        familiarity=None,
    )


def test_the_backbone_runs_once_for_all_heads(
    backbone: Backbone, runtime: CountingRuntime, picture: bytes
) -> None:
    heads = {
        "cats": head(backbone, "leo", "charlie", seed=1),
        "collars": head(backbone, "red", "blue", "none", seed=2),
        "sizes": head(backbone, "small", "large", seed=3),
    }
    seen = look(backbone, picture, heads, box=BOX, frame_size=FRAME)
    assert runtime.runs == 1
    assert seen.predictions == {
        name: one.predict(seen.embedding) for name, one in heads.items()
    }
    assert list(seen.predictions["collars"].scores) == ["red", "blue", "none"]


def test_without_a_trained_head_there_is_still_a_crop_and_an_embedding(
    backbone: Backbone, picture: bytes
) -> None:
    seen = look(backbone, picture, {}, box=BOX, frame_size=FRAME)
    assert seen.predictions == {}
    assert seen.embedding.shape == (backbone.dimension,)
    assert seen.embedding.dtype == np.float32
    assert Image.open(BytesIO(seen.crop.jpeg)).size == (100, 100)


def test_the_embedding_is_that_of_the_object_and_not_of_the_frame(
    backbone: Backbone, picture: bytes
) -> None:
    seen = look(backbone, picture, {}, box=BOX, frame_size=FRAME)
    crop = crop_object(picture, BOX, FRAME, backbone.size)
    assert np.array_equal(seen.crop.pixels, crop.pixels)
    assert np.array_equal(seen.embedding, backbone.embed(crop.pixels))
    whole = look(backbone, picture, {})
    assert not np.allclose(seen.embedding, whole.embedding)


def test_a_picture_that_cannot_be_used_costs_no_pass_of_the_backbone(
    backbone: Backbone, runtime: CountingRuntime, picture: bytes
) -> None:
    with pytest.raises(PictureError):
        look(backbone, picture[:100], {}, box=BOX, frame_size=FRAME)
    with pytest.raises(PictureError):
        look(backbone, b"", {})
    with pytest.raises(PictureError):
        look(backbone, picture, {}, box=BOX)  # in a frame of unknown size
    assert runtime.runs == 0


def test_a_head_of_another_backbone_has_nothing_to_say(
    backbone: Backbone, picture: bytes
) -> None:
    mine = head(backbone, "leo", "charlie", seed=1)
    heads = {"mine": mine, "other": replace(mine, backbone="another")}
    seen = look(backbone, picture, heads)
    assert seen.backbone == backbone.identity
    assert list(seen.predictions) == ["mine"]
    # Nor later, when the network has changed since the look.
    again = look_again(backbone.size, Glimpse.of(seen), heads)
    assert again.backbone == backbone.identity
    assert list(again.predictions) == ["mine"]
