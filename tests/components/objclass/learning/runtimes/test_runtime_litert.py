"""LiteRT is found under either name, and its refusals are clear."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tflite

from custom_components.objclass.learning.backbone import load_backbone
from custom_components.objclass.learning.runtimes.graph import (
    InvalidModelError,
    Operator,
    UnsupportedModelError,
)
from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.runtimes.tflite_writer import write_graph

from ..tiny_models import NONE, TinyModel, noise


def test_tflite_runtime_is_used_when_that_is_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, model.value)
    expected = LiteRtRuntime(path).run(noise())
    # The same code under its former name, which has no wheels for this Python.
    for part in ("", ".interpreter"):
        former = sys.modules[f"ai_edge_litert{part}"]
        monkeypatch.setitem(sys.modules, f"tflite_runtime{part}", former)
        monkeypatch.setitem(sys.modules, f"ai_edge_litert{part}", None)
    np.testing.assert_array_equal(LiteRtRuntime(path).run(noise()), expected)


def test_a_result_is_not_overwritten_by_the_next_one(tmp_path: Path) -> None:
    model = TinyModel()
    runtime = LiteRtRuntime(model.write(tmp_path, model.value))
    first = runtime.run(noise())
    before = first.copy()
    runtime.run(np.zeros((6, 7, 3), np.uint8))
    np.testing.assert_array_equal(first, before)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.tflite"
    path.write_text("no model", encoding="utf-8")
    with pytest.raises(InvalidModelError, match="LiteRT cannot read the model"):
        LiteRtRuntime(path)


def test_what_litert_cannot_run_is_refused(tmp_path: Path) -> None:
    model = TinyModel()
    sizes = [model.value, model.weights(5)]  # 3 and 5 channels
    path = model.write(tmp_path, model.add("ADD", sizes, model.shape, **NONE))
    with pytest.raises(UnsupportedModelError, match="LiteRT cannot run the model"):
        LiteRtRuntime(path)


def of_shape(*shape: int) -> Callable[[TinyModel], int]:
    def build(model: TinyModel) -> int:
        model.operators.clear()
        model.picture = model.place(shape, np.float32)
        return model.add("RELU", [model.picture], shape)

    return build


def whole_numbers(model: TinyModel) -> int:
    model.operators.clear()
    output = model.place(model.shape, np.int32)
    types = {
        "in_data_type": tflite.TensorType.UINT8,
        "out_data_type": tflite.TensorType.INT32,
    }
    model.operators.append(
        Operator(kind="CAST", inputs=(model.picture,), outputs=(output,), options=types)
    )
    return output


@pytest.mark.parametrize("runtime", [LiteRtRuntime, NumpyRuntime])
@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (of_shape(1, 6, 7, 1), "one RGB picture"),
        (of_shape(2, 6, 7, 3), "one RGB picture"),
        (of_shape(126), "one RGB picture"),
        (whole_numbers, "gives int32, not float32"),
    ],
    ids=["grey", "two at a time", "flat", "whole numbers"],
)
def test_a_model_that_is_not_for_pictures_is_refused(
    build: Callable[[TinyModel], int],
    reason: str,
    runtime: type[LiteRtRuntime | NumpyRuntime],
    tmp_path: Path,
) -> None:
    model = TinyModel()
    path = model.write(tmp_path, build(model))
    with pytest.raises(UnsupportedModelError, match=reason):
        runtime(path)


@pytest.mark.parametrize("runtime", [LiteRtRuntime, NumpyRuntime])
def test_a_model_with_two_results_is_refused(
    runtime: type[LiteRtRuntime | NumpyRuntime], tmp_path: Path
) -> None:
    model = TinyModel()
    graph = model.graph(model.value)
    path = tmp_path / "two.tflite"
    outputs = (model.value, model.value - 2)
    path.write_bytes(write_graph(replace(graph, outputs=outputs)))
    with pytest.raises(UnsupportedModelError, match="exactly one input and one output"):
        runtime(path)


def test_a_processor_that_would_die_of_it_never_meets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = {"SIMD Extensions": {"found": ["SSSE3"], "not found": ["SSE41", "AVX"]}}
    monkeypatch.setattr(np, "show_config", lambda mode: lacking)
    imported: list[str] = []
    real = importlib.import_module

    def note(name: str) -> object:
        imported.append(name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", note)
    assert load_backbone().runtime.name == "ncnn"
    with pytest.raises(ImportError, match="This processor cannot run LiteRT"):
        load_backbone("litert")
    assert imported == ["ncnn"]
