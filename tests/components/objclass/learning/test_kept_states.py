"""The states of cameras, kept for the next start."""

from pathlib import Path

import pytest

from custom_components.objclass.learning.confirmation import State
from custom_components.objclass.learning.kept_states import read_states, write_states

STATES = {
    "camera.gate": State(class_name="open", score=0.93, since=12.5, confirmed_by=3),
    "yard": State(class_name="shut", score=1.0, since=99.0, confirmed_by=1),
}


def test_states_are_known_again(tmp_path: Path) -> None:
    assert read_states(tmp_path) == {}
    write_states(tmp_path, STATES)
    assert read_states(tmp_path) == STATES


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"yard": 3}', '{"yard": {"class_name": "x"}}', "\0\0"]
)
def test_a_damaged_file_is_no_hindrance(tmp_path: Path, content: str) -> None:
    (tmp_path / "states.json").write_text(content)
    assert read_states(tmp_path) == {}
