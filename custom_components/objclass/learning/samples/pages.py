"""What is left in a file of SQLite's that SQLite itself cannot read any more.

SQLite finds the rows of a table from the top of a tree down, so that one bad page can
hide all of them. Here every page is looked at by itself; what it holds is told by its
first byte. Pages that were changed lately are in a log beside the file
until SQLite moves them. Format: https://www.sqlite.org/fileformat2.html
"""

import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, NamedTuple

type Value = int | float | str | bytes | None
type Values = tuple[Value, ...]

PAGE: Final = 4096  # bytes; what SQLite makes unless it is told otherwise
_HOLDS_ROWS: Final = 0x0D
_HOLDS_ENTRIES: Final = {0x0A: 0, 0x02: 4}
_PAGE_HEAD: Final = 8
# What does not fit is continued in pages of its own; so much of it is here.
_MOST_OF_ROW: Final = PAGE - 35
_MOST_OF_ENTRY: Final = (PAGE - 12) * 64 // 255 - 23
_LEAST_HERE: Final = (PAGE - 12) * 32 // 255 - 23
_PER_MORE: Final = PAGE - 4
_LONGEST: Final = 1 << 16  # bytes; more than any row that is looked for
_LOG_HEAD: Final = 32
_LOG_BEGINS: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_FRAME_HEAD: Final = 24
_FRAME: Final = _FRAME_HEAD + PAGE
# How many bytes a value has, by its kind; from the tenth kind on there are none, and
# from the twelfth on these are bytes and texts, of which the kind says the length.
_SIZES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_BYTES: Final = 12
_GOES_ON: Final = 0x80


def read_rows(path: Path, columns: int) -> Iterator[tuple[int, Values]]:
    """Yield the number and the values of all rows with so many columns.

    They are of whichever table. A row may come twice, as it is and as it once was, and
    where a page is lost, only as it once was. Whatever cannot be read is passed over;
    values may still be others than those that were written. Raises OSError where the
    file cannot be opened; it is not written to.
    """
    with ExitStack() as stack:
        pages = _Pages(path, stack)
        for page in pages.of_kinds(_HOLDS_ROWS):
            for place in _places(page, _PAGE_HEAD):
                with suppress(ValueError, IndexError, struct.error):
                    size, at = _number(page, place)
                    number, at = _number(page, at)
                    whole = _Record(page, at, size, _MOST_OF_ROW)
                    if values := _values(whole, columns, pages):
                        yield number, values


def read_entries(path: Path, columns: int) -> Iterator[Values]:
    """Yield the values of all entries of indices with so many columns.

    The last of them is the number of the row. All else is as with rows.
    """
    with ExitStack() as stack:
        pages = _Pages(path, stack)
        for page in pages.of_kinds(*_HOLDS_ENTRIES):
            # Both the page and each entry tell of another page there.
            extra = _HOLDS_ENTRIES[page[0]]
            for place in _places(page, _PAGE_HEAD + extra):
                with suppress(ValueError, IndexError, struct.error):
                    size, at = _number(page, place + extra)
                    whole = _Record(page, at, size, _MOST_OF_ENTRY)
                    if values := _values(whole, columns, pages):
                        yield values


def loses_log(path: Path) -> bool:
    """Return whether SQLite would drop what was written last, were it to open the file.

    It removes the log of an empty file, and leaves out all of the log from the first
    page on that is damaged, without a word. Raises OSError.
    """
    with ExitStack() as stack:
        try:
            log = _opened(path.with_name(f"{path.name}-wal"), stack)
        except FileNotFoundError:
            return False
        is_there = path.exists() and path.stat().st_size
        is_damaged = not (is_there and _is_log(_read(log, _LOG_HEAD, 0)))
        for _, number, committed in _frames(log):
            if is_damaged and committed:
                return True
            is_damaged = is_damaged or not number
    return False


