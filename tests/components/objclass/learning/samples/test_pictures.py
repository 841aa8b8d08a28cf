"""Small pictures to look through are made once, and go with their crops."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from custom_components.objclass.learning.crop import PictureError
from custom_components.objclass.learning.infrared import is_infrared
from custom_components.objclass.learning.samples.pictures import THUMB_SIDE, Pictures

from .stores import add, opened, sample


def crop(width: int = 448, height: int = 448) -> bytes:
    across = np.linspace(0, 255, width, dtype=np.uint8)
    picture = np.stack([np.tile(across, (height, 1))] * 3, axis=-1)
    jpeg = BytesIO()
    Image.fromarray(picture).save(jpeg, "JPEG")
    return jpeg.getvalue()


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((448, 448), (THUMB_SIDE, THUMB_SIDE)),
        ((448, 336), (THUMB_SIDE, 240)),
        ((60, 60), (60, 60)),
    ],
)
def test_a_thumbnail_is_a_small_picture_of_the_same_shape(
    tmp_path: Path, size: tuple[int, int], small: tuple[int, int]
) -> None:
    pictures = Pictures(tmp_path)
    pictures.create()
    pictures.write("a", crop(*size), durable=False)
    image = Image.open(BytesIO(pictures.thumbnail("a")))
    assert (image.format, image.size) == ("JPEG", small)
    values = np.asarray(image.convert("L")).astype(int)
    assert values[:, 0].mean() < 30
    assert values[:, -1].mean() > 225


def test_a_thumbnail_is_made_once(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    pictures.create()
    pictures.write("a", crop(), durable=False)
    first = pictures.thumbnail("a")
    pictures.path("a").write_bytes(b"not looked at again")
    assert pictures.thumbnail("a") == first
    assert Pictures(tmp_path).thumbnail("a") == first


def test_many_may_want_the_same_thumbnail_at_once(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    pictures.create()
    pictures.write("a", crop(), durable=False)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(pictures.thumbnail, ["a"] * 40))
    assert len(set(made)) == 1
    assert [path.name for path in (tmp_path / "thumbs").iterdir()] == ["a.jpg"]


def test_a_thumbnail_goes_with_its_crop(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name in "ab":
            assert store.add(sample(name), crop())
            store.pictures.thumbnail(name)
        store.delete(["a"])
        store.prune(0)
        assert list((tmp_path / "thumbs").iterdir()) == []
        with pytest.raises(FileNotFoundError):
            store.pictures.thumbnail("a")


def test_thumbnails_whose_crop_is_gone_are_swept_away(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert store.add(sample("a"), crop())
        store.pictures.thumbnail("a")
        (tmp_path / "thumbs" / "gone.jpg").write_bytes(crop())
        (tmp_path / "thumbs" / ".a.jpg.tmp").write_bytes(b"half")
    with opened(tmp_path):
        assert [path.name for path in (tmp_path / "thumbs").iterdir()] == ["a.jpg"]


def test_a_damaged_crop_has_no_thumbnail_and_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        add(store, "a")
        with pytest.raises(PictureError):
            store.pictures.thumbnail("a")
        assert store.picture_path("a").exists()
        assert list((tmp_path / "thumbs").iterdir()) == []


@pytest.mark.parametrize("sample_id", ["gone", "../crops/a", "a/../a", "", ".", "a\0"])
def test_there_is_no_thumbnail_of_anything_else(tmp_path: Path, sample_id: str) -> None:
    pictures = Pictures(tmp_path)
    pictures.create()
    pictures.write("a", crop(), durable=False)
    with pytest.raises(FileNotFoundError):
        pictures.thumbnail(sample_id)


def test_grey_pictures_are_infrared_and_pale_ones_are_not() -> None:
    random = np.random.default_rng(1)
    grey = random.integers(0, 256, (64, 64, 1), np.uint8).repeat(3, axis=2)
    noisy = np.clip(grey.astype(int) + random.integers(-1, 2, grey.shape), 0, 255)
    pale = np.clip(grey + np.array([8, 0, 0]), 0, 255)
    assert is_infrared(grey)
    assert is_infrared(noisy.astype(np.uint8))
    assert not is_infrared(pale.astype(np.uint8))
    assert not is_infrared(random.integers(0, 256, (64, 64, 3), np.uint8))
