"""A file is written as a whole or not at all."""

import os
from pathlib import Path

import pytest

from custom_components.objclass.learning.files import write_atomically

from .child import start


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_written_and_replaced(tmp_path: Path, *, durable: bool) -> None:
    path = tmp_path / "file"
    for content in (b"first", b"", b"\0" * 100_000):
        write_atomically(path, content, durable=durable)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_when_writing_fails_the_old_file_stays_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "file", b"")


def test_a_reader_never_sees_half_a_file_even_when_the_writer_is_killed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    writer = start(
        """
        import sys
        from itertools import count
        from pathlib import Path
        from learning.files import write_atomically

        for number in count():
            data = number.to_bytes(4) * 250_000
            write_atomically(Path(sys.argv[1]), data, durable=False)
            if number == 3:
                print("at it", flush=True)
        """,
        path,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "at it\n"
    for _ in range(200):
        content = path.read_bytes()
        assert content == content[:4] * 250_000
    writer.kill()
    writer.communicate()
    content = path.read_bytes()
    assert content == content[:4] * 250_000
