"""Every text that the code shows exists, and every text that exists is shown."""

import ast
import string
from pathlib import Path

from homeassistant.const import Platform

from .source_code import (
    COMPONENT,
    called,
    calls,
    constants,
    keyword,
    load_json,
    modules,
    patterns,
    string_constants,
    unmatched,
)
from .test_texts import flows

FLOW_BASES = {
    "ConfigFlow": "config",
    "OptionsFlow": "options",
    "OptionsFlowWithReload": "options",
    "ConfigSubentryFlow": "config_subentries.classifier",
    "ClassifierFlow": "config_subentries.frame_classifier",
    "RepairsFlow": "issues.",
}
OF_A_KIND = {"issues."}  # followed by the kind
# What a dialogue may have parts of its form, its steps or its checks from.
HELPERS = ("condition", "fields")
# Reasons for which Home Assistant ends a dialogue by itself, some only after a step.
CHANGED = {
    "reauth_successful": "async_step_reauth",
    "reconfigure_successful": "async_step_reconfigure",
}
IMPLIED_REASONS: dict[str, dict[str, str | None]] = {
    "async_set_unique_id": {"already_in_progress": None},
    "_abort_if_unique_id_configured": {"already_configured": None},
    "_async_abort_entries_match": {"already_configured": None},
    "_abort_if_unique_id_mismatch": {"unique_id_mismatch": None},
    "async_update_and_abort": {**CHANGED},
    "async_update_reload_and_abort": {**CHANGED},
}


def test_every_exception_has_its_text() -> None:
    names, used = constants(), set[str]()
    texts = load_json("translations/en.json")["exceptions"]
    for tree in modules().values():
        for call in calls(tree):
            key = keyword(call, "translation_key")
            if key is None or keyword(call, "translation_domain") is None:
                continue
            if called(call) == "async_create_issue":
                continue
            used |= (found := patterns(key, names))
            given = _dictionary_keys(keyword(call, "translation_placeholders"))
            missing, _ = unmatched(found, set(texts))
            assert not missing, f"{missing} is in no text"
            for name in set(texts) - unmatched(found, set(texts))[1]:
                wanted = _placeholders(texts[name]["message"])
                assert given is None or wanted <= given, (name, wanted)
    _, unused = unmatched(used, set(texts))
    assert not unused


def test_every_reason_not_to_train_has_its_text() -> None:
    """They come from the library, which knows no translations."""
    texts = load_json("translations/en.json")["exceptions"]
    reasons = {
        str(call.args[0].value): {item.arg for item in call.keywords} | {"classifier"}
        for tree in modules("learning").values()
        for call in calls(tree)
        if called(call) == "TrainingError" and isinstance(call.args[0], ast.Constant)
    }
    known = {key for key in texts if key.startswith("training_")}
    assert {f"training_{reason}" for reason in reasons} <= known
    for reason, given in reasons.items():
        assert _placeholders(texts[f"training_{reason}"]["message"]) <= given, reason


def test_every_issue_has_its_text() -> None:
    names, used = constants(), set[str]()
    for tree in modules().values():
        for call in calls(tree):
            if called(call) == "Problem":
                key = keyword(call, "text") or keyword(call, "kind")
            elif called(call) == "async_create_issue":
                key = keyword(call, "translation_key")
            else:
                continue
            if key and ast.unparse(key) != "problem.text or problem.kind":
                used |= patterns(key, names)
    texts = load_json("translations/en.json").get("issues", {})
    assert unmatched(used, set(texts)) == (set(), set())


def test_every_entity_has_its_name_and_no_name_is_left_over() -> None:
    names, texts = constants(), load_json("translations/en.json")["entity"]
    icons = load_json("icons.json")["entity"]
    for platform in (COMPONENT / f"{platform}.py" for platform in Platform):
        if not platform.exists():
            assert platform.stem not in texts
            continue
        used = _entity_keys(platform, names)
        keys = set(texts.get(platform.stem, {}))
        assert unmatched(used, keys) == (set(), set()), platform.name
        assert set(icons.get(platform.stem, {})) <= keys, platform.name


def _entity_keys(module: Path, names: dict[str, str]) -> set[str]:
    used = set()
    tree = ast.parse(module.read_text())
    for call in calls(tree):
        key = keyword(call, "translation_key")
        if key is not None and called(call).endswith("EntityDescription"):
            used |= patterns(key, names)
        if key is not None and called(call) in _descriptions(tree):
            used |= patterns(key, names)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[
                    ast.Name(id="_attr_translation_key")
                    | ast.Attribute(attr="_attr_translation_key")
                ],
                value=value,
            ):
                used |= patterns(value, names)
    return used


