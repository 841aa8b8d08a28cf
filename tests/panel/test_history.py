"""The page about the past: asking, following, looking at what was found, writing it."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from .home import Home
from .people import PATIENCE, person_at

type Take = Callable[[Page, str], Awaitable[None]]

LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone-dark": {"phone": True, "dark": True},
}


async def test_the_past_is_looked_at_labelled_and_written(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    live = len(home.sim.world.writes)  # somebody may have walked past before
    async with person_at(browser, home.api) as person:
        page = person.page
        await person.open("/objclass")
        await page.get_by_role("link", name="The past").click()
        await person.button("Last 30 days").click()
        await page.get_by_label("Pictures per second").fill("50")
        await person.button("Look at the past").click()
        await expect(page.get_by_role("heading", name="Done")).to_be_visible(
            timeout=4 * PATIENCE
        )
        (run,) = (await home.ask("history"))["runs"]
        assert run["done"] == run["total"] > 0

        tile = page.locator("objclass-past-results .tile").first
        address = await tile.locator("img").get_attribute("src") or ""
        event_id = address.partition("?")[0].rpartition("/")[2]
        await tile.click()
        dialog = page.locator("objclass-past-results dialog")
        await expect(dialog).to_contain_text(re.compile("Front door|Back yard"))
        await dialog.get_by_role("button", name=trained["classes"][0]).click()
        await expect(dialog).to_be_hidden(timeout=PATIENCE)
        kept = await home.samples(trained["id"], event_id=event_id)
        assert trained["classes"][0] in [sample["label"] for sample in kept]

        await page.get_by_role("button", name="to Frigate").click()
        await page.get_by_role("button", name="Write", exact=True).click()
        heading = page.get_by_role("heading", name="Written to Frigate")
        await expect(heading).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_role("heading", name="Done")).to_be_visible(
            timeout=4 * PATIENCE
        )
    (run,) = (await home.ask("history"))["runs"]
    written = home.sim.world.writes[live:]
    assert run["told"]["written"] == len(written) > 0
    assert {write.kind for write in written} == {"sub_label"}


@pytest.mark.parametrize("look", LOOKS)
async def test_the_page_shows_what_was_found(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take, look: str
) -> None:
    async with person_at(browser, home.api, **LOOKS[look]) as person:
        await person.open("/objclass/history?new=1")
        await expect(person.button("Look at the past")).to_be_visible(timeout=PATIENCE)
        await picture(person.page, f"past-form-{look}")
        if not (await home.ask("history"))["runs"]:
            pytest.skip("the test before has not run")
        await person.open("/objclass/history")
        tiles = person.page.locator("objclass-past-results .tile img")
        await expect(tiles.first).to_be_visible(timeout=PATIENCE)
        await picture(person.page, f"past-{look}")
