"""A classifier that hangs on another one: made in the wizard, shown below it."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Browser, Page, expect

from .home import Home
from .people import PATIENCE, person_at


async def test_a_classifier_hangs_on_another_one_and_stands_below_it(
    home: Home,
    browser: Browser,
    trained: dict[str, Any],
    picture: Callable[[Page, str], Awaitable[None]],
) -> None:
    parent, when = trained["name"], trained["classes"][0]
    async with person_at(browser, home.api) as person:
        page = person.page
        await person.open("/objclass/new")
        await page.get_by_role("button", name=home.label, exact=True).click()
        await page.get_by_placeholder("Name of a class").fill("collar")
        await page.get_by_role("radio", name="Attribute").click()
        await page.get_by_role("textbox", name="What is the classifier called?").fill(
            "Collars"
        )
        await page.get_by_text("Only of some objects").click()
        await page.get_by_label("Depends on").select_option(label=parent)
        await person.button("Next: examples").click()
        await person.sees("Choose at least one class for the condition.")
        await (
            page.get_by_role("group", name="Only if the result is")
            .get_by_role("button", name=when, exact=True)
            .click()
        )
        await person.button("Next: examples").click()
        await page.wait_for_url("**/examples**", timeout=PATIENCE)

        await person.open("/objclass")
        above = page.get_by_role("article", name=parent, exact=True)
        below = page.get_by_role("article", name="Collars", exact=True)
        await expect(below).to_contain_text(f"Only when {parent} says {when}")
        boxes = [await card.bounding_box() for card in (above, below)]
        assert boxes[0]
        assert boxes[1]
        assert boxes[1]["x"] > boxes[0]["x"]
        assert boxes[1]["y"] > boxes[0]["y"]
        await picture(page, "conditions")

    found = await home.ask("classifiers")
    (child,) = [item for item in found["classifiers"] if item["name"] == "Collars"]
    assert child["condition"]["parent"] == trained["id"]
    assert child["condition"]["classes"] == [when]
    async with home.api.websocket() as ws:
        await ws.command(
            "config_entries/subentries/delete",
            entry_id=home.entry_id,
            subentry_id=child["id"],
        )
    await home.api.wait_for_entry(home.entry_id)
