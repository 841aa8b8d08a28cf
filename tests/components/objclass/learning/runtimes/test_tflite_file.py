"""Model files: what is written is read again, and bad ones are refused clearly."""

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import flatbuffers
import numpy as np
import pytest
import tflite
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.objclass.learning.backbone_model import BUNDLED_MODEL
from custom_components.objclass.learning.runtimes import tflite_file
from custom_components.objclass.learning.runtimes.graph import (
    Graph,
    InvalidModelError,
    ModelError,
    Tensor,
    UnsupportedModelError,
)
from custom_components.objclass.learning.runtimes.tflite_file import (
    parse_graph,
    read_graph,
)
from custom_components.objclass.learning.runtimes.tflite_writer import write_graph

from ..tiny_models import NONE, SAME, TinyModel, window


def tiny_graph() -> Graph:
    model = TinyModel()
    half = model.constant(np.ones((4, 1, 1, 3)), np.float16)
    weights = model.add("DEQUANTIZE", [half], (4, 1, 1, 3))
    inputs = [model.value, weights, model.weights(4)]
    output = model.add(
        "CONV_2D", inputs, (1, 6, 7, 4), **SAME, **window((2, 1)), **NONE
    )
    return replace(model.graph(output), description="tiny")


def test_a_file_says_what_was_written() -> None:
    graph = tiny_graph()
    again = parse_graph(write_graph(graph))
    assert again.description == "tiny"
    assert again.inputs == graph.inputs
    assert again.outputs == graph.outputs
    for ours, theirs in zip(graph.operators, again.operators, strict=True):
        assert theirs.kind == ours.kind
        assert theirs.inputs == ours.inputs
        assert theirs.outputs == ours.outputs
        assert ours.options.items() <= theirs.options.items()
    for ours, theirs in zip(graph.tensors, again.tensors, strict=True):
        assert (theirs.name, theirs.shape, theirs.dtype) == (
            ours.name,
            ours.shape,
            ours.dtype,
        )
        assert (theirs.data is None) == (ours.data is None)
        if ours.data is not None:
            np.testing.assert_array_equal(theirs.data, ours.data)


def test_the_bundled_model_is_read_and_written_again_to_the_same_bytes() -> None:
    content = BUNDLED_MODEL.read_bytes()
    assert write_graph(parse_graph(content)) == content


def test_constants_are_aligned_for_litert() -> None:
    content = write_graph(tiny_graph())
    weights = np.ones((4, 1, 1, 3), np.float16).tobytes()
    assert content.count(weights) == 1
    assert content.index(weights) % 16 == 0


def test_constants_cannot_be_changed_by_accident() -> None:
    graph = parse_graph(write_graph(tiny_graph()))
    constant = next(t.data for t in graph.tensors if t.data is not None)
    with pytest.raises(ValueError, match="read-only"):
        constant[...] = 0


@pytest.mark.parametrize(
    "content", [b"", b"TFL3", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04" * 100]
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidModelError, match="not a TensorFlow Lite model"):
        parse_graph(content)


def test_a_truncated_file_is_refused_wherever_it_ends() -> None:
    content = write_graph(tiny_graph())
    for length in range(len(content)):
        with pytest.raises(InvalidModelError):
            parse_graph(content[:length])


@settings(max_examples=300)
@given(
    changes=st.lists(
        st.tuples(st.integers(8, 10_000), st.binary(min_size=1, max_size=4)),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_file_is_read_or_refused_but_nothing_else_happens(
    changes: list[tuple[int, bytes]],
) -> None:
    content = bytearray(write_graph(tiny_graph()))
    for place, value in changes:
        start = place % len(content)
        content[start : start + len(value)] = value
    try:
        graph = parse_graph(bytes(content))
    except ModelError:
        return
    assert all(isinstance(tensor, Tensor) for tensor in graph.tensors)


def with_code(code: int, custom: str | None = None) -> bytes:
    """Return a model of one operator of some kind."""
    builder = flatbuffers.Builder()
    name = None if custom is None else builder.CreateString(custom)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, min(code, 127))
    tflite.OperatorCodeAddBuiltinCode(builder, code)
    if name is not None:
        tflite.OperatorCodeAddCustomCode(builder, name)
    codes = vector(builder, [tflite.OperatorCodeEnd(builder)])
    tflite.OperatorStart(builder)
    operators = vector(builder, [tflite.OperatorEnd(builder)])
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddOperators(builder, operators)
    graphs = vector(builder, [tflite.SubGraphEnd(builder)])
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, graphs)
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def vector(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (with_code(tflite.BuiltinOperator.HARD_SWISH), "HARD_SWISH"),
        (with_code(tflite.BuiltinOperator.BROADCAST_ARGS), "BROADCAST_ARGS"),
        (with_code(tflite.BuiltinOperator.CUSTOM, "NMS"), "CUSTOM NMS"),
        (with_code(5000), "number 5000"),
    ],
)
def test_an_operator_that_is_not_supported_is_named(content: bytes, name: str) -> None:
    with pytest.raises(UnsupportedModelError, match=f"not supported here: {name}"):
        parse_graph(content)


