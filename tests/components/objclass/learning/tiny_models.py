"""Models of a few operators, built in a test and written as real .tflite files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tflite
from numpy.typing import ArrayLike, DTypeLike

from custom_components.objclass.learning.runtimes.graph import Graph, Operator, Tensor
from custom_components.objclass.learning.runtimes.tflite_writer import write_graph

SAME = {"padding": tflite.Padding.SAME}
VALID = {"padding": tflite.Padding.VALID}
NONE = {"fused_activation_function": tflite.ActivationFunctionType.NONE}
RELU = {"fused_activation_function": tflite.ActivationFunctionType.RELU}
RELU6 = {"fused_activation_function": tflite.ActivationFunctionType.RELU6}


class TinyModel:
    """Collects operators, beginning with a picture that becomes floats around zero."""

    def __init__(self, height: int = 6, width: int = 7) -> None:
        self.tensors: list[Tensor] = []
        self.operators: list[Operator] = []
        self.shape = (1, height, width, 3)
        self.picture = self.place(self.shape, np.uint8)
        pixels = self.add(
            "CAST",
            [self.picture],
            self.shape,
            in_data_type=tflite.TensorType.UINT8,
            out_data_type=tflite.TensorType.FLOAT32,
        )
        centred = self.add("SUB", [pixels, self.constant(128.0)], self.shape, **NONE)
        self.value = self.add(
            "MUL", [centred, self.constant(1 / 32)], self.shape, **NONE
        )

    def place(self, shape: Sequence[int], dtype: DTypeLike = np.float32) -> int:
        """Add a tensor whose value is computed."""
        name = f"value{len(self.tensors)}"
        self.tensors.append(
            Tensor(name=name, shape=tuple(shape), dtype=np.dtype(dtype))
        )
        return len(self.tensors) - 1

    def constant(self, values: ArrayLike, dtype: DTypeLike = np.float32) -> int:
        """Add a tensor whose value is given."""
        data = np.asarray(values, dtype)
        name = f"constant{len(self.tensors)}"
        self.tensors.append(
            Tensor(name=name, shape=data.shape, dtype=data.dtype, data=data)
        )
        return len(self.tensors) - 1

    def weights(self, *shape: int) -> int:
        """Add a constant of numbers around zero, the same for the same shape."""
        return self.constant(np.random.default_rng(3).normal(size=shape))

    def add(
        self, kind: str, inputs: Sequence[int], shape: Sequence[int], **options: Any
    ) -> int:
        """Add an operator, and return where its result is."""
        output = self.place(shape)
        self.operators.append(
            Operator(
                kind=kind, inputs=tuple(inputs), outputs=(output,), options=options
            )
        )
        return output

    def graph(self, output: int) -> Graph:
        """Return the whole model, with one output."""
        return Graph(
            tensors=tuple(self.tensors),
            operators=tuple(self.operators),
            inputs=(self.picture,),
            outputs=(output,),
        )

    def write(self, folder: Path, output: int) -> Path:
        """Write the model, with one output."""
        path = folder / "tiny.tflite"
        path.write_bytes(write_graph(self.graph(output)))
        return path


def window(
    stride: int | tuple[int, int] = 1, dilation: int | tuple[int, int] = 1
) -> dict[str, int]:
    """Return the options of a convolution; pairs are (vertical, horizontal)."""
    stride_h, stride_w = np.broadcast_to(stride, 2).tolist()
    dilation_h, dilation_w = np.broadcast_to(dilation, 2).tolist()
    return {
        "stride_h": stride_h,
        "stride_w": stride_w,
        "dilation_h_factor": dilation_h,
        "dilation_w_factor": dilation_w,
    }


def noise(height: int = 6, width: int = 7) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a picture of random pixels, the same every time."""
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8)


def feature_extractor(folder: Path, *, side: int = 32, dimension: int = 16) -> Path:
    """Write a little feature extractor: a convolution, and the mean over it."""
    model = TinyModel(side, side)
    kernel = model.weights(dimension, 3, 3, 3)
    half = (1, -(-side // 2), -(-side // 2), dimension)
    seen = model.add(
        "CONV_2D",
        [model.value, kernel, model.weights(dimension)],
        half,
        **SAME,
        **window(2),
        **RELU,
    )
    axes = model.constant([1, 2], np.int32)
    return model.write(
        folder, model.add("MEAN", [seen, axes], (1, dimension), keep_dims=False)
    )
