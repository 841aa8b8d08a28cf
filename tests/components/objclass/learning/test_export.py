"""An exported model gives in Frigate what the classifier gives here."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from PIL import Image

from custom_components.objclass.learning.backbone import Backbone, load_backbone
from custom_components.objclass.learning.backbone_model import (
    SMALLER_SIZES,
    BackboneModel,
)
from custom_components.objclass.learning.crop import crop_whole, pixels_of
from custom_components.objclass.learning.export import Export, export_head
from custom_components.objclass.learning.head import Head
from custom_components.objclass.learning.runtimes.graph import (
    ModelError,
    UnsupportedModelError,
)
from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.runtimes.tflite_file import parse_graph
from custom_components.objclass.learning.runtimes.tflite_writer import write_graph
from custom_components.objclass.learning.training import train_head
from tests.frigate_sim.animals import CHARLIE, LEO, STRAY, DrawnAnimal

from .tiny_models import TinyModel

type Pixels = NDArray[np.uint8]

PHOTOS = Path(__file__).parents[5] / "shared" / "data" / "images" / "cat_or_dog"
JUDGED = 100


@dataclass(frozen=True, kw_only=True)
class Case:
    """A head, pictures that it was not trained on, and its export."""

    head: Head
    pictures: list[Pixels]
    export: Export


def drawn(name: str, random: Random) -> Pixels:
    coat = {"leo": LEO, "charlie": CHARLIE, "none": STRAY}[name]
    figure = DrawnAnimal.vary(coat, random).draw(224, 154, 0.25, left=False)
    picture = Image.new("RGB", (224, 224), (120, 124, 118))
    picture.paste(figure, (0, random.randint(10, 60)), figure)
    return pixels_of(picture, 224)


@cache
def backbone() -> Backbone:
    return load_backbone("litert")


def taught(examples: dict[str, list[Pixels]], *, doubt: float = 1) -> Case:
    """Train on half of what is there, and export. Doubt makes high scores lower."""
    seen = [(name, item) for name, items in examples.items() for item in items[::2]]
    head = train_head(
        np.stack([backbone().embed(item) for _, item in seen]),
        [name for name, _ in seen],
        groups=[str(number) for number in range(len(seen))],
        classes=[*examples, "never seen"],
        backbone=backbone().identity,
    ).head
    head = replace(head, temperature=head.temperature * doubt)
    unseen = [item for items in examples.values() for item in items[1::2]]
    return Case(
        head=head,
        pictures=unseen[:: max(1, len(unseen) // JUDGED)][:JUDGED],
        export=export_head(head, name="Our cats", threshold=0.8),
    )


@cache
def drawn_animals() -> Case:
    random = Random(3)
    names = ("leo", "charlie", "none")
    return taught(
        {name: [drawn(name, random) for _ in range(68)] for name in names},
        doubt=4,
    )


@cache
def breeds() -> Case:
    if not PHOTOS.is_dir():
        pytest.skip("../shared/data/images is not here: no photos to judge with")
    examples = defaultdict(list)
    for path in sorted(PHOTOS.glob("*/*.jpg")):
        breed = path.stem.rpartition("_")[0]
        examples[breed].append(crop_whole(path.read_bytes(), 224).pixels)
    return taught(dict(examples))


def frigate_s_scores(interpreter: Any, picture: Pixels) -> NDArray[np.float64]:
    """Do what Frigate does: no scaling before, division by the sum afterwards."""
    where = interpreter.get_input_details()[0]["index"]
    interpreter.set_tensor(where, np.expand_dims(picture, axis=0))
    interpreter.invoke()
    (result,) = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    scores: NDArray[np.float64] = result / result.sum(axis=0)
    return scores


cases = pytest.mark.parametrize("case", [drawn_animals, breeds])


@cases
def test_frigate_gets_the_class_and_the_score_of_the_classifier(case: Any) -> None:
    case = case()
    assert len(case.pictures) == JUDGED
    interpreter = Interpreter(model_content=case.export.model, num_threads=2)
    interpreter.allocate_tensors()
    labels = case.export.labelmap.decode().splitlines()
    inside = []
    for picture in case.pictures:
        expected = case.head.predict(backbone().embed(picture))
        scores = frigate_s_scores(interpreter, picture)
        best = int(np.argmax(scores))
        assert labels[best] == expected.best
        assert abs(scores[best] - expected.score) < 0.02
        # Frigate writes it as JSON, which takes no float32.
        assert json.dumps(round(scores[best], 2))
        inside.append(expected.score)
    assert min(inside) < 0.9  # not all of them are beyond doubt


@cases
def test_it_runs_here_too_where_there_is_only_numpy(case: Any, tmp_path: Path) -> None:
    case = case()
    path = tmp_path / "model.tflite"
    path.write_bytes(case.export.model)
    ours, theirs = NumpyRuntime(path), LiteRtRuntime(path)
    for picture in case.pictures[::10]:
        scores = ours.run(picture)
        expected = case.head.predict(backbone().embed(picture))
        assert np.abs(scores - list(expected.scores.values())).max() < 0.01
        # One step of rounding apart at most.
        np.testing.assert_allclose(scores, theirs.run(picture), atol=1.01 / 256)


def test_pixels_go_in_and_bytes_come_out() -> None:
    interpreter = Interpreter(model_content=drawn_animals().export.model)
    (pixels,), (scores,) = (
        interpreter.get_input_details(),
        interpreter.get_output_details(),
    )
    assert (pixels["dtype"], tuple(pixels["shape"])) == (np.uint8, (1, 224, 224, 3))
    assert (scores["dtype"], tuple(scores["shape"])) == (np.uint8, (1, 3))
    assert scores["quantization"] == (1 / 256, 0)


def test_the_labelmap_names_the_classes_in_the_order_of_the_scores() -> None:
    case = drawn_animals()
    assert case.export.labelmap == b"leo\ncharlie\nnone\n"
    assert case.head.classes == ("leo", "charlie", "none")


def test_the_file_says_what_it_is() -> None:
    case = drawn_animals()
    graph = parse_graph(case.export.model)
    assert json.loads(graph.metadata) == {
        "name": "Our cats",
        "classes": ["leo", "charlie", "none"],
        "threshold": 0.8,
        "temperature": case.head.temperature,
        "backbone": case.head.backbone,
    }
    assert graph.description.startswith("Our cats: leo, charlie, none; threshold 0.8")
    again = parse_graph(write_graph(graph))
    assert again.metadata == graph.metadata


def test_damage_around_the_metadata_is_read_or_refused_but_nothing_else_happens() -> (
    None
):
    content = drawn_animals().export.model
    place = content.index(b"objclass\0")
    for at in range(place - 40, place + 10):
        changed = bytearray(content)
        changed[at] ^= 0xFF
        try:
            assert isinstance(parse_graph(bytes(changed)).metadata, bytes)
        except ModelError:
            continue


def test_an_export_is_the_same_each_time() -> None:
    head = drawn_animals().head
    again = export_head(head, name="Our cats", threshold=0.8)
    assert again == drawn_animals().export


def test_a_head_of_another_network_is_not_exported() -> None:
    head = replace(drawn_animals().head, backbone="mobilenet_v2_1.0_224-1-160")
    with pytest.raises(UnsupportedModelError, match="was trained on"):
        export_head(head, name="Our cats", threshold=0.8)


@pytest.mark.parametrize("size", SMALLER_SIZES)
def test_at_a_smaller_size_frigate_still_sets_224_pixels(
    size: int, tmp_path: Path
) -> None:
    model = BackboneModel(size=size)
    small = load_backbone("litert", model=model)
    random = Random(size)
    pictures = {
        name: [drawn(name, random) for _ in range(12)] for name in ("leo", "charlie")
    }
    shrunk = {
        name: [pixels_of(Image.fromarray(item), size) for item in items]
        for name, items in pictures.items()
    }
    trained = [(name, item) for name, items in shrunk.items() for item in items[:8]]
    head = train_head(
        np.stack([small.embed(item) for _, item in trained]),
        [name for name, _ in trained],
        groups=[str(number) for number in range(len(trained))],
        classes=list(pictures),
        backbone=small.identity,
    ).head
    export = export_head(head, name="Our cats", threshold=0.8, backbone=model)
    path = tmp_path / "model.tflite"
    path.write_bytes(export.model)
    ours, theirs = NumpyRuntime(path), LiteRtRuntime(path)
    assert ours.form.input_shape == theirs.form.input_shape == (224, 224, 3)
    for name, items in pictures.items():
        for picture, scaled in zip(items[8:], shrunk[name][8:], strict=True):
            scores = theirs.run(picture)
            np.testing.assert_allclose(ours.run(picture), scores, atol=1.01 / 256)
            best = int(np.argmax(scores))
            assert head.classes[best] == head.predict(small.embed(scaled)).best


def test_a_network_that_takes_floats_cannot_go_to_frigate(tmp_path: Path) -> None:
    tiny = TinyModel(32, 32)
    tiny.operators.clear()
    tiny.picture = tiny.place((1, 32, 32, 3))
    axes = tiny.constant([1, 2], np.int32)
    vector = tiny.add("MEAN", [tiny.picture, axes], (1, 3), keep_dims=False)
    model = BackboneModel(path=tiny.write(tmp_path, vector))
    head = replace(drawn_animals().head, backbone=model.identity())
    with pytest.raises(UnsupportedModelError, match="takes bytes"):
        export_head(head, name="Our cats", threshold=0.8, backbone=model)
