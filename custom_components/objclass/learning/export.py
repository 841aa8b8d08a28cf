"""A classifier as one .tflite file that needs nothing else, as Frigate wants it.

uint8 RGB [1, 224, 224, 3] in, one uint8 per class out: 256 times its score. Frigate
sets the pixels as they are and divides what comes out by its sum; its own models are
quantized like this too. Floats would do for the arithmetic, but the score of a NumPy
float32 cannot be written as JSON, which is what Frigate does with it next.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import tflite
from numpy.typing import DTypeLike, NDArray

from .backbone_model import BUNDLED, BUNDLED_SIZE, BackboneModel
from .head import Head
from .runtimes.graph import Graph, Operator, Quantization, Tensor, UnsupportedModelError
from .runtimes.resize import resize
from .runtimes.tflite_file import read_graph
from .runtimes.tflite_writer import write_graph

SCORE: Final = Quantization(scale=1 / 256)
_NO_ACTIVATION: Final[dict[str, Any]] = {
    "fused_activation_function": tflite.ActivationFunctionType.NONE
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The two files of a model in Frigate's model_cache."""

    model: bytes
    labelmap: bytes


def export_head(
    head: Head, *, name: str, threshold: float, backbone: BackboneModel = BUNDLED
) -> Export:
    """Join the backbone, from its file, and a head that was trained on it.

    The model gives the classes in the head's order; it knows no strangers, because
    Frigate has no word for them. Classes, temperature and `threshold`, which Frigate
    takes from its own configuration, are in the file's metadata (see
    `graph.OWN_METADATA`) as JSON, and in short in its description. Raises OSError, and
    ModelError for a backbone that does not take bytes or needs unknown operators.
    """
    if head.backbone != backbone.identity():
        raise UnsupportedModelError(
            f"{name} was trained on {head.backbone}, not on {backbone.identity()}."
        )
    about = {
        "name": name,
        "classes": head.classes,
        "threshold": threshold,
        "temperature": head.temperature,
        "backbone": head.backbone,
    }
    graph = replace(
        _joined(_for_frigate(backbone), head),
        description=(
            f"{name}: {', '.join(head.classes)}; threshold {threshold}, "
            f"temperature {head.temperature:.4g} (Object Classifier for Home Assistant)"
        ),
        metadata=json.dumps(about, ensure_ascii=False).encode(),
    )
    labelmap = "".join(f"{class_name}\n" for class_name in head.classes)
    return Export(model=write_graph(graph), labelmap=labelmap.encode())


def _for_frigate(backbone: BackboneModel) -> Graph:
    """Return the backbone for pictures of 224 pixels, which is what Frigate sets."""
    graph = read_graph(backbone.path)
    if backbone.size is not None:
        graph = resize(graph, backbone.size)
    (position,) = graph.inputs
    picture = graph.tensors[position]
    if picture.dtype != np.uint8:
        raise UnsupportedModelError("Frigate wants a network that takes bytes.")
    if picture.shape[1] == BUNDLED_SIZE:
        return graph
    return _scaling(graph, position)


def _scaling(graph: Graph, position: int) -> Graph:
    """Put in front what scales the picture from 224 pixels; floats from there on."""
    picture = graph.tensors[position]
    first, *others = graph.operators
    if first.kind != "CAST" or first.inputs != (position,):
        raise UnsupportedModelError("The network does not begin with the picture.")
    full = (1, BUNDLED_SIZE, BUNDLED_SIZE, 3)
    count = len(graph.tensors)
    scaled = first.outputs[0]
    added = (
        Tensor(name="floats", shape=full, dtype=np.dtype(np.float32)),
        Tensor(
            name="size",
            shape=(2,),
            dtype=np.dtype(np.int32),
            data=np.array(picture.shape[1:3], np.int32),
        ),
    )
    tensors = [*graph.tensors, *added]
    tensors[position] = replace(picture, shape=full)
    return replace(
        graph,
        tensors=tuple(tensors),
        operators=(
            replace(first, outputs=(count,)),
            Operator(
                kind="RESIZE_BILINEAR",
                inputs=(count, count + 1),
                outputs=(scaled,),
                options={"align_corners": False, "half_pixel_centers": True},
            ),
            *others,
        ),
    )


def _joined(backbone: Graph, head: Head) -> Graph:
    """Put the head's own arithmetic behind the backbone."""
    chain = _Chain(backbone)
    dimension, count = head.weights.shape
    chain.add("L2_NORMALIZATION", (1, dimension), **_NO_ACTIVATION)
    weights = chain.constant("weights", head.weights.T)
    bias = chain.constant("bias", head.bias)
    chain.add(
        "FULLY_CONNECTED",
        (1, count),
        weights,
        bias,
        weights_format=tflite.FullyConnectedOptionsWeightsFormat.DEFAULT,
        keep_num_dims=False,
        **_NO_ACTIVATION,
    )
    chain.add("SOFTMAX", (1, count), beta=1 / head.temperature)
    chain.add("QUANTIZE", (1, count), dtype=np.uint8, quantization=SCORE)
    return replace(
        backbone,
        tensors=tuple(chain.tensors),
        operators=tuple(chain.operators),
        outputs=(chain.end,),
    )


class _Chain:
    """Adds operators that each work on the result of the one before."""

    def __init__(self, graph: Graph) -> None:
        self.tensors = list(graph.tensors)
        self.operators = list(graph.operators)
        (self.end,) = graph.outputs

    def constant(self, name: str, data: NDArray[Any]) -> int:
        """Add a constant, and return its position."""
        self.tensors.append(
            Tensor(name=name, shape=data.shape, dtype=data.dtype, data=data)
        )
        return len(self.tensors) - 1

    def add(
        self,
        kind: str,
        shape: tuple[int, ...],
        *constants: int,
        dtype: DTypeLike = np.float32,
        quantization: Quantization | None = None,
        **options: Any,
    ) -> None:
        """Add an operator whose result has this shape."""
        self.tensors.append(
            Tensor(
                name=kind.lower(),
                shape=shape,
                dtype=np.dtype(dtype),
                quantization=quantization,
            )
        )
        output = len(self.tensors) - 1
        self.operators.append(
            Operator(
                kind=kind,
                inputs=(self.end, *constants),
                outputs=(output,),
                options=options,
            )
        )
        self.end = output
