"""The disk is full, or may not be written to: nothing is lost, and looking goes on.

The store's own behaviour at each step is tested in `learning/samples/test_crash`; here
Home Assistant's whole folder of ours is on a disk of its own, which really is full.
"""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import until
from tests.stack.broker import Broker
from tests.stack.disk import fill
from tests.stack.home_assistant import HomeAssistant
from tests.stack.websocket import CommandError

from .stage import Stage, staged

MEGABYTES = 12


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def disk(home_assistant: HomeAssistant) -> Iterator[Path]:
    """Return the folder of the integration, on a small disk of its own."""
    folder = home_assistant.folder / "objclass"
    folder.mkdir(exist_ok=True)
    try:
        mount("-t", "tmpfs", "-o", f"size={MEGABYTES}m", "objclass-test", str(folder))
    except OSError, subprocess.CalledProcessError:
        pytest.skip("NOT TESTED: a full disk; a disk may not be mounted here (root)")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(
    home_assistant: HomeAssistant, broker: Broker, disk: Path
) -> AsyncIterator[Stage]:
    async with (
        FrigateSim(
            mqtt_port=broker.port,
            prefix="disk",
            version="0.18.0",
            past_events=40,
            speed=2,
        ) as sim,
        staged(home_assistant, sim, "Disk") as stage,
    ):
        assert os.statvfs(disk).f_blocks * os.statvfs(disk).f_frsize == MEGABYTES << 20
        yield stage


async def refused_at(stage: Stage, samples: list[str]) -> tuple[dict[str, str], str]:
    """Label until it is refused; return what was acknowledged, and the refusal."""
    acknowledged: dict[str, str] = {}
    for turn in range(400):
        sample, name = samples[turn % len(samples)], ("leo", "charlie")[turn % 2]
        try:
            await stage.command("label", sample_ids=[sample], **{"class": name})
        except CommandError as err:
            return acknowledged, str(err)
        acknowledged[sample] = name
    raise AssertionError("the disk is full, and no label was refused")


async def test_on_a_full_disk_labels_are_refused_and_objects_are_still_named(
    stage: Stage, disk: Path
) -> None:
    before = await stage.samples()
    filler = fill(disk)
    acknowledged, refusal = await refused_at(stage, list(before))
    assert os.statvfs(disk).f_bavail == 0
    assert "Disk" in refusal  # the classifier, by its name
    assert "full" in refusal.lower() or "space" in refusal.lower(), refusal
    # What was said before the refusal counts, the refused one does not.
    assert await stage.samples() == before | acknowledged

    seen = await stage.sees()
    assert seen not in {name.rpartition("-")[0] for name in await stage.samples()}
    with pytest.raises(CommandError, match="Disk"):
        await stage.command("train")
    report = await stage.command("report")
    assert report["report"] is not None

    filler.unlink()
    sample = next(iter(before))
    await stage.command("label", sample_ids=[sample], **{"class": "charlie"})
    assert (await stage.samples())[sample] == "charlie"
    await stage.command("train")
    seen = await stage.sees()

    async def kept() -> bool | None:
        return bool(await stage.samples(event_id=seen)) or None

    await until(kept, "crops to be kept again", within=60)
    log = stage.log()
    assert log.count("Crops of Disk cannot be kept") == 1
    assert "Crops of Disk can be kept again" in log
    stage.expect_calm()


@asynccontextmanager
async def switched_off(stage: Stage) -> AsyncIterator[None]:
    """Let the entry rest; its files are closed."""
    async with stage.api.websocket() as ws:
        change = {"entry_id": stage.entry_id, "disabled_by": "user"}
        await ws.command("config_entries/disable", **change)
        await stage.api.wait_for_entry(stage.entry_id, "not_loaded")
        yield
        await ws.command("config_entries/disable", **change | {"disabled_by": None})


async def told(stage: Stage) -> bool:
    """Return whether a repair says that nothing can be kept."""
    async with stage.api.websocket() as ws:
        issues = (await ws.command("repairs/list_issues"))["issues"]
    ids = {one["issue_id"] for one in issues if one["domain"] == "objclass"}
    return f"storage-{stage.entry_id}" in ids


async def test_in_a_read_only_folder_objects_are_named_and_it_heals_by_itself(
    stage: Stage, disk: Path
) -> None:
    before = await stage.samples()
    async with switched_off(stage):
        mount("-o", "remount,ro", str(disk))
    try:
        with pytest.raises(OSError, match="Read-only"):
            (disk / "new").touch()
        await stage.api.wait_for_entry(stage.entry_id)

        async def said() -> bool | None:
            return await told(stage) or None

        await until(said, "a repair to say so", within=60)
        assert await stage.samples() == before
        await stage.sees()
        sample = next(iter(before))
        with pytest.raises(CommandError, match=r"Disk.*Read-only"):
            await stage.command("label", sample_ids=[sample], **{"class": "leo"})
        assert await stage.samples() == before
    finally:
        mount("-o", "remount,rw", str(disk))

    async def healed() -> bool | None:
        return not await told(stage) or None

    await until(healed, "the repair to be taken back", within=300)
    await stage.api.wait_for_entry(stage.entry_id)
    await stage.command("label", sample_ids=[sample], **{"class": "leo"})
    assert await stage.samples() == before | {sample: "leo"}
    seen = await stage.sees()

    async def kept() -> bool | None:
        return bool(await stage.samples(event_id=seen)) or None

    await until(kept, "crops to be kept again", within=60)
    stage.expect_calm()
