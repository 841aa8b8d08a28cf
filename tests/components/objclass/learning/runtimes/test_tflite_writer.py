"""Written model files work in LiteRT, and are the same each time."""

from pathlib import Path

import numpy as np

from custom_components.objclass.learning.runtimes.runtime_litert import LiteRtRuntime
from custom_components.objclass.learning.runtimes.tflite_writer import write_graph

from ..tiny_models import NONE, TinyModel, noise


def test_litert_runs_what_is_written(tmp_path: Path) -> None:
    model = TinyModel()
    doubled = model.add("ADD", [model.value, model.value], model.shape, **NONE)
    runtime = LiteRtRuntime(model.write(tmp_path, doubled))
    expected = (noise().astype(np.float32) - 128) / 16
    np.testing.assert_allclose(runtime.run(noise()), expected.reshape(-1), rtol=1e-6)


def test_the_same_graph_gives_the_same_bytes() -> None:
    contents = set()
    for _ in range(2):
        model = TinyModel()
        contents.add(write_graph(model.graph(model.value)))
    assert len(contents) == 1
