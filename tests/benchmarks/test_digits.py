"""A real task that nobody has to fetch."""

from pathlib import Path

from learning.crop import decode

from benchmarks.digits import PAIR, TEN, write_digits
from benchmarks.tasks import find_tasks


def test_all_scanned_digits_become_pictures_of_their_class(tmp_path: Path) -> None:
    write_digits(tmp_path)
    tasks = {task.name: task.pictures for task in find_tasks(tmp_path)}
    assert set(tasks[TEN]) == set("0123456789")
    assert sum(map(len, tasks[TEN].values())) == 1797
    assert set(tasks[PAIR]) == {"3", "8"}
    picture = decode(tasks[PAIR]["3"][0].read_bytes())
    assert picture.size == (224, 224)
    assert picture.getpixel((0, 0)) == (255, 255, 255)
