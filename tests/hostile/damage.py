"""Cases that are nearly right: these get furthest into whatever reads them."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

NUMBERS = (
    st.sampled_from(
        [0, -1, 1, 1e308, -1e308, float("nan"), float("inf"), 2**63, -(2**63), 10**400]
    )
    | st.integers()
)
TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        *("", "..", "../../config", "/etc/passwd", "a/b", "a\\b", "nul\0", "%2e%2e"),
        *("none", "undecided", "unknown", "CON", "x" * 300, "\u202egpj.exe", "🐈‍⬛"),
        *("a,b", "a\nb", "<img src=x>", "{{ 1 }}", "\ud800", "ﷺ" * 50, "-", ".", " "),
    ]
)
JSON: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def damaged_json(draw: st.DrawFn, whole: Sequence[Any]) -> Any:
    """Return one of these values with up to three of its parts gone or replaced."""
    root = [deepcopy(draw(st.sampled_from(whole)))]
    for _ in range(draw(st.integers(1, 3))):
        parent: Any = root
        place: Any = 0
        while (inner := parent[place]) and isinstance(inner, list | dict):
            keys = list(inner) if isinstance(inner, dict) else range(len(inner))
            parent, place = inner, draw(st.sampled_from(keys))
            if draw(st.booleans()):
                break
        if isinstance(parent, dict) and draw(st.booleans()):
            del parent[place]
        else:
            parent[place] = draw(JSON)
    return root[0]


@st.composite
def damaged_bytes(draw: st.DrawFn, whole: Sequence[bytes]) -> bytes:
    """Return one of these with some bytes changed, or its end cut off or grown."""
    content = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(content) - 1)))
        piece = draw(st.binary(min_size=1, max_size=8) | _EXTREMES)
        content[start : start + len(piece)] = piece
    if draw(st.integers(0, 9)) == 0:
        del content[draw(st.integers(0, len(content))) :]
    if draw(st.integers(0, 9)) == 0:
        content += draw(st.binary(max_size=50))
    return bytes(content)


# Where four bytes are a count, a size or an offset.
_EXTREMES = st.sampled_from(
    [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\1\0\0\0"]
)
