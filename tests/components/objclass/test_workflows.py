"""The workflows run with no more rights than they need, and only pinned actions."""

import re
from pathlib import Path
from typing import Any

import pytest
from homeassistant.util.yaml import load_yaml_dict

from .source_code import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_rights_are_few(path: Path) -> None:
    workflow: dict[str, Any] = load_yaml_dict(str(path))
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert name == "release" or "permissions" not in job
        if "uses" in job:
            assert job["uses"].startswith("./")
        for step in job.get("steps", ()):
            assert "run" in step or PINNED.fullmatch(step["uses"]), step


def test_there_are_tests_validation_and_releases() -> None:
    assert {path.stem for path in WORKFLOWS} == {"release", "tests", "validate"}
