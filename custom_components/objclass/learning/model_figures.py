"""How good a brought model is on the crops that have been labelled here.

They are as good as held out: the model was trained elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .crop import decode, pixels_of
from .model_head import ModelHead
from .samples import SampleStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """Shares are 0 to 1. `classes` has the share right of each labelled class."""

    images: int
    accuracy: float
    balanced_accuracy: float  # mean of the classes'
    classes: Mapping[str, float]


def recognise(head: ModelHead, store: SampleStore, sample_id: str) -> str:
    """Return the class that a model gives a kept crop, sure or not.

    Raises PictureError or FileNotFoundError for a picture that cannot be used.
    """
    picture = decode(store.pictures.read(sample_id))
    return head.predict(pixels_of(picture, head.runtime.form.input_shape[0])).best


def model_figures(
    labels: Sequence[str], recognised: Sequence[str]
) -> ModelFigures | None:
    """Compare labels with what was recognised instead; None without any."""
    if not labels:
        return None
    right: dict[str, list[bool]] = {}
    for label, found in zip(labels, recognised, strict=True):
        right.setdefault(label, []).append(label == found)
    classes = {name: sum(own) / len(own) for name, own in right.items()}
    return ModelFigures(
        images=len(labels),
        accuracy=sum(map(sum, right.values())) / len(labels),
        balanced_accuracy=sum(classes.values()) / len(classes),
        classes=classes,
    )
