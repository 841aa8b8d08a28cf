"""Turns a picture into its embedding: 1280 numbers that say what it shows.

The bundled model is MobileNetV2, trained on ImageNet (see models/NOTICE).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .backbone_model import BUNDLED, BackboneModel
from .runtimes.graph import UnsupportedModelError
from .runtimes.runtime import Runtime
from .runtimes.runtime_litert import LiteRtRuntime
from .self_test import check_features, expected_features

_LOGGER = logging.getLogger(__name__)


type RuntimeName = Literal["litert", "ncnn", "numpy"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Backbone:
    """A model that is loaded and checked. May be used from any thread."""

    identity: str
    """Names the model, and changes whenever embeddings would."""
    model: BackboneModel
    runtime: Runtime
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def size(self) -> int:
        """Height and width of a picture."""
        return self.runtime.form.input_shape[0]

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self.runtime.form.output_size

    def embed(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the embedding (dimension,) of an RGB picture (size, size, 3).

        These are features as they come, not normalised. Raises ValueError for a picture
        of another shape or type.
        """
        with self._lock:
            return self.runtime.run(image)


def load_backbone(
    runtime: Literal["auto"] | RuntimeName = "auto",
    *,
    threads: int = 1,
    model: BackboneModel = BUNDLED,
) -> Backbone:
    """Load a model, and check that it gives the embeddings that it should.

    "auto" takes the first that is installed and works, of LiteRT, ncnn and NumPy.
    `threads` is for the first two. Raises ModelError for an unusable model, OSError for
    an unreadable one, and ImportError for a runtime that is not installed.
    """
    identity = model.identity()
    names = _MAKERS if runtime == "auto" else [runtime]
    *others, last = names
    for name in others:
        try:
            return _loaded(name, threads, model, identity)
        except ImportError as error:
            _LOGGER.debug("%s is not used: %s", name, error)
        except UnsupportedModelError as error:
            _LOGGER.debug("%s cannot run %s: %s", name, identity, error)
        except Exception:  # a library that is not ours, on a machine we do not know
            _LOGGER.warning(
                "%s does not work here, and is not used", name, exc_info=True
            )
    return _loaded(last, threads, model, identity)


def _loaded(
    name: RuntimeName, threads: int, model: BackboneModel, identity: str
) -> Backbone:
    runtime = _MAKERS[name](model, threads)
    check_features(runtime, expected_features(model))
    return Backbone(identity=identity, model=model, runtime=runtime)


def _litert(model: BackboneModel, threads: int) -> Runtime:
    return LiteRtRuntime(
        model.path, threads=threads, size=model.size, pixel_range=model.pixel_range
    )


def _ncnn(model: BackboneModel, threads: int) -> Runtime:
    # Imported here because reading models takes modules that LiteRT does without.
    from .runtimes.runtime_ncnn import NcnnRuntime  # noqa: PLC0415

    return NcnnRuntime(
        model.path, threads=threads, size=model.size, pixel_range=model.pixel_range
    )


def _numpy(model: BackboneModel, _threads: int) -> Runtime:
    from .runtimes.runtime_numpy import NumpyRuntime  # noqa: PLC0415

    return NumpyRuntime(model.path, size=model.size, pixel_range=model.pixel_range)


_MAKERS: Final[Mapping[RuntimeName, Callable[[BackboneModel, int], Runtime]]] = {
    "litert": _litert,
    "ncnn": _ncnn,
    "numpy": _numpy,
}
"""In the order in which "auto" tries them: the fastest first."""
