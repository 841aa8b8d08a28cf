"""A backbone is loaded with whatever runs here, and is checked before it is used."""

import logging
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from custom_components.objclass.learning import backbone_model
from custom_components.objclass.learning.backbone import RuntimeName, load_backbone
from custom_components.objclass.learning.backbone_model import (
    BUNDLED_MODEL,
    SMALLER_SIZES,
    BackboneModel,
)
from custom_components.objclass.learning.runtimes.graph import (
    InvalidModelError,
    ModelError,
    UnsupportedModelError,
)
from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.runtime_ncnn import NcnnRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.runtimes.tflite_file import read_graph

from .tiny_models import NONE, SAME, TinyModel, feature_extractor, window

RUNTIMES: tuple[RuntimeName, ...] = ("litert", "ncnn", "numpy")
KINDS = {"litert": LiteRtRuntime, "ncnn": NcnnRuntime, "numpy": NumpyRuntime}


@pytest.fixture
def no_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make neither of LiteRT's packages importable, as on Home Assistant OS."""
    for name in ("ai_edge_litert", "tflite_runtime"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setitem(sys.modules, f"{name}.interpreter", None)


@pytest.fixture
def no_ncnn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ncnn", None)


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (224, 224, 3), np.uint8)


def test_litert_is_used_where_it_is_installed() -> None:
    loaded = load_backbone(threads=2)
    assert isinstance(loaded.runtime, LiteRtRuntime)
    assert (loaded.runtime.name, loaded.runtime.threads) == ("litert", 2)


@pytest.mark.usefixtures("no_litert")
def test_ncnn_is_used_where_litert_is_not_installed() -> None:
    loaded = load_backbone(threads=2)
    assert isinstance(loaded.runtime, NcnnRuntime)
    assert (loaded.runtime.name, loaded.runtime.threads) == ("ncnn", 2)


@pytest.mark.usefixtures("no_litert", "no_ncnn")
def test_numpy_is_used_where_nothing_else_is_installed() -> None:
    loaded = load_backbone()
    assert isinstance(loaded.runtime, NumpyRuntime)
    assert (loaded.runtime.name, loaded.runtime.threads) == ("numpy", 1)


@pytest.mark.usefixtures("no_litert", "no_ncnn")
@pytest.mark.parametrize("runtime", ["litert", "ncnn"])
def test_asking_for_a_runtime_where_it_is_not_installed_says_so(
    runtime: RuntimeName,
) -> None:
    with pytest.raises(ImportError, match=runtime):
        load_backbone(runtime)


@pytest.mark.parametrize("trouble", ["wrong numbers", "not a number", "crash"])
@pytest.mark.parametrize("broken", [("litert",), ("litert", "ncnn")])
def test_the_next_one_is_used_and_a_warning_given_where_one_does_not_work(
    broken: tuple[RuntimeName, ...],
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in broken:
        run = KINDS[name].run

        def wrong(
            self: object, image: np.ndarray, run: Callable[..., np.ndarray] = run
        ) -> np.ndarray:
            if trouble == "crash":
                raise SystemError("broken")
            factor = 1.01 if trouble == "wrong numbers" else np.nan
            return run(self, image) * np.float32(factor)

        monkeypatch.setattr(KINDS[name], "run", wrong)
    with caplog.at_level(logging.WARNING):
        loaded = load_backbone()
    assert loaded.runtime.name == RUNTIMES[len(broken)]
    assert all(f"{name} does not work here" in caplog.text for name in broken)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_embedding_is_1280_features_of_a_square_picture(
    runtime: RuntimeName,
) -> None:
    loaded = load_backbone(runtime)
    assert (loaded.size, loaded.dimension) == (224, 1280)
    embedding = loaded.embed(picture())
    assert embedding.shape == (1280,)
    assert embedding.dtype == np.float32
    with pytest.raises(ValueError, match="takes uint8 of"):
        loaded.embed(picture()[1:])


def test_the_identity_is_the_same_for_all_runtimes() -> None:
    (identity,) = {load_backbone(name).identity for name in RUNTIMES}
    assert identity.startswith("mobilenet_v2_1.0_224-")


@pytest.mark.parametrize("size", SMALLER_SIZES)
def test_the_bundled_model_works_at_smaller_sizes_the_same_on_all_runtimes(
    size: int,
) -> None:
    image = np.random.default_rng(1).integers(0, 256, (size, size, 3), np.uint8)
    model = BackboneModel(size=size)
    results = []
    for name in RUNTIMES:
        loaded = load_backbone(name, model=model)
        assert (loaded.size, loaded.dimension) == (size, 1280)
        assert loaded.identity != load_backbone(name).identity
        results.append(loaded.embed(image))
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], atol=1e-3)


