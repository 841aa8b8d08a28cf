"""Small disks for the integration's folder, which really are full, or really fail."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import pytest

MEGABYTES = 24


class Disk:
    """An ext4 file system in a file of its own, mounted on a folder."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self.folder = folder
        image.write_bytes(b"")
        with image.open("r+b") as file:
            file.truncate(MEGABYTES << 20)
        # Nothing is kept for the administrator, who we may be.
        run("mkfs.ext4", "-q", "-m", "0", str(image))
        self.mount()

    def mount(self) -> None:
        """Mount it; a disk that is damaged becomes read-only, as on most systems."""
        options = "loop,errors=remount-ro"
        run("mount", "-o", options, str(self._image), str(self.folder))

    def unmount(self) -> None:
        """Unmount it, whoever still has files open."""
        run("umount", "--lazy", str(self.folder))

    def repair(self) -> None:
        """Do what a system does when it is started after a failure."""
        self.unmount()
        # Its answer is 1 when it has mended something.
        subprocess.run(["e2fsck", "-fy", self._image], capture_output=True, check=False)
        self.mount()

    def fail(self) -> None:
        """Let the kernel find the disk damaged: it makes it read-only at once."""
        device = run("findmnt", "-no", "SOURCE", str(self.folder)).strip()
        trigger = Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error")
        trigger.write_text("1")


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Disk]:
    """Mount a new disk on a folder; skip the test where nothing may be mounted."""
    folder.mkdir(exist_ok=True)
    try:
        disk = Disk(image, folder)
    except OSError, subprocess.CalledProcessError:
        pytest.skip("NOT TESTED: a disk that is full; none may be mounted here (root)")
    try:
        yield disk
    finally:
        disk.unmount()


def fill(folder: Path, *, but: int = 0) -> Path:
    """Write a file until there is no room but for so many bytes; return it."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        # What was set aside and not needed is only known when all is written.
        for _ in range(3):
            _write_all(file)
            os.sync()
        file.truncate(max(0, file.tell() - but))
    os.sync()
    return filler


def _write_all(file: FileIO) -> None:
    try:
        # A write is shortened to what there is room for; the next one fails.
        while file.write(bytes(1 << 14)):
            pass
    except OSError as err:
        if err.errno != errno.ENOSPC:
            raise


def run(*words: str) -> str:
    """Run a program; return what it says."""
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
