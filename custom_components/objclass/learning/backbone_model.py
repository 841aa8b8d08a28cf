"""Which network makes the embeddings, and how it is fed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .runtimes.runtime import AS_THEY_ARE, PixelRange

BUNDLED_MODEL: Final = (
    Path(__file__).parent.parent / "models" / "mobilenet_v2_1.0_224.tflite"
)
BUNDLED_SIZE: Final = 224
SMALLER_SIZES: Final = (160, 128)
"""At which the bundled model works too; `self_test` proves it."""


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
