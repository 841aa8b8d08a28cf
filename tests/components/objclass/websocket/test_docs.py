"""The commands over the websocket are those that the documentation describes."""

import re

from custom_components.objclass.websocket import _SUBJECTS

from ..source_code import REPOSITORY


def test_every_command_is_documented() -> None:
    commands = {
        command._ws_command  # type: ignore[attr-defined]
        for subject in _SUBJECTS
        for command in subject.COMMANDS
    }
    text = (REPOSITORY / "docs" / "websocket.md").read_text()
    named = set(re.findall(r"`objclass/\w+`", text))
    assert {name.strip("`") for name in named} == commands
