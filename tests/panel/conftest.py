"""A real Home Assistant with a Frigate that sees animals, and a real browser."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.frigate_sim.cameras import NativeModel
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import Api
from tests.stack.broker import running_broker
from tests.stack.home_assistant import HomeAssistant

REPOSITORY = Path(__file__).parents[2]
PHOTOS = REPOSITORY.parent / "shared" / "data" / "images" / "cat_or_dog"
IMAGES = REPOSITORY / "docs" / "images"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAST_OBJECTS = 80


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home with cameras that see photos of animals, or drawn ones without photos."""

    sim: FrigateSim
    hass: HomeAssistant
    entry_id: str
    label: str
    classes: tuple[str, ...]

    @property
    def api(self) -> Api:
        """Home Assistant's API, of the process that runs now."""
        return self.hass.api

    async def ask(self, command: str, **data: Any) -> Any:
        """Ask what the panel asks."""
        async with self.api.websocket() as ws:
            return await ws.command(f"objclass/{command}", **data)

    async def samples(self, classifier_id: str, **filters: Any) -> list[dict[str, Any]]:
        """Return up to 200 samples, newest first."""
        answer = await self.ask(
            "samples",
            classifier_id=classifier_id,
            filter=filters,
            order="newest",
            limit=200,
            cursor=None,
        )
        return list(answer["samples"])

    async def label_of(self, classifier_id: str, sample_id: str) -> str | None:
        """Return the label that the server has for a sample."""
        answer = await self.ask(
            "sample", classifier_id=classifier_id, sample_id=sample_id
        )
        label: str | None = answer["sample"]["label"]
        return label

    def truth(self, event_id: str) -> str:
        """Return what an object really was: a class, or none."""
        name = self.sim.truths[event_id]
        return name if name in self.classes else "none"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pictures in the documentation be taken anew."""
    parser.addoption(
        "--update-images", action="store_true", help="write docs/images/panel-*.png"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in one event loop: the programs they share live in it."""
    for item in filter(pytest_asyncio.is_async_test, items):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Home]:
    """Return a home in which the integration is set up, without a classifier."""
    # The photos are other people's: they are not for our documentation.
    drawn = request.config.getoption("--update-images") or not PHOTOS.is_dir()
    images = None if drawn else PHOTOS
    async with (
        running_broker(tmp_path_factory.mktemp("broker")) as broker,
        FrigateSim(
            mqtt_port=broker.port,
            images=images,
            past_events=PAST_OBJECTS,
            version="0.18.0",
            speed=2,
        ) as sim,
        HomeAssistant(tmp_path_factory.mktemp("home_assistant")) as hass,
    ):
        await hass.api.add_mqtt(broker)
        flow = await hass.api.start_flow("objclass")
        added = await flow.submit({"url": sim.url, "verify_ssl": True, "login": {}})
        entry_id = added["result"]["entry_id"]
        await hass.api.wait_for_entry(entry_id)
        cast = sim.world.cast.values()
        label = next(iter(cast)).label
        names = {who.name for who in cast if who.label == label} - {"stray"}
        yield Home(
            sim=sim,
            hass=hass,
            entry_id=entry_id,
            label=label,
            classes=tuple(sorted(names)),
        )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return a real Chromium: Debian's, else the one that Playwright brings."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def trained(home: Home) -> dict[str, Any]:
    """Return a trained classifier: the one made before, or one that is made now."""
    for classifier in (await home.ask("classifiers"))["classifiers"]:
        if classifier["trained"]:
            return dict(classifier)
    return await _teach(home)


async def _teach(home: Home) -> dict[str, Any]:
    created = await home.ask(
        "create",
        entry_id=home.entry_id,
        data={
            "name": "Our animals",
            "labels": [home.label],
            "classes": [*home.classes],
            "kind": "sub_label",
        },
    )
    classifier_id = created["classifier_id"]
    await home.ask("collect", classifier_id=classifier_id, count=60)
    by_class: dict[str, list[str]] = {}
    for sample in await home.samples(classifier_id):
        name = home.truth(sample["event_id"])
        by_class.setdefault(name, []).append(sample["id"])
    for name, ids in by_class.items():
        await home.ask(
            "label", classifier_id=classifier_id, sample_ids=ids, **{"class": name}
        )
    await home.ask("train", classifier_id=classifier_id)
    return dict((await home.ask("classifiers"))["classifiers"][0])


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
