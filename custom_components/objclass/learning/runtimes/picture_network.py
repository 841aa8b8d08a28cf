"""Reads a .tflite file of a network for pictures, for runtimes that build on data."""

from pathlib import Path

from .graph import Graph
from .resize import resize
from .runtime import Form, form_of
from .tflite_file import read_graph


def read_picture_network(model: Path, size: int | None) -> tuple[Graph, Form]:
    """Read a file, for pictures of `size` x `size` pixels if that is given.

    Raises OSError when there is none, and ModelError when it is unsound, needs what is
    not supported here, or is not one for pictures.
    """
    graph = read_graph(model)
    if size is not None:
        graph = resize(graph, size)
    inputs = [graph.tensors[position] for position in graph.inputs]
    outputs = [graph.tensors[position] for position in graph.outputs]
    form = form_of(
        [(item.shape, item.dtype) for item in inputs],
        [(item.shape, item.dtype) for item in outputs],
    )
    return graph, form
