"""From kept crops to a head, with the real backbone."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from custom_components.objclass.learning.backbone import Backbone, load_backbone
from custom_components.objclass.learning.crop import Crop, crop_whole
from custom_components.objclass.learning.from_samples import (
    embed_sample,
    train_on_samples,
)
from custom_components.objclass.learning.head import Head
from custom_components.objclass.learning.samples import SampleStore
from custom_components.objclass.learning.samples.embeddings import (
    COMPRESSED,
    FAR,
    PLAIN,
)

from .samples.stores import jpeg, opened, sample

COLOURS = {"leo": (150, 110, 70), "charlie": (110, 110, 118)}


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return load_backbone()


def _crop(name: str, number: int, form: str, quality: int) -> Crop:
    """Draw a cat of fine fur on gravel, and cut it out of a compressed picture."""
    random = np.random.default_rng([number, *name.encode()])
    side = 200
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    wide, high = random.uniform(0.5, 0.9, 2)
    inside = ((x / wide) ** 2 + (y / high) ** 2 < 1)[:, :, None]
    pixels = np.where(inside, COLOURS[name], (138, 136, 132)) * random.uniform(0.7, 1.2)
    pixels += random.normal(0, 9, (side, side, 1))
    drawn = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    stored = BytesIO()
    drawn.save(stored, form, quality=quality)
    return crop_whole(stored.getvalue(), 224)


def _label_collected(store: SampleStore, backbone: Backbone) -> None:
    """Keep what Frigate kept of the past, as `collect` does, and look at all of it."""
    for name in COLOURS:
        for number in range(12):
            crop = _crop(name, number, "WEBP", 60)
            new = sample(f"{name}{number}", number, label=name)
            assert store.add(new, crop.jpeg)
    for sample_id, view in store.missing_embeddings(backbone.identity):
        embed_sample(store, backbone, sample_id, view)


def _kept(head: Head, backbone: Backbone) -> float:
    """Return how many live crops of known cats are no strangers."""
    live = [
        head.predict(backbone.embed(_crop(name, number, "JPEG", 100).pixels))
        for name in COLOURS
        for number in range(50, 62)
    ]
    return float(np.mean([not seen.unfamiliar for seen in live]))


def test_known_cats_are_no_strangers_live_when_only_collected_crops_were_labelled(
    store: SampleStore, backbone: Backbone
) -> None:
    _label_collected(store, backbone)
    head = train_on_samples(store, backbone.identity, list(COLOURS)).head
    # 0.2 without the compressed views; WebP of quality 60 wipes out much of this fur.
    assert _kept(head, backbone) >= 0.8


def test_each_view_of_a_sample_is_another_picture_of_the_same(
    store: SampleStore, backbone: Backbone
) -> None:
    crop = _crop("leo", 1, "JPEG", 100)
    assert store.add(sample("a", label="leo"), crop.jpeg)
    for view in (PLAIN, FAR, COMPRESSED):
        embed_sample(store, backbone, "a", view)
    data = store.training_set(backbone.identity)
    seen = (data.embeddings[0], data.far.embeddings[0], data.compressed.embeddings[0])
    assert np.abs(seen[0] - backbone.embed(crop.pixels)).mean() < 0.05
    assert np.abs(seen[1] - seen[0]).mean() > 0.1
    assert np.abs(seen[2] - seen[0]).mean() > 0.05
    assert store.missing_embeddings(backbone.identity) == []


def test_brought_pictures_of_one_visit_do_not_flatter_the_report(
    tmp_path: Path,
) -> None:
    """Nobody says which pictures of a zip, or of Frigate's own dataset, are one visit.

    Judged by each other they would all be right, and what comes by next a stranger.
    """
    random = np.random.default_rng(5)

    def visits(number: int, frames: int) -> NDArray[np.float32]:
        places = random.normal(size=(number, 100)) + 0.3
        seen = np.repeat(places, frames, axis=0)
        return (seen + 0.2 * random.normal(size=seen.shape)).astype(np.float32)

    with opened(tmp_path) as store:
        for label in COLOURS:
            for number, embedding in enumerate(visits(6, 6)):
                new = sample(f"{label}{number}", label=label, source="import")
                store.add(new, jpeg(new.id), embedding, "x")
        result = train_on_samples(store, "x", [*COLOURS])
    assert result.report.events == 12
    assert result.report.accuracy is not None
    assert result.report.accuracy < 0.9  # there is nothing to tell them apart by
    familiar = [not result.head.predict(row).unfamiliar for row in visits(40, 1)]
    assert np.mean(familiar) > 0.9
