"""Training on the kept samples: what the backbone has yet to look at, then the head."""

from collections.abc import Sequence

from .augmentation import far_view
from .backbone import Backbone
from .crop import decode, pixels_of
from .embeddings import FAR
from .samples import SampleStore
from .training import TrainingResult, train_head


def embed_sample(
    store: SampleStore, backbone: Backbone, sample_id: str, view: int
) -> None:
    """Let the backbone look at a view of a sample, and keep what it sees.

    Raises PictureError or FileNotFoundError for a picture that cannot be used.
    """
    pixels = pixels_of(decode(store.pictures.read(sample_id)), backbone.size)
    embedding = backbone.embed(far_view(pixels) if view == FAR else pixels)
    store.add_embedding(sample_id, backbone.identity, embedding, view)


def train_on_samples(
    store: SampleStore, backbone: str, classes: Sequence[str]
) -> TrainingResult:
    """Train a head for these classes on all samples that the backbone has seen.

    Raises TrainingError.
    """
    data = store.training_set(backbone)
    return train_head(
        data.embeddings,
        data.labels,
        groups=data.groups,
        classes=classes,
        backbone=backbone,
        ids=data.ids,
        views=data.far_views if len(data.far_view_of) else None,
        view_of=data.far_view_of,
        infrared=data.infrared,
    )
