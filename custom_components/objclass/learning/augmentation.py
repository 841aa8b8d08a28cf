"""Altered versions of labelled pictures, where they measurably help.

One is trained on: the picture as it would look from far away. People label the large,
sharp crops; the same animal at the far end of the garden is 60 pixels wide. Training on
a few labelled pictures made small changes nothing on sharp ones and removes about a
fifth of the errors on small crops, by day and in the dark. Mirroring, zooming and
shifting changed the errors by 3 % of them at most, brightness, blur and grey made
slightly more (benchmarks/tried.md).

Another is only measured: the picture compressed once more, as Frigate would keep it. It
tells how much of a distance is compression (`familiarity.stretch`). That is one number
for all classes, so a few pictures are enough, and each costs as long as two plain ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FAR_SIDE = 80  # pixels of a 224 pixel crop that are left
FAR_PER_CLASS = 8  # more pictures add time and no accuracy
KEPT_BY_FRIGATE = 60  # the quality of the WebP that it keeps, unless configured
COMPRESSED_IN_ALL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Embeddings of altered versions of pictures, (m, d), and `of` which they are."""

    embeddings: NDArray[np.float32]
    of: Sequence[int]  # the m places of the pictures


def far_view(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return uint8 (size, size, 3) pixels as seen from far away, the same size."""
    size = (pixels.shape[1], pixels.shape[0])
    near = Image.fromarray(pixels)
    far = near.resize((FAR_SIDE, FAR_SIDE), Image.Resampling.BILINEAR)
    return np.asarray(far.resize(size, Image.Resampling.BILINEAR))


def compressed(picture: Image.Image) -> Image.Image:
    """Return an RGB picture as it comes back from where Frigate keeps it."""
    stored = BytesIO()
    picture.save(stored, "WEBP", quality=KEPT_BY_FRIGATE)
    return Image.open(stored).convert("RGB")


def pictures_from_far(labels: Sequence[str]) -> list[int]:
    """Return the places of the labelled pictures whose far views are needed.

    The first of each class, so that pictures added later change nothing.
    """
    numbers = _numbers_in_class(labels)
    return [place for place, number in enumerate(numbers) if number < FAR_PER_CLASS]


def pictures_to_compress(labels: Sequence[str]) -> list[int]:
    """Return the places of the labelled pictures whose compressed views are needed.

    The first of each class, then the second, until there are enough: a picture added
    later is at most one view more.
    """
    numbers = _numbers_in_class(labels)
    in_turn = sorted(range(len(labels)), key=lambda place: (numbers[place], place))
    return sorted(in_turn[:COMPRESSED_IN_ALL])


def _numbers_in_class(labels: Sequence[str]) -> list[int]:
    """Return how many pictures of its class come before each."""
    seen: Counter[str] = Counter()
    numbers = []
    for label in labels:
        numbers.append(seen[label])
        seen[label] += 1
    return numbers
