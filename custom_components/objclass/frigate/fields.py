"""Reading JSON from outside: a checked value, or `InvalidMessageError`.

Values are bounded here once (length, finite, sane times), so that nothing read from
Frigate or from the broker can surprise whoever uses it later.
"""

import json
import math
import re
from collections.abc import Mapping

import orjson

from .errors import InvalidMessageError

type JsonObject = Mapping[str, object]

MAX_TEXT = 100
"""Frigate's own limit of a sub label; long enough for every name it knows."""
_MAX_TIME = 32_503_680_000.0
"""The year 3000: times beyond cannot be turned into dates everywhere."""
_MAX_PIXEL = 65_535
_MAX_FILE_NAME = 255
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


def load_json(payload: str | bytes | bytearray, *, limit: int) -> object:
    """Decode UTF-8 JSON of at most `limit` bytes or characters.

    NaN and Infinity, which Python's json writes and which are not JSON, become None.
    """
    if len(payload) > limit:
        raise InvalidMessageError(f"longer than {limit} bytes")
    try:
        # Four times as fast; what it refuses is rare, and judged by Python's own.
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    try:
        text = payload if isinstance(payload, str) else payload.decode()
        return json.loads(text, parse_constant=lambda _: None)
    except ValueError, RecursionError:
        raise InvalidMessageError("not JSON") from None


def as_object(value: object, what: str) -> JsonObject:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise InvalidMessageError(f"{what} is not an object")
    return value


def child(data: JsonObject, key: str) -> JsonObject:
    """Return the object under a key, empty when there is none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def safe_name(data: JsonObject, key: str) -> str:
    """Return an id or a camera name: 1 to 64 of A-Z a-z 0-9 _ - and, inside, dots."""
    value = data.get(key)
    if not isinstance(value, str) or not is_safe_name(value):
        raise InvalidMessageError(f"{key} is missing or not a plain name")
    return value


def is_safe_name(value: str) -> bool:
    """Tell whether a text is fit for an address and for a file name."""
    return _SAFE_NAME.fullmatch(value) is not None


def is_file_name(value: str) -> bool:
    """Tell whether a text names a file or folder of its own, whatever the script."""
    return (
        value not in {"", ".", ".."}
        and len(value) <= _MAX_FILE_NAME
        and value.isprintable()
        and not {"/", "\\"} & {*value}
    )


def text(data: JsonObject, key: str) -> str:
    """Return a required text, at most 100 characters of it."""
    value = optional_text(data.get(key))
    if value is None:
        raise InvalidMessageError(f"{key} is missing or empty")
    return value


def optional_text(value: object) -> str | None:
    """Return at most 100 characters of a text that can be encoded, None for none."""
    if not isinstance(value, str) or not value:
        return None
    return value[:MAX_TEXT].encode(errors="replace").decode()


def texts(value: object) -> tuple[str, ...]:
    """Return the texts in a list, anything else in it left out."""
    if not isinstance(value, list):
        return ()
    found = (optional_text(item) for item in value)
    return tuple(item for item in found if item is not None)


def optional_number(value: object) -> float | None:
    """Return a finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def optional_score(value: object) -> float | None:
    """Return a score, moved into 0..1, None for anything that is no number."""
    number = optional_number(value)
    return None if number is None else min(max(number, 0.0), 1.0)


def optional_time(value: object) -> float | None:
    """Return seconds since the epoch, None for anything that is no such time."""
    number = optional_number(value)
    return number if number is not None and 0 <= number <= _MAX_TIME else None


def time(data: JsonObject, key: str) -> float:
    """Return required seconds since the epoch."""
    value = optional_time(data.get(key))
    if value is None:
        raise InvalidMessageError(f"{key} is missing or not a time")
    return value


def count(value: object) -> int:
    """Return a count, 0 for anything that is none."""
    return int(min(max(optional_number(value) or 0.0, 0.0), 1e15))


def pixels(value: object) -> tuple[int, int, int, int]:
    """Return the corners x1, y1, x2, y2 of a box that has an area."""
    match value:
        case [a, b, c, d] if isinstance(value, list):
            x1, y1, x2, y2 = _pixel(a), _pixel(b), _pixel(c), _pixel(d)
        case _:
            raise InvalidMessageError("box is not four numbers")
    if x1 >= x2 or y1 >= y2:
        raise InvalidMessageError("box has no area")
    return x1, y1, x2, y2


def _pixel(value: object) -> int:
    number = optional_number(value)
    if number is None or abs(number) > _MAX_PIXEL:
        raise InvalidMessageError("box is not four numbers")
    return int(number)
