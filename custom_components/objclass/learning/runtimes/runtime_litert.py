"""Executes a .tflite file with LiteRT, the successor of TensorFlow Lite.

`ai-edge-litert` where that is installed, else `tflite-runtime`. Neither exists for Home
Assistant OS and Container.
"""

import importlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .graph import InvalidModelError, UnsupportedModelError
from .runtime import (
    AS_THEY_ARE,
    PixelRange,
    Value,
    as_floats,
    check_picture,
    form_of,
    put_pixels,
)

_MODULES: Final = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")


class LiteRtRuntime:
    """Runs one model, for one picture at a time."""

    name: Final = "litert"

    def __init__(
        self,
        model: Path,
        *,
        threads: int = 1,
        size: int | None = None,
        pixel_range: PixelRange = AS_THEY_ARE,
    ) -> None:
        """Load a file, for pictures of `size` x `size` pixels if that is given.

        `pixel_range` is for a model that takes floats.

        Raises ImportError when LiteRT cannot be imported, OSError when there is no such
        file, and ModelError when LiteRT refuses it or it is not one for pictures.
        """
        self.threads = threads
        # Kept: LiteRT reads the weights from it.
        self._content = model_content(model, size)
        try:
            self._interpreter = _interpreter_class()(
                model_content=self._content, num_threads=threads
            )
            self._interpreter.allocate_tensors()
        except ValueError as error:
            raise InvalidModelError(f"LiteRT cannot read the model: {error}") from error
        except RuntimeError as error:
            raise UnsupportedModelError(
                f"LiteRT cannot run the model: {error}"
            ) from error
        inputs = self._interpreter.get_input_details()
        outputs = self._interpreter.get_output_details()
        self.form = form_of(
            [_value(item) for item in inputs], [_value(item) for item in outputs]
        )
        self._input = inputs[0]
        self._output = outputs[0]
        self._pixels = np.empty((1, *self.form.input_shape), self._input["dtype"])
        self._pixel_range = pixel_range

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one picture."""
        check_picture(image, self.form.input_shape)
        put_pixels(image, self._pixels[0], self._pixel_range)
        self._interpreter.set_tensor(self._input["index"], self._pixels)
        self._interpreter.invoke()
        result = self._interpreter.get_tensor(self._output["index"])
        return as_floats(result, *self._output["quantization"])


def _value(details: dict[str, Any]) -> Value:
    return tuple(map(int, details["shape"])), details["dtype"]


def model_content(model: Path, size: int | None) -> bytes:
    """Return the bytes of a file, for pictures of `size` if that is given."""
    if size is None:
        return model.read_bytes()
    # Imported here because reading models takes modules that LiteRT does without.
    from .resize import resize  # noqa: PLC0415
    from .tflite_file import read_graph  # noqa: PLC0415
    from .tflite_writer import write_graph  # noqa: PLC0415

    return write_graph(resize(read_graph(model), size))


def processor_suffices() -> bool:
    """Return whether this processor can run LiteRT, which would else end the process.

    Its wheels for x86-64 take SSE4.1 for granted. Processors of before 2008 do not have
    it, nor do those that QEMU calls qemu64 and kvm64. NumPy knows what there is.
    """
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    return "SSE41" not in extensions.get("not found", ())


def _interpreter_class() -> Any:
    if not processor_suffices():
        raise ImportError("This processor cannot run LiteRT.")
    for name in _MODULES:
        try:
            return importlib.import_module(name).Interpreter
        except ImportError:
            continue
    raise ImportError("Neither ai-edge-litert nor tflite-runtime can be imported.")
