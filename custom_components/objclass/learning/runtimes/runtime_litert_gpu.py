"""Executes a .tflite file on a graphics processor, where LiteRT finds one.

LiteRT's older interface, which `runtime_litert` uses, has no such accelerator.
"""

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..backbone_model import BackboneModel
from .graph import ModelError, UnsupportedModelError
from .runtime import Runtime, check_picture, put_pixels
from .runtime_litert import model_content

_PACKAGE: Final = "ai_edge_litert"
_PATIENCE: Final = 60
"""Seconds that LiteRT may look for a graphics processor."""
_ASK: Final = """\
from learning.backbone_model import BUNDLED
from learning.runtimes.runtime_litert_gpu import compile_for_gpu
print(compile_for_gpu(BUNDLED.path.read_bytes()))
"""


class LiteRtGpuRuntime:
    """Runs one model that is loaded with another runtime too, which knows its form."""

    threads: Final = 1

    def __init__(
        self, model: BackboneModel, here: Runtime, *, accelerator: str = "GPU"
    ) -> None:
        """Load a file. `here` is the same model, loaded for the processor.

        Raises ImportError where LiteRT has no such interface, and ModelError where it
        has no such accelerator.
        """
        if accelerator == "GPU" and (why := why_no_gpu()):
            raise UnsupportedModelError(why)
        self.name = f"litert {accelerator.lower()}"
        self.form = here.form
        self._pixel_range = model.pixel_range
        # Kept: LiteRT reads the weights from it.
        self._content = model_content(model.path, model.size)
        self._model = _compiled(self._content, accelerator)
        signature = next(iter(self._model.get_signature_list().values()))
        details = self._model.get_input_tensor_details(
            next(iter(self._model.get_signature_list()))
        )
        taken = np.dtype(details[signature["inputs"][0]]["dtype"])
        self._pixels = np.empty((1, *self.form.input_shape), taken)
        self._inputs = self._model.create_input_buffers(0)
        self._outputs = self._model.create_output_buffers(0)

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one picture."""
        check_picture(image, self.form.input_shape)
        put_pixels(image, self._pixels[0], self._pixel_range)
        self._inputs[0].write(self._pixels)
        self._model.run_by_index(0, self._inputs, self._outputs)
        numbers = self._outputs[0].read(self.form.output_size, np.float32)
        return np.array(numbers, np.float32).reshape(-1)


def why_no_gpu() -> str | None:
    """Ask LiteRT whether it can use a graphics processor; return why not, for people.

    Takes about a second, in a process of its own: on a processor without AVX LiteRT
    would end Home Assistant, and nobody knows what drivers do.
    """
    if importlib.util.find_spec(_PACKAGE) is None:
        return "LiteRT is not installed here."
    # Ours comes last: no module of the integration may hide another of the same name.
    path = os.pathsep.join([*sys.path, str(Path(__file__).parents[2])])
    try:
        asked = subprocess.run(  # noqa: S603  our own code, and nothing that was sent
            [sys.executable, "-c", _ASK],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return f"LiteRT found no graphics processor in {_PATIENCE} seconds."
    if asked.returncode:
        return "LiteRT does not survive the search for a graphics processor here."
    return asked.stdout.strip() or None


def compile_for_gpu(content: bytes) -> str:
    """Compile a model; return why that is not possible, or nothing. May end Python."""
    try:
        _compiled(content, "GPU")
    except (ImportError, AttributeError, ModelError) as error:
        return str(error)
    return ""


def _compiled(content: bytes, accelerator: str) -> Any:
    """Compile a model, in full precision: with half of it the features are others."""
    try:
        compiled = importlib.import_module(f"{_PACKAGE}.compiled_model")
        options = importlib.import_module(f"{_PACKAGE}.options")
    except ImportError as error:
        raise ImportError("LiteRT is not installed here.") from error
    try:
        return compiled.CompiledModel.from_buffer(
            content,
            options=options.Options(
                hardware_accelerators=compiled.HardwareAccelerator[accelerator],
                cpu_options=options.CpuOptions(num_threads=1),
                gpu_options=options.GpuOptions(enforce_f32=True),
            ),
        )
    except RuntimeError as error:
        raise UnsupportedModelError(
            "LiteRT finds no graphics processor here that it can use."
        ) from error
