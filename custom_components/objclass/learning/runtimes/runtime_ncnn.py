"""Executes a .tflite file with ncnn, which has wheels for Home Assistant OS.

ncnn's network is built in memory from the same file, by `ncnn_network`. It works in
half precision unless it is told not to, and then the features are wrong.
"""

import importlib
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .graph import InvalidModelError, UnsupportedModelError
from .ncnn_network import INPUT, OUTPUT, Network, build_network
from .picture_network import read_picture_network
from .runtime import AS_THEY_ARE, PixelRange, check_picture

_HALF_PRECISION: Final = (
    "use_bf16_packed",
    "use_bf16_storage",
    "use_fp16_arithmetic",
    "use_fp16_packed",
    "use_fp16_storage",
)


class NcnnRuntime:
    """Runs one model, for one picture at a time."""

    name: Final = "ncnn"

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

        Raises ImportError when ncnn cannot be imported, OSError when there is no such
        file, and ModelError when it is unsound, needs what is not supported here, or is
        not one for pictures.
        """
        self.threads = threads
        self._ncnn = importlib.import_module("ncnn")
        graph, self.form = read_picture_network(model, size)
        network = build_network(graph, pixel_range)
        self._mean, self._norm = network.mean, network.norm
        self._net = self._load(network)
        # What does not fit together shows now, not at the first picture.
        self.run(np.zeros(self.form.input_shape, np.uint8))

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one picture."""
        check_picture(image, self.form.input_shape)
        height, width, _ = self.form.input_shape
        pixels = self._ncnn.Mat.from_pixels(
            np.ascontiguousarray(image),
            self._ncnn.Mat.PixelType.PIXEL_RGB,
            width,
            height,
        )
        pixels.substract_mean_normalize(self._mean, self._norm)
        extractor = self._net.create_extractor()
        extractor.input(INPUT, pixels)
        failed, result = extractor.extract(OUTPUT)
        numbers = np.array(result, np.float32).reshape(-1)
        if failed or numbers.size != self.form.output_size:
            raise UnsupportedModelError("ncnn cannot run the model.")
        return numbers

    def _load(self, network: Network) -> Any:
        net = self._ncnn.Net()
        net.opt.num_threads = self.threads
        # Threads that spin while they wait take the processor from other programs.
        net.opt.openmp_blocktime = 0
        for option in _HALF_PRECISION:
            setattr(net.opt, option, False)
        # From memory proper, ncnn would go on to read what Python has freed by then.
        file = os.memfd_create("ncnn")
        try:
            with open(file, "wb", closefd=False) as stream:
                stream.write(network.weights)
            if net.load_param_mem(network.layers):
                raise InvalidModelError("ncnn cannot read the model's layers.")
            if net.load_model(f"/proc/self/fd/{file}"):
                raise InvalidModelError("ncnn cannot read the model's weights.")
        finally:
            os.close(file)
        return net
