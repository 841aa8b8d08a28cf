"""A tag becomes a release only when everything says the same version."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from .source_code import REPOSITORY, load_json

VERSION = load_json("manifest.json")["version"]
CHANGES = f"# Changelog\n\n## [{VERSION}] - 2026-11-22\n\n### Added\n\n- Cats.\n"
TOO_OLD = "\n## [0.0.1] - 2026-01-01\n\n- Mice.\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what a release is made of, with its version in the changelog."""
    house = "custom_components/objclass"
    for folder in (f"{house}/translations", f"{house}/brand", f"{house}/models"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    for name in (
        *("pyproject.toml", "scripts/common.sh", "scripts/build_release"),
        *(f"{house}/__init__.py", f"{house}/manifest.json"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(CHANGES + TOO_OLD)
    return tmp_path


def build(folder: Path, tag: str) -> subprocess.CompletedProcess[str]:
    """Commit what is there and build a release of it."""
    who = {"user.name": "ann", "user.email": "ann@example.com"}
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
        subprocess.run(["git", *_options(who), *command], cwd=folder, check=True)
    return subprocess.run(
        [folder / "scripts" / "build_release", tag],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _options(settings: Mapping[str, str]) -> list[str]:
    return [
        part for key, value in settings.items() for part in ("-c", f"{key}={value}")
    ]


def test_a_release_has_the_integration_and_its_notes(copy: Path) -> None:
    result = build(copy, f"v{VERSION}")
    assert result.returncode == 0, result.stderr
    release = copy / ".dev" / "release"
    with zipfile.ZipFile(release / "objclass.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["version"] == VERSION
    assert (release / "notes.md").read_text().strip() == "### Added\n\n- Cats."


def test_a_tag_of_another_version_is_refused(copy: Path) -> None:
    result = build(copy, "v9.9.9")
    assert result.returncode
    assert "v9.9.9" in result.stderr + result.stdout


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pyproject.toml", f'version = "{VERSION}"', 'version = "9.9.9"'),
        ("CHANGELOG.md", f"[{VERSION}] - 2026-11-22", "[Unreleased]"),
    ],
)
def test_a_file_that_was_forgotten_is_named(
    copy: Path, name: str, old: str, new: str
) -> None:
    path = copy / name
    path.write_text(path.read_text().replace(old, new))
    result = build(copy, f"v{VERSION}")
    assert result.returncode
    assert name in result.stderr + result.stdout


def test_the_changelog_keeps_its_form() -> None:
    """Keep a Changelog: a heading for each version, and below it kinds of changes."""
    lines = (REPOSITORY / "CHANGELOG.md").read_text().splitlines()
    versions = [line for line in lines if line.startswith("## ")]
    assert versions
    assert versions[0] == "## [Unreleased]" or f"[{VERSION}]" in versions[0]
    kinds = {line for line in lines if line.startswith("### ")}
    known = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    assert kinds <= {f"### {kind}" for kind in known}
