"""LiteRT's accelerators: asked for at run time, left when they fail.

Most machines that run these tests have no graphics processor; the interface is the same
for LiteRT's accelerator on the processor.
"""

import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from custom_components.objclass.learning import chosen
from custom_components.objclass.learning.backbone import load_backbone
from custom_components.objclass.learning.backbone_model import BUNDLED, BackboneModel
from custom_components.objclass.learning.chosen import Choice, load_chosen
from custom_components.objclass.learning.runtimes import runtime_litert_gpu
from custom_components.objclass.learning.runtimes.graph import UnsupportedModelError
from custom_components.objclass.learning.runtimes.runtime_litert_gpu import (
    LiteRtGpuRuntime,
    why_no_gpu,
)

from ..child import PATIENCE

WHY_NO_GPU = why_no_gpu()
PICTURE = np.random.default_rng(3).integers(0, 256, (224, 224, 3), np.uint8)


@pytest.mark.skipif(WHY_NO_GPU is not None, reason=str(WHY_NO_GPU))
def test_a_real_one_computes_what_the_processor_computes() -> None:
    here = load_backbone("litert")
    backbone = load_chosen(Choice(gpu=True), lambda *_: None)
    np.testing.assert_allclose(backbone.embed(PICTURE), here.embed(PICTURE), atol=1e-3)
    assert backbone.runtime.name == "litert gpu"


@pytest.mark.parametrize("size", [None, 160])
def test_an_accelerator_computes_what_the_processor_computes(size: int | None) -> None:
    model = BackboneModel(size=size)
    here = load_backbone("litert", model=model)
    runtime = LiteRtGpuRuntime(model, here.runtime, accelerator="CPU")
    picture = PICTURE[: here.size, : here.size]
    np.testing.assert_allclose(runtime.run(picture), here.embed(picture), atol=1e-3)
    first = runtime.run(picture)
    before = first.copy()
    runtime.run(np.zeros_like(picture))
    np.testing.assert_array_equal(first, before)
    with pytest.raises(ValueError, match="takes uint8 of"):
        runtime.run(picture[1:])


@pytest.mark.skipif(WHY_NO_GPU is None, reason="there is one here")
def test_where_there_is_none_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert why_no_gpu() == "LiteRT finds no graphics processor here that it can use."
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    assert why_no_gpu() == "LiteRT is not installed here."


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "not survive"),
        ("import time; time.sleep(600)", "no graphics processor in 0.5 seconds"),
    ],
    ids=["dies", "hangs"],
)
def test_a_search_that_dies_or_hangs_does_so_by_itself(
    code: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ai_edge_litert").mkdir()
    (tmp_path / "ai_edge_litert" / "__init__.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    patience = 0.5 if "sleep" in code else PATIENCE
    monkeypatch.setattr(runtime_litert_gpu, "_PATIENCE", patience)
    assert reason in (why_no_gpu() or "")
    with pytest.raises(UnsupportedModelError, match=reason):
        LiteRtGpuRuntime(BUNDLED, load_backbone("numpy").runtime)


@pytest.mark.skipif(WHY_NO_GPU is None, reason="there is one here")
def test_one_that_is_not_there_any_more_costs_nothing_but_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[Any] = []
    with caplog.at_level(logging.WARNING):
        backbone = load_chosen(Choice(gpu=True), lambda *news: told.append(news))
        found = [backbone.embed(PICTURE) for _ in range(2)]
    np.testing.assert_allclose(found[0], load_backbone().embed(PICTURE), atol=1e-3)
    assert backbone.runtime.name == "litert"
    ((helper, error),) = told
    assert (helper, "no graphics processor" in str(error)) == ("gpu", True)
    assert len(caplog.records) == 1


def test_one_that_computes_something_else_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Wrong(LiteRtGpuRuntime):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, accelerator="CPU")

        def run(self, image: Any) -> Any:
            return super().run(image) * np.float32(1.01)

    monkeypatch.setattr(chosen, "LiteRtGpuRuntime", Wrong)
    told: list[Any] = []
    backbone = load_chosen(Choice(gpu=True), lambda *news: told.append(news))
    expected = load_backbone(model=BUNDLED).embed(PICTURE)
    np.testing.assert_allclose(backbone.embed(PICTURE), expected, atol=1e-3)
    assert "wrong embeddings" in str(told[0][1])
