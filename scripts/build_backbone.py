"""Turns PyTorch's MobileNetV2 weights into the bundled .tflite.

`scripts/build_backbone` fetches the weights and calls this.

The network (Sandler et al., "MobileNetV2", 2018, table 2, width 1.0) without its
classifier: uint8 RGB [1, 224, 224, 3] in, the mean over the last layer's positions out,
float32 [1, 1280]. Normalisation is inside. Batch normalisation is folded into the
convolutions, whose kernels are stored as float16.

Rounding every kernel to the nearest float16 moves the embeddings of dark or flat
pictures by up to 0.1, nearly all of it through two layers in which large terms cancel
(`features.1.conv.0` and `features.2.conv.0`). Two remedies keep that below 0.03: what
rounding adds to a weight of a depthwise kernel, the kernel's other weights take back
(`round_together`), and what rounding adds to an expansion on average, its bias takes
back (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
Correction", 2019).
"""

import argparse
import hashlib
import io
import math
import pickle
import sys
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, override

import numpy as np
import tflite
from numpy.typing import ArrayLike, DTypeLike, NDArray

sys.path.append(str(Path(__file__).parents[1] / "custom_components" / "objclass"))

from learning.files import write_atomically
from learning.runtimes.graph import Graph, Operator, Tensor
from learning.runtimes.tflite_writer import write_graph

