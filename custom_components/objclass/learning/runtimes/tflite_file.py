"""Reads a .tflite file into a `Graph`. The file may come from anywhere.

Whatever its bytes say, reading ends, stays inside them, and allocates little more than
they take: counts and sizes are checked before they are used, and a file that
contradicts itself is refused. The format is TensorFlow Lite's schema.fbs, version 3.
"""

import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
import tflite
from numpy.typing import NDArray

from .graph import (
    OMITTED,
    OWN_METADATA,
    SCHEMAS,
    Graph,
    InvalidModelError,
    Operator,
    Quantization,
    Tensor,
    UnsupportedModelError,
    schema_name,
)

MAX_FILE_BYTES: Final = 128 << 20
MAX_ELEMENTS: Final = 1 << 27
"""Of all tensors together. The bundled model has a tenth of that."""
_MAX_ITEMS: Final = 10_000
_MAX_INPUTS: Final = 256
_MAX_RANK: Final = 6
_MAX_METADATA: Final = 1 << 16
_SCHEMA_VERSION: Final = 3
_NAMED_AT_MOST: Final = 10

_DTYPES: Final[dict[int, np.dtype[Any]]] = {
    tflite.TensorType.FLOAT32: np.dtype("<f4"),
    tflite.TensorType.FLOAT16: np.dtype("<f2"),
    tflite.TensorType.INT32: np.dtype("<i4"),
    tflite.TensorType.INT64: np.dtype("<i8"),
    tflite.TensorType.UINT8: np.dtype("u1"),
}


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if name.isupper()}


_TYPE_NAMES: Final = _names(tflite.TensorType)
_OPERATOR_NAMES: Final = _names(tflite.BuiltinOperator)


