"""Turns a picture into its embedding: 1280 numbers that say what it shows.

The bundled model is MobileNetV2, trained on ImageNet (see models/NOTICE).
"""

import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .graph import InvalidModelError
from .runtime import Runtime
from .runtime_litert import LiteRtRuntime

_LOGGER = logging.getLogger(__name__)

BUNDLED_MODEL: Final = (
    Path(__file__).parent.parent / "models" / "mobilenet_v2_1.0_224.tflite"
)
_FIRST_FEATURES: Final = (0.1223, 0.0272, 0.0, 0.0552, 0.0, 0.0216, 0.9265, 0.1223)
"""Of the bundled model for `_known_picture`."""
_TOLERANCE: Final = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class Backbone:
    """A model that is loaded and checked. May be used from any thread."""

    identity: str
    """Names the model, and changes whenever embeddings would."""
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
    runtime: Literal["auto", "litert", "numpy"] = "auto",
    *,
    threads: int = 1,
    model: Path = BUNDLED_MODEL,
) -> Backbone:
    """Load a model, and check that it gives the embeddings that it should.

    "auto" takes LiteRT where it is installed and works, else NumPy. `threads` is for
    LiteRT only. Raises ModelError for an unusable model, OSError for an unreadable one,
    and ImportError for "litert" where that is not installed.
    """
    if runtime == "litert":
        return _checked(LiteRtRuntime(model, threads=threads), model)
    if runtime == "auto":
        try:
            return _checked(LiteRtRuntime(model, threads=threads), model)
        except ImportError as error:
            _LOGGER.debug("LiteRT is not used: %s", error)
        except Exception:  # a library that is not ours, on a machine we do not know
            _LOGGER.warning("LiteRT does not work here, NumPy is used", exc_info=True)
    # Imported here because reading models takes modules that LiteRT does without.
    from .runtime_numpy import NumpyRuntime  # noqa: PLC0415

    return _checked(NumpyRuntime(model), model)


def _checked(runtime: Runtime, model: Path) -> Backbone:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    backbone = Backbone(identity=f"{model.stem}-{digest[:8]}", runtime=runtime)
    if model == BUNDLED_MODEL:
        features = backbone.embed(_known_picture(backbone.size))[: len(_FIRST_FEATURES)]
        if not np.allclose(features, _FIRST_FEATURES, rtol=0, atol=_TOLERANCE):
            raise InvalidModelError(
                f"The bundled model gives wrong embeddings on {runtime.name}."
            )
    return backbone


def _known_picture(size: int) -> NDArray[np.uint8]:
    y, x = np.indices((size, size))
    return np.stack((x, y, x ^ y), axis=-1).astype(np.uint8)
