"""Training on the kept samples: what the backbone has yet to look at, then the head."""

from collections.abc import Sequence
from dataclasses import replace

from .augmentation import compressed, far_view
from .backbone import Backbone
from .crop import decode, pixels_of
from .folds import guess_visits
from .samples import SampleStore
from .samples.embeddings import COMPRESSED, FAR
from .training import TrainingResult, train_head
from .vectors import unit_rows


def embed_sample(
    store: SampleStore, backbone: Backbone, sample_id: str, view: int
) -> None:
    """Let the backbone look at a view of a sample, and keep what it sees.

    Raises PictureError or FileNotFoundError for a picture that cannot be used.
    """
    picture = decode(store.pictures.read(sample_id))
    if view == COMPRESSED:
        picture = compressed(picture)
    pixels = pixels_of(picture, backbone.size)
    embedding = backbone.embed(far_view(pixels) if view == FAR else pixels)
    store.add_embedding(sample_id, backbone.identity, embedding, view)


def train_on_samples(
    store: SampleStore, backbone: str, classes: Sequence[str]
) -> TrainingResult:
    """Train a head for these classes on all samples that the backbone has seen.

    Raises TrainingError.
    """
    data = store.training_set(backbone)
    groups = list(data.groups)
    if any(data.brought):
        rows = unit_rows(data.embeddings)
        for place, of in guess_visits(rows, data.labels, data.brought).items():
            groups[place] = data.groups[of]
    result = train_head(
        data.embeddings,
        data.labels,
        groups=groups,
        classes=classes,
        backbone=backbone,
        ids=data.ids,
        far=data.far,
        compressed=data.compressed,
        infrared=data.infrared,
    )
    return replace(
        result, report=replace(result.report, labels=store.state_of_labels())
    )
