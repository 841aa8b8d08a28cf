"""What hassfest asks of a custom integration besides its manifest and its plain texts.

The shapes of `icons.json` and `translations/en.json` are those of hassfest's `icons.py`
and `translations.py`: a key that Home Assistant does not know is never shown.
`test_manifest.py`, `test_texts.py` and `test_services_yaml.py` have the other rules.
"""

import ast
import re
import string
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import homeassistant
import pytest
import voluptuous as vol
from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict

from .source_code import COMPONENT, REPOSITORY, called, calls, load_json, modules

SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def slugs(value: Any) -> vol.Schema:
    """Return the schema of a dictionary with names that Home Assistant accepts."""
    return vol.Schema({vol.All(str, vol.Match(rf"^{SLUG.pattern}$")): value})


def icon(value: Any) -> str:
    if not re.fullmatch(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", str(value)):
        raise vol.Invalid(f"{value} is no icon of Material Design")
    return str(value)


def ascending(value: dict[str, Any]) -> dict[str, Any]:
    """Check the keys of icons that depend on a number."""
    if any(float(first) >= float(second) for first, second in pairwise(value)):
        raise vol.Invalid("the numbers of a range have to ascend")
    return value


def other_than_default(value: dict[str, Any]) -> dict[str, Any]:
    """Check that an icon for a state or a range says something."""
    special = (*value.get("state", {}).values(), *value.get("range", {}).values())
    if value["default"] in special:
        raise vol.Invalid("the icon of a state is that without a state")
    return value


ICONS: dict[Any, Any] = {
    vol.Required("default"): icon,
    vol.Exclusive("state", "by"): vol.Schema({str: icon}),
    vol.Exclusive("range", "by"): vol.All({str: icon}, ascending),
}
ENTITY_ICONS = vol.All(
    {
        **ICONS,
        "state_attributes": slugs(vol.All(vol.Schema(ICONS), other_than_default)),
    },
    other_than_default,
)
ICONS_FILE = vol.Schema(
    {
        "entity": {vol.In([*Platform]): slugs(ENTITY_ICONS)},
        "services": slugs({vol.Required("service"): icon, "sections": slugs(icon)}),
    }
)

FORM = {"data": {str: str}, "data_description": {str: str}, "description": str}
STEP = vol.Schema(
    {
        **FORM,
        vol.Required("title"): str,
        "submit": str,
        "menu_options": slugs(str),
        "menu_option_descriptions": slugs(str),
        "sections": slugs({**FORM, vol.Required("name"): str}),
    }
)
FLOW: dict[Any, Any] = {
    "step": slugs(STEP),
    "error": slugs(str),
    "abort": slugs(str),
    "progress": slugs(str),
    "create_entry": slugs(str),
}
SUBENTRY = {
    **FLOW,
    vol.Required("entry_type"): str,
    vol.Required("initiate_flow"): slugs(str),
}
ENTITY = {
    vol.Required("name"): str,
    "state": slugs(str),
    "state_attributes": slugs({"name": str, "state": slugs(str)}),
    "unit_of_measurement": str,
}
ISSUE = {
    vol.Required("title"): str,
    vol.Exclusive("description", "way"): str,
    vol.Exclusive("fix_flow", "way"): FLOW,
}
NAMED = {vol.Required("name"): str, "description": str}
TEXTS_FILE = vol.Schema(
    {
        "config": {**FLOW, "flow_title": str},
        "options": FLOW,
        "config_subentries": slugs(SUBENTRY),
        "entity": {vol.In([*Platform]): slugs(ENTITY)},
        "exceptions": slugs({vol.Required("message"): str}),
        "issues": slugs(ISSUE),
        "selector": slugs({"options": {vol.Match(r"^[a-z0-9_-]+$"): str}}),
        "services": slugs({**NAMED, "fields": slugs(NAMED), "sections": slugs(NAMED)}),
        "system_health": {"info": slugs(str)},
    }
)


@pytest.mark.parametrize(
    ("name", "schema"),
    [("icons.json", ICONS_FILE), ("translations/en.json", TEXTS_FILE)],
)
def test_files_have_the_shape_that_home_assistant_reads(
    name: str, schema: Callable[[object], object]
) -> None:
    schema(load_json(name))


@pytest.mark.parametrize(
    "wrong",
    [
        {"default": "cat"},
        {"default": "mdi:cat", "state": {"on": "mdi:cat"}},
        {"default": "mdi:cat", "range": {"10": "mdi:dog", "2": "mdi:eye"}},
        {"default": "mdi:cat", "icon": "mdi:dog"},
        {"state": {"on": "mdi:cat"}},
    ],
)
def test_icons_that_home_assistant_refuses_are_refused_here(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(vol.Invalid):
        ICONS_FILE({"entity": {"sensor": {"cat": wrong}}})


def test_every_choice_has_texts_for_its_options() -> None:
    """A `translation_key` without options would show bare values."""
    used = {
        key.value
        for tree in modules().values()
        for call in calls(tree)
        if called(call).endswith("SelectorConfig")
        for item in call.keywords
        if item.arg == "translation_key"
        for key in ast.walk(item.value)
        if isinstance(key, ast.Constant)
    }
    services = load_yaml_dict(str(COMPONENT / "services.yaml"))
    used |= set(_values_of("translation_key", services))
    texts = set(load_json("translations/en.json")["selector"])
    assert used <= texts, used - texts


def _values_of(key: str, node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _values_of(key, item)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        if name == key:
            yield value
        yield from _values_of(key, value)


def test_yaml_set_up_is_refused_in_words() -> None:
    """An integration with `async_setup` says what may stand in the YAML: nothing."""
    text = (COMPONENT / "__init__.py").read_text()
    assert "async def async_setup(" in text
    assert "CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)" in text


def test_what_the_manifest_discovers_has_its_step_and_a_unique_id() -> None:
    manifest = load_json("manifest.json")
    text = (COMPONENT / "config_flow.py").read_text()
    assert manifest["config_flow"]
    for way in ("mqtt", "zeroconf", "ssdp", "dhcp", "usb", "bluetooth", "homekit"):
        assert (way in manifest) == (f"def async_step_{way}(" in text), way
    assert "async_set_unique_id(" in text


def test_requirements_are_written_as_home_assistant_reads_them() -> None:
    for requirement in load_json("manifest.json")["requirements"]:
        assert " " not in requirement
        assert re.fullmatch(r"[A-Za-z0-9_.-]+(==|>=)[0-9.]+", requirement), requirement


def test_no_strings_json_that_nobody_would_read() -> None:
    """Only `translations/` is read of a custom integration."""
    assert not (COMPONENT / "strings.json").exists()


def test_languages_have_the_texts_and_placeholders_of_english() -> None:
    english = dict(_texts(load_json("translations/en.json")))
    for path in (COMPONENT / "translations").glob("*.json"):
        for key, text in _texts(load_json(f"translations/{path.name}")):
            assert _placeholders(text) == _placeholders(english[key]), (path.name, key)


def _texts(node: Any, *keys: str) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, str):
        yield keys, node
        return
    for key, value in node.items():
        yield from _texts(value, *keys, key)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_domain_is_none_of_home_assistants_own() -> None:
    domain = load_json("manifest.json")["domain"]
    assert SLUG.fullmatch(domain)
    core = Path(homeassistant.__file__).with_name("components")
    assert not (core / domain).exists()


def test_the_repository_is_one_that_hacs_accepts() -> None:
    """HACS's checks of a repository, other than those that ask GitHub."""
    manifest = load_json("manifest.json")
    wanted = {
        *("codeowners", "documentation", "domain", "issue_tracker", "name", "version")
    }
    assert wanted <= set(manifest)
    assert "Apache License" in (REPOSITORY / "LICENSE").read_text()[:400]
    assert len((REPOSITORY / "README.md").read_text()) > 1000
    assert (COMPONENT / "brand" / "icon.png").exists()
    size = sum(path.stat().st_size for path in COMPONENT.rglob("*") if path.is_file())
    assert size < 100 * 2**20  # what the marketplace unpacks
