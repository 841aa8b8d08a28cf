"""Home Assistant is killed at random moments, and in the middle of each writing.

Each step of writing a head or a sample, cut off, is tested in `learning/test_heads`
and `learning/samples/test_crash`; here all are under way at once when SIGKILL comes.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from custom_components.objclass.learning.heads import HeadShelf
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import until
from tests.stack.broker import Broker
from tests.stack.home_assistant import CONFIGURATION, HomeAssistant
from tests.stack.websocket import CommandError, WebSocket

from .stage import Stage, staged

SEED = 20261122
CLASSES = ("leo", "charlie", "none")
# What a program notices of a Home Assistant that is gone.
GONE = (ConnectionError, aiohttp.ClientError, TimeoutError)


@dataclass(kw_only=True)
class Ledger:
    """What Home Assistant has said is done, and what it was still asked for.

    What was asked for when it was killed may be done or not, but nothing else.
    """

    labels: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    training: int = 0
    imported: int = 0
    under_way: set[str] = field(default_factory=set)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(tmp_path_factory: Any, broker: Broker) -> AsyncIterator[Stage]:
    """Return a classifier in a Home Assistant that may be killed."""
    folder: Path = tmp_path_factory.mktemp("killed")
    (folder / "media").mkdir()
    allowed = f"homeassistant:\n  allowlist_external_dirs:\n    - {folder / 'media'}\n"
    async with (
        FrigateSim(
            mqtt_port=broker.port,
            prefix="killed",
            version="0.18.0",
            past_events=40,
            speed=2,
        ) as sim,
        HomeAssistant(folder, configuration=CONFIGURATION + allowed) as hass,
    ):
        await hass.api.add_mqtt(broker)
        async with staged(hass, sim, "Killed") as stage:
            yield stage


async def label_for_ever(
    stage: Stage, ws: WebSocket, book: Ledger, dice: Random
) -> None:
    """Label one crop after the other, and note what was acknowledged."""
    samples = sorted(book.labels)
    while True:
        sample, name = dice.choice(samples), dice.choice(CLASSES)
        book.asked = {sample: name}
        await ws.command(
            "objclass/label",
            classifier_id=stage.classifier,
            sample_ids=[sample],
            **{"class": name},
        )
        book.labels[sample], book.asked = name, {}


async def train_for_ever(stage: Stage, ws: WebSocket, book: Ledger) -> None:
    """Train again and again, and note the last that was acknowledged."""
    while True:
        book.under_way.add("training")
        trained = await ws.command("objclass/train", classifier_id=stage.classifier)
        book.under_way.discard("training")
        if trained["taken"]:
            book.training = max(book.training, int(trained["number"]))


async def import_for_ever(
    stage: Stage, ws: WebSocket, book: Ledger, folder: Path
) -> None:
    """Import ever new pictures, and note how many were acknowledged."""
    crops = sorted((files_of(stage) / "crops").glob("*.jpg"))
    for turn in range(10_000):
        examples = folder / str(turn) / "leo"
        examples.mkdir(parents=True)
        for number, crop in enumerate(crops[:8]):
            # The same picture twice is one: each gets an end of its own.
            content = crop.read_bytes() + f"{folder.name} {turn} {number}".encode()
            (examples / f"{turn}-{number}.jpg").write_bytes(content)
        book.under_way.add("importing")
        answer = await ws.command(
            "objclass/import",
            classifier_id=stage.classifier,
            path=str(examples.parent),
        )
        book.under_way.discard("importing")
        book.imported += sum(answer["images"].values())


def files_of(stage: Stage) -> Path:
    return stage.hass.folder / "objclass" / stage.entry_id / stage.classifier


async def work_until_killed(
    stage: Stage, book: Ledger, dice: Random, folder: Path
) -> set[str]:
    """Let all go on at once, and kill; return what was under way at that moment."""
    book.under_way.clear()
    async with contextlib.AsyncExitStack() as sockets:
        connect = [
            await sockets.enter_async_context(stage.api.websocket()) for _ in range(3)
        ]
        work = [
            asyncio.create_task(label_for_ever(stage, connect[0], book, dice)),
            asyncio.create_task(train_for_ever(stage, connect[1], book)),
            asyncio.create_task(import_for_ever(stage, connect[2], book, folder)),
        ]
        stage.sim.walk("leo", "front_door", duration=20)

        async def begun() -> bool | None:
            failed = any(job.done() for job in work)
            return failed or (book.training > 1 and book.imported > 0) or None

        # However slow the machine is, each has been done once before the first kill.
        await until(begun, "a training and an import", within=240)
        await asyncio.sleep(dice.uniform(0.5, 2.5))  # the moment is the point here
        failed = [job for job in work if job.done()]
        assert not failed, [job.exception() for job in failed]
        hit = book.under_way | ({"labelling"} if book.asked else set())
        await stage.hass.kill()
        ends = await asyncio.gather(*work, return_exceptions=True)
        assert all(isinstance(end, (*GONE, CommandError)) for end in ends), ends
        with contextlib.suppress(*GONE):
            await sockets.aclose()
    return hit


async def test_five_kills_lose_no_label_no_training_and_no_import(stage: Stage) -> None:
    dice = Random(SEED)
    book = Ledger()
    book.labels = {one: name for one, name in (await stage.samples()).items() if name}
    assert len(book.labels) >= 10
    book.training = 1
    hit: set[str] = set()
    for turn in range(5):
        media = stage.hass.folder / "media" / str(turn)
        hit |= await work_until_killed(stage, book, dice, media)
        check_files(stage, book)
        await stage.hass.start()
        await stage.api.wait_for_entry(stage.entry_id, within=120)
        await check_answers(stage, book)
        shutil.rmtree(media)
    # Each was hit in the middle at least once, or nothing has been shown.
    assert hit == {"labelling", "training", "importing"}
    assert book.training > 1
    assert book.imported > 0
    await is_looked_at(stage)
    stage.expect_calm()


async def is_looked_at(stage: Stage) -> None:
    """Wait until a cat was looked at: with such labels nobody knows who it is."""
    async with (
        stage.api.websocket() as ws,
        ws.events("objclass_result") as results,
    ):
        walk = stage.sim.walk("leo", "front_door", duration=8)
        await stage.outcome(results, walk.id, final=True)
    assert await stage.samples(event_id=walk.id)


def check_files(stage: Stage, book: Ledger) -> None:
    """See what is on the disk of a Home Assistant that was just killed."""
    shelf = HeadShelf(files_of(stage))
    current = shelf.current()
    assert current is not None
    assert current.number >= book.training
    for number in shelf.numbers():
        shelf.load(number)  # complete, or it would have no name yet
    for report in (files_of(stage) / "heads").glob("[0-9]*.json"):
        json.loads(report.read_text())


async def check_answers(stage: Stage, book: Ledger) -> None:
    """See what Home Assistant knows after its restart."""
    known = await stage.samples()
    for sample, label in book.labels.items():
        allowed = {label, book.asked.get(sample, label)}
        assert known.get(sample) in allowed, f"{sample}: {label} was acknowledged"
        book.labels[sample] = str(known[sample])
    book.asked = {}
    brought = await stage.samples(source="import")
    assert len(brought) >= book.imported, "an acknowledged import is gone"
    assert set(brought.values()) <= {"leo"}
    book.imported = len(brought)
    for sample in known:
        path = files_of(stage) / "crops" / f"{sample}.jpg"
        assert path.stat().st_size > 0
    report = await stage.command("report")
    (current,) = [one for one in report["history"] if one["current"]]
    assert current["number"] >= book.training
    book.training = int(current["number"])


# What there is as long as a file is being written, by what is being written.
HALF_WRITTEN = {
    "a head": "heads/.*.npz.tmp",
    "its report": "heads/.*.json.tmp",
    "which head is in use": "heads/.current.tmp",
    "an imported crop": "crops/.import-*.tmp",
}


def stopped_while_writing(stage: Stage, pattern: str) -> bool:
    """Stop Home Assistant as soon as there is such a file, and is still.

    What stands still can be looked at in peace before it is killed. To be called from a
    thread: whatever is slower misses the moment.
    """
    assert stage.hass.pid is not None
    folder, _, name = pattern.partition("/")
    place, end = files_of(stage) / folder, monotonic() + 60
    while monotonic() < end:
        if not any(fnmatch(found.name, name) for found in place.iterdir()):
            continue
        os.killpg(stage.hass.pid, signal.SIGSTOP)
        if any(place.glob(name)):
            return True
        os.killpg(stage.hass.pid, signal.SIGCONT)
    return False


@pytest.mark.parametrize("what", HALF_WRITTEN)
async def test_a_kill_while_it_is_half_written_is_as_if_it_had_not_begun(
    stage: Stage, what: str
) -> None:
    labels = await stage.samples()
    book = Ledger(labels={one: name for one, name in labels.items() if name})
    before = HeadShelf(files_of(stage)).current()
    assert before is not None
    book.training = before.number
    book.imported = len(await stage.samples(source="import"))
    media = stage.hass.folder / "media" / what.replace(" ", "_")
    pattern = HALF_WRITTEN[what]
    async with stage.api.websocket() as ws:
        job = (
            import_for_ever(stage, ws, book, media)
            if what == "an imported crop"
            else train_for_ever(stage, ws, book)
        )
        work = asyncio.create_task(job)
        hit = await asyncio.to_thread(stopped_while_writing, stage, pattern)
        assert hit, f"{what} was never seen half written"
        (half,) = files_of(stage).glob(pattern)
        await stage.hass.kill()
        (end,) = await asyncio.gather(work, return_exceptions=True)
        assert isinstance(end, GONE), end
    assert half.exists(), "it was not killed in the middle"
    check_files(stage, book)
    await stage.hass.start()
    await stage.api.wait_for_entry(stage.entry_id, within=120)
    await check_answers(stage, book)
    if half.parent.name == "crops":
        assert not half.exists(), "what is left over is swept away"
    # What was interrupted can be done again.
    await stage.command("train")
    await is_looked_at(stage)
    stage.expect_calm()
