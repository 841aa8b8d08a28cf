"""The head in use is always a whole one, and an older one can be taken back."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from custom_components.objclass.learning.head import Head, HeadFileError
from custom_components.objclass.learning.heads import KEPT, HeadShelf
from custom_components.objclass.learning.training import TrainingResult, train_head

from .child import PATIENCE, start
from .clusters import images


@pytest.fixture(scope="module")
def trained() -> TrainingResult:
    data = images(["charlie", "leo"])
    return train_head(
        data.embeddings,
        data.labels,
        groups=data.groups,
        classes=["charlie", "leo"],
        backbone="test",
        ids=[str(number) for number in range(len(data.labels))],
    )


def put(shelf: HeadShelf, trained: TrainingResult, times: int = 1) -> list[int]:
    return [shelf.put(trained.head, trained.report).number for _ in range(times)]


def in_use(shelf: HeadShelf) -> int | None:
    kept = shelf.current()
    return kept and kept.number


def same(one: Head, other: Head) -> bool:
    return np.array_equal(one.weights, other.weights) and one.classes == other.classes


def test_before_the_first_training_there_is_no_head(tmp_path: Path) -> None:
    shelf = HeadShelf(tmp_path)
    assert shelf.current() is None
    assert shelf.numbers() == []


def test_a_new_head_is_in_use_also_after_a_restart(
    tmp_path: Path, trained: TrainingResult
) -> None:
    put(HeadShelf(tmp_path), trained)
    kept = HeadShelf(tmp_path).current()
    assert kept is not None
    assert same(kept.head, trained.head)
    assert kept.report == trained.report
    age = datetime.now(UTC) - kept.trained_at
    assert timedelta(seconds=-5) < age < timedelta(minutes=5)


def test_the_last_five_are_kept(tmp_path: Path, trained: TrainingResult) -> None:
    shelf = HeadShelf(tmp_path)
    assert put(shelf, trained, 12) == list(range(1, 13))
    assert shelf.numbers() == [8, 9, 10, 11, 12]
    assert KEPT == 5
    assert in_use(shelf) == 12


def test_an_older_head_can_be_taken_back_and_is_not_removed_by_that(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained, 5)
    assert shelf.use(1).number == 1
    assert in_use(HeadShelf(tmp_path)) == 1


def test_the_head_that_was_in_use_outlives_the_next_training(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained, 5)
    shelf.use(1)
    assert put(shelf, trained) == [6]
    assert shelf.numbers() == [1, 2, 3, 4, 5, 6]
    assert shelf.use(1).number == 1, "what worked before can be taken back"
    put(shelf, trained)
    shelf.use(7)
    put(shelf, trained)
    assert shelf.numbers() == [4, 5, 6, 7, 8]


def test_the_head_in_use_is_always_there(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shelf = HeadShelf(tmp_path)
    for _ in range(8):
        put(shelf, trained)
        assert in_use(shelf) in shelf.numbers()
        shelf.use(shelf.numbers()[0])
        assert in_use(shelf) in shelf.numbers()


@pytest.mark.parametrize("number", [0, 6, 99, -1])
def test_a_head_that_is_not_there_cannot_be_taken_in_use(
    tmp_path: Path, trained: TrainingResult, number: int
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained, 5)
    with pytest.raises(FileNotFoundError):
        shelf.use(number)
    assert in_use(shelf) == 5


def test_a_damaged_head_cannot_be_taken_in_use(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained, 2)
    (tmp_path / "heads" / "1.npz").write_bytes(b"damaged")
    with pytest.raises(HeadFileError):
        shelf.use(1)
    assert in_use(shelf) == 2


def test_when_the_head_in_use_is_damaged_an_older_one_can_be_taken(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained, 2)
    path = tmp_path / "heads" / "2.npz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(HeadFileError, match=r"2\.npz"):
        shelf.current()
    shelf.use(1)
    assert in_use(HeadShelf(tmp_path)) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../x", b"1.5"])
def test_a_damaged_note_of_the_head_in_use_is_an_error_that_says_so(
    tmp_path: Path, trained: TrainingResult, content: bytes
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained)
    (tmp_path / "heads" / "current").write_bytes(content)
    with pytest.raises(HeadFileError, match="current names no head"):
        shelf.current()
    put(shelf, trained)
    assert in_use(shelf) == 2


@pytest.mark.parametrize("fails_at", ["2.npz", "current"])
def test_when_writing_a_new_head_fails_the_old_one_stays_in_use(
    tmp_path: Path,
    trained: TrainingResult,
    monkeypatch: pytest.MonkeyPatch,
    fails_at: str,
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained)
    replace = Path.replace

    def no_space(self: Path, target: Path) -> Path:
        if target.name == fails_at:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", no_space)
        with pytest.raises(OSError, match="No space left"):
            put(shelf, trained)
        assert in_use(shelf) == 1
    put(shelf, trained)
    assert in_use(shelf) == shelf.numbers()[-1]


@pytest.mark.parametrize("dies_at", ["2.npz", "current"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_during_the_change_leaves_a_head_in_use(
    tmp_path: Path, trained: TrainingResult, dies_at: str, when: str
) -> None:
    put(HeadShelf(tmp_path), trained)
    process = start(
        """
        import os, signal, sys
        from pathlib import Path
        from learning.heads import HeadShelf

        folder, dies_at, when = sys.argv[1:]
        replace = Path.replace

        def deadly(self, target):
            if target.name == dies_at and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            replace(self, target)
            if target.name == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

        shelf = HeadShelf(Path(folder))
        kept = shelf.current()
        Path.replace = deadly
        shelf.put(kept.head, kept.report)
        """,
        tmp_path,
        dies_at,
        when,
    )
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == -9, errors
    shelf = HeadShelf(tmp_path)
    kept = shelf.current()
    assert kept is not None
    assert kept.number == (2 if (dies_at, when) == ("current", "after") else 1)
    assert same(kept.head, trained.head)
    put(shelf, trained, 6)
    assert len(shelf.numbers()) == KEPT
    assert in_use(shelf) == shelf.numbers()[-1]
    assert not [path for path in (tmp_path / "heads").iterdir() if ".tmp" in path.name]


def test_foreign_files_among_the_heads_do_no_harm(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained)
    heads = tmp_path / "heads"
    shutil.copy(heads / "1.npz", heads / "copy of 1.npz")
    (heads / ".DS_Store").write_bytes(b"")
    assert shelf.numbers() == [1]
    put(shelf, trained)
    assert shelf.numbers() == [1, 2]


@pytest.mark.parametrize(
    ("new", "classes"),
    [("leon", ("charlie", "leon")), ("charlie", ("charlie", "leo"))],
    ids=["another name", "merged"],
)
def test_every_head_goes_by_another_name_unless_two_classes_become_one(
    tmp_path: Path, trained: TrainingResult, new: str, classes: tuple[str, ...]
) -> None:
    shelf = HeadShelf(tmp_path)
    put(shelf, trained, times=2)
    before = shelf.load(1)
    shelf.rename({"leo": new}, {})
    for number in (1, 2):
        kept = shelf.load(number)
        assert kept.head.classes == classes
        assert tuple(item.name for item in kept.report.classes) == classes
        assert {*kept.report.recognised_as.values()} <= {*classes}
        assert kept.report.accuracy == before.report.accuracy
    assert shelf.load(1).trained_at == before.trained_at
    assert in_use(shelf) == 2
