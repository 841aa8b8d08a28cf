"""Files that somebody brings: in a folder, or in a zip, which may come from anywhere.

Nothing is ever unpacked to the disk. Of a zip only the list of its files is believed,
and that only after its size was checked; what a file really holds is read up to a
limit, whatever the zip says about it.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, override

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 4 << 30
"""Of all files together, unpacked."""
LARGEST_ZIP: Final = 2 << 30
_MODEL: Final = ".tflite"
_DEEPEST: Final = 8
"""Folders within folders."""
_LARGEST_LIST: Final = 16 << 20
_END: Final = struct.Struct("<4s4H2LH")
"""What a zip ends with: signature, disks, files, size and place of their list."""
_LONGEST_COMMENT: Final = 0xFFFF
_NEWER_END: Final = 20
"""Bytes before the end that say where a newer form of it is, with larger numbers."""
_LISTED: Final = struct.Struct("<28x3H12x")
"""Of a file in the list: how long its name, its extra fields and its comment are."""
_LONGEST_EXTRA: Final = 2 << 10
"""Times and owners take less than 100 bytes; zipfile is slow with very many fields."""
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others may take gigabytes of memory to unpack, and are rare."""
_ENCRYPTED: Final = 1
_UTF_8: Final = 1 << 11


class PackageError(ValueError):
    """A folder or zip is refused as a whole; the text says why."""


class UnreadableFileError(Exception):
    """One file cannot be read; the text says why."""


class Package:
    """The files of a folder or zip; `names` are relative paths, with slashes, sorted.

    Hidden files, and what else systems leave in folders, are not among them.
    """

    def __init__(self, names: list[str]) -> None:
        self.names = sorted(name for name in names if _is_wanted(name))
        self._bytes_left = MOST_BYTES

    def read(self, name: str, limit: int) -> bytes:
        """Return what is in a file, at most `limit` bytes of it.

        Raises UnreadableFileError when it is damaged, gone or larger, and PackageError
        when all that was read so far is too much.
        """
        data = self._read(name, min(limit, self._bytes_left) + 1)
        if len(data) > limit:
            raise UnreadableFileError(f"{name} is larger than {limit >> 20} MB")
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise PackageError(f"there is more than {MOST_BYTES >> 30} GB in it")
        return data

    def close(self) -> None:
        """Close what is open."""

    def _read(self, name: str, size: int) -> bytes:
        """Return the first `size` bytes of a file."""
        raise NotImplementedError


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a folder or zip. Raises PackageError or OSError."""
    if path.suffix.casefold() == _MODEL and path.is_file():
        raise PackageError("a model alone has no labels: take its folder, or zip both")
    package = _Folder(path) if path.is_dir() else _Zip(path)
    try:
        yield package
    finally:
        package.close()


class _Folder(Package):
    """Links are not followed: they may lead out of the folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        names: list[str] = []
        for folder, folders, files in os.walk(path):
            here = Path(folder).relative_to(path)
            if len(here.parts) >= _DEEPEST:
                folders.clear()
            for name in files:
                file = here / name
                if _is_plain(path / file):
                    names.append(file.as_posix())
            if len(names) > MOST_FILES:
                raise _too_many_files()
        super().__init__(names)

    @override
    def _read(self, name: str, size: int) -> bytes:
        try:
            with (self._path / name).open("rb") as file:
                return file.read(size)
        except OSError as err:
            raise UnreadableFileError(f"{name}: {err.strerror}") from err


def _is_plain(path: Path) -> bool:
    """Return whether this is a file that can be read: no link, no pipe, no device."""
    return path.is_file() and not path.is_symlink()


class _Zip(Package):
    def __init__(self, path: Path) -> None:
        _check_end(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as err:
            raise PackageError(f"the zip is damaged: {err}") from err
        try:
            self._files = _checked(self._zip)
        except PackageError:
            self._zip.close()
            raise
        super().__init__(list(self._files))

    @override
    def close(self) -> None:
        self._zip.close()

    @override
    def _read(self, name: str, size: int) -> bytes:
        try:
            with self._zip.open(self._files[name]) as file:
                return file.read(size)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
            struct.error,
        ) as err:
            raise UnreadableFileError(f"{name}: {err}") from err


def _check_end(path: Path) -> None:
    """Refuse a zip whose list of files would be too long to be read at all."""
    size = path.stat().st_size
    if size > LARGEST_ZIP:
        raise PackageError(f"the zip is larger than {LARGEST_ZIP >> 30} GB")
    with path.open("rb") as file:
        start = max(0, size - _END.size - _LONGEST_COMMENT - _NEWER_END)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise PackageError("it is no zip")
        if b"PK\x06\x07" in tail[max(0, at - _NEWER_END) : at]:
            raise _too_many_files()
        _, _, _, _, _, list_size, _, _ = _END.unpack_from(tail, at)
        if list_size > _LARGEST_LIST:
            raise PackageError("the zip's list of files is too long")
        file.seek(max(0, start + at - list_size))
        _check_list(file.read(list_size))


def _check_list(listed: bytes) -> None:
    """Count the files: how many the end says there are is not what zipfile reads."""
    at = files = 0
    while at + _LISTED.size <= len(listed):
        name, extra, comment = _LISTED.unpack_from(listed, at)
        at += _LISTED.size + name + extra + comment
        files += 1
        if files > MOST_FILES:
            raise _too_many_files()
        if extra > _LONGEST_EXTRA:
            raise PackageError("the zip's list of files is too long")


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    files = {}
    for info in archive.infolist():
        # Some programs on Windows write its own kind of slash.
        name = _name_in_zip(info).replace("\\", "/")
        parts = name.split("/")
        if ".." in parts or name.startswith("/") or ":" in parts[0] or "\0" in name:
            raise PackageError(f"the zip names a file outside of itself: {name[:100]}")
        if info.is_dir():
            continue
        if info.flag_bits & _ENCRYPTED:
            raise PackageError("the zip has a password")
        if info.compress_type not in _METHODS:
            raise PackageError("the zip is compressed in a way that is not supported")
        files[name] = info
    return files


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """Return the name of a file; macOS writes UTF-8 without saying that it does."""
    name = info.orig_filename
    if info.flag_bits & _UTF_8:
        return name
    try:
        return name.encode("cp437").decode()
    except UnicodeError:
        return name


def _too_many_files() -> PackageError:
    return PackageError(f"there are more than {MOST_FILES} files in it")


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not any(part.startswith((".", "__MACOSX")) for part in parts)


# What is in a package

_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The names of the files that can be used.

    `pictures` are by the folder that they are in: its name is their class.
    """

    pictures: Mapping[str, tuple[str, ...]]
    models: tuple[str, ...]
    texts: tuple[str, ...]


def contents_of(package: Package) -> Contents:
    """Sort the files. A picture that is in no folder is of no class."""
    pictures: dict[str, list[str]] = {}
    models, texts = [], []
    for name in package.names:
        path = PurePosixPath(name)
        kind = path.suffix.casefold()
        if kind == _MODEL:
            models.append(name)
        elif kind == ".txt":
            texts.append(name)
        elif kind in _PICTURES and path.parent.name:
            pictures.setdefault(path.parent.name, []).append(name)
    return Contents(
        pictures={folder: tuple(names) for folder, names in pictures.items()},
        models=tuple(models),
        texts=tuple(texts),
    )
