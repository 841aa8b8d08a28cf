"""A .tflite classifier that somebody brings works in the place of a head.

The models in `brought/` tell red, green and blue pictures of 32 x 32 pixels apart. They
come from TensorFlow 2.21: a convolution, a depthwise one, the mean, two dense layers.
`int8` was converted as Frigate converts its own (bytes in and out), `float32` without
quantization and for pixels of -1 to 1, as Teachable Machine does.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from custom_components.objclass.learning.model_head import (
    ModelShelf,
    classes_of,
    read_labels,
)
from custom_components.objclass.learning.runtimes.graph import ModelError

BROUGHT = Path(__file__).parent / "brought"
COLOURS = ("red", "green", "blue")
CLASSES = (*COLOURS, "none")
MODELS = {
    "int8": "minus_one_to_one",
    "float32": "minus_one_to_one",
    "int8_in_and_out": "zero_to_255",
}

every_model = pytest.mark.parametrize("name", MODELS)


def coloured(channel: int, side: int = 32) -> NDArray[np.uint8]:
    picture = np.random.default_rng(channel).integers(0, 40, (side, side, 3), np.uint8)
    picture[..., channel] += 180
    return picture


def brought(name: str) -> bytes:
    return (BROUGHT / f"{name}.tflite").read_bytes()


@pytest.fixture
def without_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ai_edge_litert.interpreter", "tflite_runtime.interpreter"):
        monkeypatch.setitem(sys.modules, module, None)


@every_model
@pytest.mark.parametrize("side", [32, 224])
def test_it_knows_what_it_was_trained_on(name: str, side: int, tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    put = shelf.put(brought(name), COLOURS, CLASSES, MODELS[name])
    for head in (put, ModelShelf(tmp_path).load(CLASSES)):
        assert head is not None
        for channel, colour in enumerate(COLOURS):
            seen = head.predict(coloured(channel, side))
            assert seen.best == colour
            assert seen.score == seen.scores[colour] > 0.9
            assert sum(seen.scores.values()) == pytest.approx(1)
            assert not seen.unfamiliar


def test_floats_run_without_litert_too(without_litert: None, tmp_path: Path) -> None:
    head = ModelShelf(tmp_path).put(
        brought("float32"), COLOURS, CLASSES, "minus_one_to_one"
    )
    assert head.runtime.name == "numpy"
    for channel, colour in enumerate(COLOURS):
        assert head.predict(coloured(channel)).best == colour


def test_what_only_litert_can_run_is_refused_where_there_is_none(
    without_litert: None, tmp_path: Path
) -> None:
    shelf = ModelShelf(tmp_path)
    before = shelf.put(brought("float32"), COLOURS, CLASSES, "minus_one_to_one")
    with pytest.raises(ModelError, match=r"quantized.*LiteRT.*cannot be installed"):
        shelf.put(brought("int8"), COLOURS, CLASSES, "minus_one_to_one")
    # The one from before stays.
    after = shelf.load(CLASSES)
    assert after is not None
    assert after.labels == before.labels
    assert len(list((tmp_path / "model").glob("*.tflite"))) == 1


def test_the_range_of_pixels_matters_to_floats(tmp_path: Path) -> None:
    pictures = [coloured(channel) for channel in range(3)]
    scores = {}
    for pixel_range in ("minus_one_to_one", "zero_to_one", "zero_to_255"):
        shelf = ModelShelf(tmp_path)
        head = shelf.put(brought("float32"), COLOURS, CLASSES, pixel_range)
        scores[pixel_range] = [head.predict(item).score for item in pictures]
    assert len({tuple(item) for item in scores.values()}) == 3


def test_labels_that_are_no_class_are_none_and_scores_of_a_class_are_added(
    tmp_path: Path,
) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.put(
        brought("int8"), ("RED", "green", " blue"), ("red", "none"), "minus_one_to_one"
    )
    head = shelf.load(("red", "none"))
    assert head is not None
    for channel, expected in enumerate(("red", "none", "none")):
        seen = head.predict(coloured(channel))
        assert seen.best == expected
        assert set(seen.scores) == {"red", "none"}
        assert sum(seen.scores.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("content", "labels", "reason"),
    [
        (b"no model", COLOURS, "cannot read"),
        (b"", COLOURS, "cannot read"),
        (brought("int8")[:2000], COLOURS, "cannot r"),
        (brought("int8"), COLOURS[:2], "3 scores, but there are 2 labels"),
        (brought("int8"), (), "3 scores, but there are 0 labels"),
    ],
    ids=["text", "empty", "cut", "two labels", "no labels"],
)
def test_what_cannot_be_used_is_refused_and_not_kept(
    content: bytes, labels: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    shelf = ModelShelf(tmp_path)
    with pytest.raises(ModelError, match=reason):
        shelf.put(content, labels, CLASSES, "minus_one_to_one")
    assert shelf.load(CLASSES) is None
    assert list((tmp_path / "model").iterdir()) == []


def test_a_removed_model_is_gone(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.remove()
    shelf.put(brought("int8"), COLOURS, CLASSES, "minus_one_to_one")
    shelf.put(brought("float32"), COLOURS, CLASSES, "minus_one_to_one")
    assert len(list((tmp_path / "model").iterdir())) == 2
    shelf.remove()
    assert shelf.load(CLASSES) is None
    assert list((tmp_path / "model").iterdir()) == []


@pytest.mark.parametrize(
    "about",
    [
        "{",
        "[]",
        json.dumps({"file": "../secret"}),
        json.dumps({"file": 5, "labels": [], "pixel_range": "minus_one_to_one"}),
        json.dumps({"file": "a", "labels": [], "pixel_range": "?"}),
    ],
)
def test_a_damaged_note_is_said(about: str, tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.put(brought("int8"), COLOURS, CLASSES, "minus_one_to_one")
    (tmp_path / "model" / "model.json").write_text(about)
    with pytest.raises(ModelError):
        shelf.load(CLASSES)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("leo\ncharlie\nnone\n", ("leo", "charlie", "none")),
        ("0 leo\r\n1 charlie\r\n", ("leo", "charlie")),
        ("0: Leo the cat\n1: none", ("Leo the cat", "none")),
        ("\ufeffleo\ncharlie", ("leo", "charlie")),
        ("1 leo\n2 charlie", ("1 leo", "2 charlie")),
        ("0\n1\n2", ("0", "1", "2")),
        ("", ()),
    ],
)
def test_labels_are_read_with_and_without_numbers(
    text: str, labels: tuple[str, ...]
) -> None:
    assert read_labels(text) == labels


def test_capital_letters_and_spaces_do_not_matter() -> None:
    labels = ("Leo", "the  STRAY cat", "dog")
    classes = ("leo", "The stray cat", "none")
    assert classes_of(labels, classes) == ("leo", "The stray cat", "none")
