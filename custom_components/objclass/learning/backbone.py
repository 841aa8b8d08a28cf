"""Turns a picture into its embedding: 1280 numbers that say what it shows.

The bundled model is MobileNetV2, trained on ImageNet (see models/NOTICE).
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .graph import InvalidModelError, UnsupportedModelError
from .runtime import AS_THEY_ARE, PixelRange, Runtime
from .runtime_litert import LiteRtRuntime

_LOGGER = logging.getLogger(__name__)

BUNDLED_MODEL: Final = (
    Path(__file__).parent.parent / "models" / "mobilenet_v2_1.0_224.tflite"
)
BUNDLED_SIZE: Final = 224
SMALLER_SIZES: Final = (160, 128)
"""At which the bundled model works too; `_FIRST_FEATURES` prove it."""
_FIRST_FEATURES: Final[Mapping[int, tuple[float, ...]]] = {
    224: (0.1223, 0.0272, 0.0, 0.0552, 0.0, 0.0216, 0.9265, 0.1223),
    160: (0.4242, 0.0065, 0.0, 0.0661, 0.0, 0.0, 0.4249, 0.2166),
    128: (0.1465, 0.1339, 0.0, 0.1844, 0.0285, 0.0, 0.0805, 0.4085),
}
"""Of the bundled model for `known_picture`, by size."""
_TOLERANCE: Final = 1e-3
"""Of features that reach 1, and more for those that reach more."""
_SIZES: Final = range(32, 513)
_DIMENSIONS: Final = range(16, 8193)

type RuntimeName = Literal["litert", "ncnn", "numpy"]


@dataclass(frozen=True, kw_only=True, slots=True)
class BackboneModel:
    """A network and how it is fed: all that embeddings depend on.

    `size` is the side of its pictures where that is not the file's own, and
    `pixel_range` what black and white are to a network that takes floats.
    """

    path: Path = BUNDLED_MODEL
    size: int | None = None
    pixel_range: PixelRange = AS_THEY_ARE

    def identity(self) -> str:
        """Return what names it, and changes whenever embeddings would.

        Raises OSError for an unreadable file.
        """
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        parts = [self.path.stem, digest[:8]]
        if self.size is not None:
            parts.append(str(self.size))
        if self.pixel_range != AS_THEY_ARE:
            parts.append("..".join(f"{limit:g}" for limit in self.pixel_range))
        return "-".join(parts)


BUNDLED: Final = BackboneModel()
"""The one that is used where nothing else is asked for."""


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
        return self.runtime.input_shape[0]

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self.runtime.output_size

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
    from .runtime_ncnn import NcnnRuntime  # noqa: PLC0415

    return NcnnRuntime(
        model.path, threads=threads, size=model.size, pixel_range=model.pixel_range
    )


def _numpy(model: BackboneModel, _threads: int) -> Runtime:
    from .runtime_numpy import NumpyRuntime  # noqa: PLC0415

    return NumpyRuntime(model.path, size=model.size, pixel_range=model.pixel_range)


_MAKERS: Final[Mapping[RuntimeName, Callable[[BackboneModel, int], Runtime]]] = {
    "litert": _litert,
    "ncnn": _ncnn,
    "numpy": _numpy,
}
"""In the order in which "auto" tries them: the fastest first."""


# The self-test


def expected_features(model: BackboneModel) -> NDArray[np.float32] | None:
    """Return the first features of `known_picture`; None where nobody knows them.

    Those of the bundled model are stored. Those of somebody's own are NumPy's, which
    computes as it is written down; what NumPy cannot run has only LiteRT.
    """
    if model.path == BUNDLED_MODEL:
        return np.array(_FIRST_FEATURES[model.size or BUNDLED_SIZE], np.float32)
    try:
        reference = _numpy(model, 1)
    except UnsupportedModelError:
        return None
    check_vector(reference)
    return reference.run(known_picture(reference.input_shape[0]))


def check_features(runtime: Runtime, expected: NDArray[np.float32] | None) -> None:
    """Prove that a runtime computes an embedding, and the right one. ModelError."""
    check_vector(runtime)
    features = runtime.run(known_picture(runtime.input_shape[0]))
    other = runtime.run(np.zeros(runtime.input_shape, np.uint8))
    if not np.isfinite(features).all() or np.array_equal(features, other):
        raise InvalidModelError(
            f"The model gives no embeddings on {runtime.name}: "
            "they are not numbers, or the same for all pictures."
        )
    if expected is None:
        return
    tolerance = _TOLERANCE * max(1, float(np.abs(expected).max()))
    if not np.allclose(features[: expected.size], expected, rtol=0, atol=tolerance):
        raise InvalidModelError(f"The model gives wrong embeddings on {runtime.name}.")


def check_vector(runtime: Runtime) -> None:
    """Refuse a model that does not map a square picture to one vector. ModelError."""
    height, width, _ = runtime.input_shape
    if height != width or height not in _SIZES:
        raise UnsupportedModelError(
            f"The model takes pictures of {width} x {height} pixels, "
            f"not square ones of {_SIZES.start} to {_SIZES.stop - 1}."
        )
    if runtime.output_size != runtime.output_shape[-1]:
        raise UnsupportedModelError(
            f"The model gives an array of {runtime.output_shape}, not one vector."
        )
    if runtime.output_size not in _DIMENSIONS:
        raise UnsupportedModelError(
            f"The model gives a vector of {runtime.output_size} numbers, "
            f"not of {_DIMENSIONS.start} to {_DIMENSIONS.stop - 1}."
        )


def known_picture(size: int) -> NDArray[np.uint8]:
    """Return the picture of the self-test, the same every time."""
    y, x = np.indices((size, size))
    return np.stack((x, y, x ^ y), axis=-1).astype(np.uint8)
