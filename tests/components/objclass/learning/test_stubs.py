"""What the type checker is told of untyped packages is what they are."""

import ast
import inspect
from importlib import import_module

import pytest

from ..source_code import REPOSITORY

STUBS = REPOSITORY / "stubs"


@pytest.mark.parametrize("name", ["flatbuffers", "flatbuffers.table", "tflite"])
def test_the_stubs_tell_of_what_there_is(name: str) -> None:
    path = STUBS.joinpath(*name.split("."))
    stub = path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")
    checked = _check(ast.parse(stub.read_text()).body, import_module(name))
    assert checked >= 2


def _check(told: list[ast.stmt], there: object) -> int:
    """Compare names, the names of arguments, and the values of constants."""
    checked = 0
    for item in told:
        match item:
            case ast.ClassDef(name=name, body=body):
                checked += _check(body, getattr(there, name))
            case ast.FunctionDef(name=name):
                real = inspect.signature(inspect.unwrap(getattr(there, name)))
                names = [argument.arg for argument in item.args.args]
                expected = [arg for arg in names if arg not in {"self", "cls"}]
                # A stub may leave out what is never given.
                given = [arg for arg in real.parameters if arg != "self"]
                assert given[: len(expected)] == expected, name
                checked += 1
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=it)):
                assert getattr(there, name) == it, name
                checked += 1
            case ast.AnnAssign(target=ast.Name(id=name)):
                assert name in vars(there), name
                checked += 1
    return checked
