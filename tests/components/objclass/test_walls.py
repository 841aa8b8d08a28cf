"""The walls of the house: what is behind them works without Home Assistant."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .source_code import COMPONENT, modules

ALLOWED = {
    "learning": {
        *("numpy", "PIL", "tflite", "flatbuffers", "ai_edge_litert", "tflite_runtime"),
        "ncnn",
    },
    # Home Assistant itself cannot do without these.
    "frigate": {"aiohttp", "orjson", "yarl"},
}
NOT_FOR = {"learning": {"asyncio"}, "frigate": set[str]()}

# Imports every module of a package, with Home Assistant out of reach.
IMPORT_ALL = """\
import importlib, pkgutil, sys
class NoHomeAssistant:
    def find_spec(self, name, *_):
        if name.split(".")[0] in ("homeassistant", "custom_components"):
            raise ImportError(f"{name} is on the other side of the wall")
sys.meta_path.insert(0, NoHomeAssistant())
sys.path.insert(0, sys.argv[1])
package = importlib.import_module(sys.argv[2])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_nothing_from_the_other_side(package: str) -> None:
    allowed = (ALLOWED[package] | sys.stdlib_module_names) - NOT_FOR[package]
    for path, tree in modules(package).items():
        for node in ast.walk(tree):
            for name in _imported(node, path):
                assert name in allowed | {"."}, f"{path.name} imports {name}"


def _imported(node: ast.AST, path: Path) -> list[str]:
    """Return the top-level names that a statement imports, "." for our own package."""
    match node:
        case ast.Import(names=names):
            return [name.name.split(".")[0] for name in names]
        case ast.ImportFrom(level=0, module=str(module)):
            return [module.split(".")[0]]
        case ast.ImportFrom(level=level):
            depth = len(path.relative_to(COMPONENT).parts) - 1
            return ["." if level <= depth else "the integration"]
    return []


@pytest.mark.parametrize("package", ALLOWED)
def test_each_library_can_be_used_without_home_assistant(package: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(COMPONENT), package],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
