"""One look at an object: crop, embedding, and what every head makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .backbone import Backbone
from .crop import Box, Crop, crop_object, crop_whole, decode, pixels_of
from .head import Head, Prediction
from .model_head import ModelHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A crop, its embedding (float32, shape (d,)) and a prediction per head."""

    crop: Crop
    embedding: NDArray[np.float32]
    predictions: Mapping[str, Prediction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What has to be kept of a look to ask further heads later.

    `jpeg` is the crop, `embedding` what the backbone made of it.
    """

    jpeg: bytes
    embedding: NDArray[np.float32]

    @classmethod
    def of(cls, seen: Look) -> Self:
        """Keep a look."""
        return cls(jpeg=seen.crop.jpeg, embedding=seen.embedding)


def look(
    backbone: Backbone,
    picture: bytes,
    heads: Mapping[str, Head | ModelHead],
    *,
    box: Box | None = None,
    frame_size: tuple[int, int] = (0, 0),
) -> Look:
    """Look at an object in a picture, or at the whole picture without a `box`.

    The backbone, which is nearly all of the work, runs once for all heads; only a model
    that somebody brought runs besides. `box` is in pixels of a frame of `frame_size`
    (width, height). Raises PictureError.
    """
    if box is None:
        crop = crop_whole(picture, backbone.size)
    else:
        crop = crop_object(picture, box, frame_size, backbone.size)
    return see(backbone, crop, heads)


def see(backbone: Backbone, crop: Crop, heads: Mapping[str, Head | ModelHead]) -> Look:
    """Look at a crop; the backbone runs once for all heads."""
    embedding = backbone.embed(crop.pixels)
    return Look(
        crop=crop,
        embedding=embedding,
        predictions={
            name: _predicted(head, crop, embedding) for name, head in heads.items()
        },
    )


def look_again(
    size: int, glimpse: Glimpse, heads: Mapping[str, Head | ModelHead]
) -> Look:
    """Ask further heads about a look, without the backbone, whose input is `size`."""
    pixels = pixels_of(decode(glimpse.jpeg), size)
    crop = Crop(pixels=pixels, jpeg=glimpse.jpeg)
    return Look(
        crop=crop,
        embedding=glimpse.embedding,
        predictions={
            name: _predicted(head, crop, glimpse.embedding)
            for name, head in heads.items()
        },
    )


def _predicted(
    head: Head | ModelHead, crop: Crop, embedding: NDArray[np.float32]
) -> Prediction:
    if isinstance(head, ModelHead):
        return head.predict(crop.pixels)
    return head.predict(embedding)
