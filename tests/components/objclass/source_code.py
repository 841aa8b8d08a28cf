"""Reads the integration's own files, for tests of what cannot be seen by running it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[3]
COMPONENT = REPOSITORY / "custom_components" / "objclass"


def load_json(name: str) -> dict[str, Any]:
    """Return a JSON file of the integration."""
    content: dict[str, Any] = json.loads((COMPONENT / name).read_text())
    return content


def modules(folder: str = "") -> dict[Path, ast.Module]:
    """Return all Python modules below a folder of the integration, parsed."""
    return {
        path: ast.parse(path.read_text(), str(path))
        for path in sorted((COMPONENT / folder).rglob("*.py"))
    }


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield all calls in the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def called(call: ast.Call) -> str:
    """Return the name of what is called, without the object that it belongs to."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value of a keyword argument."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def constants() -> dict[str, str]:
    """Return all module-level names of the integration that stand for one string."""
    found = {}
    for tree in modules().values():
        for node in tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=value)
                ) if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[name] = value.value
    return found


def string_constants(tree: ast.AST, names: dict[str, str]) -> set[str]:
    """Return every string that the code contains, also by the name of a constant."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                found.add(text)
            case ast.Name(id=name) if name in names:
                found.add(names[name])
    return found


def patterns(expression: ast.expr, names: dict[str, str]) -> set[str]:
    """Return regular expressions for the strings that an expression can become.

    Raises TypeError for one that cannot be told by reading.
    """
    match expression:
        case ast.Constant(value=str(text)):
            return {re.escape(text)}
        case ast.Name(id=name) if name in names:
            return {re.escape(names[name])}
        case ast.IfExp(body=body, orelse=orelse):
            return patterns(body, names) | patterns(orelse, names)
        case ast.JoinedStr(values=parts):
            return {
                "".join(
                    re.escape(str(part.value))
                    if isinstance(part, ast.Constant)
                    else ".+"
                    for part in parts
                )
            }
    raise TypeError(
        f"{ast.unparse(expression)} cannot be told by reading; write it out"
    )


def unmatched(wanted: set[str], keys: set[str]) -> tuple[set[str], set[str]]:
    """Return the patterns that no key matches, and the keys that match no pattern."""
    return (
        {
            pattern
            for pattern in wanted
            if not any(re.fullmatch(pattern, key) for key in keys)
        },
        {
            key
            for key in keys
            if not any(re.fullmatch(pattern, key) for pattern in wanted)
        },
    )