def written_with(**functions: Callable[..., Any]) -> bytes:
    """Return the tiny model as a writer would give it whose functions differ."""
    with patch.multiple(tflite, **functions):
        return write_graph(tiny_graph())


def quantized() -> bytes:
    start, end = tflite.TensorStart, tflite.TensorEnd
    scales = []

    def begin(builder: flatbuffers.Builder) -> None:
        tflite.QuantizationParametersStartScaleVector(builder, 1)
        builder.PrependFloat32(0.5)
        scale = builder.EndVector()
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scale)
        scales.append(tflite.QuantizationParametersEnd(builder))
        start(builder)

    def finish(builder: flatbuffers.Builder) -> int:
        tflite.TensorAddQuantization(builder, scales[-1])
        return int(end(builder))

    return written_with(TensorStart=begin, TensorEnd=finish)


def variable() -> bytes:
    end = tflite.TensorEnd

    def finish(builder: flatbuffers.Builder) -> int:
        tflite.TensorAddIsVariable(builder, True)
        return int(end(builder))

    return written_with(TensorEnd=finish)


def outside() -> bytes:
    def add(builder: flatbuffers.Builder, data: int) -> None:
        tflite.BufferAddOffset(builder, data)
        tflite.BufferAddSize(builder, 4)

    return written_with(BufferAddData=add)


def two_graphs() -> bytes:
    add = tflite.ModelAddSubgraphs

    def add_twice(builder: flatbuffers.Builder, graphs: int) -> None:
        # The vector is one offset long; claiming the next number as well is enough.
        place = len(builder.Bytes) - graphs
        assert builder.Bytes[place : place + 4] == b"\1\0\0\0"
        builder.Bytes[place] = 2
        add(builder, graphs)

    return written_with(ModelAddSubgraphs=add_twice)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (quantized(), "is quantized"),
        (variable(), "sparse or variable"),
        (outside(), "outside its tables"),
        (two_graphs(), "exactly one graph"),
    ],
    ids=["quantized", "variable", "outside", "two graphs"],
)
def test_other_forms_of_models_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedModelError, match=reason):
        parse_graph(content)


def test_another_version_of_the_format_is_refused() -> None:
    add = tflite.ModelAddVersion
    content = written_with(ModelAddVersion=lambda builder, _: add(builder, 4))
    with pytest.raises(InvalidModelError, match="another version"):
        parse_graph(content)


def test_constants_that_are_missing_are_refused() -> None:
    add = tflite.TensorAddBuffer
    content = written_with(TensorAddBuffer=lambda builder, i: add(builder, i + 100))
    with pytest.raises(InvalidModelError, match="are missing"):
        parse_graph(content)


def test_an_operator_without_a_kind_is_refused() -> None:
    add = tflite.OperatorAddOpcodeIndex
    content = written_with(OperatorAddOpcodeIndex=lambda builder, _: add(builder, 99))
    with pytest.raises(InvalidModelError, match="has no kind"):
        parse_graph(content)


def test_integer_values_are_refused() -> None:
    graph = tiny_graph()
    with patch.dict(
        "custom_components.objclass.learning.runtimes.tflite_writer.TENSOR_TYPES",
        {np.dtype(np.float16): tflite.TensorType.INT8},
    ):
        content = write_graph(graph)
    with pytest.raises(UnsupportedModelError, match="INT8"):
        parse_graph(content)


def test_a_constant_that_does_not_fill_its_shape_is_refused() -> None:
    graph = tiny_graph()
    tensors = [
        replace(tensor, data=tensor.data[:1])
        if tensor.data is not None and tensor.data.ndim == 4
        else tensor
        for tensor in graph.tensors
    ]
    with pytest.raises(InvalidModelError, match="do not fill its shape"):
        parse_graph(write_graph(replace(graph, tensors=tuple(tensors))))


def changed(graph: Graph, index: int, **changes: object) -> Graph:
    operators = list(graph.operators)
    operators[index] = replace(operators[index], **changes)  # type: ignore[arg-type]
    return replace(graph, operators=tuple(operators))


