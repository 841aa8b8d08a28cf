"""Executes a .tflite file with NumPy alone.

For Home Assistant OS and Container, for which there is no LiteRT. At load time each
operator becomes a step that is bound to its arrays; to run is to do the steps.
"""

from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from .blas import one_thread
from .graph import Graph, InvalidModelError, Operator
from .numpy_call import Call, Step
from .numpy_operators import COMPILERS
from .numpy_workspace import Workspace
from .picture_network import read_picture_network
from .runtime import (
    AS_THEY_ARE,
    PixelRange,
    as_floats,
    check_picture,
    put_pixels,
)

_DONE_AT_LOAD_TIME: Final = frozenset({"CAST", "DEQUANTIZE", "RESHAPE"})
"""When their input is constant."""


class NumpyRuntime:
    """Runs one model, for one picture and in one thread at a time."""

    name: Final = "numpy"
    threads: Final = 1

    def __init__(
        self,
        model: Path,
        *,
        size: int | None = None,
        pixel_range: PixelRange = AS_THEY_ARE,
    ) -> None:
        """Load a file, for pictures of `size` x `size` pixels if that is given.

        `pixel_range` is for a model that takes floats.

        Raises OSError when there is none, and ModelError when it is unsound, needs what
        is not supported here, or is not one for pictures.
        """
        graph, self.form = read_picture_network(model, size)
        self._pixel_range = pixel_range
        meaning = graph.tensors[graph.outputs[0]].quantization
        self._meaning = (meaning.scale, meaning.zero_point) if meaning else (0.0, 0)
        try:
            plan = _Plan(graph)
            self._steps = plan.steps
            self._input = plan.array(graph.inputs[0])
            self._output = plan.array(graph.outputs[0])
            # What does not fit together shows now, not at the first picture.
            self.run(np.zeros(self.form.input_shape, np.uint8))
        except (ValueError, IndexError) as error:  # from NumPy, about shapes
            raise InvalidModelError(f"The model contradicts itself: {error}") from error

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one picture."""
        check_picture(image, self.form.input_shape)
        put_pixels(image, self._input[0], self._pixel_range)
        with one_thread():
            for step in self._steps:
                step()
        return as_floats(self._output, *self._meaning)


class _Plan:
    """Compiles a graph: places its values in memory and its operators in `steps`."""

    def __init__(self, graph: Graph) -> None:
        self.steps: list[Step] = []
        self._graph = graph
        self._workspace = Workspace()
        self._arrays: list[NDArray[Any] | None] = [t.data for t in graph.tensors]
        self._constant = {i for i, data in enumerate(self._arrays) if data is not None}
        self._last_use = {
            position: index
            for index, operator in enumerate(graph.operators)
            for position in (*operator.outputs, *operator.inputs)
        } | dict.fromkeys((*graph.inputs, *graph.outputs), len(graph.operators))
        for position in graph.inputs:
            self._place(position)
        for index, operator in enumerate(graph.operators):
            self._add(index, operator)

    def array(self, position: int) -> NDArray[Any]:
        """Return where the value of a tensor is to be put or found."""
        return cast("NDArray[Any]", self._arrays[position])

    def _add(self, index: int, operator: Operator) -> None:
        (output,) = operator.outputs
        constant = tuple(position in self._constant for position in operator.inputs)
        at_once = all(constant) and operator.kind in _DONE_AT_LOAD_TIME
        if at_once:
            tensor = self._graph.tensors[output]
            self._arrays[output] = np.empty(tensor.shape, tensor.dtype)
            self._constant.add(output)
        else:
            self._place(output)
        step = COMPILERS[operator.kind](
            Call(
                kind=operator.kind,
                options=operator.options,
                inputs=tuple(
                    None if position < 0 else self._arrays[position]
                    for position in operator.inputs
                ),
                constant=constant,
                output=self.array(output),
                quantization=self._graph.tensors[output].quantization,
                workspace=self._workspace,
            )
        )
        if at_once:
            step()
        else:
            self.steps.append(step)
        self._workspace.give_back_scratch()
        for position in {*operator.inputs, output}:
            if position >= 0 and self._last_use[position] == index:
                self._give_back(position)

    def _place(self, position: int) -> None:
        tensor = self._graph.tensors[position]
        self._arrays[position] = self._workspace.take(tensor.shape, tensor.dtype)

    def _give_back(self, position: int) -> None:
        if position not in self._constant:
            self._workspace.give_back(self.array(position))
        self._arrays[position] = None
