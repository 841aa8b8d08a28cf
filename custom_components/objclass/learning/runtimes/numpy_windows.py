"""Convolution and pooling with NumPy: compiles a `Call` whose output sees windows.

A convolution of one pixel is a matrix product. A depthwise one is a shifted
multiply-add for each position in the kernel, which `numpy.einsum` does in one pass. Any
other first gathers its windows, then is a matrix product. All of them work in blocks of
rows that stay in the cache until bias and activation are applied. Pictures are
(1, y, x, channel).
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .graph import InvalidModelError, UnsupportedModelError
from .numpy_call import Call, Floats, Step, finishing, repeats, row_blocks

_SAME = 0
"""Of `Padding` in schema.fbs; the other one is VALID."""

type Margins = tuple[tuple[int, int], ...]


def compile_convolution(call: Call) -> Step:
    """CONV_2D with a kernel (outputs, y, x, channels)."""
    x, kernel = call.floats(0, rank=4), call.constant_floats(1, rank=4)
    outputs, *size, channels = kernel.shape
    if x.shape[3] != channels:
        raise UnsupportedModelError("CONV_2D in groups is not supported here.")
    # A matrix of (y * x * channels, outputs).
    weights = np.ascontiguousarray(kernel.reshape(outputs, -1).T)
    if kernel.shape[1:3] == (1, 1) and _stride(call) == (1, 1):
        output = call.expect((*x.shape[:3], outputs))
        return _product(call, x.reshape(-1, channels), weights, output)
    windows = _Windows.of(call, x, (size[0], size[1]))
    return _gathered_product(call, windows, weights)


def _product(call: Call, x: Floats, weights: Floats, output: Floats) -> Step:
    outputs = weights.shape[1]
    call.workspace.spend(x.size * outputs)
    bias, limits = call.bias(outputs), call.limits()
    rows = output.reshape(-1, outputs, copy=False)
    parts = [
        (x[block], rows[block], finishing(rows[block], bias, limits))
        for block in row_blocks(len(rows), outputs)
    ]

    def step() -> None:
        for part, result, finish in parts:
            np.matmul(part, weights, out=result)
            finish()

    return step


def _gathered_product(call: Call, windows: _Windows, weights: Floats) -> Step:
    length, outputs = weights.shape
    output = call.expect((1, *windows.view.shape[:2], outputs))[0]
    call.workspace.spend(output.size * length)
    bias, limits = call.bias(outputs), call.limits()
    height, width = output.shape[:2]
    blocks = row_blocks(height, width * max(length, outputs))
    shape = (blocks[0].stop * width, length)
    gathered = call.workspace.scratch(shape)
    parts = []
    for block in blocks:
        source = windows.view[block]
        matrix = gathered[: len(source) * width]
        result = output[block].reshape(-1, outputs, copy=False)
        target = matrix.reshape(source.shape, copy=False)
        parts.append((source, target, matrix, result, finishing(result, bias, limits)))
    prepare = windows.prepare

    def step() -> None:
        prepare()
        for source, target, matrix, result, finish in parts:
            np.copyto(target, source)
            np.matmul(matrix, weights, out=result)
            finish()

    return step


def compile_depthwise(call: Call) -> Step:
    """DEPTHWISE_CONV_2D with a kernel (1, y, x, channels)."""
    x, kernel = call.floats(0, rank=4), call.constant_floats(1, rank=4)
    one, height, width, channels = kernel.shape
    if one != 1 or x.shape[3] != channels:
        raise UnsupportedModelError(
            "DEPTHWISE_CONV_2D with several outputs per channel is not supported here."
        )
    windows = _Windows.of(call, x, (height, width))
    output = call.expect((1, *windows.view.shape[:2], channels))[0]
    call.workspace.spend(output.size * height * width)
    bias, limits = call.bias(channels), call.limits()
    view, count = windows.side_by_side()
    weights = np.tile(kernel[0], count)
    parts = [
        (
            view[block],
            output[block].reshape(-1, *view.shape[1::3], copy=False),
            finishing(output[block], bias, limits),
        )
        for block in row_blocks(len(output), output[0].size)
    ]
    prepare = windows.prepare

    def step() -> None:
        prepare()
        for source, result, finish in parts:
            np.einsum("hwijx,ijx->hwx", source, weights, out=result)
            finish()

    return step


def compile_max_pool(call: Call) -> Step:
    """MAX_POOL_2D; the border does not count."""
    windows = _Windows.of(call, call.floats(0, rank=4), _filter(call), fill=-np.inf)
    shape = (*windows.view.shape[:2], windows.view.shape[4])
    output = call.expect((1, *shape))[0]
    call.workspace.spend(windows.view.size)
    prepare, view = windows.prepare, windows.view
    finish = finishing(output, None, call.limits())

    def step() -> None:
        prepare()
        np.max(view, axis=(2, 3), out=output)
        finish()

    return step


def compile_average_pool(call: Call) -> Step:
    """AVERAGE_POOL_2D; the border does not count."""
    x = call.floats(0, rank=4)
    windows = _Windows.of(call, x, _filter(call))
    shape = (*windows.view.shape[:2], windows.view.shape[4])
    output = call.expect((1, *shape))[0]
    call.workspace.spend(windows.view.size)
    ones = np.pad(np.ones(x.shape[1:3], np.float32), windows.margins[1:3])
    inside = sliding_window_view(ones, _filter(call))[
        :: _stride(call)[0], :: _stride(call)[1]
    ]
    counts = inside.sum((2, 3))[..., None]
    prepare, view = windows.prepare, windows.view
    finish = finishing(output, None, call.limits())

    def step() -> None:
        prepare()
        np.sum(view, axis=(2, 3), out=output)
        np.divide(output, counts, out=output)
        finish()

    return step


def compile_pad(call: Call) -> Step:
    """PAD with zeros."""
    x = call.floats(0)
    amounts = call.integers(1)
    if amounts.shape != (x.ndim, 2) or amounts.min() < 0:
        raise InvalidModelError("PAD has the wrong margins.")
    margins = tuple((int(before), int(after)) for before, after in amounts)
    output = call.expect(_padded_shape(x, margins))
    return _padding(x, output, margins, 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Windows:
    """Each output's part of the input, as a view."""

    view: NDArray[np.float32]
    """(y, x of the output, y, x in the window, channel)"""
    margins: Margins
    prepare: Step
    """Brings the values under the view up to date."""
    columns_touch: bool
    """Whether the windows of neighbouring columns are one pixel apart."""

    @classmethod
    def of(
        cls, call: Call, x: Floats, size: tuple[int, int], *, fill: float = 0.0
    ) -> _Windows:
        if x.shape[0] != 1:
            raise UnsupportedModelError(f"{call.kind} supports one picture at a time.")
        stride, dilation = _stride(call), _dilation(call)
        reach = tuple((n - 1) * d + 1 for n, d in zip(size, dilation, strict=True))
        around = margins_around(call.options["padding"], x.shape[1:3], reach, stride)
        margins = ((0, 0), *around, (0, 0))
        padded, prepare = _padded(call, x, margins, fill)
        # (y, x, channel, y in the window, x in the window)
        view = sliding_window_view(padded[0], (*reach, 1))[..., 0]
        view = view[:: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]
        return cls(
            view=view.transpose(0, 1, 3, 4, 2),
            margins=margins,
            prepare=prepare,
            columns_touch=stride[1] == 1,
        )

    def side_by_side(self) -> tuple[NDArray[np.float32], int]:
        """Put neighbouring columns into the last axis, to give NumPy longer rows.

        Returns (y, x / n, y in the window, x in the window, n * channels) and n.
        """
        height, width, *size, channels = self.view.shape
        count = repeats(width, channels) if self.columns_touch else 1
        split = self.view.reshape(
            height, width // count, count, *size, channels, copy=False
        )
        moved = split.transpose(0, 1, 3, 4, 2, 5)
        shape = (height, width // count, *size, count * channels)
        return moved.reshape(shape, copy=False), count


def margins_around(
    padding: int,
    sides: tuple[int, ...],
    reach: tuple[int, ...],
    stride: tuple[int, int],
) -> Margins:
    """Return what "SAME" adds: half before, half and any odd pixel after."""
    margins = []
    for side, length, step in zip(sides, reach, stride, strict=True):
        outputs = -(-side // step)
        missing = max((outputs - 1) * step + length - side, 0)
        if padding != _SAME:
            missing = 0
        margins.append((missing // 2, missing - missing // 2))
    return tuple(margins)


def _padded(
    call: Call, x: Floats, margins: Margins, fill: float
) -> tuple[Floats, Step]:
    if not np.any(margins):
        return x, lambda: None
    padded = call.workspace.scratch(_padded_shape(x, margins))
    return padded, _padding(x, padded, margins, fill)


def _padded_shape(x: Floats, margins: Margins) -> tuple[int, ...]:
    return tuple(
        side + before + after
        for side, (before, after) in zip(x.shape, margins, strict=True)
    )


def _padding(x: Floats, padded: Floats, margins: Margins, fill: float) -> Step:
    inside = padded
    borders = []
    for axis, (before, after) in enumerate(margins):
        side = padded.shape[axis]
        at = (slice(None),) * axis
        borders += [padded[*at, :before], padded[*at, side - after :]]
        inside = inside[*at, before : side - after]
    borders = [border for border in borders if border.size]

    def step() -> None:
        for border in borders:
            border.fill(fill)
        np.copyto(inside, x)

    return step


def _stride(call: Call) -> tuple[int, int]:
    return _positive(call, "stride_h"), _positive(call, "stride_w")


def _dilation(call: Call) -> tuple[int, int]:
    if "dilation_h_factor" not in call.options:
        return 1, 1
    return _positive(call, "dilation_h_factor"), _positive(call, "dilation_w_factor")


def _filter(call: Call) -> tuple[int, int]:
    return _positive(call, "filter_height"), _positive(call, "filter_width")


def _positive(call: Call, key: str) -> int:
    value = int(call.options[key])
    if value < 1:
        raise InvalidModelError(f"{call.kind} has {key} {value}.")
    return value
