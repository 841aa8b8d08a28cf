"""An operator of a graph together with the arrays that it reads and writes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .graph import InvalidModelError, Quantization, UnsupportedModelError
from .numpy_workspace import Workspace

type Floats = NDArray[np.float32]
type Step = Callable[[], None]
"""Computes an operator's output from its inputs; all of them are bound to it."""

_ACTIVATIONS: Final = {0: (None, None), 1: (0.0, None), 3: (0.0, 6.0)}
"""NONE, RELU and RELU6 of schema.fbs, as limits."""
_ROW: Final = 1024
"""Numbers that one inner loop of NumPy should have at least, for its overhead."""
_BLOCK: Final = 1 << 16
"""Numbers that a block of rows may have, to be still in the cache for the next pass."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What an operator is compiled from."""

    kind: str
    options: Mapping[str, Any]
    inputs: tuple[NDArray[Any] | None, ...]
    constant: tuple[bool, ...]
    """Whether each input is known now; the others get their values at each run."""
    output: NDArray[Any]
    quantization: Quantization | None
    """Of the output."""
    workspace: Workspace

    def floats(self, position: int, *, rank: int | None = None) -> Floats:
        """Return an input of float32."""
        array = self.inputs[position]
        if array is None or array.dtype != np.float32:
            raise UnsupportedModelError(f"{self.kind} supports float32 only here.")
        if rank is not None and array.ndim != rank:
            raise InvalidModelError(f"{self.kind} needs {rank} dimensions.")
        return array

    def constant_floats(self, position: int, *, rank: int) -> Floats:
        """Return an input of float32 that is known now."""
        if not self.constant[position]:
            raise UnsupportedModelError(f"{self.kind} needs constant weights here.")
        return self.floats(position, rank=rank)

    def integers(self, position: int) -> NDArray[np.int64]:
        """Return an input of integers that is known now, such as axes."""
        array = self.inputs[position]
        if array is None or array.dtype.kind != "i" or not self.constant[position]:
            raise UnsupportedModelError(f"{self.kind} needs constant integers here.")
        return array.astype(np.int64)

    def bias(self, channels: int) -> Floats | None:
        """Return the third input, which may be left out."""
        if len(self.inputs) <= 2 or self.inputs[2] is None:  # noqa: PLR2004
            return None
        bias = self.constant_floats(2, rank=1)
        if bias.size != channels:
            raise InvalidModelError(f"{self.kind} has {bias.size} biases.")
        return bias

    def expect(self, shape: tuple[int, ...]) -> Floats:
        """Return the output, which must be of this shape and float32."""
        if self.output.dtype != np.float32:
            raise UnsupportedModelError(f"{self.kind} supports float32 only here.")
        if self.output.shape != shape:
            raise InvalidModelError(
                f"{self.kind} gives {shape}, but the model says {self.output.shape}."
            )
        return self.output

    def limits(self) -> tuple[float | None, float | None]:
        """Return the least and the largest value after the fused activation."""
        activation = self.options["fused_activation_function"]
        if activation not in _ACTIVATIONS:
            raise UnsupportedModelError(
                f"{self.kind} has a fused activation that is not supported here."
            )
        return _ACTIVATIONS[activation]


def repeats(count: int, length: int) -> int:
    """Return the divisor of `count` that makes rows of `length` long enough."""
    divisors = [n for n in range(1, min(count, _ROW) + 1) if count % n == 0]
    return next((n for n in divisors if n * length >= _ROW), divisors[-1])


def row_blocks(rows: int, row: int) -> list[slice]:
    """Cut `rows` rows of `row` numbers each into blocks that stay in the cache."""
    step = max(1, _BLOCK // row)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def finishing(
    block: Floats, bias: Floats | None, limits: tuple[float | None, float | None]
) -> Step:
    """Return what adds the bias to the last axis and applies the limits, in place."""
    channels = block.shape[-1]
    count = repeats(math.prod(block.shape[:-1]), channels)
    wide = block.reshape(-1, count * channels, copy=False)
    row = None if bias is None else np.tile(bias, count)
    low, high = limits

    def step() -> None:
        if row is not None:
            np.add(wide, row, out=wide)
        if high is not None:
            wide.clip(low, high, out=wide)
        elif low is not None:
            np.maximum(wide, low, out=wide)

    return step
