"""The first three minutes: scripts/demo, with nothing but what is on the screen."""

import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, expect
from yarl import URL

from tests.stack import processes
from tests.stack.api import Api, until
from tests.stack.sign_in import sign_in

from .home import Home
from .people import PATIENCE, Person, newcomer_at, person_at

type Take = Callable[[Page, str], Awaitable[None]]

REPOSITORY = Path(__file__).parents[2]
CLASSES = ("leo", "charlie")
# In milliseconds: the demo lets one of four walk past every twelve seconds, and may not
# be sure of it; gathering pictures takes ten seconds, if no others work.
SEVERAL_WALKS = 300_000
GATHERED = 240_000


async def test_the_first_page_says_what_it_is_for(
    home: Home, browser: Browser, picture: Take
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open("/objclass")
        await person.sees("What should be told apart?")
        await expect(person.button("New classifier")).to_be_visible()
        await picture(person.page, "empty")


async def test_a_newcomer_gets_from_the_demo_to_a_sensor_that_changes(
    browser: Browser, picture: Take, tmp_path: Path
) -> None:
    async with running_demo(tmp_path) as screen:
        url = URL(_line(screen, r"Home Assistant +(http\S+)"))
        user, password = _line(screen, r"User, password +(.+)").split(", ")
        async with newcomer_at(browser, url) as person, await sign_in(url) as api:
            page = person.page
            await page.get_by_role("textbox", name="Username").fill(user)
            await page.get_by_role("textbox", name="Password").fill(password)
            await page.keyboard.press("Enter")
            await person.button("Object Classifier").click(timeout=PATIENCE)
            await person.button("New classifier").click()
            await _describe(person)
            await picture(page, "wizard-1")
            await person.button("Next: examples").click()
            cameras = URL(_line(screen, r"Cameras +(http\S+)"))
            await _choose_examples(person, api, cameras, picture)
            await person.button("Done: train").click()
            await person.sees("is trained")
            await picture(page, "trained")
            await person.button("Its sensors").click()
            await _is_named(page)


@asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[str]:
    """Run what scripts/demo runs; give what it printed when it was ready."""
    log = folder / "demo.log"
    demo = await processes.start(
        *(sys.executable, "-m", "tests.stack.demo"), log=log, cwd=REPOSITORY
    )

    async def ready() -> str | None:
        printed = log.read_text()
        assert demo.returncode is None, printed
        return printed if "Ctrl-C ends everything" in printed else None

    try:
        yield await until(ready, "the demo", within=300)
    finally:
        await processes.stop(demo, patience=60)


def _line(screen: str, pattern: str) -> str:
    found = re.search(pattern, screen)
    assert found, screen
    return found[1].strip()


async def _describe(person: Person) -> None:
    """Fill in step 1; what may be left out is left out."""
    await person.page.get_by_role("button", name="cat", exact=True).click()
    for name in CLASSES:
        await person.page.get_by_placeholder("Name of a class").fill(name)
        await person.page.keyboard.press("Enter")


async def _choose_examples(
    person: Person, api: Api, cameras: URL, picture: Take
) -> None:
    """Tap what shows each class in step 2."""
    page = person.page
    tap = page.get_by_text("Tap every crop that shows")
    await expect(tap).to_be_visible(timeout=GATHERED)
    classifier_id = page.url.split("/objclass/")[1].split("/")[0]
    async with api.websocket() as ws:
        answer = await ws.command(
            "objclass/samples",
            classifier_id=classifier_id,
            filter={"source": "collect"},
            limit=200,
        )
    # What a person sees when looking at the pictures.
    async with api.session.get(cameras / "truth") as answer_of_cameras:
        truths = await answer_of_cameras.json()
    shown = {sample["id"]: truths[sample["event_id"]] for sample in answer["samples"]}
    assert set(shown.values()) >= set(CLASSES)
    for number, name in enumerate(CLASSES):
        for sample_id in [key for key, truth in shown.items() if truth == name]:
            await _bring(page, sample_id)
            await person.picture(sample_id).click()
            await expect(person.picture(sample_id)).to_have_attribute(
                "aria-pressed", "true"
            )
        if number == 0:
            await page.locator("objclass-grid .scroller").evaluate(
                "scroller => scroller.scrollTo(0, 0)"
            )
            await picture(page, "wizard-2")
        if name != CLASSES[-1]:
            await person.button(f"Next: {CLASSES[number + 1]}").click()


async def _bring(page: Page, sample_id: str) -> None:
    """Scroll until a picture is there."""
    grid = page.locator("objclass-grid")
    await grid.evaluate(
        """async (grid, id) => {
          const { scroller } = grid;
          const there = () => grid.renderRoot.querySelector(`[data-id="${id}"]`);
          const end = performance.now() + 60000;
          for (let top = 0; !there() && performance.now() < end; top += 400) {
            // Again from the top, if it has come only now.
            if (top > scroller.scrollHeight) top = 0;
            scroller.scrollTop = top;
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          }
          there().scrollIntoView({ block: "center" });
        }""",
        sample_id,
    )


async def _is_named(page: Page) -> None:
    """Wait on the device's page until a camera's sensor says who walked past."""
    sensors = page.locator("hui-sensor-entity-row")
    named = sensors.filter(has_text=re.compile("Front door|Back yard")).filter(
        has_text=re.compile("|".join(CLASSES), re.IGNORECASE)
    )
    await expect(named.first).to_be_visible(timeout=SEVERAL_WALKS)
