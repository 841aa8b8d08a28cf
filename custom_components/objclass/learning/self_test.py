"""Proves, before it is used, that a runtime computes the embeddings that it should."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import backbone_model
from .backbone_model import BUNDLED_SIZE, BackboneModel
from .runtimes.graph import InvalidModelError, UnsupportedModelError
from .runtimes.runtime import Runtime

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


def expected_features(model: BackboneModel) -> NDArray[np.float32] | None:
    """Return the first features of `known_picture`; None where nobody knows them.

    Those of the bundled model are stored. Those of somebody's own are NumPy's, which
    computes as it is written down; what NumPy cannot run has only LiteRT.
    """
    if model.path == backbone_model.BUNDLED_MODEL:
        return np.array(_FIRST_FEATURES[model.size or BUNDLED_SIZE], np.float32)
    # Imported here because reading models takes modules that LiteRT does without.
    from .runtimes.runtime_numpy import NumpyRuntime  # noqa: PLC0415

    try:
        reference = NumpyRuntime(
            model.path, size=model.size, pixel_range=model.pixel_range
        )
    except UnsupportedModelError:
        return None
    check_vector(reference)
    return reference.run(known_picture(reference.form.input_shape[0]))


def check_features(runtime: Runtime, expected: NDArray[np.float32] | None) -> None:
    """Prove that a runtime computes an embedding, and the right one. ModelError."""
    check_vector(runtime)
    features = runtime.run(known_picture(runtime.form.input_shape[0]))
    other = runtime.run(np.zeros(runtime.form.input_shape, np.uint8))
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
    height, width, _ = runtime.form.input_shape
    if height != width or height not in _SIZES:
        raise UnsupportedModelError(
            f"The model takes pictures of {width} x {height} pixels, "
            f"not square ones of {_SIZES.start} to {_SIZES.stop - 1}."
        )
    if runtime.form.output_size != runtime.form.output_shape[-1]:
        raise UnsupportedModelError(
            f"The model gives an array of {runtime.form.output_shape}, not one vector."
        )
    if runtime.form.output_size not in _DIMENSIONS:
        raise UnsupportedModelError(
            f"The model gives a vector of {runtime.form.output_size} numbers, "
            f"not of {_DIMENSIONS.start} to {_DIMENSIONS.stop - 1}."
        )


def known_picture(size: int) -> NDArray[np.uint8]:
    """Return the picture of the self-test, the same every time."""
    y, x = np.indices((size, size))
    return np.stack((x, y, x ^ y), axis=-1).astype(np.uint8)
