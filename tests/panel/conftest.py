"""A real Home Assistant with a Frigate that sees animals, and a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page

from tests.frigate_sim.cameras import NativeModel
from tests.stack.failures import pytest_runtest_makereport, pytest_runtest_setup

from .home import Home, create_classifier, running_home, teach
from .people import running_browser

__all__ = ["pytest_runtest_makereport", "pytest_runtest_setup"]

REPOSITORY = Path(__file__).parents[2]
PHOTOS = REPOSITORY.parent / "shared" / "data" / "images" / "cat_or_dog"
IMAGES = REPOSITORY / "docs" / "images"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pictures in the documentation be taken anew."""
    parser.addoption(
        "--update-images", action="store_true", help="write docs/images/panel-*.png"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in one event loop: the programs they share live in it."""
    for item in filter(pytest_asyncio.is_async_test, items):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    # The page without a classifier can be seen once, by whoever comes first.
    items.sort(key=lambda item: item.path.stem != "test_first_minutes")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Home]:
    """Return a home in which the integration is set up, without a classifier."""
    # The photos are other people's: they are not for our documentation.
    drawn = request.config.getoption("--update-images") or not PHOTOS.is_dir()
    folder = tmp_path_factory.mktemp("home")
    async with running_home(folder, images=None if drawn else PHOTOS) as home:
        yield home


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return a real Chromium."""
    async with running_browser() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def trained(home: Home) -> dict[str, Any]:
    """Return a trained classifier: the one made before, or one that is made now."""
    for classifier in (await home.ask("classifiers"))["classifiers"]:
        if classifier["trained"]:
            return dict(classifier)
    made = await create_classifier(home)
    await teach(home, made)
    classifiers = (await home.ask("classifiers"))["classifiers"]
    return next(dict(item) for item in classifiers if item["id"] == made)


@pytest_asyncio.fixture(loop_scope="session")
async def empty(home: Home) -> AsyncIterator[dict[str, Any]]:
    """Return a classifier without any picture; it is removed afterwards.

    Frigate has a classification model of its own meanwhile, with pictures.
    """
    home.sim.world.models = [
        NativeModel(
            name="pets",
            type="attribute",
            objects=(home.label,),
            classes=dict.fromkeys(home.classes, 2),
        )
    ]
    data = {"name": "Imports", "labels": [home.label], "classes": ["red", "green"]}
    created = await home.ask("create", entry_id=home.entry_id, data=data)
    classifier_id = created["classifier_id"]
    classifiers = (await home.ask("classifiers"))["classifiers"]
    yield next(dict(item) for item in classifiers if item["id"] == classifier_id)
    home.sim.world.models = []
    async with home.api.websocket() as ws:
        await ws.command(
            "config_entries/subentries/delete",
            entry_id=home.entry_id,
            subentry_id=classifier_id,
        )
    await home.api.wait_for_entry(home.entry_id)


@pytest.fixture
def picture(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[Page, str], Awaitable[None]]:
    """Return a function that takes the picture of a page for the documentation."""
    update = request.config.getoption("--update-images")
    folder = IMAGES if update else tmp_path

    async def take(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        await page.wait_for_load_state("networkidle")
        await page.wait_for_timeout(500)  # pictures fade in
        path = folder / f"panel-{name}.png"
        await page.screenshot(path=path)
        # A third of the size, and nobody sees the difference.
        Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)

    return take
