"""What the tests of the benchmarks share: folders of small pictures, and a caller."""

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

COLOURS = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)}

type Run = Callable[..., str]


def make_pictures(folder: Path, name: str, count: int) -> None:
    """Make noisy pictures of one colour in a folder of that name."""
    (folder / name).mkdir(parents=True)
    random = np.random.default_rng(sum(name.encode()))
    colour = np.array(COLOURS.get(name, (120, 120, 120)))
    for number in range(count):
        noise = random.integers(-40, 40, (48, 64, 3)) + colour
        pixels = noise.clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / name / f"{name}_{number}.png")


def make_task(folder: Path, counts: Mapping[str, int]) -> Path:
    """Make a folder for each class."""
    for name, count in counts.items():
        make_pictures(folder, name, count)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a benchmark as its script does, and gives its output."""

    def call(name: str, *arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        importlib.import_module(f"benchmarks.{name}").main()
        return capsys.readouterr().out

    return call
