"""A backbone is loaded with whatever runs here, and is checked before it is used."""

import logging
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from custom_components.objclass.learning import backbone
from custom_components.objclass.learning.backbone import BUNDLED_MODEL, load_backbone
from custom_components.objclass.learning.graph import InvalidModelError, ModelError
from custom_components.objclass.learning.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.tflite_file import read_graph

from .tiny_models import NONE, TinyModel


@pytest.fixture
def no_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make neither of LiteRT's packages importable, as on Home Assistant OS."""
    for name in ("ai_edge_litert", "tflite_runtime"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setitem(sys.modules, f"{name}.interpreter", None)


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (224, 224, 3), np.uint8)


def test_litert_is_used_where_it_is_installed() -> None:
    loaded = load_backbone(threads=2)
    assert isinstance(loaded.runtime, LiteRtRuntime)
    assert (loaded.runtime.name, loaded.runtime.threads) == ("litert", 2)


@pytest.mark.usefixtures("no_litert")
def test_numpy_is_used_where_litert_is_not_installed() -> None:
    loaded = load_backbone()
    assert isinstance(loaded.runtime, NumpyRuntime)
    assert (loaded.runtime.name, loaded.runtime.threads) == ("numpy", 1)


@pytest.mark.usefixtures("no_litert")
def test_asking_for_litert_where_it_is_not_installed_says_so() -> None:
    with pytest.raises(ImportError, match="ai-edge-litert"):
        load_backbone("litert")


@pytest.mark.parametrize("trouble", ["wrong numbers", "not a number", "crash"])
def test_numpy_is_used_and_a_warning_given_where_litert_does_not_work(
    trouble: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = LiteRtRuntime.run

    def broken(self: LiteRtRuntime, image: np.ndarray) -> np.ndarray:
        if trouble == "crash":
            raise SystemError("broken")
        factor = 1.01 if trouble == "wrong numbers" else np.nan
        return run(self, image) * np.float32(factor)

    monkeypatch.setattr(LiteRtRuntime, "run", broken)
    with caplog.at_level(logging.WARNING):
        loaded = load_backbone()
    assert loaded.runtime.name == "numpy"
    assert "LiteRT does not work here" in caplog.text


@pytest.mark.parametrize("runtime", ["litert", "numpy"])
def test_an_embedding_is_1280_features_of_a_square_picture(
    runtime: Literal["litert", "numpy"],
) -> None:
    loaded = load_backbone(runtime)
    assert (loaded.size, loaded.dimension) == (224, 1280)
    embedding = loaded.embed(picture())
    assert embedding.shape == (1280,)
    assert embedding.dtype == np.float32
    with pytest.raises(ValueError, match="takes uint8 of"):
        loaded.embed(picture()[1:])


def test_the_identity_is_the_same_for_both_runtimes() -> None:
    identities = {load_backbone("litert").identity, load_backbone("numpy").identity}
    (identity,) = identities
    assert identity.startswith("mobilenet_v2_1.0_224-")


def test_another_model_has_another_identity(tmp_path: Path) -> None:
    first, second = TinyModel(), TinyModel()
    second.value = second.add("ADD", [second.value, second.value], second.shape, **NONE)
    folders = [tmp_path / "first", tmp_path / "second"]
    identities = set()
    for model, folder in zip((first, second), folders, strict=True):
        folder.mkdir()
        loaded = load_backbone(model=model.write(folder, model.value))
        assert loaded.identity.startswith("tiny-")
        identities.add(loaded.identity)
    assert len(identities) == 2


@pytest.mark.parametrize("runtime", ["litert", "numpy"])
def test_many_threads_may_use_one_backbone(
    runtime: Literal["litert", "numpy"],
) -> None:
    loaded = load_backbone(runtime)
    pictures = [picture(seed) for seed in range(8)]
    one_by_one = [loaded.embed(item) for item in pictures]
    with ThreadPoolExecutor(4) as executor:
        together = list(executor.map(loaded.embed, pictures))
    np.testing.assert_array_equal(together, one_by_one)


@pytest.mark.parametrize("runtime", ["auto", "litert", "numpy"])
def test_a_bundled_model_with_damaged_weights_is_refused(
    runtime: Literal["auto", "litert", "numpy"],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = next(
        tensor.data.tobytes()
        for tensor in read_graph(BUNDLED_MODEL).tensors
        if tensor.name == "features.10.conv.0.weight" and tensor.data is not None
    )
    damaged = tmp_path / BUNDLED_MODEL.name
    content = BUNDLED_MODEL.read_bytes()
    damaged.write_bytes(content.replace(weights, bytes(len(weights))))
    monkeypatch.setattr(backbone, "BUNDLED_MODEL", damaged)
    with pytest.raises(InvalidModelError, match="gives wrong embeddings"):
        load_backbone(runtime, model=damaged)


@pytest.mark.parametrize("runtime", ["auto", "litert", "numpy"])
def test_a_file_that_is_no_model_is_refused(
    runtime: Literal["auto", "litert", "numpy"], tmp_path: Path
) -> None:
    path = tmp_path / "picture.tflite"
    path.write_bytes(b"\xff\xd8\xff\xe0" * 100)
    with pytest.raises(ModelError):
        load_backbone(runtime, model=path)


@pytest.mark.parametrize("runtime", ["auto", "litert", "numpy"])
def test_a_file_that_is_missing_is_reported_as_missing(
    runtime: Literal["auto", "litert", "numpy"], tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        load_backbone(runtime, model=tmp_path / "missing.tflite")


def test_a_copy_elsewhere_gives_the_same_embeddings(tmp_path: Path) -> None:
    copy = tmp_path / BUNDLED_MODEL.name
    shutil.copy(BUNDLED_MODEL, copy)
    bundled, copied = load_backbone(), load_backbone(model=copy)
    assert copied.identity == bundled.identity
    np.testing.assert_array_equal(copied.embed(picture()), bundled.embed(picture()))
