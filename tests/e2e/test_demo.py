"""The demo proves itself: what a simulated camera shows is named in Home Assistant."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.stack import demo

REPOSITORY = Path(__file__).parents[2]
PHOTOS = REPOSITORY.parent / "shared" / "data" / "images"


async def run_demo(*words: str) -> tuple[int, str]:
    """Run the demo as scripts/demo does; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.stack.demo", *words),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_drawn_cats_get_their_names() -> None:
    code, output = await run_demo("--check")
    assert code == 0, output
    assert "is leo, Frigate's sub label too" in output
    assert "is charlie, Frigate's sub label too" in output


async def test_photographed_cats_and_dogs_are_told_apart() -> None:
    if not PHOTOS.is_dir():
        pytest.skip(f"no photos: {PHOTOS.relative_to(REPOSITORY.parent)} is not there")
    code, output = await run_demo("--check", "--images", str(PHOTOS))
    assert code == 0, output
    assert "is cat, Frigate's sub label too" in output
    assert "is dog, Frigate's sub label too" in output


async def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    code, output = await run_demo("--check", "--images", str(tmp_path))
    assert code == 1
    assert "no class folders" in output


async def test_the_check_fails_when_the_wrong_name_is_shown(tmp_path: Path) -> None:
    arguments = demo.parse(["--check"])
    with pytest.raises(demo.CheckError, match="walked past, and"):
        await demo.run(arguments, teacher=_teach_the_wrong_names)


async def _teach_the_wrong_names(stage: demo.Stage) -> None:
    """Label Leo as Charlie and Charlie as Leo."""
    swapped = {"leo": "charlie", "charlie": "leo"}
    truths = {key: swapped.get(name, name) for key, name in stage.sim.truths.items()}
    await demo.teach(stage, truths)
