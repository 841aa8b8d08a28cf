"""Nothing leaves the house, and nobody is named in the log."""

import ast
import logging
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant

from custom_components.objclass.learning import model_server
from tests.frigate_sim.auth import Account

from .conftest import Frigate, SetUp, classifier_data, classifier_of
from .crops import keep
from .source_code import COMPONENT
from .visits import Visit, script

ACCOUNT: Final = {"accounts": {"ann": Account(password="s3cret-word")}}
# Modules with which a program can reach another machine.
NETWORK: Final = {
    *("aiohttp", "ftplib", "http.client", "httpx", "imaplib", "paho", "poplib"),
    *("requests", "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib3"),
    *("urllib.request", "xmlrpc", "webbrowser", "subprocess", "multiprocessing"),
}
# Who may: the way to Frigate, and to the model server that a person has set up.
# The others ask for no more than the types of a view's request and answer.
ALLOWED: Final = {
    "frigate/client.py": {"aiohttp"},
    "frigate/connection.py": {"aiohttp"},
    "learning/model_server.py": {"http.client"},
}
ONLY_TO_ANSWER: Final = {"aiohttp.web", "aiohttp.hdrs"}


class _Recorder:
    """Notes where this process connects to, whoever does it; hooks stay for ever."""

    def __init__(self) -> None:
        self.reached: list[tuple[str, Any]] | None = None
        sys.addaudithook(self._on_event)

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.reached is None:
            return
        if event in ("socket.connect", "socket.sendto"):
            self.reached.append((event, arguments[1]))
        elif event in ("socket.getaddrinfo", "subprocess.Popen", "os.system"):
            self.reached.append((event, arguments[0]))


_RECORDER: Final = _Recorder()


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """Note everything that is reached meanwhile."""
    _RECORDER.reached = reached = []
    try:
        yield reached
    finally:
        _RECORDER.reached = None


async def live(hass: HomeAssistant, frigate: Frigate, set_up: SetUp) -> list[str]:
    """Do all that there is to do with people; return what nobody else may know."""
    entry = await set_up(
        classifier_data(name="Who", labels=["person"], classes=["beatrix", "valentin"]),
        data={"username": "ann", "password": "s3cret-word"},
    )
    classifier = classifier_of(entry)
    cast = frigate.world.cast
    cast["somebody"] = replace(cast["leo"], name="somebody", label="person")
    visit = Visit(frigate, entry, "somebody")
    await visit.look(2)
    for name in ("beatrix", "valentin"):
        await keep(classifier, name, 6)
    await classifier.async_train()
    script(classifier, "beatrix", *["valentin"] * 3)
    await visit.look(5)
    await visit.end()
    assert entry.runtime_data.frigate.pipeline.counts["attempts"] >= 4
    jpeg = classifier.last_crop.jpeg
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return ["s3cret-word", repr(jpeg)[2:40], b64encode(jpeg).decode()[:40]]


@pytest.mark.parametrize("frigate", [{"past_events": 20} | ACCOUNT], indirect=True)
async def test_nothing_is_asked_but_the_users_own_frigate(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    port = int(frigate.url.rpartition(":")[2])
    with recorded() as reached:
        await live(hass, frigate, set_up)
    assert reached, "the recorder is broken"
    own = {("socket.connect", ("127.0.0.1", port)), ("socket.getaddrinfo", "127.0.0.1")}
    assert {(event, where) for event, where in reached} <= own


@pytest.mark.parametrize("frigate", [{"past_events": 20} | ACCOUNT], indirect=True)
async def test_the_log_names_nobody_and_carries_no_log_in_and_no_picture(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    private = await live(hass, frigate, set_up)
    said = "\n".join(
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if record.name.startswith("custom_components.objclass")
    )
    assert "assigning class " in said
    for word in (*private, "beatrix", "valentin"):
        assert word not in said, word
    everything = caplog.text
    for word in private:
        assert word not in everything, word


def test_only_what_talks_to_frigate_and_to_the_model_server_can_talk_at_all() -> None:
    assert Path(model_server.__file__).is_file()
    found: dict[str, set[str]] = {}
    for path in COMPONENT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            name
            for node in ast.walk(tree)
            for name in _imported(node)
            if any(name == one or name.startswith(f"{one}.") for one in NETWORK)
        }
        if names - ONLY_TO_ANSWER:
            found[path.relative_to(COMPONENT).as_posix()] = names - ONLY_TO_ANSWER
    assert found == ALLOWED


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [
            f"{node.module}.{alias.name}"
            if node.module in ("aiohttp", "http", "urllib")
            else node.module
            for alias in node.names
        ]
    return []