def _descriptions(tree: ast.Module) -> set[str]:
    """Return the names of the module's own entity descriptions."""
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith("EntityDescription") for base in node.bases)
    }


def test_every_choice_has_its_texts() -> None:
    names, used = constants(), set[str]()
    for tree in modules().values():
        for call in calls(tree):
            key = keyword(call, "translation_key")
            if key is not None and called(call) in ("SelectSelectorConfig", "dropdown"):
                used |= patterns(key, names)
    services = (COMPONENT / "services.yaml").read_text()
    texts = load_json("translations/en.json").get("selector", {})
    used |= {key for key in texts if f"translation_key: {key}\n" in services}
    assert unmatched(used, set(texts)) == (set(), set())


def test_every_step_of_a_dialogue_has_its_texts() -> None:
    names = constants()
    for module, sections in _flow_modules().items():
        used = set[str]()
        for tree in (module, *_helpers(module)):
            for call in calls(tree):
                if (step := keyword(call, "step_id")) is not None:
                    used |= patterns(step, names)
        steps = {step for section in sections for step in section["step"]}
        assert unmatched(used, steps) == (set(), set())


def test_every_error_and_every_end_of_a_dialogue_has_its_text() -> None:
    names = constants()
    for module, sections in _flow_modules().items():
        known = string_constants(module, names)
        for helper in _helpers(module):
            known |= string_constants(helper, names)
        errors = {key for section in sections for key in section.get("error", {})}
        assert unmatched(_errors(module, names), errors)[0] == set()
        assert errors <= known, "an error that never comes"
        reasons = {key for section in sections for key in section.get("abort", {})}
        implied = _implied_reasons(module)
        for helper in _helpers(module):
            implied |= _implied_reasons(helper)
        given = {
            pattern
            for call in calls(module)
            if (reason := keyword(call, "reason")) is not None
            for pattern in patterns(reason, names)
        }
        assert unmatched(given, reasons)[0] == set()
        assert implied <= reasons
        assert reasons <= known | implied, "an end that never comes"


def _helpers(module: ast.Module) -> list[ast.Module]:
    """Return the modules that a dialogue is made of besides its own."""
    source = ast.unparse(module)
    found = {name for name in HELPERS if f"from .{name} import" in source}
    if "(ClassifierFlow):" in source:
        found |= {"classifier", *HELPERS}
    return [modules()[COMPONENT / "flow" / f"{name}.py"] for name in found]


def _implied_reasons(module: ast.Module) -> set[str]:
    steps = {
        node.name for node in ast.walk(module) if isinstance(node, ast.AsyncFunctionDef)
    }
    return {
        reason
        for call in calls(module)
        if not keyword(call, "reason")
        for reason, step in IMPLIED_REASONS.get(called(call), {}).items()
        if step is None or step in steps
    }


def _flow_modules() -> dict[ast.Module, list[dict[str, dict[str, str]]]]:
    """Return each module with dialogues, and all texts of those."""
    texts = flows(load_json("translations/en.json"))
    found = {}
    for tree in modules().values():
        sections = [
            FLOW_BASES[ast.unparse(base)]
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for base in node.bases
            if ast.unparse(base) in FLOW_BASES
        ]
        if sections:
            found[tree] = [
                flow
                for name, flow in texts.items()
                if name in sections or name.startswith(tuple(OF_A_KIND & set(sections)))
            ]
    assert found, "no dialogue was found"
    return found


def _errors(module: ast.Module, names: dict[str, str]) -> set[str]:
    """Return what is put into a dictionary called errors, or returned as an error."""
    found = set()
    for node in ast.walk(module):
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value
            ) if not isinstance(value, ast.Name):
                found |= patterns(value, names)
            case (
                ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns)
            ) if returns is not None and ast.unparse(returns) == "str | None":
                for inner in ast.walk(node):
                    match inner:
                        case ast.Return(value=ast.Constant(value=str(text))):
                            found.add(text)
    return found


def _dictionary_keys(expression: ast.expr | None) -> set[str] | None:
    """Return the keys of a dictionary that is written out; None for another."""
    if expression is None:
        return set()
    if not isinstance(expression, ast.Dict):
        return None
    keys = set()
    for key in expression.keys:
        if not isinstance(key, ast.Constant):
            return None
        keys.add(str(key.value))
    return keys


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
