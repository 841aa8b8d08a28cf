"""Memory for a network's values, used again by later values once it is free."""

import math
from typing import Any, Final, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .graph import UnsupportedModelError

_MAX_BYTES: Final = 1 << 29
_MAX_MULTIPLICATIONS: Final = 1 << 34
"""For one picture. The bundled model needs a fiftieth of that."""


class Workspace:
    """Hands out arrays with undefined content, and takes them back.

    Raises UnsupportedModelError where a network wants more than is sensible.
    """

    def __init__(self) -> None:
        self._free: list[NDArray[np.uint8]] = []
        self._scratch: list[NDArray[Any]] = []
        self._bytes_left = _MAX_BYTES
        self._multiplications_left = _MAX_MULTIPLICATIONS

    def take(
        self, shape: tuple[int, ...], dtype: DTypeLike = np.float32
    ) -> NDArray[Any]:
        """Return an array that nobody else uses until it is given back."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        fitting = [block for block in self._free if block.size >= size]
        if fitting:
            block = min(fitting, key=len)
            self._free = [other for other in self._free if other is not block]
        else:
            self._bytes_left -= size
            if self._bytes_left < 0:
                raise UnsupportedModelError("The model needs too much memory.")
            block = np.empty(size, np.uint8)
        return block[:size].view(dtype).reshape(shape)

    def give_back(self, array: NDArray[Any]) -> None:
        """Free what `take` returned."""
        self._free.append(cast("NDArray[np.uint8]", array.base))

    def scratch(self, shape: tuple[int, ...]) -> NDArray[Any]:
        """Return an array that is free again after the operator being compiled."""
        self._scratch.append(self.take(shape))
        return self._scratch[-1]

    def give_back_scratch(self) -> None:
        """Free what `scratch` returned."""
        for array in self._scratch:
            self.give_back(array)
        self._scratch.clear()

    def spend(self, multiplications: int) -> None:
        """Count work, so that a hostile file cannot ask for hours of it."""
        self._multiplications_left -= multiplications
        if self._multiplications_left < 0:
            raise UnsupportedModelError("The model needs too many computations.")
