"""Nothing leaves the house, and nobody is named in the log."""

import ast
import json
import logging
import shutil
import sys
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.learning.runtimes import model_server
from custom_components.objclass.objects.looks import Looks
from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault

from .conftest import Frigate, SetUp, classifier_data, classifier_of
from .crops import jpeg, keep
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
    "learning/runtimes/model_server.py": {"http.client"},
    # Python itself, which may die where the graphics processor's driver does.
    "learning/runtimes/runtime_litert_gpu.py": {"subprocess"},
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
    await classifier.trainings.async_train()
    script(classifier, "beatrix", *["valentin"] * 3)
    await visit.look(5)
    await visit.end()
    assert entry.runtime_data.frigate.pipeline.counts["attempts"] >= 4
    jpeg = classifier.samples.last_crop.jpeg
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
    said = ours(caplog)
    assert "assigning class " in said
    for word in (*private, "beatrix", "valentin"):
        assert word not in said, word
    everything = caplog.text
    for word in private:
        assert word not in everything, word


@pytest.mark.parametrize("frigate", [{"past_events": 20} | ACCOUNT], indirect=True)
async def test_nobody_is_named_when_things_go_wrong_either(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Examples, models, the past, damaged files, and a Frigate that is not well.

    The log-in stands in the address, as people write it there.
    """
    caplog.set_level(logging.DEBUG)
    url = frigate.url.replace("http://", "http://ann:s3cret-word@")
    entry = await set_up(
        classifier_data(name="Who", labels=["person"], classes=["beatrix", "valentin"]),
        data={"url": url},
    )
    classifier = classifier_of(entry)
    await bring(hass, tmp_path, "beatrix", "valentin")
    await classifier.trainings.async_train()
    for action, data in DEEDS.items():
        about = {"classifier": classifier.id, **data}
        with suppress(HomeAssistantError):
            await act(hass, action, about)
    broken = frigate.faults.add(Fault(status=500, times=200))
    with suppress(HomeAssistantError):
        await act(hass, "collect", {"classifier": classifier.id, "count": 2})
    assert broken.hits

    def defect(*_: object) -> None:
        raise RuntimeError("a defect of ours")

    cast = frigate.world.cast
    cast["somebody"] = replace(cast["leo"], name="somebody", label="person")
    monkeypatch.setattr(Looks, "async_look", defect)
    visit = Visit(frigate, entry, "somebody")
    await visit.look(2)
    await visit.end()
    assert "a defect of ours" in caplog.text
    frigate.faults.clear()
    await hass.config_entries.async_unload(entry.entry_id)
    lie(classifier.folder / "heads", "beatrix")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert "cannot be read, train it again" in caplog.text
    with (tmp_path / "samples.sqlite").open("wb") as file:
        file.write(b"beatrix" * 999)
    await hass.config_entries.async_unload(entry.entry_id)
    shutil.copy(tmp_path / "samples.sqlite", classifier.folder / "samples.sqlite")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert "The crops of Who cannot be read" in caplog.text
    assert "Not imported: one" in caplog.text
    assert "s3cret-word" not in caplog.text
    said = ours(caplog)
    for word in ("beatrix", "valentin"):
        assert word not in said, word


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """Return what we have logged; entities are named by Home Assistant's own log."""
    return "\n".join(
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if record.name.startswith("custom_components.objclass")
    )


DEEDS: Final[Mapping[str, dict[str, Any]]] = {
    "collect": {"count": 3},
    "export": {},
    "classify_history": {"days": 3},
    "label": {"class": "beatrix", "samples": ["x"]},
    "rollback": {},
    "train": {},
    "report": {},
    "samples": {"class": "valentin"},
}


async def act(hass: HomeAssistant, action: str, data: dict[str, Any]) -> None:
    await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    await hass.async_block_till_done()


async def bring(hass: HomeAssistant, folder: Path, *names: str) -> None:
    """Import pictures from folders that are called like people."""
    for name in names:
        (folder / "brought" / name).mkdir(parents=True)
        for number in range(6):
            content = jpeg() + f"{name} {number}".encode()
            (folder / "brought" / name / f"{number}.jpg").write_bytes(content)
    (folder / "brought" / names[0] / "no_picture.jpg").write_bytes(b"nothing")
    hass.config.allowlist_external_dirs.add(str(folder))
    path = str(folder / "brought")
    await act(hass, "import", {"classifier": "Who", "path": path})


def lie(heads: Path, name: str) -> None:
    """Let the head in use claim what is not so, about somebody."""
    path = heads / f"{(heads / 'current').read_text()}.npz"
    with zipfile.ZipFile(path) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    about = json.loads(members["head.json"])
    about["report"] |= {"images": name}
    with zipfile.ZipFile(path, "w") as archive:
        for item, content in (members | {"head.json": json.dumps(about)}).items():
            archive.writestr(item, content)


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
