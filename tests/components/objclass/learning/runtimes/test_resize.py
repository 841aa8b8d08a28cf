"""A network for pictures of another size is the same network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from custom_components.objclass.learning.backbone_model import BUNDLED_MODEL
from custom_components.objclass.learning.runtimes.graph import (
    InvalidModelError,
    UnsupportedModelError,
)
from custom_components.objclass.learning.runtimes.resize import resize
from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.runtimes.tflite_file import read_graph

from ..tiny_models import NONE, SAME, TinyModel, feature_extractor, noise, window


def test_to_the_size_that_it_has_it_computes_the_same() -> None:
    image = noise(224, 224)
    np.testing.assert_array_equal(
        NumpyRuntime(BUNDLED_MODEL, size=224).run(image),
        NumpyRuntime(BUNDLED_MODEL).run(image),
    )


def test_a_flat_picture_gives_the_same_away_from_its_border(tmp_path: Path) -> None:
    path = feature_extractor(tmp_path)
    small = LiteRtRuntime(path, size=64).run(np.full((64, 64, 3), 90, np.uint8))
    large = LiteRtRuntime(path, size=512).run(np.full((512, 512, 3), 90, np.uint8))
    assert np.abs(small - large).max() < 0.05 * np.abs(large).max()


def test_weights_are_left_alone() -> None:
    graph = read_graph(BUNDLED_MODEL)
    resized = resize(graph, 96)
    assert resized.operators == graph.operators
    for before, after in zip(graph.tensors, resized.tensors, strict=True):
        if before.data is not None and before.shape == after.shape:
            assert after is before
    assert resized.tensors[resized.inputs[0]].shape == (1, 96, 96, 3)
    assert resized.tensors[resized.outputs[0]].shape == (1, 1280)


def softmax(model: TinyModel) -> int:
    return model.add("SOFTMAX", [model.value], model.shape, beta=1.0)


def computed_padding(model: TinyModel) -> int:
    margins = model.place((4, 2), np.int32)
    return model.add("PAD", [model.value, margins], model.shape)


def large_kernel(model: TinyModel) -> int:
    kernel, bias = model.weights(4, 5, 5, 3), model.weights(4)
    options = {**SAME, "padding": 1, **window(), **NONE}
    return model.add("CONV_2D", [model.value, kernel, bias], (1, 2, 3, 4), **options)


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (softmax, UnsupportedModelError),
        (computed_padding, UnsupportedModelError),
        (large_kernel, UnsupportedModelError),
    ],
)
def test_what_works_at_one_size_only_is_refused(
    build: Callable[[TinyModel], int], error: type[Exception]
) -> None:
    model = TinyModel()
    with pytest.raises(error):
        resize(model.graph(build(model)), 4)


def test_a_model_that_contradicts_itself_is_refused() -> None:
    model = TinyModel()
    value = model.add("ADD", [model.value, model.weights(5)], model.shape, **NONE)
    with pytest.raises(InvalidModelError):
        resize(replace(model.graph(value)), 32)
