"""What executes a model, and what a model has to look like."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .graph import UnsupportedModelError

_COLOURS: Final = 3
_PICTURE_RANK: Final = 4
_VALUES: Final = (np.dtype(np.float32), np.dtype(np.uint8), np.dtype(np.int8))


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What goes into a model, and what comes out of it.

    `input_shape` is (height, width, 3). `output_shape` is as the model says: (1, n) for
    a vector.
    """

    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    @property
    def output_size(self) -> int:
        """How many numbers come out."""
        return math.prod(self.output_shape)


class Runtime(Protocol):
    """A loaded model. For one picture, and for one thread, at a time."""

    @property
    def name(self) -> str:
        """Which it is: "litert", "litert gpu", "ncnn", "numpy" or "server"."""

    @property
    def threads(self) -> int:
        """How many threads it was told to use."""

    @property
    def form(self) -> Form:
        """What goes in and what comes out."""

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one RGB picture.

        Raises ValueError for a picture that is not of `form.input_shape`.
        """


type PixelRange = tuple[float, float]
"""What black and white are to a model that takes floats."""

AS_THEY_ARE: Final[PixelRange] = (0, 255)


type Value = tuple[tuple[int, ...], DTypeLike]
"""Shape and type of an input or an output."""


def form_of(inputs: Sequence[Value], outputs: Sequence[Value]) -> Form:
    """Return the form of a model that turns one picture into float32 numbers, or bytes.

    Raises UnsupportedModelError for any other model.
    """
    if len(inputs) != 1 or len(outputs) != 1:
        raise UnsupportedModelError(
            "The model does not have exactly one input and one output."
        )
    (shape, kind), (output_shape, output_kind) = inputs[0], outputs[0]
    if len(shape) != _PICTURE_RANK or shape[0] != 1 or shape[3] != _COLOURS:
        raise UnsupportedModelError(
            f"The model does not take one RGB picture at a time, but {shape}."
        )
    if np.dtype(kind) not in _VALUES:
        raise UnsupportedModelError(f"The model takes {np.dtype(kind)}, not pixels.")
    if np.dtype(output_kind) not in _VALUES:
        raise UnsupportedModelError(
            f"The model gives {np.dtype(output_kind)}, not float32."
        )
    return Form(input_shape=shape[1:], output_shape=output_shape)


def check_picture(image: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Raise ValueError for anything but uint8 of that shape."""
    if image.dtype != np.uint8 or image.shape != shape:
        raise ValueError(
            f"The model takes uint8 of {shape}, not {image.dtype} of {image.shape}."
        )


def put_pixels(
    image: NDArray[np.uint8], target: NDArray[Any], pixel_range: PixelRange
) -> None:
    """Write a picture into the input of a model.

    Bytes are what they are, whatever a quantized model says that they stand for:
    Frigate does not scale them either. Signed ones are 128 less.
    """
    if target.dtype == np.float32:
        low, high = pixel_range
        np.multiply(image, np.float32((high - low) / 255), out=target)
        if low:
            target += np.float32(low)
    elif target.dtype == np.int8:
        np.copyto(target, image.astype(np.int16) - 128, casting="unsafe")
    else:
        np.copyto(target, image)


def as_floats(
    result: NDArray[Any], scale: float, zero_point: int
) -> NDArray[np.float32]:
    """Return new numbers, shape (n,), for what a model has computed.

    `scale` and `zero_point` say what its integers stand for; a scale of 0 says nothing.
    """
    numbers = result.reshape(-1).astype(np.float32)
    if result.dtype == np.float32 or not scale:
        return numbers
    values: NDArray[np.float32] = (numbers - np.float32(zero_point)) * np.float32(scale)
    return values
