"""A small neural network as data: tensors, and the operators that connect them.

`tflite_file` reads one from a .tflite file, `tflite_writer` writes one, `runtime_numpy`
executes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

OMITTED: Final = -1
"""Stands in `Operator.inputs` for an optional input that is not given."""


OWN_METADATA: Final = "objclass"
"""The name, in a file, of metadata that we have written there."""


class ModelError(Exception):
    """A model file cannot be used. The message is for people."""


class InvalidModelError(ModelError):
    """The file is not a .tflite model, is damaged, or contradicts itself."""


class UnsupportedModelError(ModelError):
    """The file is sound, but needs something that is not available here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantization:
    """What integers stand for: `scale` times their distance from `zero_point`."""

    scale: float
    zero_point: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tensor:
    """A value in the network: computed (no `data`) or constant."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    data: NDArray[Any] | None = None
    quantization: Quantization | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """One step; `inputs` and `outputs` are positions in `Graph.tensors`.

    `kind` and the keys and values of `options` are TensorFlow Lite's own (schema.fbs),
    the keys in snake case: `{"padding": 1, "stride_w": 2, ...}`.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """A network. Operators are in an order in which they can be executed.

    `metadata` is kept in the file beside the network, under `OWN_METADATA`.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    description: str = ""
    metadata: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """What schema.fbs calls an operator's options; the oldest version that fits."""

    options: str | None = None
    fields: tuple[str, ...] = ()
    version: int = 1


_ACTIVATION = "fused_activation_function"
_WINDOW = ("padding", "stride_w", "stride_h", _ACTIVATION)
_DILATION = ("dilation_w_factor", "dilation_h_factor")
_POOL = Schema(
    options="Pool2DOptions", fields=(*_WINDOW, "filter_width", "filter_height")
)

SCHEMAS: Final[Mapping[str, Schema]] = {
    "ADD": Schema(options="AddOptions", fields=(_ACTIVATION,)),
    "AVERAGE_POOL_2D": _POOL,
    "CAST": Schema(options="CastOptions", fields=("in_data_type", "out_data_type")),
    "CONCATENATION": Schema(
        options="ConcatenationOptions", fields=("axis", _ACTIVATION)
    ),
    "CONV_2D": Schema(options="Conv2DOptions", fields=(*_WINDOW, *_DILATION)),
    "DEPTHWISE_CONV_2D": Schema(
        options="DepthwiseConv2DOptions",
        fields=(*_WINDOW, *_DILATION, "depth_multiplier"),
    ),
    "DEQUANTIZE": Schema(options="DequantizeOptions", version=3),
    "FULLY_CONNECTED": Schema(
        options="FullyConnectedOptions",
        fields=("weights_format", "keep_num_dims", _ACTIVATION),
    ),
    "L2_NORMALIZATION": Schema(options="L2NormOptions", fields=(_ACTIVATION,)),
    "LOGISTIC": Schema(),
    "MAX_POOL_2D": _POOL,
    "MEAN": Schema(options="ReducerOptions", fields=("keep_dims",)),
    "MUL": Schema(options="MulOptions", fields=(_ACTIVATION,)),
    "PAD": Schema(options="PadOptions"),
    "QUANTIZE": Schema(options="QuantizeOptions"),
    "RELU": Schema(),
    "RELU6": Schema(),
    "RESHAPE": Schema(options="ReshapeOptions"),
    "RESIZE_BILINEAR": Schema(
        options="ResizeBilinearOptions",
        fields=("align_corners", "half_pixel_centers"),
        version=3,
    ),
    "SOFTMAX": Schema(options="SoftmaxOptions", fields=("beta",)),
    "SUB": Schema(options="SubOptions", fields=(_ACTIVATION,)),
}
"""The operators that this package knows. Any other is refused when a file is read."""


def schema_name(key: str) -> str:
    """Return the schema's name of an option: `stride_w` is StrideW."""
    return "".join(part.capitalize() for part in key.split("_"))
