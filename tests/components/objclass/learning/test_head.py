"""A head on disk: what was saved is what is loaded, and damage is noticed."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from custom_components.objclass.learning.head import HeadFileError, load_head, save_head
from custom_components.objclass.learning.training import TrainingResult, train_head

from .clusters import images


@pytest.fixture(scope="module")
def trained() -> TrainingResult:
    data = images(["charlie", "leo"])
    return train_head(
        data.embeddings,
        data.labels,
        groups=data.groups,
        classes=["charlie", "leo", "none"],
        backbone="test",
        infrared=[False] * len(data.labels),
    )


@pytest.fixture
def saved(tmp_path: Path, trained: TrainingResult) -> Path:
    path = tmp_path / "head.npz"
    save_head(path, trained.head, trained.report)
    return path


def test_a_loaded_head_says_exactly_what_the_saved_one_said(
    saved: Path, trained: TrainingResult
) -> None:
    head, report = load_head(saved)
    for row in images(["charlie", "leo", "bus"], seed=1).embeddings:
        assert head.predict(row) == trained.head.predict(row)
    assert report == trained.report
    assert head.backbone == "test"


def test_any_program_can_read_the_report(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        about = json.loads(archive.read("head.json"))
    assert about["classes"] == ["charlie", "leo"]
    assert about["report"]["images"] == 40


def test_the_scores_sum_to_one_and_name_the_best(trained: TrainingResult) -> None:
    prediction = trained.head.predict(images(["leo"], seed=1).embeddings[0])
    assert sum(prediction.scores.values()) == pytest.approx(1)
    assert prediction.best == "leo"
    assert (
        prediction.score == prediction.scores["leo"] == max(prediction.scores.values())
    )


def test_the_length_of_an_embedding_does_not_matter(trained: TrainingResult) -> None:
    row = images(["leo"], seed=1).embeddings[0]
    assert trained.head.predict(row * 7).score == pytest.approx(
        trained.head.predict(row).score
    )


def test_a_head_that_cannot_be_written_leaves_the_old_one(
    saved: Path, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def no_space(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_space)
    with pytest.raises(OSError, match="No space left"):
        save_head(saved, trained.head, trained.report)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_missing_file_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_head(tmp_path / "head.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_head_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(content)
    with pytest.raises(HeadFileError, match=r"head\.npz"):
        load_head(path)


@pytest.mark.parametrize("cut", [10, 200, -1])
def test_a_half_written_file_is_refused(saved: Path, cut: int) -> None:
    saved.write_bytes(saved.read_bytes()[:cut])
    with pytest.raises(HeadFileError):
        load_head(saved)


def test_a_file_with_a_password_is_refused(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    listed = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[listed + 8] |= 1
    saved.write_bytes(content)
    with pytest.raises(HeadFileError, match="password"):
        load_head(saved)


@pytest.mark.parametrize("method", [9, 12, 14, 93, 99])
def test_a_file_that_is_packed_in_another_way_is_refused_unread(
    saved: Path, method: int
) -> None:
    content = bytearray(saved.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 10] = method
        place = content.find(b"PK\x01\x02", place + 1)
    saved.write_bytes(content)
    with pytest.raises(HeadFileError, match="packed in a way"):
        load_head(saved)


def _changed(path: Path, name: str, content: bytes) -> None:
    """Replace one member of the file."""
    with zipfile.ZipFile(path) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for item, data in (members | {name: content}).items():
            archive.writestr(item, data)


def _array(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights.npy", _array(np.zeros((160, 3), np.float32))),
        ("weights.npy", _array(np.zeros((160, 2)))),
        ("weights.npy", _array(np.full((160, 2), np.nan, np.float32))),
        ("weights.npy", _array(np.zeros(160, np.float32))),
        ("weights.npy", _array(np.array([{"a": 1}], object))),
        ("bias.npy", _array(np.zeros(3, np.float32))),
        ("familiarity_basis.npy", _array(np.zeros((80, 4), np.float32))),
        ("familiarity_means.npy", _array(np.zeros((0, 160), np.float32))),
        ("familiarity_means.npy", _array(np.zeros((2, 80), np.float32))),
        ("familiarity_variances.npy", _array(np.zeros(2, np.float32))),
        ("head.json", b"{}"),
        ("head.json", b"[]"),
        ("head.json", b"\xff"),
        ("head.json", b"[" * 200_000),
        ("head.json", b'{"format": %s}' % (b"9" * 5000)),
        ("weights.npy", b"\x93NUMPY\1\0\2\0\0\n"),
    ],
)
def test_a_file_whose_parts_do_not_fit_is_refused(
    saved: Path, name: str, content: bytes
) -> None:
    _changed(saved, name, content)
    with pytest.raises(HeadFileError):
        load_head(saved)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 99},
        {"temperature": 0},
        {"temperature": "hot"},
        {"temperature": 1e-320},
        {"temperature": 10**400},
        {"classes": ["leo"]},
        {"classes": ["leo", "leo"]},
        {"classes": ["leo", 3]},
        {"classes": ["leo", "\ud800"]},
        {"backbone": "\ud800"},
        {"backbone": None},
        {"report": {}},
        {"report": None},
        {"familiarity_limit": -1},
        {"familiarity_limit": "far"},
    ],
)
def test_a_file_with_impossible_facts_is_refused(
    saved: Path, changes: dict[str, object]
) -> None:
    with zipfile.ZipFile(saved) as archive:
        about = json.loads(archive.read("head.json"))
    _changed(saved, "head.json", json.dumps(about | changes).encode())
    with pytest.raises(HeadFileError):
        load_head(saved)


def test_a_file_that_unpacks_to_far_too_much_is_refused_unread(saved: Path) -> None:
    with zipfile.ZipFile(saved, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.npy", bytes(70 * 2**20))
    with pytest.raises(HeadFileError, match="too large"):
        load_head(saved)
