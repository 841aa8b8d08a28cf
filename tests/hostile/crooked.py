"""Zips, arrays and JSON that claim what is not so.

A byte changed by chance seldom hits a size, a flag or a header, and if it does the
checksum gives it away. Here each field is what somebody would write there who means it.
"""

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Final

from hypothesis import strategies as st

# Of the records of a zip: what each begins with, and place and length of its fields
# (APPNOTE.TXT 4.3). Of the first two there is one for each file.
_LOCAL: Final = b"PK\x03\x04"
_CENTRAL: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_FIELDS: Final[Mapping[bytes, tuple[tuple[int, int], ...]]] = {
    _LOCAL: ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    _CENTRAL: (
        *((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 4), (24, 4)),
        *((28, 2), (30, 2), (32, 2), (34, 2), (36, 2), (38, 4), (42, 4)),
    ),
    _END: ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}
# Flags and methods stand in both places, and count when both say the same.
_FLAGS: Final = {_LOCAL: 6, _CENTRAL: 8}
_METHOD: Final = {_LOCAL: 8, _CENTRAL: 10}
_METHODS: Final = (0, 1, 8, 9, 12, 14, 19, 93, 95, 97, 99, 255)
_SOME_FLAGS: Final = (1, 8, 0x20, 0x40, 0x41, 0x800, 0x2000, 0xFFFF)
# Before a long one the end is out of sight of who looks for it in too few bytes.
_COMMENTS: Final = (1, 0xFFFF - 20, 0xFFFF, 0xFFFF + 1)
_NUMBERS: Final = st.sampled_from([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])


@st.composite
def crooked_zips(draw: st.DrawFn, files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files of which up to three fields are not true."""
    packed = draw(st.sampled_from([0, 8, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))
    content = bytearray(packed_as(files, packed))
    if draw(st.integers(0, 4)) == 0:
        _write_all(content, _METHOD, draw(st.sampled_from(_METHODS)))
    if draw(st.integers(0, 4)) == 0:
        _write_all(content, _FLAGS, draw(st.sampled_from(_SOME_FLAGS)))
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(sorted(_FIELDS)))
        place = draw(st.sampled_from(_places(content, kind)))
        at, length = draw(st.sampled_from(_FIELDS[kind]))
        value = draw(_NUMBERS | st.integers(0, len(content) + 1))
        number = (value & (1 << 8 * length) - 1).to_bytes(length, "little")
        content[place + at : place + at + length] = number
    if draw(st.integers(0, 4)) == 0:
        # The newer form of the end, for larger zips: where it is, and what it says.
        where = draw(st.sampled_from([0, 2**31, 2**63, 2**64 - 1, len(content)]))
        end = content.rfind(_END)
        larger = struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, *[where] * 4
        )
        content[end:end] = larger + struct.pack("<4sLQL", b"PK\x06\x07", 0, where, 1)
    if draw(st.integers(0, 4)) == 0:
        content += bytes(draw(st.sampled_from(_COMMENTS)))
    return bytes(content)


def packed_as(files: Mapping[str, bytes], method: int) -> bytes:
    """Return a sound zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def _places(content: bytearray, kind: bytes) -> list[int]:
    places, at = [], content.find(kind)
    while at >= 0:
        places.append(at)
        at = content.find(kind, at + 1)
    return places


def _write_all(content: bytearray, places: Mapping[bytes, int], value: int) -> None:
    for kind, at in places.items():
        for place in _places(content, kind):
            struct.pack_into("<H", content, place + at, value)


# Arrays (NumPy's file format: numpy.lib.format)

_KINDS: Final = (
    *("<f4", ">f4", "<f2", "<f8", "<i8", "|u1", "|b1", "|O", "<U4", "|S3", "|V9"),
    *("<M8[s]", "<c16", "f4\0", "x", "", "<f4,<f4"),
)
_SHAPES: Final = (
    *("()", "(0,)", "(8, 2)", "(2, 8)", "(-1, 2)", "(True, 2)", "(8.0, 2)", "8", "[8]"),
    *("(1099511627776, 2)", "(4611686018427387904, 4)", f"({'9' * 5000}, 2)", "None"),
    *(f"({'1, ' * 70})", "('8', 2)", "(8, 2), 1", "("),
)
_ODD_HEADERS: Final = (
    *("", "{}", "[]", "(" * 900 + ")" * 900, "-" * 900 + "1", "'\\ud800'", "\0"),
    *("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (8,)}", "9" * 5000),
    *(
        "{'descr': '<f4', 'fortran_order': 3, 'shape': (8, 2)}",
        "{1: 2}",
        "(lambda: 1)()",
    ),
)


@st.composite
def crooked_arrays(draw: st.DrawFn) -> bytes:
    """Return an array's file with a header that should not be."""
    header = draw(
        st.builds(
            "{{'descr': {!r}, 'fortran_order': {}, 'shape': {}, }}".format,
            st.sampled_from(_KINDS),
            st.booleans(),
            st.sampled_from(_SHAPES),
        )
        | st.sampled_from(_ODD_HEADERS)
    )
    version = draw(st.sampled_from([1, 1, 1, 2, 3, 0, 9]))
    length = draw(st.sampled_from([len(header), len(header), 0, 0xFFFF]))
    form = "<H" if version == 1 else "<I"
    data = draw(st.sampled_from([b"", bytes(64), bytes(63), b"\x80\x04K\x01."]))
    lead = b"\x93NUMPY" + bytes([version, 0]) + struct.pack(form, length)
    return lead + header.encode("latin-1") + data


# JSON

NESTS: Final = ("[" * 200_000, '{"a":' * 100_000, "[" * 500 + "]" * 500)
_VALUES: Final = (
    *("1e999", "-1e999", "NaN", "9" * 5000, "1" + "0" * 400, "1e400", "-0", "0.1e-999"),
    *('"\\ud800"', '"\\udc00\\ud800"', '"a\\u0000b"', '""', "null", "[[]]", "{}"),
)


def crooked_json(text: str) -> st.SearchStrategy[bytes]:
    """Return this JSON with one of its numbers or texts another, or as a whole odd.

    `text` has each value on a line of its own, as `indent` makes it.
    """
    lines = text.splitlines()
    places = [at for at, line in enumerate(lines) if line.rstrip(",")[-1] not in "[]{}"]

    def changed(at: int, value: str) -> bytes:
        key, colon, _ = lines[at].rpartition(": ")
        comma = "," if lines[at].endswith(",") else ""
        new = [*lines[:at], f"{key}{colon}{value}{comma}", *lines[at + 1 :]]
        return "\n".join(new).encode()

    odd = (b"", b"\xff", b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"))
    return st.builds(
        changed, st.sampled_from(places), st.sampled_from(_VALUES)
    ) | st.sampled_from([*odd, *(nest.encode() for nest in NESTS)])
