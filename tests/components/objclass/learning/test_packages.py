"""Folders and zips of pictures: what is right is read, what is wrong is refused."""

import os
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.objclass.learning import packages
from custom_components.objclass.learning.packages import (
    PackageError,
    UnreadableFileError,
    contents_of,
    open_package,
)

type Make = Callable[..., Path]

FILES = {
    "dataset/leo/1.jpg": b"first",
    "dataset/leo/2.PNG": b"second",
    "dataset/charlie/1.webp": b"third",
    "dataset/charlie/.hidden.jpg": b"-",
    "__MACOSX/dataset/leo/._1.jpg": b"-",
    "dataset/notes.txt": b"-",
    "top.jpg": b"of no class",
    "model.tflite": b"model",
}


def a_folder(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    for name, content in files.items():
        path = folder / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "pictures"


def a_zip(folder: Path, files: dict[str, bytes] = FILES, method: int = 8) -> Path:
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("make", [a_folder, a_zip])
def test_the_folder_that_a_picture_is_in_is_its_class(
    make: Make, tmp_path: Path
) -> None:
    with open_package(make(tmp_path)) as package:
        contents = contents_of(package)
        assert contents.pictures == {
            "leo": ("dataset/leo/1.jpg", "dataset/leo/2.PNG"),
            "charlie": ("dataset/charlie/1.webp",),
        }
        assert contents.models == ("model.tflite",)
        assert package.read("dataset/leo/2.PNG", 100) == b"second"


@pytest.mark.parametrize("make", [a_folder, a_zip])
def test_a_file_that_is_too_large_is_not_read(make: Make, tmp_path: Path) -> None:
    with open_package(make(tmp_path, {"leo/1.jpg": bytes(5 << 20)})) as package:
        assert len(package.read("leo/1.jpg", 5 << 20)) == 5 << 20
        with pytest.raises(UnreadableFileError, match="larger than 4 MB"):
            package.read("leo/1.jpg", 4 << 20)


@pytest.mark.parametrize("make", [a_folder, a_zip])
def test_all_files_together_are_bounded(make: Make, tmp_path: Path) -> None:
    with (
        patch.object(packages, "MOST_BYTES", 8),
        open_package(make(tmp_path)) as package,
    ):
        package.read("dataset/leo/1.jpg", 100)
        with pytest.raises(PackageError, match="in it"):
            package.read("dataset/leo/2.PNG", 100)


@pytest.mark.parametrize("make", [a_folder, a_zip])
def test_too_many_files_are_refused(make: Make, tmp_path: Path) -> None:
    path = make(tmp_path)
    with (
        patch.object(packages, "MOST_FILES", 5),
        pytest.raises(PackageError, match="more than 5 files"),
        open_package(path),
    ):
        pass


# Folders


def test_links_pipes_and_what_is_too_deep_are_left_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "1.jpg").write_bytes(b"secret")
    folder = a_folder(tmp_path, {"leo/1.jpg": b"-", "1/2/3/4/5/6/7/8/9/1.jpg": b"-"})
    (folder / "charlie").symlink_to(secret)
    (folder / "leo" / "2.jpg").symlink_to(secret / "1.jpg")
    os.mkfifo(folder / "leo" / "3.jpg")
    with open_package(folder) as package:
        assert package.names == ["leo/1.jpg"]


