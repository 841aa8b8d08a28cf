"""One look at an object: crop, embedding, and what every head makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .backbone import Backbone
from .crop import Box, Crop, crop_object, crop_whole, decode, pixels_of
from .head import Prediction
from .model_head import AnyHead, ModelHead

type Heads = Mapping[str, AnyHead]
"""By whatever key the predictions are to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A crop, its embedding (float32, shape (d,)) and a prediction per head.

    `backbone` is the identity of the one that made the embedding.
    """

    crop: Crop
    embedding: NDArray[np.float32]
    backbone: str
    predictions: Mapping[str, Prediction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What has to be kept of a look to ask further heads later.

    `jpeg` is the crop, `embedding` what the backbone of that identity made of it.
    """

    jpeg: bytes
    embedding: NDArray[np.float32]
    backbone: str

    @classmethod
    def of(cls, seen: Look) -> Self:
        """Keep a look."""
        return cls(
            jpeg=seen.crop.jpeg, embedding=seen.embedding, backbone=seen.backbone
        )


def look(
    backbone: Backbone,
    picture: bytes,
    heads: Heads,
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


def see(backbone: Backbone, crop: Crop, heads: Heads) -> Look:
    """Look at a crop; the backbone runs once for all heads."""
    return _seen(crop, backbone.embed(crop.pixels), backbone.identity, heads)


def look_again(size: int, glimpse: Glimpse, heads: Heads) -> Look:
    """Ask further heads about a look, without the backbone, whose input is `size`."""
    pixels = pixels_of(decode(glimpse.jpeg), size)
    crop = Crop(pixels=pixels, jpeg=glimpse.jpeg)
    return _seen(crop, glimpse.embedding, glimpse.backbone, heads)


def _seen(
    crop: Crop,
    embedding: NDArray[np.float32],
    backbone: str,
    heads: Heads,
) -> Look:
    """Ask the heads; one that was trained for another backbone has nothing to say."""
    predictions = {}
    for name, head in heads.items():
        if isinstance(head, ModelHead):
            predictions[name] = head.predict(crop.pixels)
        elif head.backbone == backbone:
            predictions[name] = head.predict(embedding)
    return Look(
        crop=crop, embedding=embedding, backbone=backbone, predictions=predictions
    )
