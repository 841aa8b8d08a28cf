"""Lets a model server on another machine compute the embeddings."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .model_server import ModelServer, ServerAnswerError, ServerConnection
from .runtime import PixelRange, Runtime, check_picture, put_pixels

_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "UINT8": np.dtype(np.uint8),
    "FP32": np.dtype(np.float32),
}
_UNNAMED: Final = {"name": "input", "datatype": "UINT8", "shape": []}
"""For servers that do not say what they take."""


class ServerRuntime:
    """A model on a server that computes the same as one that is loaded here."""

    name: Final = "server"
    threads: Final = 1

    def __init__(
        self, server: ModelServer, here: Runtime, pixel_range: PixelRange
    ) -> None:
        """Ask the server what it takes; `here` is what it has to be equal to.

        `pixel_range` is for a model that takes floats. Raises ServerAwayError, and
        ServerAnswerError for a server that has no such model.
        """
        self.form = here.form
        self._pixel_range = pixel_range
        self._connection = ServerConnection(server)
        self._binary = self._connection.speaks_binary()
        inputs = self._connection.metadata().get("inputs") or [_UNNAMED]
        self._input_name, self._datatype = _input(inputs, self.form.input_shape)
        self._pixels = np.empty((1, *self.form.input_shape), _DTYPES[self._datatype])

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one picture."""
        check_picture(image, self.form.input_shape)
        put_pixels(image, self._pixels[0], self._pixel_range)
        numbers = self._connection.infer(
            self._input_name, self._pixels, self._datatype, binary=self._binary
        )
        if numbers.shape != (self.form.output_size,):
            raise ServerAnswerError(
                f"The model server gives {numbers.size} numbers, "
                f"not {self.form.output_size}."
            )
        # What is kept of a crop is trained on later: one such number would refuse it.
        if not np.isfinite(numbers).all():
            raise ServerAnswerError("The model server gives what is no number.")
        return numbers


def _input(inputs: Any, shape: tuple[int, ...]) -> tuple[str, str]:
    """Return name and type of the only input, which has to be our picture."""
    try:
        ((name, datatype, sides),) = [
            (str(item["name"]), item["datatype"], list(item["shape"]))
            for item in inputs
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ServerAnswerError(
            "The model server's model does not have one input."
        ) from error
    wanted = [1, *shape]
    fits = not sides or (
        len(sides) == len(wanted)
        and all(side in (-1, want) for side, want in zip(sides, wanted, strict=True))
    )
    if datatype not in _DTYPES or not fits:
        raise ServerAnswerError(
            f"The model server's model takes {datatype} of {sides}, "
            f"not UINT8 or FP32 of {wanted}."
        )
    return name, datatype
