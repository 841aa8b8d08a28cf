"""Labelling with the mouse, the keyboard and the finger."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.stack.api import until

from .home import Home, label_as
from .people import person_at

type Take = Callable[[Page, str], Awaitable[None]]

# The browser may be about to load what is deleted.
JUST_DELETED = ("404 (Not Found)",)


async def is_labelled(
    home: Home, classifier: dict[str, Any], ids: list[str], name: str | None
) -> None:
    """Wait until the server has the label."""

    async def look() -> bool | None:
        labels = [await home.label_of(classifier["id"], item) for item in ids]
        return all(label == name for label in labels) or None

    await until(look, f"{ids} to be labelled {name}", within=120)


@pytest.fixture(params=["desktop", "phone"])
def phone(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "phone")


async def test_pictures_are_selected_and_labelled_with_one_more_click(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[0]).click()
        await person.picture(ids[3]).click(modifiers=["Shift"])
        await person.sees("4 selected")
        await picture(person.page, "recent")
        await person.class_button(home.classes[0]).click()
        await person.is_told(f"4 crops labelled {home.classes[0]}")
        await is_labelled(home, trained, ids[:4], home.classes[0])


async def test_undo_gives_every_picture_the_label_it_had(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    first, second = home.classes[:2]
    async with person_at(browser, home.api) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[0]).click()
        await person.class_button(first).click()
        await is_labelled(home, trained, ids[:1], first)
        await person.picture(ids[0]).click()
        await person.picture(ids[1]).click()
        await person.class_button(second).click()
        await is_labelled(home, trained, ids[:2], second)
        await person.button("Undo").click()
        await person.is_told("Taken back")
        await is_labelled(home, trained, ids[:1], first)
        await is_labelled(home, trained, ids[1:2], None)
        await expect(person.card(ids[0]).locator(".label")).to_have_text(first)


async def test_a_class_that_was_chosen_first_labels_with_each_tap(
    home: Home, browser: Browser, trained: dict[str, Any], phone: bool
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api, phone=phone) as person:
        ids = await person.opens_recent(trained)
        await person.class_button(home.classes[1]).click()
        for sample_id in ids[:2]:
            if phone:
                await person.picture(sample_id).tap()
            else:
                await person.picture(sample_id).click()
        await is_labelled(home, trained, ids[:2], home.classes[1])
        await expect(person.card(ids[2]).locator(".label.open")).to_be_visible()


async def test_a_mouse_that_is_dragged_selects_all_on_its_way(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[0]).hover()
        await person.page.mouse.down()
        await person.picture(ids[1]).hover()
        await person.picture(ids[2]).hover()
        await person.page.mouse.up()
        await person.sees("3 selected")
        await person.class_button("none").click()
        await is_labelled(home, trained, ids[:3], "none")


async def test_everything_can_be_done_with_the_keyboard(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api) as person:
        ids = await person.opens_recent(trained)
        keys = person.page.keyboard
        await person.picture(ids[0]).focus()
        await keys.press("1")
        await is_labelled(home, trained, ids[:1], home.classes[0])
        await expect(person.picture(ids[1])).to_be_focused()
        await keys.press("0")
        await is_labelled(home, trained, ids[1:2], "none")
        await keys.press("u")
        await is_labelled(home, trained, ids[1:2], None)
        await keys.press("Space")
        await keys.press("Shift+ArrowRight")
        await person.sees("2 selected")
        await keys.press("2")
        await is_labelled(home, trained, ids[2:4], home.classes[1])
        await keys.press("?")
        await expect(person.page.get_by_role("dialog", name="Keys")).to_be_visible()
        # On the same key Home Assistant shows its own.
        await expect(person.page.locator("dialog-shortcuts")).to_have_count(0)


async def test_a_tap_on_what_it_looks_like_confirms_it(
    home: Home, browser: Browser, trained: dict[str, Any], phone: bool
) -> None:
    seen = [s for s in await home.samples(trained["id"]) if s["predicted"]]
    if not seen:
        await home.walk()
        seen = [s for s in await home.samples(trained["id"]) if s["predicted"]]
    chosen = seen[0]
    await home.ask(
        "label",
        classifier_id=trained["id"],
        sample_ids=[chosen["id"]],
        **{"class": None},
    )
    async with person_at(browser, home.api, phone=phone) as person:
        await person.opens_recent(trained)
        chip = person.card(chosen["id"]).locator(".label")
        await (chip.tap() if phone else chip.click())
        await is_labelled(home, trained, [chosen["id"]], chosen["predicted"])


async def test_a_finger_selects_a_whole_event_and_labels_it(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take
) -> None:
    await home.walk()
    event = (await home.samples(trained["id"]))[0]["event_id"]
    samples = await home.samples(trained["id"], event_id=event)
    ids = [sample["id"] for sample in samples]
    async with person_at(browser, home.api, phone=True, dark=True) as person:
        await person.opens_recent(trained, "?group=event")
        await person.page.locator(".heading button").first.tap()
        await person.sees(f"{len(ids)} selected")
        await picture(person.page, "events-phone-dark")
        await person.class_button(home.classes[0]).tap()
        await is_labelled(home, trained, ids, home.classes[0])


async def test_near_copies_of_one_visit_are_labelled_with_a_warning(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    # So slowly that also a busy machine sees it in nearly the same place twice.
    event = await home.walk(home.classes[0], duration=30)
    ids = [s["id"] for s in await home.samples(trained["id"], event_id=event)]
    async with person_at(browser, home.api) as person:
        await person.opens_recent(trained, f"?event_id={event}")
        await person.picture(ids[0]).focus()
        await person.page.keyboard.press("e")
        await person.sees(f"{len(ids)} selected")
        await person.page.keyboard.press("1")
        await person.is_told("nearly the same: other visits")
        await person.button("Undo").click()
        await is_labelled(home, trained, ids, None)


async def test_a_filter_is_in_the_address_and_survives_a_reload(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api) as person:
        await person.opens_recent(trained)
        await person.page.get_by_label("Labelled", exact=True).select_option("no")
        await expect(person.page).to_have_url(re.compile("labelled=no"))
        await person.page.reload()
        for sample_id in await person.shown():
            assert await home.label_of(trained["id"], sample_id) is None


async def test_deleting_asks_first_and_then_the_picture_is_gone(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, forgiven=JUST_DELETED) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[-1]).click()
        await person.page.get_by_role("button", name="Delete", exact=True).click()
        dialog = person.page.get_by_role("dialog", name="Delete this crop?")
        await dialog.get_by_role("button", name="Cancel").click()
        assert ids[-1] in [s["id"] for s in await home.samples(trained["id"])]
        await person.page.get_by_role("button", name="Delete", exact=True).click()
        await dialog.get_by_role("button", name="Delete").click()
        await expect(person.card(ids[-1])).to_have_count(0)
        assert ids[-1] not in [s["id"] for s in await home.samples(trained["id"])]


async def test_deleting_with_the_keyboard_goes_on_with_the_next_picture(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api, forgiven=JUST_DELETED) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[1]).focus()
        await person.page.keyboard.press("Delete")
        dialog = person.page.get_by_role("dialog", name="Delete this crop?")
        await dialog.get_by_role("button", name="Delete").click()
        await expect(person.card(ids[1])).to_have_count(0)
        await expect(person.picture(ids[2])).to_be_focused()
        await person.page.keyboard.press("1")
        await is_labelled(home, trained, ids[2:3], home.classes[0])


async def test_what_is_deleted_in_another_tab_is_not_selected_any_more(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, forgiven=JUST_DELETED) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[2]).click()
        await person.picture(ids[4]).click(modifiers=["Shift"])
        await person.sees("3 selected")
        await home.ask("delete", classifier_id=trained["id"], sample_ids=ids[4:5])
        await person.sees("2 selected")
        # It had the focus.
        await expect(person.card(ids[4])).to_have_count(0)


async def test_a_picture_that_is_deleted_in_another_tab_is_closed(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, forgiven=JUST_DELETED) as person:
        ids = await person.opens_recent(trained)
        await person.card(ids[0]).hover()
        await person.card(ids[0]).get_by_role("button", name="Why?").click()
        details = person.page.locator("objclass-details dialog")
        await expect(details).to_be_visible()
        await home.ask("delete", classifier_id=trained["id"], sample_ids=ids[:1])
        await expect(details).to_be_hidden()
        await expect(person.card(ids[0])).to_have_count(0)


async def test_an_address_of_a_picture_that_is_gone_shows_the_others_and_says_so(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await person.opens_recent(trained, "?show=gone")
        await person.is_told("has none of these crops")
        await expect(person.page.locator("objclass-details dialog")).to_be_hidden()


async def test_why_a_picture_was_called_so_can_be_seen(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take
) -> None:
    await home.walk()
    sample = (await home.samples(trained["id"]))[0]
    async with person_at(browser, home.api) as person:
        await person.opens_recent(trained)
        await person.card(sample["id"]).hover()
        await person.card(sample["id"]).get_by_role("button", name="Why?").click()
        await person.sees("Attempts on this object")
        for name in home.classes:
            await expect(
                person.page.locator("objclass-details .scores").get_by_text(name)
            ).to_be_visible()
        await picture(person.page, "why")
