"""What Home Assistant, hassfest and HACS check before they load the integration.

The rules are those of Home Assistant's `script/hassfest` (manifest, dependencies,
requirements) and of HACS's validation. Neither is on PyPI; CI runs both as well.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import homeassistant
import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import Platform
from packaging.requirements import Requirement

from .source_code import COMPONENT, REPOSITORY, load_json, modules

REQUIRED = {"codeowners", "documentation", "domain", "iot_class", "name", "version"}
ALLOWED = REQUIRED | {
    *("after_dependencies", "config_flow", "dependencies", "disabled"),
    *("import_executor", "integration_type", "issue_tracker", "loggers", "mqtt"),
    *("preview_features", "quality_scale", "requirements", "single_config_entry"),
}
HACS_KEYS = {
    *("content_in_root", "country", "filename", "hacs", "hide_default_branch"),
    *("homeassistant", "name", "persistent_directory", "render_readme", "zip_release"),
}
# Home Assistant OS and Container are musl; PyPI has no musl wheel of most of these, and
# an unsatisfiable requirement makes the config flow answer "500 Internal Server Error".
NATIVE_ENGINES = {
    *("ai-edge-litert", "tflite-runtime", "tensorflow", "onnxruntime", "torch"),
    *("ncnn", "openvino", "opencv-python", "opencv-python-headless"),
}
# May be imported without being a dependency: hassfest's ALLOWED_USED_COMPONENTS.
IMPORTABLE = {platform.value for platform in Platform} | {
    *("frontend", "homeassistant", "media_source", "panel_custom"),
    *("persistent_notification", "person", "system_health", "websocket_api", "zone"),
}
OS_PLATFORMS = ("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl")


def test_manifest_has_the_keys_that_home_assistant_wants() -> None:
    manifest = load_json("manifest.json")
    assert set(manifest) >= REQUIRED
    assert set(manifest) <= ALLOWED
    assert list(manifest) == [
        "domain",
        "name",
        *sorted(set(manifest) - {"domain", "name"}),
    ]
    assert manifest["domain"] == COMPONENT.name
    assert manifest["integration_type"] == "service"
    assert manifest["iot_class"] == "local_push"
    assert all(owner.startswith("@") for owner in manifest["codeowners"])


@pytest.mark.parametrize("key", ["documentation", "issue_tracker"])
def test_manifest_links_lead_to_the_project(key: str) -> None:
    url = load_json("manifest.json")[key]
    assert url.startswith("https://")
    assert "home-assistant.io" not in url


def test_manifest_lists_are_sorted_and_without_repetition() -> None:
    for key, value in load_json("manifest.json").items():
        if isinstance(value, list):
            assert value == sorted(set(value)), key


def test_version_is_one_that_home_assistant_accepts_and_the_same_everywhere() -> None:
    version = load_json("manifest.json")["version"]
    assert AwesomeVersion(version).valid
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == version


def test_no_requirement_brings_a_native_engine() -> None:
    names = {
        Requirement(line).name for line in load_json("manifest.json")["requirements"]
    }
    assert not {name.lower().replace("_", "-") for name in names} & NATIVE_ENGINES


@pytest.mark.parametrize("platform", OS_PLATFORMS)
def test_requirements_install_on_home_assistant_os(platform: str) -> None:
    """Wheels only: there is no compiler. With the versions that Home Assistant pins."""
    pinned = Path(homeassistant.__file__).with_name("package_constraints.txt")
    answer = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "uv",
                "pip",
                "compile",
                "-",
                "--quiet",
                "--no-header",
                "--no-annotate",
            ),
            *("--python-version", "3.14", "--python-platform", platform),
            *("--only-binary", ":all:", "--constraints", pinned),
        ],
        input="\n".join(load_json("manifest.json")["requirements"]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if re.search("error sending request|dns error|timed out", answer.stderr):
        pytest.skip(f"the package index cannot be reached: {answer.stderr.strip()}")
    assert answer.returncode == 0, answer.stderr


def test_every_used_integration_is_a_dependency() -> None:
    """Otherwise Home Assistant may load us before what we use."""
    manifest = load_json("manifest.json")
    assert not set(manifest["dependencies"]) & set(manifest["after_dependencies"])
    declared = {*manifest["dependencies"], *manifest["after_dependencies"], *IMPORTABLE}
    for path, tree in modules().items():
        for domain in _used_integrations(tree) - declared:
            # A platform for another integration, such as diagnostics.py.
            assert (COMPONENT / f"{domain}.py").exists(), f"{path.name} uses {domain}"


def _used_integrations(tree: ast.Module) -> set[str]:
    prefix = "homeassistant.components"
    used = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="homeassistant.components", names=names):
                used |= {f"{prefix}.{name.name}" for name in names}
            case ast.ImportFrom(module=str(module)):
                used.add(module)
            case ast.Import(names=names):
                used |= {name.name for name in names}
    names = {name.split(".")[2] for name in used if name.startswith(f"{prefix}.")}
    return names & _all_integrations()


def _all_integrations() -> set[str]:
    folder = Path(homeassistant.__file__).with_name("components")
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_hacs_json_is_what_hacs_and_the_marketplace_read() -> None:
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert set(hacs) <= HACS_KEYS
    assert hacs["name"] == load_json("manifest.json")["name"]
    assert AwesomeVersion(hacs["homeassistant"]) >= AwesomeVersion("2026.8.0")
    assert "zip_release" not in hacs  # the marketplace cannot install those


def test_only_one_integration_is_in_the_repository() -> None:
    folders = [path.parent for path in COMPONENT.parent.glob("*/manifest.json")]
    assert folders == [COMPONENT]
