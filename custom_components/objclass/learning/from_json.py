"""Dataclasses made again of what `asdict` and JSON made of them, and of nothing else.

Python takes any value for any field. What reaches the page and the entities has to be
what its field says, and has to be text and numbers that can be shown everywhere.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

_LARGEST: Final = 2**53  # what every program that reads JSON can count to


def read_as[T](kind: type[T], value: Any) -> T:
    """Return a value of a dataclass.

    Its fields may be dataclasses, tuples, mappings by text, texts, numbers, and None.
    Raises ValueError, or OverflowError for a number without end.
    """
    hints = get_type_hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise ValueError(f"it is no {kind.__name__}")
    return kind(**{name: _read(hint, value[name]) for name, hint in hints.items()})


def _read(kind: Any, value: Any) -> Any:
    inner = get_args(kind)
    if NoneType in inner:
        (kind,) = {*inner} - {NoneType}
        return None if value is None else _read(kind, value)
    origin = get_origin(kind) or kind
    if origin is tuple and isinstance(value, list | tuple):
        kinds = [inner[0]] * len(value) if inner[-1] is ... else inner
        return tuple(_read(*pair) for pair in zip(kinds, value, strict=True))
    if origin is Mapping and isinstance(value, dict):
        return {_read(str, key): _read(inner[1], one) for key, one in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return read_as(kind, value)
    return _plain(kind, value)


def _plain(kind: Any, value: Any) -> Any:
    if kind is str and isinstance(value, str):
        value.encode()  # half a pair of surrogates is no text
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    # For Python a bool is an int, too.
    if type(value) is not kind or not -_LARGEST <= value <= _LARGEST:
        # Not which one: it may be the name of a person.
        raise ValueError(f"a value of {type(value).__name__} is no {kind}")
    return value
