"""Train on photos and classify others, on every runtime that there is here.

    python -m tests.ports.training RESULT.npz DIR

DIR has a folder of photos for each class. Of each class four are kept as samples and
trained on, and four others are looked at. RESULT.npz gets, by runtime, the pixels, the
embeddings and the scores of those.
"""

import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custom_components.objclass.learning.backbone import (
    Backbone,
    RuntimeName,
    load_backbone,
)
from custom_components.objclass.learning.crop import crop_whole
from custom_components.objclass.learning.from_samples import (
    embed_sample,
    train_on_samples,
)
from custom_components.objclass.learning.head import Head
from custom_components.objclass.learning.look import see
from custom_components.objclass.learning.samples.store import Sample, SampleStore

RUNTIMES: tuple[RuntimeName, ...] = ("litert", "ncnn", "numpy")
PER_CLASS = 4

type Photos = Mapping[str, list[Path]]


def main(result: Path, folder: Path) -> None:
    """Do it, and write down what came out."""
    photos = {
        path.name: sorted(path.glob("*.jpg")) for path in sorted(folder.iterdir())
    }
    print(f"{platform.machine()}, Python {platform.python_version()}", flush=True)
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    print(f"NumPy finds {' '.join(extensions.get('found', []))}", flush=True)
    found: dict[str, NDArray[Any]] = {}
    for name in RUNTIMES:
        try:
            backbone = load_backbone(name)
        except ImportError as error:
            print(f"{name}: not here ({error})", flush=True)
            continue
        head = _trained(backbone, photos)
        found |= {f"{name} {what}": of for what, of in _seen(backbone, head, photos)}
        right = _right(found[f"{name} scores"], photos)
        print(f"{name}: {right:.0%} right", flush=True)
    np.savez(result, **found)  # type: ignore[arg-type]  # numpy's stub: allow_pickle


def _trained(backbone: Backbone, photos: Photos) -> Head:
    with TemporaryDirectory() as folder:
        store = SampleStore(Path(folder))
        for name, paths in photos.items():
            for path in paths[:PER_CLASS]:
                kept = f"{name}-{path.stem}"
                crop = crop_whole(path.read_bytes(), backbone.size)
                sample = Sample(
                    id=kept, event_id=kept, camera="yard", time=1.0, label=name
                )
                store.add(sample, crop.jpeg)
        for sample_id, view in store.missing_embeddings(backbone.identity):
            embed_sample(store, backbone, sample_id, view)
        head = train_on_samples(store, backbone.identity, list(photos)).head
        store.close()
    return head


def _seen(
    backbone: Backbone, head: Head, photos: Photos
) -> list[tuple[str, NDArray[Any]]]:
    crops = [
        crop_whole(path.read_bytes(), backbone.size)
        for paths in photos.values()
        for path in paths[PER_CLASS : 2 * PER_CLASS]
    ]
    looks = [see(backbone, crop, {"head": head}) for crop in crops]
    scores = [list(look.predictions["head"].scores.values()) for look in looks]
    distances = [look.predictions["head"].distance or 0.0 for look in looks]
    return [
        ("pixels", np.array([crop.pixels for crop in crops])),
        ("embeddings", np.array([look.embedding for look in looks])),
        ("scores", np.array(scores)),
        ("distances", np.array(distances)),
    ]


def _right(scores: NDArray[np.float64], photos: Photos) -> float:
    truth = [
        number
        for number, paths in enumerate(photos.values())
        for _ in paths[PER_CLASS : 2 * PER_CLASS]
    ]
    return float((scores.argmax(axis=1) == truth).mean())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