def test_a_file_that_has_gone_meanwhile_is_said(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    with open_package(folder) as package:
        (folder / "dataset/leo/1.jpg").unlink()
        with pytest.raises(UnreadableFileError, match="No such file"):
            package.read("dataset/leo/1.jpg", 100)


# Zips


@pytest.mark.parametrize(
    "name",
    [
        "../outside.jpg",
        "leo/../../outside.jpg",
        "/etc/leo/1.jpg",
        "C:/leo/1.jpg",
        "leo\\..\\..\\1.jpg",
        "\\\\server\\leo\\1.jpg",
        "leo/1.jpg\0.txt",
    ],
)
def test_a_zip_that_names_files_outside_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x" * len(name))
        info.filename = name
        archive.writestr(info, b"-")
    with pytest.raises(PackageError, match="outside of itself"), open_package(path):
        pass


def test_slashes_of_windows_are_slashes(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dataset\\leo\\1.jpg", b"first")
    with open_package(path) as package:
        assert contents_of(package).pictures == {"leo": ("dataset/leo/1.jpg",)}
        assert package.read("dataset/leo/1.jpg", 100) == b"first"


def _without_mark(path: Path) -> None:
    """Let a zip not say that its names are UTF-8."""
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        flags = content.index(signature) + place
        assert content[flags + 1] & 8
        content[flags + 1] &= ~8
    path.write_bytes(content)


def test_a_zip_of_a_mac_keeps_the_accents_of_its_folders(tmp_path: Path) -> None:
    path = a_zip(tmp_path, {"Mu\u0308ller/1.jpg": b"first"})
    _without_mark(path)
    with open_package(path) as package:
        assert [*contents_of(package).pictures] == ["Mu\u0308ller"]
        assert package.read("Mu\u0308ller/1.jpg", 100) == b"first"


def test_a_zip_of_an_old_windows_keeps_the_accents_of_its_folders(
    tmp_path: Path,
) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Mxller/1.jpg", b"first")
    path.write_bytes(path.read_bytes().replace(b"Mxller", b"M\x81ller"))
    with open_package(path) as package:
        assert [*contents_of(package).pictures] == ["M\u00fcller"]
        assert package.read("M\u00fcller/1.jpg", 100) == b"first"


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = a_zip(tmp_path, {"leo/1.jpg": b"first"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(PackageError, match="password"), open_package(path):
        pass


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_of_another_method_is_refused(method: int, tmp_path: Path) -> None:
    path = a_zip(tmp_path, method=method)
    with pytest.raises(PackageError, match="not supported"), open_package(path):
        pass


@pytest.mark.parametrize("content", [b"", b"PK", b"\xff\xd8\xff" * 100, b"PK\5\6" * 3])
def test_what_is_no_zip_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(content)
    with pytest.raises(PackageError, match="no zip"), open_package(path):
        pass


def test_a_model_without_its_labels_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(b"\x1c\0\0\0TFL3")
    with pytest.raises(PackageError, match="zip both"), open_package(path):
        pass


def a_list_of(path: Path, files: int, *, extra: bytes = b"", comment: int = 0) -> bytes:
    """Return a zip that says it has one file, and lists that many times the same."""
    content = a_zip(path, {"leo/1.jpg": b"first"}).read_bytes()
    start, end = content.index(b"PK\1\2"), content.rindex(b"PK\5\6")
    entry = content[start : start + 30] + struct.pack("<H", len(extra))
    listed = (entry + content[start + 32 : end] + extra) * files
    sizes = struct.pack("<LLH", len(listed), start, comment)
    return content[:start] + listed + content[end : end + 12] + sizes + bytes(comment)


@pytest.mark.parametrize("comment", [0, 0xFFFF])
def test_a_zip_of_too_long_a_list_is_refused_whatever_it_says_of_it(
    comment: int, tmp_path: Path
) -> None:
    path = tmp_path / "pictures.zip"
    most, many = (a_list_of(tmp_path, n, comment=comment) for n in (20_000, 20_001))
    noted = a_list_of(tmp_path, 1, extra=b"\7\7\0\0" * 1000, comment=comment)
    end = most.rindex(b"PK\5\6")
    newer = most[:end] + b"PK\6\7" + bytes(16) + most[end:]
    long = most[: end + 12] + struct.pack("<L", 1 << 30) + most[end + 16 :]
    for changed, reason in (
        (many, "more than 20000 files"),
        (newer, "more than 20000 files"),
        (long, "list of files is too long"),
        (noted, "list of files is too long"),
    ):
        path.write_bytes(changed)
        with pytest.raises(PackageError, match=reason), open_package(path):
            pass
    path.write_bytes(most)
    with open_package(path) as package:
        assert package.read("leo/1.jpg", 100) == b"first"


def test_a_zip_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with path.open("wb") as file:
        file.truncate((2 << 30) + 1)
    with pytest.raises(PackageError, match="larger than 2 GB"), open_package(path):
        pass


def test_a_small_zip_of_a_large_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    path = a_zip(tmp_path, {"leo/1.jpg": bytes(64 << 20)})
    assert path.stat().st_size < 100_000
    # It may even say that the file is small.
    content = bytearray(path.read_bytes())
    listed = content.index(b"PK\1\2")
    content[listed + 24 : listed + 28] = struct.pack("<L", 10)
    lying = tmp_path / "lying.zip"
    lying.write_bytes(content)
    with open_package(path) as package, pytest.raises(UnreadableFileError):
        package.read("leo/1.jpg", 1 << 20)
    with open_package(lying) as package, suppress(UnreadableFileError):
        assert len(package.read("leo/1.jpg", 1 << 20)) == 10


@settings(max_examples=200)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_zip_is_read_or_refused_but_nothing_else_happens(
    changes: list[tuple[int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = a_zip(tmp_path_factory.mktemp("zips"))
    content = bytearray(path.read_bytes())
    for place, value in changes:
        start = place % len(content)
        content[start : start + len(value)] = value
    path.write_bytes(content)
    try:
        with open_package(path) as package:
            for name in package.names:
                try:
                    package.read(name, 100)
                except UnreadableFileError:
                    continue
    except PackageError:
        return
