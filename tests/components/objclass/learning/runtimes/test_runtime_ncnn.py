"""ncnn computes what NumPy computes, layer by layer, and refuses what it cannot."""

from collections.abc import Callable
from pathlib import Path

import ncnn
import numpy as np
import pytest
import tflite

from custom_components.objclass.learning.backbone_model import BUNDLED_MODEL
from custom_components.objclass.learning.runtimes.graph import UnsupportedModelError
from custom_components.objclass.learning.runtimes.runtime_ncnn import NcnnRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime

from ..tiny_models import NONE, RELU, RELU6, SAME, VALID, TinyModel, noise, window

SIZES = {"padding of both": SAME, "no padding": VALID}


def pooled(model: TinyModel, value: int, channels: int, *, keep: bool = False) -> int:
    shape = (1, 1, 1, channels) if keep else (1, channels)
    axes = model.constant([1, 2], np.int32)
    return model.add("MEAN", [value, axes], shape, keep_dims=keep)


def convolved(
    model: TinyModel,
    value: int,
    shape: tuple[int, int, int],
    *,
    side: int = 3,
    channels: int = 3,
    stride: int = 1,
    dilation: int = 1,
    padding: dict[str, int] = SAME,
    activation: dict[str, int] = NONE,
) -> int:
    kernel = model.weights(shape[2], side, side, channels)
    return model.add(
        "CONV_2D",
        [value, kernel, model.weights(shape[2])],
        (1, *shape),
        **padding,
        **window(stride, dilation),
        **activation,
    )


def plain(model: TinyModel) -> int:
    return pooled(model, convolved(model, model.value, (6, 7, 8)), 8)


def kept_dimensions(model: TinyModel) -> int:
    return pooled(model, convolved(model, model.value, (6, 7, 8)), 8, keep=True)


def strided(model: TinyModel) -> int:
    value = convolved(model, model.value, (3, 4, 8), stride=2, activation=RELU)
    return pooled(model, value, 8)


def dilated(model: TinyModel) -> int:
    value = convolved(model, model.value, (2, 3, 8), dilation=2, padding=VALID)
    return pooled(model, value, 8)


def padded(model: TinyModel) -> int:
    margins = model.constant([[0, 0], [1, 0], [2, 1], [0, 0]], np.int32)
    value = model.add("PAD", [model.value, margins], (1, 7, 10, 3))
    value = convolved(model, value, (5, 8, 8), padding=VALID, activation=RELU6)
    return pooled(model, value, 8)


def depthwise(model: TinyModel) -> int:
    value = convolved(model, model.value, (6, 7, 8))
    value = model.add(
        "DEPTHWISE_CONV_2D",
        [value, model.weights(1, 3, 3, 8), model.weights(8)],
        (1, 3, 4, 8),
        **SAME,
        **window(2),
        **RELU6,
        depth_multiplier=1,
    )
    return pooled(model, value, 8)


def residual(activation: dict[str, int], kind: str = "ADD") -> Callable[..., int]:
    def build(model: TinyModel) -> int:
        value = convolved(model, model.value, (6, 7, 8))
        other = convolved(model, value, (6, 7, 8), channels=8)
        value = model.add(kind, [value, other], (1, 6, 7, 8), **activation)
        return pooled(model, value, 8)

    return build


def lone_activation(kind: str) -> Callable[[TinyModel], int]:
    def build(model: TinyModel) -> int:
        value = convolved(model, model.value, (6, 7, 8))
        return pooled(model, model.add(kind, [value], (1, 6, 7, 8)), 8)

    return build


def half_weights(model: TinyModel) -> int:
    stored = np.random.default_rng(4).normal(size=(8, 3, 3, 3))
    half = model.constant(stored, np.float16)
    kernel = model.add("DEQUANTIZE", [half], (8, 3, 3, 3))
    value = model.add(
        "CONV_2D",
        [model.value, kernel, model.weights(8)],
        (1, 6, 7, 8),
        **SAME,
        **window(),
        **NONE,
    )
    return pooled(model, value, 8)


def floats(model: TinyModel) -> int:
    """Take floats, not bytes."""
    model.operators.clear()
    model.picture = model.place(model.shape)
    return pooled(model, convolved(model, model.picture, (6, 7, 8)), 8)


