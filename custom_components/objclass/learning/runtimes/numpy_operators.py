"""The operators that `runtime_numpy` can execute, compiled from a `Call` each."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .graph import InvalidModelError, UnsupportedModelError
from .numpy_call import Call, Floats, Step, finishing
from .numpy_windows import (
    compile_average_pool,
    compile_convolution,
    compile_depthwise,
    compile_max_pool,
    compile_pad,
)

_SMALLEST_NORM: Final = 1e-6
"""What TensorFlow Lite divides by at least in L2_NORMALIZATION."""


def _elementwise(ufunc: np.ufunc, call: Call) -> Step:
    a, b = call.floats(0), call.floats(1)
    output = call.expect(np.broadcast_shapes(a.shape, b.shape))
    finish = finishing(np.atleast_1d(output), None, call.limits())

    def step() -> None:
        ufunc(a, b, out=output)
        finish()

    return step


def _cast(call: Call) -> Step:
    x = call.inputs[0]
    if x is None:
        raise InvalidModelError(f"{call.kind} has no input.")
    output = call.expect(x.shape)
    return partial(np.copyto, output, x, casting="unsafe")


def _dequantize(call: Call) -> Step:
    x = call.inputs[0]
    if x is None or x.dtype != np.float16:
        raise UnsupportedModelError("DEQUANTIZE supports float16 only here.")
    return _cast(call)


def _quantize(call: Call) -> Step:
    x, output, meaning = call.floats(0), call.output, call.quantization
    if output.dtype != np.uint8 or meaning is None:
        raise UnsupportedModelError("QUANTIZE supports uint8 only here.")
    if output.shape != x.shape:
        raise InvalidModelError(f"QUANTIZE cannot give {output.shape} for {x.shape}.")
    factor = np.float32(1 / meaning.scale)

    def step() -> None:
        numbers = np.rint(x * factor) + meaning.zero_point
        np.copyto(output, np.clip(numbers, 0, 255), casting="unsafe")

    return step


def _reshape(call: Call) -> Step:
    x = call.floats(0)
    output = call.expect(call.output.shape)
    return partial(np.copyto, output.reshape(x.shape, copy=False), x)


def _concatenation(call: Call) -> Step:
    parts = [call.floats(i) for i in range(len(call.inputs))]
    output = call.expect(call.output.shape)
    finish = finishing(np.atleast_1d(output), None, call.limits())
    join = partial(np.concatenate, parts, axis=int(call.options["axis"]), out=output)
    join()  # raises ValueError if they do not fit together

    def step() -> None:
        join()
        finish()

    return step


def _mean(call: Call) -> Step:
    x = call.floats(0)
    axes = normalize_axis_tuple(call.integers(1).reshape(-1).tolist(), x.ndim)
    keep = bool(call.options["keep_dims"])
    shape = tuple(
        1 if axis in axes else side
        for axis, side in enumerate(x.shape)
        if keep or axis not in axes
    )
    output = call.expect(shape)
    call.workspace.spend(x.size)
    factor = np.float32(1 / math.prod(x.shape[axis] for axis in axes))

    def step() -> None:
        np.add.reduce(x, axis=axes, out=output, keepdims=keep)
        np.multiply(output, factor, out=output)

    return step


def _fully_connected(call: Call) -> Step:
    x, kernel = call.floats(0), call.constant_floats(1, rank=2)
    outputs, length = kernel.shape
    if call.options["weights_format"] != 0:
        raise UnsupportedModelError("FULLY_CONNECTED has shuffled weights.")
    rows = x.reshape(-1, length, copy=False)
    if call.options["keep_num_dims"]:
        output = call.expect((*x.shape[:-1], outputs))
    else:
        output = call.expect((len(rows), outputs))
    call.workspace.spend(rows.size * outputs)
    weights = np.ascontiguousarray(kernel.T)
    result = output.reshape(-1, outputs, copy=False)
    finish = finishing(result, call.bias(outputs), call.limits())

    def step() -> None:
        np.matmul(rows, weights, out=result)
        finish()

    return step


def _resize_bilinear(call: Call) -> Step:
    x = call.floats(0, rank=4)
    height, width = call.integers(1).tolist()
    if call.options["align_corners"] or not call.options["half_pixel_centers"]:
        raise UnsupportedModelError("RESIZE_BILINEAR of this kind is not supported.")
    output = call.expect((1, height, width, x.shape[3]))
    call.workspace.spend(x.size * height + output.size * x.shape[2])
    rows = _blend(call, x.shape[1], height)
    columns = _blend(call, x.shape[2], width)

    def step() -> None:
        tall = np.tensordot(rows, x[0], 1)
        output[0] = np.matmul(columns, tall)

    return step


def _blend(call: Call, before: int, after: int) -> Floats:
    """Return how much each of `before` pixels in a row adds to each of `after`."""
    # Of hostile sides these would be gigabytes: they count, and are never given back.
    shares: Floats = call.workspace.take((after, before))
    shares.fill(0)
    centres = ((np.arange(after) + 0.5) * before / after - 0.5).clip(0, before - 1)
    left = centres.astype(np.intp)
    right = np.minimum(left + 1, before - 1)
    places = np.arange(after)
    shares[places, right] = centres - left
    shares[places, left] += 1 - (centres - left)
    return shares


def _rectified(high: float | None, call: Call) -> Step:
    x = call.floats(0)
    return partial(np.clip, x, 0.0, high, out=call.expect(x.shape))


def _logistic(call: Call) -> Step:
    x = call.floats(0)
    output = call.expect(x.shape)

    def step() -> None:
        # As tanh it cannot overflow.
        np.tanh(np.multiply(x, 0.5, out=output), out=output)
        np.multiply(np.add(output, 1, out=output), 0.5, out=output)

    return step


def _softmax(call: Call) -> Step:
    x = call.floats(0)
    output = call.expect(x.shape)
    beta = np.float32(call.options["beta"])

    def step() -> None:
        np.subtract(x, x.max(axis=-1, keepdims=True), out=output)
        np.exp(np.multiply(output, beta, out=output), out=output)
        np.divide(output, output.sum(axis=-1, keepdims=True), out=output)

    return step


def _l2_normalization(call: Call) -> Step:
    x = call.floats(0)
    output = call.expect(x.shape)
    finish = finishing(np.atleast_1d(output), None, call.limits())

    def step() -> None:
        norm = np.sqrt(np.square(x).sum(axis=-1, keepdims=True))
        np.divide(x, np.maximum(norm, _SMALLEST_NORM), out=output)
        finish()

    return step


COMPILERS: Final[Mapping[str, Callable[[Call], Step]]] = {
    "ADD": partial(_elementwise, np.add),
    "AVERAGE_POOL_2D": compile_average_pool,
    "CAST": _cast,
    "CONCATENATION": _concatenation,
    "CONV_2D": compile_convolution,
    "DEPTHWISE_CONV_2D": compile_depthwise,
    "DEQUANTIZE": _dequantize,
    "FULLY_CONNECTED": _fully_connected,
    "L2_NORMALIZATION": _l2_normalization,
    "LOGISTIC": _logistic,
    "MAX_POOL_2D": compile_max_pool,
    "MEAN": _mean,
    "MUL": partial(_elementwise, np.multiply),
    "PAD": compile_pad,
    "QUANTIZE": _quantize,
    "RELU": partial(_rectified, None),
    "RELU6": partial(_rectified, 6.0),
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize_bilinear,
    "SOFTMAX": _softmax,
    "SUB": partial(_elementwise, np.subtract),
}
