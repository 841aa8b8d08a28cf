"""Translates a `Graph` into what ncnn loads: a text of layers, and their weights.

https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure. Pictures are
(channel, y, x) there, and padding is a parameter of the layer that needs it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .graph import Graph, InvalidModelError, Operator, UnsupportedModelError
from .numpy_windows import margins_around
from .runtime import PixelRange

INPUT: Final = "picture"
OUTPUT: Final = "vector"
_MAGIC: Final = 7767517
_AS_FLOATS: Final = bytes(4)
"""Stands before weights that are float32."""
_PICTURE_RANK: Final = 4
_RELU: Final = 1
_CLIP: Final = 3
_ACTIVATIONS: Final[Mapping[int, Mapping[int, Any]]] = {
    0: {},
    1: {9: _RELU},
    3: {9: _CLIP, -23310: "2,0.0,6.0"},
}
"""NONE, RELU and RELU6 of schema.fbs, as parameters of a convolution."""
_ACTIVATION_LAYERS: Final[dict[int, tuple[str, dict[int, Any]]]] = {
    1: ("ReLU", {}),
    3: ("Clip", {0: 0.0, 1: 6.0}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """What ncnn loads.

    A pixel is fed as (pixel - mean) * norm; both have three numbers.
    """

    layers: str
    weights: bytes
    mean: list[float]
    norm: list[float]


def build_network(graph: Graph, pixel_range: PixelRange) -> Network:
    """Translate a network that turns one picture into numbers.

    `pixel_range` is what black and white are to a network that takes floats. Raises
    UnsupportedModelError for operators that are not translated, and InvalidModelError
    for those whose shapes contradict each other.
    """
    try:
        return _Translation(graph, pixel_range).network()
    except (ValueError, IndexError) as error:  # from NumPy, about shapes
        raise InvalidModelError(f"The model contradicts itself: {error}") from error


@dataclass(kw_only=True, slots=True)
class _Value:
    """What is known of a computed tensor.

    A value that is only scaled pixels so far (`scale` times the pixel plus `offset`),
    or only padded, is not a layer of its own. Each of the `blobs` has the value for
    one layer that reads it, as ncnn wants it.
    """

    blobs: list[str]
    margins: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))
    scale: NDArray[np.float64] | None = None
    offset: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))


class _Translation:
    def __init__(self, graph: Graph, pixel_range: PixelRange) -> None:
        self._graph = graph
        self._constants = {
            position: tensor.data
            for position, tensor in enumerate(graph.tensors)
            if tensor.data is not None
        }
        self._layers = [f"Input {INPUT} 0 1 {INPUT}"]
        self._weights: list[bytes] = []
        self._blobs = 1
        self._uses = Counter(p for item in graph.operators for p in item.inputs)
        self._uses.update(graph.outputs)
        low, high = pixel_range
        if graph.tensors[graph.inputs[0]].dtype == np.uint8:
            low, high = 0, 255
        self._picture = _Value(
            blobs=[INPUT],
            scale=np.full(3, (high - low) / 255),
            offset=np.full(3, float(low)),
        )
        self._values = {graph.inputs[0]: self._picture}

    def network(self) -> Network:
        for operator in self._graph.operators:
            translate = _TRANSLATORS.get(operator.kind)
            if translate is None:
                raise UnsupportedModelError(
                    f"{operator.kind} is not supported with ncnn."
                )
            translate(self, operator)
        end = self._plain(self._values[self._graph.outputs[0]])
        self._layers.append(f"Noop {OUTPUT} 1 1 {end} {OUTPUT}")
        self._blobs += 1
        scale, offset = self._picture.scale, self._picture.offset
        if scale is None or not scale.all():
            raise InvalidModelError("The model does not look at the picture.")
        return Network(
            layers="\n".join(
                [str(_MAGIC), f"{len(self._layers)} {self._blobs}", *self._layers, ""]
            ),
            weights=b"".join(self._weights),
            mean=(-offset / scale).tolist(),
            norm=scale.tolist(),
        )

    # What becomes no layer

    def same(self, operator: Operator) -> None:
        """CAST of the picture, and DEQUANTIZE or RESHAPE of a constant."""
        source, (output,) = operator.inputs[0], operator.outputs
        if source in self._constants:
            tensor = self._graph.tensors[output]
            data = self._constants[source].astype(tensor.dtype)
            self._constants[output] = data.reshape(tensor.shape)
        elif operator.kind == "CAST" and self._value(operator).scale is not None:
            self._values[output] = self._value(operator)
        else:
            raise UnsupportedModelError(f"{operator.kind} is not supported with ncnn.")

    def pad(self, operator: Operator) -> None:
        """Leave PAD to the convolution that follows."""
        value = self._value(operator)
        amounts = self._constants[operator.inputs[1]].tolist()
        if len(amounts) != _PICTURE_RANK or any(amounts[0]) or any(amounts[3]):
            raise UnsupportedModelError("PAD of this kind is not supported with ncnn.")
        if value.scale is not None:
            value = self._settled(value)
        above, left = value.margins
        self._values[operator.outputs[0]] = _Value(
            blobs=[_take(value)],
            margins=(
                (above[0] + amounts[1][0], above[1] + amounts[1][1]),
                (left[0] + amounts[2][0], left[1] + amounts[2][1]),
            ),
        )

    def arithmetic(self, operator: Operator) -> None:
        """ADD, SUB, MUL: of pixels and constants, or of two pictures."""
        first, second = operator.inputs
        if first in self._constants:
            first, second = second, first
        value = self._values.get(first)
        if value is None or (second in self._constants and value.scale is None):
            raise UnsupportedModelError(
                f"{operator.kind} with constants is not supported with ncnn."
            )
        if second in self._constants:
            self._scale_pixels(operator, value, self._constants[second])
            return
        other = self._values[second]
        tensors = self._graph.tensors
        if tensors[first].shape != tensors[second].shape:
            raise UnsupportedModelError(
                f"{operator.kind} of two shapes is not supported with ncnn."
            )
        blobs = [self._plain(item) for item in (value, other)]
        self._layer("BinaryOp", operator, blobs, {0: _BINARY[operator.kind]})

    def _scale_pixels(
        self, operator: Operator, value: _Value, constant: NDArray[Any]
    ) -> None:
        if operator.kind == "SUB" and operator.inputs[0] in self._constants:
            raise UnsupportedModelError("SUB from a constant is not supported here.")
        if operator.options["fused_activation_function"] != 0 or value.scale is None:
            raise UnsupportedModelError("Pixels with limits are not supported here.")
        # As the channels are told apart only, the rest must be all the same.
        rows = np.broadcast_to(constant, (*np.shape(constant)[:-1], 3)).reshape(-1, 3)
        number = rows[0].astype(np.float64)
        if (rows != rows[0]).any():
            raise UnsupportedModelError("Places in the picture are told apart.")
        scale, offset = value.scale, value.offset
        if operator.kind == "MUL":
            scale, offset = scale * number, offset * number
        else:
            offset = offset + (number if operator.kind == "ADD" else -number)
        self._values[operator.outputs[0]] = _Value(
            blobs=value.blobs, scale=scale, offset=offset
        )

    # Layers

    def convolution(self, operator: Operator) -> None:
        """CONV_2D with a kernel (outputs, y, x, channels)."""
        kernel = self._constant(operator, 1, rank=4)
        if kernel.shape[3] != self._graph.tensors[operator.inputs[0]].shape[3]:
            raise UnsupportedModelError("CONV_2D in groups is not supported here.")
        self._window(operator, "Convolution", kernel.transpose(0, 3, 1, 2), {})

    def depthwise(self, operator: Operator) -> None:
        """DEPTHWISE_CONV_2D with a kernel (1, y, x, channels)."""
        kernel = self._constant(operator, 1, rank=4).transpose(3, 0, 1, 2)
        channels = self._graph.tensors[operator.inputs[0]].shape[3]
        if len(kernel) != channels:
            raise UnsupportedModelError(
                "DEPTHWISE_CONV_2D with several outputs per channel is not supported."
            )
        self._window(operator, "ConvolutionDepthWise", kernel, {7: channels})

    def _window(
        self, operator: Operator, kind: str, kernel: NDArray[Any], more: dict[int, Any]
    ) -> None:
        """Add a convolution with a kernel (outputs, channels, y, x)."""
        outputs, _, height, width = kernel.shape
        options = operator.options
        stride = (options["stride_h"], options["stride_w"])
        dilation = (options["dilation_h_factor"], options["dilation_w_factor"])
        value = self._value(operator)
        if value.scale is not None:
            value = self._settled(value)
        reach = ((height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1)
        sides = self._graph.tensors[operator.inputs[0]].shape[1:3]
        own = margins_around(options["padding"], sides, reach, stride)
        above, left = np.add(value.margins, own).tolist()
        bias = np.zeros(outputs, np.float32)
        if len(operator.inputs) > 2 and operator.inputs[2] >= 0:  # noqa: PLR2004
            bias = self._constant(operator, 2, rank=1)
        self._weights += [
            _AS_FLOATS,
            np.ascontiguousarray(kernel, "<f4").tobytes(),
            np.ascontiguousarray(bias, "<f4").tobytes(),
        ]
        parameters = {
            0: outputs,
            1: width,
            11: height,
            2: dilation[1],
            12: dilation[0],
            3: stride[1],
            13: stride[0],
            5: 1,
            6: kernel.size,
            4: left[0],
            15: left[1],
            14: above[0],
            16: above[1],
            **more,
        }
        self._layer(kind, operator, [_take(value)], parameters, fused=True)

    def mean(self, operator: Operator) -> None:
        """MEAN over the whole picture."""
        shape = self._graph.tensors[operator.inputs[0]].shape
        axes = {int(axis) % len(shape) for axis in self._constants[operator.inputs[1]]}
        if len(shape) != _PICTURE_RANK or axes != {1, 2}:
            raise UnsupportedModelError("MEAN of this kind is not supported with ncnn.")
        blob = self._plain(self._value(operator))
        self._layer("Pooling", operator, [blob], {0: 1, 4: 1})

    def activation(self, operator: Operator) -> None:
        """RELU and RELU6 that stand alone."""
        kind, parameters = _ACTIVATION_LAYERS[1 if operator.kind == "RELU" else 3]
        blob = self._plain(self._value(operator))
        self._layer(kind, operator, [blob], parameters)

    def _layer(
        self,
        kind: str,
        operator: Operator,
        blobs: list[str],
        parameters: Mapping[int, Any],
        *,
        fused: bool = False,
    ) -> None:
        """Add a layer and the activation that TensorFlow Lite fuses into it."""
        activation = operator.options.get("fused_activation_function", 0)
        if activation not in _ACTIVATIONS:
            raise UnsupportedModelError(
                f"{operator.kind} has a fused activation that is not supported here."
            )
        if fused:
            parameters = {**parameters, **_ACTIVATIONS[activation]}
        (blob,) = self._write(kind, blobs, parameters)
        if activation and not fused:
            kind, parameters = _ACTIVATION_LAYERS[activation]
            (blob,) = self._write(kind, [blob], parameters)
        blobs = [blob]
        (output,) = operator.outputs
        if self._uses[output] > 1:
            blobs = self._write("Split", blobs, {}, count=self._uses[output])
        self._values[output] = _Value(blobs=blobs)

    def _write(
        self,
        kind: str,
        blobs: list[str],
        parameters: Mapping[int, Any],
        *,
        count: int = 1,
    ) -> list[str]:
        """Write a layer with `count` results, and return their names."""
        results = [f"b{self._blobs + number}" for number in range(count)]
        self._blobs += count
        words = [kind, results[0], str(len(blobs)), str(count), *blobs, *results]
        words += [f"{key}={value}" for key, value in parameters.items()]
        self._layers.append(" ".join(words))
        return results

    # Values

    def _value(self, operator: Operator) -> _Value:
        position = operator.inputs[0]
        if position not in self._values:
            raise UnsupportedModelError(f"{operator.kind} of constants is of no use.")
        return self._values[position]

    def _plain(self, value: _Value) -> str:
        if value.scale is not None or np.any(value.margins):
            raise UnsupportedModelError(
                "Pixels that are not convolved are not supported with ncnn."
            )
        return _take(value)

    def _settled(self, value: _Value) -> _Value:
        """Let the picture be scaled like this when it is fed."""
        self._picture = value
        return _Value(blobs=value.blobs)

    def _constant(self, operator: Operator, place: int, *, rank: int) -> NDArray[Any]:
        data = self._constants.get(operator.inputs[place])
        if data is None or data.dtype != np.float32 or data.ndim != rank:
            raise UnsupportedModelError(f"{operator.kind} needs constant weights.")
        return data


def _take(value: _Value) -> str:
    if not value.blobs:
        raise UnsupportedModelError(
            "A value that is used in several ways is not supported with ncnn."
        )
    return value.blobs.pop()


_BINARY: Final = {"ADD": 0, "SUB": 1, "MUL": 2}
_TRANSLATORS: Final[Mapping[str, Callable[[_Translation, Operator], None]]] = {
    "ADD": _Translation.arithmetic,
    "CAST": _Translation.same,
    "CONV_2D": _Translation.convolution,
    "DEPTHWISE_CONV_2D": _Translation.depthwise,
    "DEQUANTIZE": _Translation.same,
    "MEAN": _Translation.mean,
    "MUL": _Translation.arithmetic,
    "PAD": _Translation.pad,
    "RELU": _Translation.activation,
    "RELU6": _Translation.activation,
    "RESHAPE": _Translation.same,
    "SUB": _Translation.arithmetic,
}