def read_graph(path: Path) -> Graph:
    """Read a file. Raises what `parse_graph` raises, and OSError."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnsupportedModelError(
            f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MB."
        )
    return parse_graph(path.read_bytes())


def parse_graph(content: bytes) -> Graph:
    """Turn the bytes of a .tflite file into a graph; its constants are views of them.

    Raises InvalidModelError for what is not a sound model, and UnsupportedModelError
    for one that needs operators or types other than those of `graph.SCHEMAS`.
    """
    if content[4:8] != b"TFL3":
        raise InvalidModelError("This is not a TensorFlow Lite model.")
    try:
        return _Reader(content).graph()
    except (
        # What flatbuffers and NumPy raise for offsets and lengths that make no sense.
        struct.error,
        AttributeError,
        IndexError,
        OverflowError,
        TypeError,
        ValueError,
    ) as error:
        raise InvalidModelError("The TensorFlow Lite model is damaged.") from error


class _Reader:
    """Reads one file.

    Parts of a hostile file may overlap, so that reading each of them costs far more
    than the file's size; hence the allowances, which no honest file exceeds.
    """

    def __init__(self, content: bytes) -> None:
        self._model = tflite.Model.GetRootAs(content, 0)
        self._elements_left = MAX_ELEMENTS
        self._name_bytes_left = len(content)

    def graph(self) -> Graph:
        if self._model.Version() != _SCHEMA_VERSION:
            raise InvalidModelError("The model is of another version of the format.")
        if self._model.SubgraphsLength() != 1:
            raise UnsupportedModelError(
                "The model does not consist of exactly one graph."
            )
        source = _there(self._model.Subgraphs(0))
        raw = [
            _there(source.Operators(i)) for i in range(_count(source.OperatorsLength()))
        ]
        kinds = self._kinds({operator.OpcodeIndex() for operator in raw})
        tensors = tuple(
            self._tensor(_there(source.Tensors(i)))
            for i in range(_count(source.TensorsLength()))
        )
        operators = tuple(_operator(kinds[item.OpcodeIndex()], item) for item in raw)
        graph = Graph(
            tensors=tensors,
            operators=operators,
            inputs=_positions(source.InputsLength(), source.InputsAsNumpy),
            outputs=_positions(source.OutputsLength(), source.OutputsAsNumpy),
            description=(self._model.Description() or b"").decode(errors="replace"),
            metadata=self._metadata(),
        )
        _check_order(graph)
        return graph

    def _kinds(self, codes: set[int]) -> dict[int, str]:
        """Return each operator code's kind, or refuse those that are unknown."""
        kinds = {}
        unknown = set[str]()
        for code in sorted(codes):
            if code >= self._model.OperatorCodesLength():
                raise InvalidModelError("An operator of the model has no kind.")
            kinds[code] = _kind(_there(self._model.OperatorCodes(code)))
            if kinds[code] not in SCHEMAS:
                unknown.add(kinds[code])
            if len(unknown) == _NAMED_AT_MOST:
                break
        if unknown:
            raise UnsupportedModelError(
                "The model needs operators that are not supported here: "
                f"{', '.join(sorted(unknown))}."
            )
        return kinds

    def _tensor(self, source: tflite.Tensor) -> Tensor:
        name = self._name(source)
        quantization = _quantization(source, self._is_constant(source))
        if source.Type() not in _DTYPES:
            kind = _TYPE_NAMES.get(source.Type(), "unknown")
            raise UnsupportedModelError(
                f"The model has values of a type that is not supported here: {kind}."
            )
        if source.Sparsity() is not None or source.IsVariable():
            raise UnsupportedModelError(
                "The model has sparse or variable tensors, "
                "which are not supported here."
            )
        shape = self._shape(source, name)
        dtype = _DTYPES[source.Type()]
        data = self._data(source.Buffer(), shape, dtype, name)
        return Tensor(
            name=name, shape=shape, dtype=dtype, data=data, quantization=quantization
        )

    def _metadata(self) -> bytes:
        """Return what we once wrote; the metadata of others are left alone."""
        for i in range(_count(self._model.MetadataLength())):
            item = _there(self._model.Metadata(i))
            if item.Name() != OWN_METADATA.encode():
                continue
            if item.Buffer() >= self._model.BuffersLength():
                raise InvalidModelError("The metadata of the model are missing.")
            buffer = _there(self._model.Buffers(item.Buffer()))
            if not 0 < buffer.DataLength() <= _MAX_METADATA:
                raise InvalidModelError("The metadata of the model have no fit size.")
            return np.asarray(buffer.DataAsNumpy()).tobytes()
        return b""

    def _is_constant(self, source: tflite.Tensor) -> bool:
        number = source.Buffer()
        return number < self._model.BuffersLength() and bool(
            _there(self._model.Buffers(number)).DataLength()
        )

    def _name(self, source: tflite.Tensor) -> str:
        name = source.Name() or b""
        self._name_bytes_left -= len(name)
        if self._name_bytes_left < 0:
            raise InvalidModelError("The names in the model overlap.")
        return str(name, "utf-8", "replace")

    def _shape(self, source: tflite.Tensor, name: str) -> tuple[int, ...]:
        if (rank := source.ShapeLength()) > _MAX_RANK:
            raise UnsupportedModelError(f"{name!r} has {rank} dimensions.")
        shape = tuple(source.Shape(i) for i in range(rank))
        if min(shape, default=1) < 1:
            raise UnsupportedModelError(f"{name!r} has no fixed size: {shape}.")
        self._elements_left -= math.prod(shape)
        if self._elements_left < 0:
            raise UnsupportedModelError("The model is too large.")
        return shape

    def _data(
        self, buffer: int, shape: tuple[int, ...], dtype: np.dtype[Any], name: str
    ) -> NDArray[Any] | None:
        if buffer >= self._model.BuffersLength():
            raise InvalidModelError(f"The values of {name!r} are missing.")
        source = _there(self._model.Buffers(buffer))
        if source.Offset() or source.Size():
            raise UnsupportedModelError("The model keeps values outside its tables.")
        if not source.DataLength():
            return None
        raw = np.asarray(source.DataAsNumpy(), np.uint8)
        if raw.size != math.prod(shape) * dtype.itemsize:
            raise InvalidModelError(
                f"{name!r} has {raw.size} bytes, which do not fill its shape {shape}."
            )
        return raw.view(dtype).reshape(shape)