class _Pages:
    """The pages of a file, each as it was written last; numbers begin with 1."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._file = _opened(path, stack)
        self._count = os.fstat(self._file).st_size // PAGE
        self._log = -1
        self._in_log: dict[int, int] = {}
        with suppress(OSError):
            self._log = _opened(path.with_name(f"{path.name}-wal"), stack)
            self._in_log = _newest(self._log)

    def of_kinds(self, *kinds: int) -> Iterator[bytes]:
        """Yield the pages that are there and begin with one of these numbers."""
        for number in sorted({*range(1, self._count + 1), *self._in_log}):
            page = self.read(number)
            if len(page) == PAGE and page[0] in kinds:
                yield page

    def read(self, number: int) -> bytes:
        """Return a page, or less where it is not there or the disk does not give it."""
        if number in self._in_log:
            return _read(self._log, PAGE, self._in_log[number])
        return _read(self._file, PAGE, (number - 1) * PAGE) if number > 0 else b""


def _opened(path: Path, stack: ExitStack) -> int:
    descriptor = os.open(path, os.O_RDONLY)
    stack.callback(os.close, descriptor)
    return descriptor


def _read(descriptor: int, size: int, at: int) -> bytes:
    with suppress(OSError):
        return os.pread(descriptor, size, at)
    return b""


def _newest(log: int) -> dict[int, int]:
    """Return where in the log the newest committed version of each page begins.

    Sums are left alone: SQLite leaves out all that comes after a wrong one, and what is
    good behind it is wanted too.
    """
    newest: dict[int, int] = {}
    pending: dict[int, int] = {}
    for at, number, committed in _frames(log):
        if number:
            pending[number] = at
        if committed:
            newest |= pending
            pending = {}
    return newest


def _frames(log: int) -> Iterator[tuple[int, int, bool]]:
    """Yield where each page of the log begins, its number, and if it ends a commit.

    The number is 0 where the page is damaged, or left from before the log was begun
    anew: the same mark is in the head of the log and before each page that counts.
    """
    head = _read(log, _LOG_HEAD, 0)
    # The first page may be lost with the head.
    mark = head[16:24] if _is_log(head) else _read(log, 8, _LOG_HEAD + _FRAME + 8)
    for at in range(_LOG_HEAD, os.fstat(log).st_size - _FRAME + 1, _FRAME):
        frame = _read(log, _FRAME_HEAD, at)
        counts = len(frame) == _FRAME_HEAD and frame[8:16] == mark
        number, committed = struct.unpack_from(">II", frame) if counts else (0, 0)
        yield at + _FRAME_HEAD, number, bool(number and committed)


def _is_log(head: bytes) -> bool:
    return head[:4] in _LOG_BEGINS


def _places(page: bytes, head: int) -> set[int]:
    """Return where the rows or entries of a page begin."""
    count = min(int.from_bytes(page[3:5]), (PAGE - head) // 2)
    return {place for (place,) in struct.iter_unpack(">H", page[head:][: 2 * count])}


class _Record(NamedTuple):
    """Where values are written: so many bytes, of which `most` are in the page."""

    page: bytes
    at: int
    size: int
    most: int


def _values(record: _Record, columns: int, pages: _Pages) -> Values | None:
    """Return the values, if there are so many. Raises if these are none at all."""
    kinds, start = _kinds(record.page, record.at)
    sizes = [_size(kind) for kind in kinds]
    place = start - record.at
    if len(kinds) != columns or place + sum(sizes) != record.size:
        return None
    data = _whole(record, pages)
    values = []
    for kind, length in zip(kinds, sizes, strict=True):
        values.append(_value(kind, data[place : place + length]))
        place += length
    return tuple(values)


def _kinds(page: bytes, at: int) -> tuple[list[int], int]:
    """Return what kinds of values there are, and where the first of them begins."""
    length, place = _number(page, at)
    kinds = []
    while place < at + length:
        kind, place = _number(page, place)
        kinds.append(kind)
    return kinds, place


def _whole(record: _Record, pages: _Pages) -> bytes:
    """Return all bytes of a record, also those that are continued in other pages."""
    page, at, size, most = record
    if size > _LONGEST:
        raise ValueError("longer than any that is looked for")
    here = size
    if size > most:
        here = _LEAST_HERE + (size - _LEAST_HERE) % _PER_MORE
        here = here if here <= most else _LEAST_HERE
    data = page[at : at + here]
    following = page[at + here : at + here + 4]
    while len(data) < size:
        more = pages.read(int.from_bytes(following))
        if len(more) < PAGE:
            raise ValueError("the rest is gone")
        data += more[4 : 4 + size - len(data)]
        following = more[:4]
    return data


def _size(kind: int) -> int:
    return (kind - _BYTES) // 2 if kind >= _BYTES else _SIZES[kind]


def _value(kind: int, data: bytes) -> Value:
    if kind >= _BYTES:
        return data.decode() if kind % 2 else data
    match kind:
        case 0:
            return None
        case 7:
            return float(struct.unpack(">d", data)[0])
        case 8 | 9:
            return kind - 8
    return int.from_bytes(data, signed=True)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of one to nine bytes; return it, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] % _GOES_ON
        if data[place] < _GOES_ON:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9
