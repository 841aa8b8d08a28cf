"""Watches every dialogue that a test goes through for texts that are missing.

Home Assistant's own tests do this with `check_translations`, which phcc does not bring.
"""

import string
from typing import Any

import pytest
from homeassistant.config_entries import ConfigFlow, ConfigSubentryFlow, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import (
    FlowHandler,
    FlowManager,
    FlowResultType,
    section,
)
from homeassistant.helpers import issue_registry as ir

from .source_code import load_json

type Texts = dict[str, Any]


def watch_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a step of one of our dialogues that shows something without a text."""
    handle_step = FlowManager._async_handle_step

    async def checked(
        manager: FlowManager, flow: FlowHandler, *args: Any, **options: Any
    ) -> Any:
        result = await handle_step(manager, flow, *args, **options)
        if type(flow).__module__.startswith("custom_components.objclass"):
            _check(_texts_of(manager.hass, flow), result)
        return result

    monkeypatch.setattr(FlowManager, "_async_handle_step", checked)


def _texts_of(hass: HomeAssistant, flow: Any) -> Texts:
    texts = load_json("translations/en.json")
    if isinstance(flow, ConfigFlow):
        return dict(texts["config"])
    if isinstance(flow, OptionsFlow):
        return dict(texts["options"])
    if isinstance(flow, ConfigSubentryFlow):
        return dict(texts["config_subentries"][flow.handler[1]])
    issue = ir.async_get(hass).async_get_issue(flow.handler, flow.issue_id)
    if issue is None:
        # It is mended, and there is nothing more to show.
        return {}
    return dict(texts["issues"][issue.translation_key]["fix_flow"])


def _check(texts: Texts, result: Any) -> None:
    given = set(result.get("description_placeholders") or ())
    match result["type"]:
        case FlowResultType.ABORT:
            _check_text(texts["abort"], result["reason"], given)
        case FlowResultType.MENU:
            step = texts["step"][result["step_id"]]
            for option in result["menu_options"]:
                _check_text(step["menu_options"], option, given)
            _check_step(step, given)
        case FlowResultType.FORM:
            step = texts["step"][result["step_id"]]
            for error in (result["errors"] or {}).values():
                _check_text(texts["error"], error, given)
            _check_fields(step, result["data_schema"])
            _check_step(step, given)


def _check_fields(step: Texts, schema: Any) -> None:
    """Check the fields of a form, unless they are named after the user's own words."""
    if schema is None or not {"data", "sections"} & set(step):
        return
    for key, field in schema.schema.items():
        if isinstance(field, section):
            _check_fields(step["sections"][str(key)], field.schema)
        else:
            assert str(key) in step["data"], f"the field {key} has no text"


def _check_step(node: Texts, given: set[str]) -> None:
    for key, text in node.items():
        if isinstance(text, dict):
            _check_step(text, given)
        else:
            _check_text(node, key, given)


def _check_text(texts: Texts, key: str, given: set[str]) -> None:
    assert key in texts, f"{key} has no text"
    wanted = {name for _, name, _, _ in string.Formatter().parse(texts[key]) if name}
    assert wanted <= given, (
        f"{key} needs {wanted - given}, which the step does not give"
    )
