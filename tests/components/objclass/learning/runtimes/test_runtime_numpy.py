"""NumPy computes what LiteRT computes, from the same file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from custom_components.objclass.learning.runtimes.graph import (
    OMITTED,
    SCHEMAS,
    InvalidModelError,
    UnsupportedModelError,
)
from custom_components.objclass.learning.runtimes.numpy_operators import COMPILERS
from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime

from ..tiny_models import NONE, RELU, RELU6, SAME, VALID, TinyModel, noise, window

type Build = Callable[[TinyModel], int]


def convolution(m: TinyModel) -> int:
    inputs = [m.value, m.weights(5, 3, 3, 3), m.weights(5)]
    return m.add("CONV_2D", inputs, (1, 6, 7, 5), **SAME, **window(), **NONE)


def convolution_valid_stride_2(m: TinyModel) -> int:
    inputs = [m.value, m.weights(5, 3, 3, 3), m.weights(5)]
    return m.add("CONV_2D", inputs, (1, 2, 3, 5), **VALID, **window(2), **RELU6)


def convolution_same_stride_2(m: TinyModel) -> int:
    inputs = [m.value, m.weights(4, 3, 2, 3), m.weights(4)]
    return m.add("CONV_2D", inputs, (1, 3, 7, 4), **SAME, **window((2, 1)), **RELU)


def convolution_dilated(m: TinyModel) -> int:
    inputs = [m.value, m.weights(4, 2, 3, 3), m.weights(4)]
    return m.add("CONV_2D", inputs, (1, 4, 3, 4), **VALID, **window(1, 2), **NONE)


def convolution_of_one_pixel(m: TinyModel) -> int:
    inputs = [m.value, m.weights(40, 1, 1, 3), m.weights(40)]
    return m.add("CONV_2D", inputs, (1, 6, 7, 40), **SAME, **window(), **RELU6)


def convolution_of_one_pixel_stride_2(m: TinyModel) -> int:
    inputs = [m.value, m.weights(4, 1, 1, 3), m.weights(4)]
    return m.add("CONV_2D", inputs, (1, 3, 4, 4), **VALID, **window(2), **NONE)


def convolution_of_half_weights(m: TinyModel) -> int:
    half = m.constant(np.linspace(-1, 1, 12).reshape(4, 1, 1, 3), np.float16)
    weights = m.add("DEQUANTIZE", [half], (4, 1, 1, 3))
    inputs = [m.value, weights, m.weights(4)]
    return m.add("CONV_2D", inputs, (1, 6, 7, 4), **VALID, **window(), **NONE)


def depthwise(m: TinyModel) -> int:
    inputs = [m.value, m.weights(1, 3, 3, 3), m.weights(3)]
    options = SAME | window() | RELU6 | {"depth_multiplier": 1}
    return m.add("DEPTHWISE_CONV_2D", inputs, (1, 6, 7, 3), **options)


def depthwise_same_stride_2(m: TinyModel) -> int:
    inputs = [m.value, m.weights(1, 3, 3, 3), m.weights(3)]
    options = SAME | window(2) | NONE | {"depth_multiplier": 1}
    return m.add("DEPTHWISE_CONV_2D", inputs, (1, 3, 4, 3), **options)


def depthwise_valid_5_by_3(m: TinyModel) -> int:
    inputs = [m.value, m.weights(1, 5, 3, 3), m.weights(3)]
    options = VALID | window() | NONE | {"depth_multiplier": 1}
    return m.add("DEPTHWISE_CONV_2D", inputs, (1, 2, 5, 3), **options)


def depthwise_dilated(m: TinyModel) -> int:
    inputs = [m.value, m.weights(1, 2, 3, 3), m.weights(3)]
    options = SAME | window(1, 2) | NONE | {"depth_multiplier": 1}
    return m.add("DEPTHWISE_CONV_2D", inputs, (1, 6, 7, 3), **options)


def pad(m: TinyModel) -> int:
    margins = m.constant([[0, 0], [1, 2], [0, 3], [1, 0]], np.int32)
    return m.add("PAD", [m.value, margins], (1, 9, 10, 4))


def add_a_row(m: TinyModel) -> int:
    return m.add("ADD", [m.value, m.weights(7, 3)], m.shape, **RELU)


def add_itself(m: TinyModel) -> int:
    return m.add("ADD", [m.value, m.value], m.shape, **RELU6)


def subtract_from_a_constant(m: TinyModel) -> int:
    return m.add("SUB", [m.constant(1.0), m.value], m.shape, **NONE)


def multiply(m: TinyModel) -> int:
    return m.add("MUL", [m.value, m.weights(3)], m.shape, **RELU6)


def mean(m: TinyModel) -> int:
    axes = m.constant([1, 2], np.int32)
    return m.add("MEAN", [m.value, axes], (1, 3), keep_dims=False)


def mean_of_the_last_axis(m: TinyModel) -> int:
    axes = m.constant([-1], np.int32)
    return m.add("MEAN", [m.value, axes], (1, 6, 7, 1), keep_dims=True)


def reshape(m: TinyModel) -> int:
    shape = m.constant([1, 42, 3], np.int32)
    return m.add("RESHAPE", [m.value, shape], (1, 42, 3))


def fully_connected(m: TinyModel) -> int:
    flat = m.add("RESHAPE", [m.value, m.constant([1, 126], np.int32)], (1, 126))
    inputs = [flat, m.weights(9, 126), m.weights(9)]
    options = {"weights_format": 0, "keep_num_dims": False}
    return m.add("FULLY_CONNECTED", inputs, (1, 9), **options, **RELU)


def fully_connected_along_the_last_axis_without_bias(m: TinyModel) -> int:
    inputs = [m.value, m.weights(5, 3), OMITTED]
    options = {"weights_format": 0, "keep_num_dims": True}
    return m.add("FULLY_CONNECTED", inputs, (1, 6, 7, 5), **options, **NONE)


def softmax(m: TinyModel) -> int:
    return m.add("SOFTMAX", [m.value], m.shape, beta=1.5)


def logistic(m: TinyModel) -> int:
    return m.add("LOGISTIC", [m.value], m.shape)


def relu(m: TinyModel) -> int:
    return m.add("RELU", [m.value], m.shape)


def relu6(m: TinyModel) -> int:
    return m.add("RELU6", [m.value], m.shape)


def max_pool(m: TinyModel) -> int:
    options = {"stride_h": 2, "stride_w": 2, "filter_height": 3, "filter_width": 2}
    return m.add("MAX_POOL_2D", [m.value], (1, 3, 4, 3), **SAME, **options, **NONE)


def average_pool(m: TinyModel) -> int:
    options = {"stride_h": 2, "stride_w": 1, "filter_height": 3, "filter_width": 3}
    return m.add("AVERAGE_POOL_2D", [m.value], (1, 3, 7, 3), **SAME, **options, **RELU)


def average_pool_of_everything(m: TinyModel) -> int:
    options = {"stride_h": 1, "stride_w": 1, "filter_height": 6, "filter_width": 7}
    return m.add("AVERAGE_POOL_2D", [m.value], (1, 1, 1, 3), **VALID, **options, **NONE)


def concatenation(m: TinyModel) -> int:
    parts = [m.value, add_a_row(m), m.value]
    return m.add("CONCATENATION", parts, (1, 6, 7, 9), axis=-1, **NONE)


def concatenation_of_rows(m: TinyModel) -> int:
    return m.add("CONCATENATION", [m.value, m.value], (1, 12, 7, 3), axis=1, **NONE)


def l2_normalization(m: TinyModel) -> int:
    return m.add("L2_NORMALIZATION", [m.value], m.shape, **NONE)


def residual_blocks(m: TinyModel) -> int:
    """Keep a value for later while others come and go in memory."""
    value = m.value
    for _ in range(3):
        inner = m.add(
            "CONV_2D",
            [value, m.weights(8, 1, 1, 3), m.weights(8)],
            (1, 6, 7, 8),
            **(SAME | window() | RELU6),
        )
        inner = m.add(
            "DEPTHWISE_CONV_2D",
            [inner, m.weights(1, 3, 3, 8), m.weights(8)],
            (1, 6, 7, 8),
            **(SAME | window() | RELU6 | {"depth_multiplier": 1}),
        )
        inner = m.add(
            "CONV_2D",
            [inner, m.weights(3, 1, 1, 8), m.weights(3)],
            m.shape,
            **(SAME | window() | NONE),
        )
        value = m.add("ADD", [value, inner], m.shape, **NONE)
    return m.add("ADD", [value, m.value], m.shape, **NONE)


MODELS: tuple[Build, ...] = (
    convolution,
    convolution_valid_stride_2,
    convolution_same_stride_2,
    convolution_dilated,
    convolution_of_one_pixel,
    convolution_of_one_pixel_stride_2,
    convolution_of_half_weights,
    depthwise,
    depthwise_same_stride_2,
    depthwise_valid_5_by_3,
    depthwise_dilated,
    pad,
    add_a_row,
    add_itself,
    subtract_from_a_constant,
    multiply,
    mean,
    mean_of_the_last_axis,
    reshape,
    fully_connected,
    fully_connected_along_the_last_axis_without_bias,
    softmax,
    logistic,
    relu,
    relu6,
    max_pool,
    average_pool,
    average_pool_of_everything,
    concatenation,
    concatenation_of_rows,
    l2_normalization,
    residual_blocks,
)


@pytest.mark.parametrize("build", MODELS, ids=lambda build: build.__name__)
def test_it_computes_what_litert_computes(build: Build, tmp_path: Path) -> None:
    model = TinyModel()
    path = model.write(tmp_path, build(model))
    numpy, litert = NumpyRuntime(path), LiteRtRuntime(path)
    for image in (noise(), np.zeros((6, 7, 3), np.uint8), noise()[::-1]):
        np.testing.assert_allclose(
            numpy.run(image), litert.run(image), rtol=1e-4, atol=1e-5
        )


def test_every_operator_that_can_be_read_can_be_run() -> None:
    assert COMPILERS.keys() == SCHEMAS.keys()


def test_pictures_of_many_rows_are_worked_on_in_blocks(tmp_path: Path) -> None:
    model = TinyModel(200, 199)
    options = SAME | window() | RELU6
    wide = model.add(
        "CONV_2D",
        [model.value, model.weights(40, 3, 3, 3), model.weights(40)],
        (1, 200, 199, 40),
        **options,
    )
    deep = model.add(
        "DEPTHWISE_CONV_2D",
        [wide, model.weights(1, 3, 3, 40), model.weights(40)],
        (1, 200, 199, 40),
        **options,
        depth_multiplier=1,
    )
    path = model.write(tmp_path, deep)
    image = noise(200, 199)
    np.testing.assert_allclose(
        NumpyRuntime(path).run(image),
        LiteRtRuntime(path).run(image),
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_result_is_not_overwritten_by_the_next_one(tmp_path: Path) -> None:
    model = TinyModel()
    runtime = NumpyRuntime(model.write(tmp_path, add_itself(model)))
    first = runtime.run(noise())
    before = first.copy()
    runtime.run(np.zeros((6, 7, 3), np.uint8))
    np.testing.assert_array_equal(first, before)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((7, 6, 3), np.uint8),
        np.zeros((6, 7, 4), np.uint8),
        np.zeros((6, 7), np.uint8),
        np.zeros((6, 7, 3), np.float32),
    ],
    ids=["turned", "four colours", "grey", "floats"],
)
def test_another_kind_of_picture_is_refused(image: np.ndarray, tmp_path: Path) -> None:
    model = TinyModel()
    path = model.write(tmp_path, relu(model))
    for runtime in (NumpyRuntime(path), LiteRtRuntime(path)):
        with pytest.raises(ValueError, match="takes uint8 of"):
            runtime.run(image)


def grouped(m: TinyModel) -> int:
    inputs = [m.value, m.weights(3, 1, 1, 1), m.weights(3)]
    return m.add("CONV_2D", inputs, m.shape, **SAME, **window(), **NONE)


def multiplied(m: TinyModel) -> int:
    inputs = [m.value, m.weights(1, 1, 1, 6), m.weights(6)]
    options = SAME | window() | NONE | {"depth_multiplier": 2}
    return m.add("DEPTHWISE_CONV_2D", inputs, (1, 6, 7, 6), **options)


def tanh(m: TinyModel) -> int:
    return m.add("ADD", [m.value, m.value], m.shape, fused_activation_function=4)


def computed_weights(m: TinyModel) -> int:
    weights = m.add("RELU", [m.weights(4, 1, 1, 3)], (4, 1, 1, 3))
    inputs = [m.value, weights]
    return m.add("CONV_2D", inputs, (1, 6, 7, 4), **SAME, **window(), **NONE)


def floats_from_integers(m: TinyModel) -> int:
    return m.add("RELU", [m.constant([1, 2], np.int32)], (2,))


def pad_without_constant(m: TinyModel) -> int:
    return m.add("PAD", [m.value, m.value], (1, 9, 10, 4))


def unquantized_bytes(m: TinyModel) -> int:
    return m.add("DEQUANTIZE", [m.picture], m.shape)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (grouped, "in groups"),
        (multiplied, "several outputs per channel"),
        (tanh, "fused activation"),
        (computed_weights, "constant weights"),
        (floats_from_integers, "float32 only"),
        (pad_without_constant, "constant integers"),
        (unquantized_bytes, "float16 only"),
    ],
)
def test_what_it_cannot_run_is_refused_when_it_is_loaded(
    build: Build, reason: str, tmp_path: Path
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, build(model))
    with pytest.raises(UnsupportedModelError, match=reason):
        NumpyRuntime(path)


def wrong_shape(m: TinyModel) -> int:
    return m.add("RELU", [m.value], (1, 6, 7, 4))


def wrong_size(m: TinyModel) -> int:
    return m.add("RESHAPE", [m.value], (1, 6, 7, 4))


def unequal_parts(m: TinyModel) -> int:
    parts = [m.value, pad(m)]
    return m.add("CONCATENATION", parts, (1, 6, 7, 7), axis=3, **NONE)


def axis_that_is_not_there(m: TinyModel) -> int:
    axes = m.constant([4], np.int32)
    return m.add("MEAN", [m.value, axes], (1, 6, 7), keep_dims=False)


def bias_of_another_length(m: TinyModel) -> int:
    inputs = [m.value, m.weights(4, 1, 1, 3), m.weights(5)]
    return m.add("CONV_2D", inputs, (1, 6, 7, 4), **SAME, **window(), **NONE)


def stride_of_zero(m: TinyModel) -> int:
    inputs = [m.value, m.weights(4, 3, 3, 3)]
    return m.add("CONV_2D", inputs, (1, 6, 7, 4), **SAME, **window(0), **NONE)


def window_larger_than_the_picture(m: TinyModel) -> int:
    inputs = [m.value, m.weights(4, 9, 9, 3)]
    return m.add("CONV_2D", inputs, (1, 1, 1, 4), **VALID, **window(), **NONE)


def negative_margin(m: TinyModel) -> int:
    margins = m.constant([[0, 0], [-1, 2], [0, 3], [1, 0]], np.int32)
    return m.add("PAD", [m.value, margins], (1, 7, 10, 4))


def sum_of_unequal(m: TinyModel) -> int:
    return m.add("ADD", [m.value, m.weights(5)], m.shape, **NONE)


def flat_convolution(m: TinyModel) -> int:
    flat = reshape(m)
    inputs = [flat, m.weights(4, 1, 1, 3)]
    return m.add("CONV_2D", inputs, (1, 42, 4), **SAME, **window(), **NONE)


@pytest.mark.parametrize(
    "build",
    [
        wrong_shape,
        wrong_size,
        unequal_parts,
        axis_that_is_not_there,
        bias_of_another_length,
        stride_of_zero,
        window_larger_than_the_picture,
        negative_margin,
        sum_of_unequal,
        flat_convolution,
    ],
)
def test_a_model_that_contradicts_itself_is_refused_when_it_is_loaded(
    build: Build, tmp_path: Path
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, build(model))
    with pytest.raises(InvalidModelError):
        NumpyRuntime(path)


def test_a_model_cannot_ask_for_hours_of_work(tmp_path: Path) -> None:
    model = TinyModel(300, 300)
    inputs = [model.value, model.constant(np.zeros((600, 100, 100, 3)))]
    options = SAME | window() | NONE
    result = model.add("CONV_2D", inputs, (1, 300, 300, 600), **options)
    path = model.write(tmp_path, result)
    with pytest.raises(UnsupportedModelError, match="too many computations"):
        NumpyRuntime(path)


def test_a_model_cannot_ask_for_hours_by_averaging_the_same_again_and_again(
    tmp_path: Path,
) -> None:
    model = TinyModel(1200, 1200)
    axes = model.constant([1, 2, 3], np.int32)
    for _ in range(4000):
        last = model.add("MEAN", [model.value, axes], (1,), keep_dims=False)
    path = model.write(tmp_path, last)
    with pytest.raises(UnsupportedModelError, match="too many computations"):
        NumpyRuntime(path)


def test_a_model_cannot_ask_for_all_memory_to_resize_a_picture(tmp_path: Path) -> None:
    """What is blended with what is a table of old rows by new ones."""
    side = 1 << 15
    model = TinyModel(side, 1)
    size = model.constant([side, 1], np.int32)
    options = {"align_corners": False, "half_pixel_centers": True}
    result = model.add(
        "RESIZE_BILINEAR", [model.value, size], (1, side, 1, 3), **options
    )
    path = model.write(tmp_path, result)
    with pytest.raises(UnsupportedModelError, match="too much memory"):
        NumpyRuntime(path)


def test_a_model_cannot_ask_for_all_memory(tmp_path: Path) -> None:
    model = TinyModel()
    inputs = [model.value, model.weights(1, 3000, 3, 3)]
    options = SAME | window(1, (20000, 1)) | NONE
    result = model.add("CONV_2D", inputs, (1, 6, 7, 1), **options)
    path = model.write(tmp_path, result)
    with pytest.raises(UnsupportedModelError, match="too much memory"):
        NumpyRuntime(path)