def _quantization(source: tflite.Tensor, constant: bool) -> Quantization | None:
    """Return what the integers of a tensor stand for: only computed bytes may be so."""
    found = source.Quantization()
    if found is None or not found.ScaleLength():
        return None
    if source.Type() != tflite.TensorType.UINT8 or constant or found.ScaleLength() > 1:
        raise UnsupportedModelError(
            "The model is quantized, which is not supported here."
        )
    scale = float(found.Scale(0))
    if not 0 < scale < math.inf:
        raise InvalidModelError("The model is quantized by a scale that is none.")
    zero_point = int(found.ZeroPoint(0)) if found.ZeroPointLength() else 0
    return Quantization(scale=scale, zero_point=zero_point)


class _Options(Protocol):
    """The options of any operator; they are read by the names of the schema."""

    def Init(self, buf: bytes, pos: int) -> None:  # noqa: N802 - the schema's
        """Find them in a file."""


def _there[T](part: T | None) -> T:
    if part is None:
        raise InvalidModelError("A part of the model is missing.")
    return part


def _count(length: int) -> int:
    if length > _MAX_ITEMS:
        raise UnsupportedModelError(f"The model has more than {_MAX_ITEMS} parts.")
    return length


def _kind(code: tflite.OperatorCode) -> str:
    # Old writers fill only the first field, a byte; new ones put 127 there for what it
    # cannot hold.
    number = max(code.DeprecatedBuiltinCode(), code.BuiltinCode())
    if number == tflite.BuiltinOperator.CUSTOM:
        custom = code.CustomCode() or b""
        return f"CUSTOM {str(custom[:40], 'utf-8', 'replace')}"
    return _OPERATOR_NAMES.get(number, f"number {number}")


def _operator(kind: str, source: tflite.Operator) -> Operator:
    schema = SCHEMAS[kind]
    options = {}
    if schema.fields:
        expected = getattr(tflite.BuiltinOptions, str(schema.options))
        if source.BuiltinOptionsType() != expected:
            raise InvalidModelError(f"{kind} has the options of another operator.")
        table = _there(source.BuiltinOptions())
        reader: _Options = getattr(tflite, str(schema.options))()
        reader.Init(table.Bytes, table.Pos)
        options = {key: getattr(reader, schema_name(key))() for key in schema.fields}
    return Operator(
        kind=kind,
        inputs=_positions(source.InputsLength(), source.InputsAsNumpy),
        outputs=_positions(source.OutputsLength(), source.OutputsAsNumpy),
        options=options,
    )


def _positions(
    length: int, read: Callable[[], NDArray[np.int32] | Literal[0]]
) -> tuple[int, ...]:
    if length > _MAX_INPUTS:
        raise UnsupportedModelError(
            f"The model has an operator with more than {_MAX_INPUTS} inputs or outputs."
        )
    return tuple(np.asarray(read()).tolist()) if length else ()


def _check_order(graph: Graph) -> None:
    """Refuse what could not be executed from the first operator to the last."""
    count = len(graph.tensors)
    constant = {i for i, tensor in enumerate(graph.tensors) if tensor.data is not None}
    if not set(graph.inputs) <= set(range(count)) - constant:
        raise InvalidModelError("An input of the model has no place.")
    known = constant | set(graph.inputs)
    for operator in graph.operators:
        if not set(operator.inputs) <= known | {OMITTED}:
            raise InvalidModelError(f"{operator.kind} uses a value before it exists.")
        if len(operator.outputs) != 1 or not operator.inputs:
            raise InvalidModelError(f"{operator.kind} has the wrong number of values.")
        (output,) = operator.outputs
        if output in known or not 0 <= output < count:
            raise InvalidModelError(f"The result of {operator.kind} has no place.")
        known.add(output)
    if not set(graph.outputs) <= known:
        raise InvalidModelError("An output of the model is never computed.")
