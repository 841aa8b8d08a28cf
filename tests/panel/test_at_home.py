"""A classifier on Home Assistant's own pages: its device, automations, the media."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from .home import Home
from .people import PATIENCE, Person, person_at

type Take = Callable[[Page, str], Awaitable[None]]

# The icons of other integrations come from the internet.
FOREIGN = ("/api/brands/",)


def seen(place: Page | Locator, words: str) -> Locator:
    """Return what can be seen of these words."""
    return place.locator(f':text("{words}"):visible').first


async def goes_to(person: Person, path: str) -> None:
    """Open one of Home Assistant's own pages."""
    await person.page.goto(f"{person.url}{path}")


async def test_the_page_of_a_device_tells_all_and_leads_to_the_pictures(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take
) -> None:
    name, other = home.classes[:2]
    await home.walk(other, "back_yard")
    await home.walk(name)
    async with home.api.websocket() as ws:
        (device,) = [
            device["id"]
            for device in await ws.command("config/device_registry/list")
            if ["objclass", trained["id"]] in device["identifiers"]
        ]
    async with person_at(browser, home.api, forgiven=FOREIGN) as person:
        page = person.page
        await goes_to(person, f"config/devices/device/{device}")
        await expect(seen(page, f"{name} in view")).to_be_visible(timeout=PATIENCE)
        # The logbook's sentence, whatever was found out.
        await expect(seen(page, "at Front door")).to_be_visible(timeout=PATIENCE)
        await page.wait_for_timeout(2000)  # the crop and the icons come last
        await picture(page, "device")
        await page.get_by_role("link", name="Visit").click()
        await expect(page).to_have_url(re.compile(f"/objclass/{trained['id']}/recent"))
        assert await person.shown()


async def test_an_automation_is_made_of_an_event_without_writing_anything(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, forgiven=FOREIGN) as person:
        page = person.page
        await goes_to(person, "config/automation/edit/new")
        await page.get_by_role("button", name="Add trigger").first.click()
        await seen(page, "By type").wait_for(timeout=PATIENCE)
        await page.locator("input:visible").last.fill("front door classification")
        await seen(page, "Front door classification").click()
        await seen(page, "Event received").click()
        await seen(page, "The event types to trigger on").wait_for(timeout=PATIENCE)
        await page.locator("ha-selector:visible").last.click()
        for choice in (*home.classes, "None of the classes", "Undecided"):
            await expect(seen(page, choice)).to_be_visible(timeout=PATIENCE)


async def test_the_media_browser_shows_the_crops_and_opens_one(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    name = home.classes[0]
    async with person_at(browser, home.api, phone=True, forgiven=FOREIGN) as person:
        media = person.page.locator("ha-media-player-browse")
        await goes_to(person, "media-browser/browser")
        for folder in ("Object Classifier", trained["name"], name, "Front door", "20"):
            await seen(media, folder).click(timeout=PATIENCE)
        first = seen(media, ":")
        await expect(first).to_be_visible(timeout=PATIENCE)
        await first.click()
        opened = person.page.locator("img[src*='/api/objclass/crop/']:visible").first
        await expect(opened).to_be_visible(timeout=PATIENCE)
        await expect(opened).not_to_have_js_property("naturalWidth", 0)
