"""The same network for pictures of another size: convolutions do not care.

Only the shapes between the operators change. It can be done to networks of the kind of
the bundled one, which end in a mean over the whole picture.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .graph import Graph, InvalidModelError, Operator, Tensor, UnsupportedModelError
from .numpy_windows import margins_around

type Shape = tuple[int, ...]


def resize(graph: Graph, side: int) -> Graph:
    """Return the network for pictures of `side` x `side` pixels.

    Raises UnsupportedModelError for a network that only works at its own size, and
    InvalidModelError for one that contradicts itself.
    """
    try:
        return _Resizing(graph, side).graph()
    except (ValueError, IndexError) as error:  # from NumPy, about shapes
        raise InvalidModelError(f"The model contradicts itself: {error}") from error


class _Resizing:
    def __init__(self, graph: Graph, side: int) -> None:
        self._graph = graph
        self._tensors = list(graph.tensors)
        self._depends: set[int] = set(graph.inputs)
        """The values that change with the picture."""
        for position in graph.inputs:
            self._reshape(position, (1, side, side, 3))

    def graph(self) -> Graph:
        for operator in self._graph.operators:
            if self._depends.isdisjoint(operator.inputs):
                continue
            rule = _RULES.get(operator.kind)
            if rule is None:
                raise UnsupportedModelError(
                    f"The model takes pictures of one size only, for {operator.kind}."
                )
            (output,) = operator.outputs
            self._reshape(output, rule(self, operator))
            self._depends.add(output)
        return replace(self._graph, tensors=tuple(self._tensors))

    def same(self, operator: Operator) -> Shape:
        return self._shape(operator, 0)

    def both(self, operator: Operator) -> Shape:
        for position in operator.inputs:
            tensor = self._tensors[position]
            if tensor.data is not None:
                data = _without_repetition(tensor.data)
                self._tensors[position] = replace(tensor, shape=data.shape, data=data)
        first, second = (self._shape(operator, place) for place in (0, 1))
        return np.broadcast_shapes(first, second)

    def padded(self, operator: Operator) -> Shape:
        amounts = self._constant(operator, 1)
        sides = np.add(self._shape(operator, 0), amounts.sum(1))
        return tuple(map(int, sides))

    def convolved(self, operator: Operator) -> Shape:
        kernel = self._tensors[operator.inputs[1]].shape
        outputs = kernel[0] if operator.kind == "CONV_2D" else kernel[3]
        options, sides = operator.options, self._shape(operator, 0)[1:3]
        reach = tuple(
            (length - 1) * options[f"dilation_{axis}_factor"] + 1
            for length, axis in zip(kernel[1:3], "hw", strict=True)
        )
        stride = (options["stride_h"], options["stride_w"])
        margins = margins_around(options["padding"], sides, reach, stride)
        result = [
            (side + sum(margin) - length) // step + 1
            for side, margin, length, step in zip(
                sides, margins, reach, stride, strict=True
            )
        ]
        if min(result) < 1:
            raise UnsupportedModelError("The pictures are too small for the model.")
        return (1, *result, outputs)

    def mean(self, operator: Operator) -> Shape:
        shape = self._shape(operator, 0)
        axes = {int(axis) % len(shape) for axis in self._constant(operator, 1).flat}
        keep = operator.options["keep_dims"]
        return tuple(
            1 if axis in axes else side
            for axis, side in enumerate(shape)
            if keep or axis not in axes
        )

    def _shape(self, operator: Operator, place: int) -> Shape:
        return self._tensors[operator.inputs[place]].shape

    def _constant(self, operator: Operator, place: int) -> NDArray[Any]:
        data = self._tensors[operator.inputs[place]].data
        if data is None:
            raise UnsupportedModelError(f"{operator.kind} depends on a computed value.")
        return data

    def _reshape(self, position: int, shape: Shape) -> None:
        tensor: Tensor = self._tensors[position]
        self._tensors[position] = replace(tensor, shape=shape)


def _without_repetition(data: NDArray[Any]) -> NDArray[Any]:
    """Shorten the axes along which all is the same; they are repeated by themselves."""
    for axis in range(data.ndim):
        first = data.take([0], axis)
        if (data == first).all():
            data = first
    return data


_RULES: Final[Mapping[str, Callable[[_Resizing, Operator], Shape]]] = {
    "ADD": _Resizing.both,
    "CAST": _Resizing.same,
    "CONV_2D": _Resizing.convolved,
    "DEPTHWISE_CONV_2D": _Resizing.convolved,
    "MEAN": _Resizing.mean,
    "MUL": _Resizing.both,
    "PAD": _Resizing.padded,
    "RELU": _Resizing.same,
    "RELU6": _Resizing.same,
    "SUB": _Resizing.both,
}