def in_a_circle(graph: Graph) -> Graph:
    return changed(graph, -1, inputs=graph.operators[-1].outputs)


def backwards(graph: Graph) -> Graph:
    return replace(graph, operators=graph.operators[::-1])


def twice(graph: Graph) -> Graph:
    return replace(graph, operators=(*graph.operators, graph.operators[-1]))


def from_nowhere(graph: Graph) -> Graph:
    return changed(graph, 0, inputs=(1000,))


def from_below_zero(graph: Graph) -> Graph:
    return changed(graph, 0, inputs=(-2,))


def to_nowhere(graph: Graph) -> Graph:
    return changed(graph, -1, outputs=(1000,))


def to_several(graph: Graph) -> Graph:
    return changed(graph, -1, outputs=(1, 2))


def over_a_constant(graph: Graph) -> Graph:
    constant = next(i for i, t in enumerate(graph.tensors) if t.data is not None)
    return changed(graph, -1, outputs=(constant,))


def never_computed(graph: Graph) -> Graph:
    return replace(graph, operators=graph.operators[:-1])


def input_that_is_not_there(graph: Graph) -> Graph:
    return replace(graph, inputs=(1000,))


@pytest.mark.parametrize(
    "change",
    [
        in_a_circle,
        backwards,
        twice,
        from_nowhere,
        from_below_zero,
        to_nowhere,
        to_several,
        over_a_constant,
        never_computed,
        input_that_is_not_there,
    ],
)
def test_operators_that_cannot_be_executed_in_order_are_refused(
    change: Callable[[Graph], Graph],
) -> None:
    with pytest.raises(InvalidModelError):
        parse_graph(write_graph(change(tiny_graph())))


def test_options_of_another_operator_are_refused() -> None:
    graph = changed(tiny_graph(), -1, kind="MEAN")
    content = write_graph(graph)
    code = struct.pack("<i", tflite.BuiltinOperator.MEAN)
    assert content.count(code) == 1
    wrong = content.replace(code, struct.pack("<i", tflite.BuiltinOperator.SOFTMAX))
    wrong = wrong.replace(
        bytes([tflite.BuiltinOperator.MEAN]), bytes([tflite.BuiltinOperator.SOFTMAX])
    )
    with pytest.raises(InvalidModelError, match="options of another operator"):
        parse_graph(wrong)


def huge(graph: Graph) -> Graph:
    tensor = Tensor(name="huge", shape=(1 << 14,) * 2, dtype=np.dtype(np.float32))
    return replace(graph, tensors=(*graph.tensors, tensor))


def unknown_size(graph: Graph) -> Graph:
    tensor = Tensor(name="any", shape=(-1, 3), dtype=np.dtype(np.float32))
    return replace(graph, tensors=(*graph.tensors, tensor))


def many_dimensions(graph: Graph) -> Graph:
    tensor = Tensor(name="deep", shape=(1,) * 7, dtype=np.dtype(np.float32))
    return replace(graph, tensors=(*graph.tensors, tensor))


def many_tensors(graph: Graph) -> Graph:
    return replace(graph, tensors=graph.tensors * 2000)


def many_inputs(graph: Graph) -> Graph:
    return replace(graph, inputs=graph.inputs * 257)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (huge, "too large"),
        (unknown_size, "no fixed size"),
        (many_dimensions, "7 dimensions"),
        (many_tensors, "more than 10000 parts"),
        (many_inputs, "more than 256 inputs"),
    ],
)
def test_what_would_take_too_much_is_refused(
    change: Callable[[Graph], Graph], reason: str
) -> None:
    with pytest.raises(UnsupportedModelError, match=reason):
        parse_graph(write_graph(change(tiny_graph())))


def test_names_that_overlap_are_refused() -> None:
    create = flatbuffers.Builder.CreateString
    places: dict[str, int] = {}

    def once(builder: flatbuffers.Builder, text: str) -> int:
        if text not in places:
            places[text] = int(create(builder, text))
        return places[text]

    graph = tiny_graph()
    tensors = tuple(replace(tensor, name="x" * 4000) for tensor in graph.tensors)
    with patch.object(flatbuffers.Builder, "CreateString", once):
        content = write_graph(replace(graph, tensors=tensors))
    with pytest.raises(InvalidModelError, match="names in the model overlap"):
        parse_graph(content)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    with path.open("wb") as file:
        file.truncate(tflite_file.MAX_FILE_BYTES + 1)
    with pytest.raises(UnsupportedModelError, match=r"large\.tflite is larger than"):
        read_graph(path)
