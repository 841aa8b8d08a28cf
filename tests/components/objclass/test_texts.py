"""The texts themselves: what hassfest asks of `translations/en.json`.

Placeholders instead of addresses, no HTML, no quotes around placeholders: rules of
`script/hassfest/translations.py`, so that translators cannot break a text.
"""

import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .source_code import COMPONENT, load_json

SECTIONS = {
    *(
        "application_credentials",
        "common",
        "config",
        "config_panel",
        "config_subentries",
    ),
    *("device", "device_automation", "entity", "entity_component", "exceptions"),
    *("issues", "options", "selector", "services", "system_health", "title"),
}
FLOW_KEYS = {"abort", "create_entry", "error", "flow_title", "progress", "step"}
STEP_KEYS = {
    *("data", "data_description", "description", "menu_option_descriptions"),
    *("menu_options", "sections", "submit", "title"),
}
KEY = re.compile(r"(?!.+[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])")
URL = re.compile(r"(https?|ftps?|mqtts?|wss?)://|\bwww\.", re.IGNORECASE)

type Texts = dict[str, Any]


def all_texts(node: Any, *keys: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each text with the keys that lead to it."""
    if isinstance(node, str):
        yield keys, node
        return
    for key, value in node.items():
        yield from all_texts(value, *keys, key)


def flows(texts: Texts) -> dict[str, Texts]:
    """Return the texts of each dialogue, by where they stand."""
    found: dict[str, Texts] = {
        name: texts[name] for name in ("config", "options") if name in texts
    }
    for kind, flow in texts.get("config_subentries", {}).items():
        found[f"config_subentries.{kind}"] = flow
    for key, issue in texts.get("issues", {}).items():
        if "fix_flow" in issue:
            found[f"issues.{key}"] = issue["fix_flow"]
    return found


@pytest.mark.parametrize("path", COMPONENT.rglob("*.json"), ids=lambda path: path.name)
def test_every_json_file_can_be_read(path: Path) -> None:
    json.loads(path.read_text())


def test_every_text_is_plain() -> None:
    for keys, text in all_texts(load_json("translations/en.json")):
        where = ".".join(keys)
        assert text == text.strip(), where
        assert text, where
        assert not re.search(r"<[a-z/]", text, re.IGNORECASE), f"HTML in {where}"
        assert not URL.search(text), f"an address in {where}; use a placeholder"
        assert "[%" not in text, f"{where}: only Home Assistant resolves references"
        assert not re.search(r"'\{\w+\}'", text), (
            f"quotes around a placeholder: {where}"
        )
        for _, name, _, _ in string.Formatter().parse(text):
            assert name is None or name.isidentifier(), f"{{{name}}} in {where}"


def test_every_key_is_one_that_home_assistant_accepts() -> None:
    texts = load_json("translations/en.json")
    assert set(texts) <= SECTIONS
    for keys, _ in all_texts(texts):
        assert all(KEY.fullmatch(key) for key in keys), keys


def test_dialogues_have_the_parts_that_home_assistant_knows() -> None:
    for name, flow in flows(load_json("translations/en.json")).items():
        extra = {"entry_type", "initiate_flow"} if "subentries" in name else set()
        assert set(flow) <= FLOW_KEYS | extra, name
        assert extra <= set(flow), name
        for step, parts in flow["step"].items():
            assert set(parts) <= STEP_KEYS, (name, step)
            assert parts["title"], (name, step)


def test_every_field_of_a_dialogue_is_explained() -> None:
    for name, flow in flows(load_json("translations/en.json")).items():
        for step, parts in flow["step"].items():
            for part in (parts, *parts.get("sections", {}).values()):
                fields, explained = (
                    part.get("data", {}),
                    part.get("data_description", {}),
                )
                assert set(fields) == set(explained), (name, step)


def test_every_entity_has_a_name() -> None:
    for platform, entities in load_json("translations/en.json")["entity"].items():
        for key, texts in entities.items():
            assert texts["name"], (platform, key)


def test_states_have_no_placeholders() -> None:
    """Home Assistant does not fill them in there."""
    for keys, text in all_texts(load_json("translations/en.json")["entity"]):
        if "state" in keys or "state_attributes" in keys:
            assert "{" not in text, keys


def test_every_issue_says_what_to_do() -> None:
    for key, issue in load_json("translations/en.json").get("issues", {}).items():
        assert issue["title"], key
        assert ("description" in issue) != ("fix_flow" in issue), key
