"""The workflows run with no more rights than they need, and only pinned actions."""

import re
from pathlib import Path
from typing import Any

import pytest
from homeassistant.util.yaml import load_yaml_dict

from .source_code import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")


def workflow(name: str) -> dict[str, Any]:
    return load_yaml_dict(str(WORKFLOWS[0].with_name(f"{name}.yml")))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_rights_are_few(path: Path) -> None:
    content = workflow(path.stem)
    assert content["permissions"] == {"contents": "read"}
    for name, job in content["jobs"].items():
        assert name == "release" or "permissions" not in job
        if "uses" in job:
            assert job["uses"].startswith("./")
        for step in job.get("steps", ()):
            assert "run" in step or PINNED.fullmatch(step["uses"]), step


def test_there_are_tests_validation_and_releases() -> None:
    assert {path.stem for path in WORKFLOWS} == {"release", "tests", "validate"}


def test_every_part_of_the_tests_has_its_job() -> None:
    jobs = workflow("tests")["jobs"]
    script = (REPOSITORY / "scripts" / "test").read_text()
    parts = re.findall(r"^#   scripts/test (\w+)", script, re.MULTILINE)
    assert "unit" in parts
    assert sorted(jobs["test"]["strategy"]["matrix"]["part"]) == sorted(parts)


def test_a_release_waits_for_all_checks_and_uses_nothing_that_was_cached() -> None:
    release = workflow("release")["jobs"]["release"]
    assert set(release["needs"]) == {"tests", "validate"}
    assert not any("cache" in step.get("uses", "") for step in release["steps"])


def test_only_what_a_newer_push_has_replaced_is_cancelled() -> None:
    groups = set()
    for path in WORKFLOWS:
        concurrency = workflow(path.stem)["concurrency"]
        assert "github.ref" in concurrency["group"]
        groups.add(concurrency["group"])
        cancels = concurrency.get("cancel-in-progress", "")
        assert "pull_request" in cancels or path.stem == "release"
    # A workflow that waits for one of its own group waits for ever.
    assert len(groups) == len(WORKFLOWS)