def test_what_changes_embeddings_changes_the_identity(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    path = feature_extractor(tmp_path)
    models = [
        BackboneModel(path=path),
        BackboneModel(path=feature_extractor(tmp_path / "other", dimension=17)),
        BackboneModel(path=path, pixel_range=(-1, 1)),
        BackboneModel(path=path, size=48),
    ]
    identities = [load_backbone(model=model).identity for model in models]
    assert len(set(identities)) == len(models)
    assert all(identity.startswith("tiny-") for identity in identities)


# Somebody's own model


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_any_model_that_makes_one_vector_of_a_picture_can_be_used(
    runtime: RuntimeName, tmp_path: Path
) -> None:
    model = BackboneModel(path=feature_extractor(tmp_path))
    loaded = load_backbone(runtime, model=model)
    assert (loaded.size, loaded.dimension) == (32, 16)
    image = np.random.default_rng(2).integers(0, 256, (32, 32, 3), np.uint8)
    expected = load_backbone("litert", model=model).embed(image)
    np.testing.assert_allclose(loaded.embed(image), expected, rtol=1e-4, atol=1e-3)


def test_what_only_litert_runs_is_used_with_litert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UnsupportedModelError("an operator that NumPy does not know")

    monkeypatch.setattr(NumpyRuntime, "__init__", refuse)
    model = BackboneModel(path=feature_extractor(tmp_path))
    assert load_backbone(model=model).runtime.name == "litert"
    with pytest.raises(UnsupportedModelError, match="does not know"):
        load_backbone("numpy", model=model)


def flat(model: TinyModel) -> int:
    """Give the same for every picture."""
    axes = model.constant([1, 2], np.int32)
    nothing = model.add(
        "MUL", [model.value, model.constant(np.zeros(3))], model.shape, **NONE
    )
    wide = model.add(
        "CONV_2D",
        [nothing, model.weights(16, 1, 1, 3), model.weights(16)],
        (*model.shape[:3], 16),
        **SAME,
        **window(),
        **NONE,
    )
    return model.add("MEAN", [wide, axes], (1, 16), keep_dims=False)


@pytest.mark.parametrize(
    ("size", "build", "reason"),
    [
        ((32, 40), lambda model: model.value, "not square ones"),
        ((8, 8), lambda model: model.value, "not square ones"),
        ((32, 32), lambda model: model.value, "not one vector"),
        (
            (32, 32),
            lambda model: model.add(
                "MEAN",
                [model.value, model.constant([1, 2], np.int32)],
                (1, 3),
                keep_dims=False,
            ),
            "a vector of 3 numbers",
        ),
        ((32, 32), flat, "the same for all pictures"),
    ],
    ids=["oblong", "tiny", "a map", "too few numbers", "blind"],
)
def test_any_other_model_is_refused_with_the_reason(
    size: tuple[int, int],
    build: Callable[[TinyModel], int],
    reason: str,
    tmp_path: Path,
) -> None:
    tiny = TinyModel(*size)
    model = BackboneModel(path=tiny.write(tmp_path, build(tiny)))
    with pytest.raises(ModelError, match=reason):
        load_backbone(model=model)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_many_threads_may_use_one_backbone(
    runtime: RuntimeName,
) -> None:
    loaded = load_backbone(runtime)
    pictures = [picture(seed) for seed in range(8)]
    one_by_one = [loaded.embed(item) for item in pictures]
    with ThreadPoolExecutor(4) as executor:
        together = list(executor.map(loaded.embed, pictures))
    np.testing.assert_array_equal(together, one_by_one)


@pytest.mark.parametrize("runtime", ["auto", *RUNTIMES])
def test_a_bundled_model_with_damaged_weights_is_refused(
    runtime: Literal["auto"] | RuntimeName,
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
    monkeypatch.setattr(backbone_model, "BUNDLED_MODEL", damaged)
    with pytest.raises(InvalidModelError, match="gives wrong embeddings"):
        load_backbone(runtime, model=BackboneModel(path=damaged))


@pytest.mark.parametrize("runtime", ["auto", *RUNTIMES])
def test_a_file_that_is_no_model_is_refused(
    runtime: Literal["auto"] | RuntimeName, tmp_path: Path
) -> None:
    path = tmp_path / "picture.tflite"
    path.write_bytes(b"\xff\xd8\xff\xe0" * 100)
    with pytest.raises(ModelError):
        load_backbone(runtime, model=BackboneModel(path=path))


@pytest.mark.parametrize("runtime", ["auto", *RUNTIMES])
def test_a_file_that_is_missing_is_reported_as_missing_and_nothing_else(
    runtime: Literal["auto"] | RuntimeName,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(FileNotFoundError):
        load_backbone(runtime, model=BackboneModel(path=tmp_path / "missing.tflite"))
    assert not caplog.records


def test_a_copy_elsewhere_gives_the_same_embeddings(tmp_path: Path) -> None:
    copy = tmp_path / BUNDLED_MODEL.name
    shutil.copy(BUNDLED_MODEL, copy)
    bundled, copied = load_backbone(), load_backbone(model=BackboneModel(path=copy))
    assert copied.identity == bundled.identity
    np.testing.assert_array_equal(copied.embed(picture()), bundled.embed(picture()))