WEIGHTS_SHA256: Final = (
    "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197"
)
SIZE: Final = 224
MEAN: Final = np.array((0.485, 0.456, 0.406))
DEVIATION: Final = np.array((0.229, 0.224, 0.225))
"""Of ImageNet's pixels in 0..1; PyTorch's models expect pixels normalised by them."""
EPSILON: Final = 1e-5
"""Of `torch.nn.BatchNorm2d`."""
BLOCKS: Final = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, repetitions and first stride (the paper's t, c, n, s)."""

type Weights = dict[str, NDArray[np.float64]]


class _Unpickler(pickle.Unpickler):
    """Reads the structure of a saved state, and runs nothing that the file names."""

    @override
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        known = {
            "collections.OrderedDict": OrderedDict,
            "torch._utils._rebuild_tensor_v2": lambda *described: described,
            "torch.FloatStorage": np.dtype("<f4"),
            "torch.LongStorage": np.dtype("<i8"),
        }
        name = f"{module_name}.{global_name}"
        if name not in known:
            raise pickle.UnpicklingError(
                f"the weights name {name}, which is unexpected"
            )
        return known[name]

    @override
    def persistent_load(self, pid: Any) -> Any:
        return pid


def read_weights(content: bytes) -> Weights:
    """Read, by name and as float64, what `torch.save` wrote before version 1.6.

    Five pickles (magic, version, system, tensors, keys of storages), then each storage
    in the order of the keys: its length as int64 and its values.
    """
    file = io.BytesIO(content)
    _, _, _, tensors, keys = (_Unpickler(file).load() for _ in range(5))
    dtypes = {storage[2]: storage[1] for storage, *_ in tensors.values()}
    storages = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        storages[key] = np.frombuffer(
            file.read(count * dtypes[key].itemsize), dtypes[key]
        )
    return {
        name: storages[storage[2]].reshape(shape).astype(np.float64)
        for name, (storage, _, shape, *_) in tensors.items()
    }


class Network:
    """Collects the graph of a MobileNetV2, layer by layer."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._tensors: list[Tensor] = []
        self._operators: list[Operator] = []
        self._block_mean = np.zeros(0)
        """Of each channel that the last block gave, over the training pictures."""

    def build(self) -> Graph:
        """Return the whole network."""
        image = self._computed("image", (1, SIZE, SIZE, 3), np.uint8)
        value = self._normalised(image)
        value = self._convolution(value, "features.0.0", "features.0.1", stride=2)
        layer = 1
        for expansion, channels, repetitions, first_stride in BLOCKS:
            for repetition in range(repetitions):
                stride = 1 if repetition else first_stride
                value = self._block(value, layer, expansion, channels, stride)
                layer += 1
        name = f"features.{layer}"
        value = self._convolution(value, f"{name}.0", f"{name}.1")
        embedding = self._mean(value)
        return Graph(
            tensors=tuple(self._tensors),
            operators=tuple(self._operators),
            inputs=(image,),
            outputs=(embedding,),
            description="MobileNetV2 1.0 224, ImageNet, without its classifier",
        )

    def _normalised(self, image: int) -> int:
        """Normalise before any padding, as PyTorch does: its border is the mean.

        The constants span a row of pixels: repeating just three numbers is slow.
        """
        shape = self._tensors[image].shape
        row = (1, 1, SIZE, 3)
        pixels = self._computed("pixels", shape, np.float32)
        self._add(
            "CAST",
            (image,),
            pixels,
            in_data_type=tflite.TensorType.UINT8,
            out_data_type=tflite.TensorType.FLOAT32,
        )
        mean = self._constant("mean", np.broadcast_to(255 * MEAN, row), np.float32)
        centred = self._computed("centred", shape, np.float32)
        self._add("SUB", (pixels, mean), centred)
        factor = self._constant(
            "factor", np.broadcast_to(1 / (255 * DEVIATION), row), np.float32
        )
        normalised = self._computed("normalised", shape, np.float32)
        self._add("MUL", (centred, factor), normalised)
        return normalised

    def _block(
        self, value: int, layer: int, expansion: int, channels: int, stride: int
    ) -> int:
        """Add an inverted residual: expand, depthwise, project, add the input."""
        name = f"features.{layer}.conv"
        inner, position = value, 0
        if expansion > 1:
            inner = self._convolution(
                inner, f"{name}.0", f"{name}.1", mean=self._block_mean
            )
            position = 3
        inner = self._convolution(
            inner, f"{name}.{position}", f"{name}.{position + 1}", stride=stride
        )
        norm = f"{name}.{position + 4}"
        inner = self._convolution(inner, f"{name}.{position + 3}", norm, relu6=False)
        mean = self._weights[f"{norm}.bias"]  # which is what the norm makes it
        before, after = self._tensors[value].shape, self._tensors[inner].shape
        if stride != 1 or before[-1] != channels:
            self._block_mean = mean
            return inner
        self._block_mean = self._block_mean + mean
        total = self._computed(f"{name}.add", after, np.float32)
        self._add("ADD", (value, inner), total)
        return total

    def _convolution(
        self,
        value: int,
        name: str,
        norm: str,
        *,
        stride: int = 1,
        relu6: bool = True,
        mean: NDArray[np.float64] | None = None,
    ) -> int:
        exact, bias = fold(self._weights, name, norm)
        depthwise = exact.shape[1] == 1
        kernel = round_together(exact) if depthwise else exact.astype(np.float16)
        if mean is not None:
            bias = bias + exact_sums((exact - kernel)[..., 0, 0] * mean)
        if stride > 1:
            value = self._padded(value, name)
        _, height, width, _ = self._tensors[value].shape
        reach = kernel.shape[-1] - 1 if stride > 1 else 0
        rows, columns = ((side - reach - 1) // stride + 1 for side in (height, width))
        result = self._computed(
            f"{name}.out", (1, rows, columns, bias.size), np.float32
        )
        inputs = (
            value,
            self._kernel(name, kernel),
            self._constant(norm, bias, np.float32),
        )
        kind = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
        self._add(kind, inputs, result, **window_options(stride, relu6, depthwise))
        return result

    def _padded(self, value: int, name: str) -> int:
        """Pad each side: "SAME" with stride 2 would pad right and bottom only."""
        batch, height, width, channels = self._tensors[value].shape
        shape = (batch, height + 2, width + 2, channels)
        padded = self._computed(f"{name}.padded", shape, np.float32)
        margins = self._constant(
            f"{name}.margins", [[0, 0], [1, 1], [1, 1], [0, 0]], np.int32
        )
        self._add("PAD", (value, margins), padded)
        return padded

    def _kernel(self, name: str, kernel: NDArray[np.float16]) -> int:
        # PyTorch's (out, in, y, x) to TensorFlow Lite's (out, y, x, in); a depthwise
        # kernel is (1, y, x, out).
        depthwise = kernel.shape[1] == 1
        kernel = kernel.transpose((1, 2, 3, 0) if depthwise else (0, 2, 3, 1))
        stored = self._constant(f"{name}.weight", kernel, np.float16)
        restored = self._computed(f"{name}.restored", kernel.shape, np.float32)
        self._add("DEQUANTIZE", (stored,), restored)
        return restored

    def _mean(self, value: int) -> int:
        channels = self._tensors[value].shape[-1]
        embedding = self._computed("embedding", (1, channels), np.float32)
        axes = self._constant("axes", [1, 2], np.int32)
        self._add("MEAN", (value, axes), embedding, keep_dims=False)
        return embedding

    def _add(
        self, kind: str, inputs: Sequence[int], output: int, **options: Any
    ) -> None:
        self._operators.append(
            Operator(
                kind=kind, inputs=tuple(inputs), outputs=(output,), options=options
            )
        )

    def _computed(self, name: str, shape: Sequence[int], dtype: DTypeLike) -> int:
        self._tensors.append(
            Tensor(name=name, shape=tuple(shape), dtype=np.dtype(dtype))
        )
        return len(self._tensors) - 1

    def _constant(self, name: str, values: ArrayLike, dtype: DTypeLike) -> int:
        data = np.asarray(values).astype(dtype)
        self._tensors.append(
            Tensor(name=name, shape=data.shape, dtype=data.dtype, data=data)
        )
        return len(self._tensors) - 1


def window_options(stride: int, relu6: bool, depthwise: bool) -> dict[str, int]:
    """Return a convolution's options; with a stride its input is padded already."""
    activation = tflite.ActivationFunctionType
    return {
        "padding": tflite.Padding.VALID if stride > 1 else tflite.Padding.SAME,
        "stride_w": stride,
        "stride_h": stride,
        "dilation_w_factor": 1,
        "dilation_h_factor": 1,
        "fused_activation_function": activation.RELU6 if relu6 else activation.NONE,
    } | ({"depth_multiplier": 1} if depthwise else {})


def fold(
    weights: Weights, name: str, norm: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return kernel (out, in, y, x) and bias of convolution `name` followed by `norm`.

    gamma * (Wx - mean) / sqrt(variance + epsilon) + beta, sorted by x.
    """
    scale = weights[f"{norm}.weight"] / np.sqrt(
        weights[f"{norm}.running_var"] + EPSILON
    )
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    return weights[f"{name}.weight"] * scale[:, None, None, None], bias


def round_together(kernel: NDArray[np.float64]) -> NDArray[np.float16]:
    """Round to float16 so that the sum of each output's kernel stays as it was.

    From the largest weight to the smallest, each takes over the error so far.
    Neighbouring pixels are nearly equal, so it is the sum that counts.
    """
    exact = kernel.reshape(len(kernel), -1)
    rounded = np.empty(exact.shape, np.float16)
    rows = np.arange(len(exact))
    error = np.zeros(len(exact))
    for column in np.argsort(-abs(exact), axis=1, kind="stable").T:
        wanted = exact[rows, column] + error
        rounded[rows, column] = wanted
        error = wanted - rounded[rows, column]
    return rounded.reshape(kernel.shape)


def exact_sums(terms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum each row with one rounding, so that every machine gets the same bits."""
    return np.array([math.fsum(row) for row in terms])


def main() -> None:
    """Build the model from the weights named on the command line."""
    parser = argparse.ArgumentParser(description="Build the bundled backbone.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    content = arguments.weights.read_bytes()
    if (digest := hashlib.sha256(content).hexdigest()) != WEIGHTS_SHA256:
        sys.exit(f"{arguments.weights} has SHA-256 {digest}, not {WEIGHTS_SHA256}.")
    model = write_graph(Network(read_weights(content)).build())
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(arguments.output, model)
    sys.stdout.write(
        f"{arguments.output}: {len(model)} bytes, SHA-256 "
        f"{hashlib.sha256(model).hexdigest()}\n"
    )


if __name__ == "__main__":
    main()
