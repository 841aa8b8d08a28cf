"""The actions as the user interface shows them: fields, texts and icons fit."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import selector
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

from .source_code import COMPONENT, load_json

FIELD_KEYS = {"advanced", "default", "example", "filter", "required", "selector"}


def actions() -> dict[str, dict[str, Any]]:
    """Return services.yaml, with sections of fields flattened."""
    found = {}
    for name, action in load_yaml_dict(str(COMPONENT / "services.yaml")).items():
        fields: dict[str, Any] = {}
        for key, field in ((action or {}).get("fields") or {}).items():
            fields |= field.get("fields", {key: field})
        found[name] = fields
    return found


async def test_every_action_takes_the_fields_that_are_shown(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, "objclass", {})
    registered = hass.services.async_services_for_domain("objclass")
    assert set(registered) == set(actions())
    for name, fields in actions().items():
        assert _taken(registered[name].schema) == set(fields), name


def _taken(schema: object) -> set[str]:
    """Return the fields that an action takes, also of a schema with conditions."""
    parts = getattr(schema, "validators", [schema])
    return {str(key) for part in parts for key in getattr(part, "schema", ())}


def test_every_action_and_field_has_its_texts_and_none_is_left_over() -> None:
    texts = load_json("translations/en.json")["services"]
    assert set(texts) == set(actions())
    for name, fields in actions().items():
        assert texts[name]["name"], name
        assert texts[name]["description"], name
        assert set(texts[name].get("fields", {})) == set(fields), name
        for field in texts[name].get("fields", {}).values():
            assert field["name"], name
            assert field["description"], name


def test_every_action_has_an_icon() -> None:
    assert set(load_json("icons.json")["services"]) == set(actions())


def test_every_field_can_be_shown() -> None:
    for name, fields in actions().items():
        for key, field in fields.items():
            assert set(field) <= FIELD_KEYS, (name, key)
            selector.validate_selector(field["selector"])
