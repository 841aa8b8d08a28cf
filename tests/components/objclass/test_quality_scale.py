"""Home Assistant's quality scale: every rule is answered, and what proves it exists."""

import ast
import re
from typing import Any

import homeassistant
import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import load_yaml_dict

from .conftest import Frigate, SetUp, classifier_data
from .frames.cameras import frame_data
from .source_code import COMPONENT, REPOSITORY, load_json
from .test_services_yaml import actions
from .test_texts import Texts, flows

CORE = "components/ntfy/quality_scale.yaml"
PROOF = re.compile(r"\b([\w/]+\.(?:pyi|py|md|json|yaml|toml))(?:::(\w+))?")
DOCS = REPOSITORY / "docs"


def rules() -> dict[str, Any]:
    """Return what we answer to each rule."""
    found: dict[str, Any] = load_yaml_dict(str(COMPONENT / "quality_scale.yaml"))[
        "rules"
    ]
    return found


def test_every_rule_of_the_newest_home_assistant_is_answered() -> None:
    """The rules are those that an integration of Home Assistant itself answers."""
    example = homeassistant.__path__[0] + f"/{CORE}"
    assert set(rules()) == set(load_yaml_dict(example)["rules"])
    for rule, answer in rules().items():
        assert set(answer) == {"status", "comment"}, rule
        assert answer["status"] in {"done", "todo", "exempt"}, rule
        assert answer["comment"], rule


@pytest.mark.parametrize("rule", rules())
def test_what_proves_a_rule_exists(rule: str) -> None:
    for name, test in PROOF.findall(rules()[rule]["comment"]):
        path = next(
            (
                folder / name
                for folder in (COMPONENT, REPOSITORY)
                if (folder / name).exists()
            ),
            None,
        )
        assert path is not None, name
        if test:
            tree = ast.parse(path.read_text())
            names = {getattr(node, "name", "") for node in tree.body}
            assert test in names, f"{name} has no {test}"


async def test_every_entity_follows_the_rules(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    whole = frame_data(cameras=[], frigate_cameras=["front_door"])
    entry = await set_up(classifier_data(), whole)
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {item.config_subentry_id for item in found} == set(entry.subentries)
    for item in found:
        assert item.has_entity_name, item.entity_id
        assert item.translation_key or item.original_name, item.entity_id
        assert item.device_id, item.entity_id
        assert item.unique_id.startswith(str(item.config_subentry_id)), item.entity_id


def test_every_platform_says_how_much_it_does_at_once() -> None:
    for platform in Platform:
        path = COMPONENT / f"{platform}.py"
        if path.exists():
            assert re.search(r"^PARALLEL_UPDATES = \d$", path.read_text(), re.MULTILINE)


def test_every_action_is_documented() -> None:
    page = (DOCS / "actions.md").read_text()
    for name, fields in actions().items():
        (row,) = re.findall(rf"^\| `objclass\.{name}` .*$", page, re.MULTILINE)
        for field in fields.keys() - {"classifier", "config_entry"}:
            assert f"`{field}`" in row, (name, field)


def test_every_field_is_documented() -> None:
    """Each field and option stands in a table of the documentation by its name."""
    tables = "\n".join(
        line.lower()
        for page in DOCS.glob("*.md")
        for line in page.read_text().splitlines()
        if line.startswith("|")
    )
    for flow in flows(load_json("translations/en.json")).values():
        for step in flow["step"].values():
            for name in _fields(step):
                assert name.lower() in tables, name


def _fields(step: Texts) -> list[str]:
    parts = (step, *step.get("sections", {}).values())
    return [name for part in parts for name in part.get("data", {}).values()]
