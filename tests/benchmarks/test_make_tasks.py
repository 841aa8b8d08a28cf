"""Finer tasks and strangers come from the names of the photos."""

from pathlib import Path

import pytest

from benchmarks.make_tasks import (
    CATS,
    DOGS,
    FINER,
    NEIGHBOURS,
    UNKNOWN,
    UNRELATED,
    WITH_NONE,
)
from benchmarks.tasks import find_tasks

from .conftest import Run, make_pictures


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return folders like the shared ones."""
    folder = tmp_path / "photos"
    for kind, breeds in (("cat", CATS), ("dog", DOGS)):
        make_pictures(folder / "made", kind, len(breeds))
        (folder / "cat_or_dog" / kind).mkdir(parents=True)
        made = sorted((folder / "made" / kind).iterdir())
        for picture, breed in zip(made, breeds, strict=True):
            picture.rename(folder / "cat_or_dog" / kind / f"{breed}_1.jpg")
    make_pictures(folder / "day_night", "day", 1)
    make_pictures(folder / "day_night", "night", 1)
    for picture in folder.glob("day_night/*/*.png"):
        picture.rename(picture.with_suffix(".jpg"))
    return folder


def test_every_task_has_its_classes_and_strangers(
    tmp_path: Path, run: Run, photos: Path
) -> None:
    into = tmp_path / "tasks"
    for _ in range(2):  # made anew, whatever was there
        run("make_tasks", photos, "--into", into)
    assert find_tasks(into / "digits")
    for folder, wanted in (
        ("finer", FINER),
        ("neighbours", NEIGHBOURS),
        ("with_none", WITH_NONE),
        ("unrelated", UNRELATED),
    ):
        tasks = {task.name: task for task in find_tasks(into / folder)}
        assert set(tasks) == set(wanted)
        for name, groups in wanted.items():
            assert set(tasks[name].pictures) == set(groups)
            assert (UNKNOWN in groups) == (folder != "finer")
            pictures = [
                path.resolve() for own in tasks[name].pictures.values() for path in own
            ]
            assert len(pictures) == len(set(pictures)), "a photo is in two classes"


def test_photos_that_are_missing_are_named(tmp_path: Path, run: Run) -> None:
    with pytest.raises(SystemExit, match="no photos of Abyssinian, Bengal"):
        run("make_tasks", tmp_path, "--into", tmp_path / "tasks")
