"""Crops on disk that a test can label and train on without looking at any."""

import io
from functools import cache
from zlib import crc32

import numpy as np
from PIL import Image

from custom_components.objclass.classifier import Classifier
from custom_components.objclass.classifier.trainings import Trained
from custom_components.objclass.learning.samples.sample import Sample


@cache
def jpeg(colour: str = "orange") -> bytes:
    """Return a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(file, "JPEG")
    return file.getvalue()


async def keep(
    classifier: Classifier,
    class_name: str | None,
    count: int = 1,
    *,
    day: int = 1,
    embedded: bool = True,
) -> list[str]:
    """Keep crops of as many events, labelled if a class is given; return their ids.

    The embeddings of a class are near each other, so that it can be learned at once.
    Without them a training has to look at the pictures.
    """
    backbone = classifier._worker.backbone
    numbers = np.random.default_rng(crc32(str(class_name).encode()))
    centre = numbers.normal(size=backbone.dimension)
    ids = []
    for number in range(count):
        at = 1_700_000_000.0 + 86_400 * day + 600 * number
        event_id = f"{at:.6f}-{class_name or 'nobody'}"
        sample = Sample(
            id=f"{event_id}-{at:.3f}",
            event_id=event_id,
            camera="front_door",
            time=at,
            label=class_name,
        )
        embedding = centre + 0.3 * numbers.normal(size=len(centre))
        await classifier.samples.async_files(
            classifier.samples.store.add,
            sample,
            jpeg(),
            embedding.astype(np.float32) if embedded else None,
            backbone.identity,
        )
        ids.append(sample.id)
    await classifier.samples.async_recount()
    return ids


async def learn(classifier: Classifier, each: int = 4) -> Trained:
    """Keep crops of leo and of charlie, and train on them."""
    for name in ("leo", "charlie"):
        await keep(classifier, name, each)
    return await classifier.trainings.async_train()


async def keep_some_of_each(classifier: Classifier) -> None:
    """Keep crops of the classes of `conftest.CLASSIFIER`, enough to train on."""
    for name in ("leo", "charlie", "none"):
        await keep(classifier, name, 12)