@pytest.mark.parametrize(
    "build",
    [
        *(plain, kept_dimensions, strided, dilated, padded, depthwise, half_weights),
        *(residual(NONE), residual(RELU), residual(RELU6), residual(NONE, "MUL")),
        *(residual(NONE, "SUB"), lone_activation("RELU"), lone_activation("RELU6")),
    ],
)
def test_it_computes_what_numpy_computes(
    build: Callable[[TinyModel], int], tmp_path: Path
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, build(model))
    expected = NumpyRuntime(path).run(noise())
    runtime = NcnnRuntime(path)
    np.testing.assert_allclose(runtime.run(noise()), expected, rtol=1e-4, atol=1e-4)
    assert (runtime.form.output_size, runtime.form.output_shape[-1]) == (8, 8)


@pytest.mark.parametrize("pixel_range", [(0, 255), (-1, 1), (0, 1)])
def test_pixels_are_scaled_for_a_model_that_takes_floats(
    pixel_range: tuple[float, float], tmp_path: Path
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, floats(model))
    expected = NumpyRuntime(path, pixel_range=pixel_range).run(noise())
    found = NcnnRuntime(path, pixel_range=pixel_range).run(noise())
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_half_precision_which_makes_wrong_features_is_off() -> None:
    options = NcnnRuntime(BUNDLED_MODEL, threads=2)._net.opt
    names = [name for name in dir(options) if "fp16" in name or "bf16" in name]
    assert len(names) == 5
    assert not any(getattr(options, name) for name in names)
    assert options.num_threads == 2
    assert not options.use_vulkan_compute


def test_a_result_is_not_overwritten_by_the_next_one(tmp_path: Path) -> None:
    model = TinyModel()
    runtime = NcnnRuntime(model.write(tmp_path, plain(model)))
    first = runtime.run(noise())
    before = first.copy()
    runtime.run(np.zeros((6, 7, 3), np.uint8))
    np.testing.assert_array_equal(first, before)
    with pytest.raises(ValueError, match="takes uint8 of"):
        runtime.run(noise(7, 7))


def no_layer_between(model: TinyModel) -> int:
    return pooled(model, model.value, 3)


def told_apart(model: TinyModel) -> int:
    """Treat one column of the picture unlike the others."""
    column = np.zeros((1, 1, 7, 1))
    column[0, 0, 3] = 1
    value = model.add("ADD", [model.value, model.constant(column)], model.shape, **NONE)
    return pooled(model, convolved(model, value, (6, 7, 8)), 8)


def unknown(model: TinyModel) -> int:
    value = convolved(model, model.value, (6, 7, 8))
    return pooled(model, model.add("LOGISTIC", [value], (1, 6, 7, 8)), 8)


def constant_added(model: TinyModel) -> int:
    value = convolved(model, model.value, (6, 7, 8))
    numbers = model.weights(8)
    value = model.add("ADD", [value, numbers], (1, 6, 7, 8), **NONE)
    return pooled(model, value, 8)


def limited_pixels(model: TinyModel) -> int:
    value = model.add("ADD", [model.value, model.constant(1.0)], model.shape, **RELU)
    return pooled(model, convolved(model, value, (6, 7, 8)), 8)


def rounded_pixels(model: TinyModel) -> int:
    other = {"fused_activation_function": tflite.ActivationFunctionType.TANH}
    value = convolved(model, model.value, (6, 7, 8), activation=other)
    return pooled(model, value, 8)


def picture_twice(model: TinyModel) -> int:
    one, two = (convolved(model, model.value, (6, 7, 8)) for _ in range(2))
    value = model.add("ADD", [one, two], (1, 6, 7, 8), **NONE)
    return pooled(model, value, 8)


@pytest.mark.parametrize(
    "build",
    [
        *(no_layer_between, told_apart, unknown, constant_added, limited_pixels),
        *(rounded_pixels, picture_twice),
    ],
)
def test_what_it_cannot_run_is_refused(
    build: Callable[[TinyModel], int], tmp_path: Path
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, build(model))
    with pytest.raises(UnsupportedModelError):
        NcnnRuntime(path)


def test_ncnn_is_the_version_that_is_installed_at_run_time() -> None:
    assert ncnn.__version__ == "1.0.20261020"
