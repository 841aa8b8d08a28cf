"""Networks that are written as they should be, and do not fit together.

Damaged bytes seldom get further than the file's tables; these reach the arithmetic.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from custom_components.objclass.learning.runtimes.graph import (
    Graph,
    Operator,
    Quantization,
)
from custom_components.objclass.learning.runtimes.tflite_writer import (
    TENSOR_TYPES,
    write_graph,
)
from tests.components.objclass.learning.runtimes.test_runtime_numpy import MODELS
from tests.components.objclass.learning.tiny_models import TinyModel

_SIDES: Final = st.integers(1, 9) | st.sampled_from(
    [0, -1, 1 << 10, 1 << 13, 1 << 16, 1 << 20, 1 << 28, (1 << 31) - 1]
)
_OPTIONS: Final = st.integers(-1, 9) | st.sampled_from([127, 1 << 16, (1 << 31) - 1])
_CODES: Final = st.integers(0, 9)
# What is less than a number in the file: a code of a byte, or yes or no.
_NARROW: Final = {
    **dict.fromkeys(("padding", "fused_activation_function", "weights_format"), _CODES),
    **dict.fromkeys(("in_data_type", "out_data_type"), _CODES),
    **dict.fromkeys(("keep_num_dims", "keep_dims"), st.booleans()),
    **dict.fromkeys(("align_corners", "half_pixel_centers"), st.booleans()),
}


def resized_bytes() -> Graph:
    """Return a network of what only exports have: another size, bytes as results."""
    model = TinyModel()
    size = model.constant([3, 4], np.int32)
    options = {"align_corners": False, "half_pixel_centers": True}
    small = model.add("RESIZE_BILINEAR", [model.value, size], (1, 3, 4, 3), **options)
    output = model.add("QUANTIZE", [small], (1, 3, 4, 3))
    model.tensors[output] = replace(
        model.tensors[output],
        dtype=np.dtype(np.uint8),
        quantization=Quantization(scale=1 / 256),
    )
    return model.graph(output)


def sound_graphs() -> list[Graph]:
    """Return small networks, of every operator that there may be."""
    graphs = [resized_bytes()]
    for build in MODELS:
        model = TinyModel()
        graphs.append(model.graph(build(model)))
    return graphs


@st.composite
def crooked_models(draw: st.DrawFn) -> bytes:
    """Return the file of a network in which up to three things are not as they were."""
    graph = draw(st.sampled_from(_GRAPHS))
    for _ in range(draw(st.integers(1, 3))):
        graph = draw(st.sampled_from(_CHANGES))(draw, graph)
    return write_graph(graph)


def _other_shape(draw: st.DrawFn, graph: Graph) -> Graph:
    """Change sides of computed values; of constants, turn them around."""
    tensors = list(graph.tensors)
    # A value and those around it change together, or nothing would ever fit.
    before, after = draw(st.integers(1, 9)), draw(_SIDES)
    everywhere = draw(st.booleans())
    chosen = draw(st.integers(0, len(tensors) - 1))
    for place, tensor in enumerate(tensors):
        if tensor.data is not None or not (everywhere or place == chosen):
            continue
        sides = tuple(after if side == before else side for side in tensor.shape)
        tensors[place] = replace(tensor, shape=sides)
    return replace(graph, tensors=tuple(tensors))


def _other_constant(draw: st.DrawFn, graph: Graph) -> Graph:
    tensors = list(graph.tensors)
    known = [place for place, tensor in enumerate(tensors) if tensor.data is not None]
    place = draw(st.sampled_from(known))
    data = tensors[place].data
    assert data is not None
    if data.dtype.kind == "i":
        numbers = draw(st.lists(_OPTIONS, min_size=data.size, max_size=data.size))
        data = np.array(numbers, data.dtype).reshape(data.shape)
    else:
        shape = tuple(draw(st.permutations(data.shape)))
        factor = draw(st.sampled_from([0, 1, -1, np.inf, np.nan, 1e30]))
        with np.errstate(all="ignore"):
            values = data.reshape(shape).astype(np.float64) * factor
            data = values.astype(data.dtype)
    tensors[place] = replace(tensors[place], data=data, shape=data.shape)
    return replace(graph, tensors=tuple(tensors))


def _other_type(draw: st.DrawFn, graph: Graph) -> Graph:
    tensors = list(graph.tensors)
    place = draw(st.integers(0, len(tensors) - 1))
    tensor = tensors[place]
    dtype = draw(st.sampled_from(sorted(TENSOR_TYPES, key=str)))
    with np.errstate(all="ignore"):
        data = None if tensor.data is None else tensor.data.astype(dtype)
    tensors[place] = replace(tensor, dtype=dtype, data=data)
    return replace(graph, tensors=tuple(tensors))


def _other_operator(draw: st.DrawFn, graph: Graph) -> Graph:
    operators = list(graph.operators)
    place = draw(st.integers(0, len(operators) - 1))
    operators[place] = draw(st.sampled_from(_OPERATOR_CHANGES))(draw, operators[place])
    return replace(graph, operators=tuple(operators))


def _other_options(draw: st.DrawFn, operator: Operator) -> Operator:
    options: dict[str, Any] = dict(operator.options)
    if options:
        key = draw(st.sampled_from(sorted(options)))
        options[key] = draw(_NARROW.get(key, _OPTIONS))
    return replace(operator, options=options)


def _other_inputs(draw: st.DrawFn, operator: Operator) -> Operator:
    inputs = list(operator.inputs) or [0]
    place = draw(st.integers(0, len(inputs) - 1))
    if draw(st.booleans()):
        inputs[place] = draw(st.integers(-2, 12))
    elif draw(st.booleans()):
        del inputs[place]
    else:
        inputs += draw(st.lists(st.integers(-1, 9), min_size=1, max_size=3))
    return replace(operator, inputs=tuple(inputs))


def _other_kind(draw: st.DrawFn, operator: Operator) -> Operator:
    """Do something else of the same options."""
    alike = [other for other in _OPERATORS if set(other.options) == {*operator.options}]
    return replace(operator, kind=draw(st.sampled_from(alike)).kind)


def _repeated(draw: st.DrawFn, graph: Graph) -> Graph:
    """Do the last step many times, each time for a value of its own."""
    *before, last = graph.operators
    (output,) = last.outputs
    tensors = list(graph.tensors)
    operators = [*before, last]
    for _ in range(draw(st.sampled_from([1, 30, 300]))):
        tensors.append(tensors[output])
        operators.append(replace(last, outputs=(len(tensors) - 1,)))
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators))


_CHANGES: Final = (
    *(_other_shape, _other_shape, _other_constant, _other_type),
    *(_other_operator, _other_operator, _repeated),
)
_OPERATOR_CHANGES: Final = (_other_options, _other_options, _other_inputs, _other_kind)
_GRAPHS: Final = sound_graphs()
_OPERATORS: Final = [operator for graph in _GRAPHS for operator in graph.operators]
