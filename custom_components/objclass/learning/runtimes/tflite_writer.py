"""Writes a `Graph` as a .tflite file. The same graph always gives the same bytes."""

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
import tflite
from numpy.typing import NDArray

from .graph import (
    OWN_METADATA,
    SCHEMAS,
    Graph,
    Operator,
    Quantization,
    Tensor,
    schema_name,
)

_VERSION = 3
_ALIGNMENT = 16
"""TensorFlow Lite maps constants where they lie, and wants them aligned so."""

TENSOR_TYPES = {
    np.dtype(np.float32): tflite.TensorType.FLOAT32,
    np.dtype(np.float16): tflite.TensorType.FLOAT16,
    np.dtype(np.int32): tflite.TensorType.INT32,
    np.dtype(np.int64): tflite.TensorType.INT64,
    np.dtype(np.uint8): tflite.TensorType.UINT8,
}


def write_graph(graph: Graph) -> bytes:
    """Return the bytes of a .tflite file. `tflite_file.parse_graph` is the inverse."""
    builder = flatbuffers.Builder(1 << 20)
    buffers = [_buffer(builder, None)]
    tensors = []
    for tensor in graph.tensors:
        if tensor.data is None:
            tensors.append(_tensor(builder, tensor, 0))
        else:
            tensors.append(_tensor(builder, tensor, len(buffers)))
            buffers.append(_buffer(builder, tensor.data))

    kinds = sorted({operator.kind for operator in graph.operators})
    operators = [
        _operator(builder, operator, kinds.index(operator.kind))
        for operator in graph.operators
    ]
    subgraph = _subgraph(builder, graph, tensors, operators)
    codes = [_operator_code(builder, kind) for kind in kinds]
    metadata = []
    if graph.metadata:
        metadata.append(_metadata(builder, OWN_METADATA, len(buffers)))
        buffers.append(_buffer(builder, np.frombuffer(graph.metadata, np.uint8)))
    return _model(builder, graph.description, codes, subgraph, buffers, metadata)


def _model(
    builder: flatbuffers.Builder,
    description: str,
    codes: Sequence[int],
    subgraph: int,
    buffers: Sequence[int],
    metadata: Sequence[int],
) -> bytes:
    code_vector = _offsets(builder, codes)
    subgraph_vector = _offsets(builder, [subgraph])
    buffer_vector = _offsets(builder, buffers)
    metadata_vector = _offsets(builder, metadata) if metadata else None
    text = builder.CreateString(description)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, _VERSION)
    tflite.ModelAddOperatorCodes(builder, code_vector)
    tflite.ModelAddSubgraphs(builder, subgraph_vector)
    tflite.ModelAddDescription(builder, text)
    tflite.ModelAddBuffers(builder, buffer_vector)
    if metadata_vector is not None:
        tflite.ModelAddMetadata(builder, metadata_vector)
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _subgraph(
    builder: flatbuffers.Builder,
    graph: Graph,
    tensors: Sequence[int],
    operators: Sequence[int],
) -> int:
    tensor_vector = _offsets(builder, tensors)
    operator_vector = _offsets(builder, operators)
    inputs = _int32s(builder, graph.inputs)
    outputs = _int32s(builder, graph.outputs)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensor_vector)
    tflite.SubGraphAddInputs(builder, inputs)
    tflite.SubGraphAddOutputs(builder, outputs)
    tflite.SubGraphAddOperators(builder, operator_vector)
    return tflite.SubGraphEnd(builder)


def _tensor(builder: flatbuffers.Builder, tensor: Tensor, buffer: int) -> int:
    name = builder.CreateString(tensor.name)
    shape = _int32s(builder, tensor.shape)
    quantization = None
    if tensor.quantization is not None:
        quantization = _quantization(builder, tensor.quantization)
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, shape)
    tflite.TensorAddType(builder, TENSOR_TYPES[tensor.dtype])
    tflite.TensorAddBuffer(builder, buffer)
    tflite.TensorAddName(builder, name)
    if quantization is not None:
        tflite.TensorAddQuantization(builder, quantization)
    return tflite.TensorEnd(builder)


def _quantization(builder: flatbuffers.Builder, quantization: Quantization) -> int:
    tflite.QuantizationParametersStartScaleVector(builder, 1)
    builder.PrependFloat32(quantization.scale)
    scale = builder.EndVector()
    tflite.QuantizationParametersStartZeroPointVector(builder, 1)
    builder.PrependInt64(quantization.zero_point)
    zero_point = builder.EndVector()
    tflite.QuantizationParametersStart(builder)
    tflite.QuantizationParametersAddScale(builder, scale)
    tflite.QuantizationParametersAddZeroPoint(builder, zero_point)
    return tflite.QuantizationParametersEnd(builder)


def _metadata(builder: flatbuffers.Builder, name: str, buffer: int) -> int:
    text = builder.CreateString(name)
    tflite.MetadataStart(builder)
    tflite.MetadataAddName(builder, text)
    tflite.MetadataAddBuffer(builder, buffer)
    return tflite.MetadataEnd(builder)


def _operator(builder: flatbuffers.Builder, operator: Operator, code: int) -> int:
    inputs = _int32s(builder, operator.inputs)
    outputs = _int32s(builder, operator.outputs)
    table = SCHEMAS[operator.kind].options
    options = None if table is None else _options(builder, table, operator)
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, code)
    tflite.OperatorAddInputs(builder, inputs)
    tflite.OperatorAddOutputs(builder, outputs)
    if options is not None:
        tflite.OperatorAddBuiltinOptionsType(
            builder, getattr(tflite.BuiltinOptions, str(table))
        )
        tflite.OperatorAddBuiltinOptions(builder, options)
    return tflite.OperatorEnd(builder)


def _options(builder: flatbuffers.Builder, table: str, operator: Operator) -> int:
    getattr(tflite, f"{table}Start")(builder)
    for key in SCHEMAS[operator.kind].fields:
        if key in operator.options:
            add = getattr(tflite, f"{table}Add{schema_name(key)}")
            add(builder, operator.options[key])
    return int(getattr(tflite, f"{table}End")(builder))


def _operator_code(builder: flatbuffers.Builder, kind: str) -> int:
    code = getattr(tflite.BuiltinOperator, kind)
    tflite.OperatorCodeStart(builder)
    # Readers of before 2020 know only this field, a single byte; ours all fit into it.
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, code)
    tflite.OperatorCodeAddVersion(builder, SCHEMAS[kind].version)
    tflite.OperatorCodeAddBuiltinCode(builder, code)
    return tflite.OperatorCodeEnd(builder)


def _buffer(builder: flatbuffers.Builder, data: NDArray[Any] | None) -> int:
    vector = None
    if data is not None:
        content = np.ascontiguousarray(data).tobytes()
        builder.Prep(_ALIGNMENT, len(content))
        vector = builder.CreateByteVector(content)
    tflite.BufferStart(builder)
    if vector is not None:
        tflite.BufferAddData(builder, vector)
    return tflite.BufferEnd(builder)


def _offsets(builder: flatbuffers.Builder, values: Sequence[int]) -> int:
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        builder.PrependUOffsetTRelative(value)
    return builder.EndVector()


def _int32s(builder: flatbuffers.Builder, values: Sequence[int]) -> int:
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        builder.PrependInt32(value)
    return builder.EndVector()
