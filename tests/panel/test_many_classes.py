"""As many classes as there can be, with names as long as they can be, on any screen."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from .home import Home
from .people import PATIENCE, person_at

CLASSES = [f"the neighbour's tabby cat {number}".ljust(60, ".") for number in range(49)]
ADVICE_AT_ONCE = 6
NAMED_AT_ONCE = 10


@pytest_asyncio.fixture(loop_scope="session")
async def crowded(home: Home) -> AsyncIterator[str]:
    """Return the id of a trained classifier with fifty classes, most without pictures.

    It is removed afterwards.
    """
    data = {"name": "A street of cats".ljust(64, "."), "classes": CLASSES}
    created = await home.ask(
        "create", entry_id=home.entry_id, data={**data, "labels": [home.label]}
    )
    classifier_id: str = created["classifier_id"]
    await home.ask("collect", classifier_id=classifier_id, count=12)
    for number, sample in enumerate(await home.samples(classifier_id)):
        await home.ask(
            "label",
            classifier_id=classifier_id,
            sample_ids=[sample["id"]],
            **{"class": CLASSES[number % 3]},
        )
    await home.ask("train", classifier_id=classifier_id)
    yield classifier_id
    async with home.api.websocket() as ws:
        await ws.command(
            "config_entries/subentries/delete",
            entry_id=home.entry_id,
            subentry_id=classifier_id,
        )
    await home.api.wait_for_entry(home.entry_id)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_fifty_long_classes_leave_room_for_everything_else(
    home: Home, browser: Browser, crowded: str, *, phone: bool
) -> None:
    async with person_at(browser, home.api, phone=phone) as person:
        page = person.page
        await person.open(f"/objclass/{crowded}/recent")
        await person.shown()
        hint = page.get_by_text("Tap crops, then their class.")
        assert (await hint.bounding_box() or {"width": 0})["width"] > 150
        bar = await page.locator("objclass-class-bar").bounding_box()
        assert bar
        assert bar["height"] < 220
        # Every class can be come by, and a picture still says when it was taken, or
        # what it is more likely to be, which may be a name as long as these.
        await person.class_button(CLASSES[-1]).scroll_into_view_if_needed()
        await expect(person.class_button(CLASSES[-1])).to_be_in_viewport()
        cut_off: list[bool] = await page.locator(
            ".item .when:not(.wrong)"
        ).evaluate_all("all => all.map(when => when.scrollWidth > when.clientWidth)")
        assert cut_off
        assert not any(cut_off)

        # The class that an address asks for is the one that is in sight.
        last = quote(CLASSES[-1])
        await person.open(f"/objclass/{crowded}/dataset?label={last}")
        tab = page.get_by_role("link", name=CLASSES[-1])
        await expect(tab).to_be_in_viewport(timeout=PATIENCE)

        for path in ("", f"/{crowded}/dataset", f"/{crowded}/quality"):
            await person.open(f"/objclass{path}")
            await page.wait_for_load_state("networkidle")
            wide = "document.documentElement.scrollWidth > innerWidth"
            assert not await page.evaluate(wide), path


async def test_what_there_is_too_much_of_is_counted_and_opened_with_a_tap(
    home: Home, browser: Browser, crowded: str
) -> None:
    classifiers = (await home.ask("classifiers"))["classifiers"]
    advice: list[Any] = next(c["advice"] for c in classifiers if c["id"] == crowded)
    assert len(advice) > ADVICE_AT_ONCE
    async with person_at(browser, home.api) as person:
        await person.open("/objclass")
        card = person.page.get_by_role("article").filter(has_text="A street of cats")
        await expect(card.locator(".legend")).to_have_count(NAMED_AT_ONCE)
        await expect(card).to_contain_text("40 more")
        await expect(card).to_contain_text(CLASSES[2])  # those with pictures come first

        await person.open(f"/objclass/{crowded}/quality")
        # Labels that are probably wrong are told as well, when there are any.
        advised = person.page.locator(".advice li:visible")
        shown = advised.filter(has_not_text="probably wrong")
        await expect(shown).to_have_count(ADVICE_AT_ONCE, timeout=PATIENCE)
        await person.page.get_by_text(f"{len(advice) - ADVICE_AT_ONCE} more").click()
        await expect(shown).to_have_count(len(advice))
