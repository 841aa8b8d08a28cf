"""Keys, while a dialog is in front of the pictures."""

from typing import Any

from playwright.async_api import Browser, expect

from .home import Home, label_as
from .people import person_at
from .test_labelling import JUST_DELETED, is_labelled


async def test_keys_in_the_list_of_keys_change_no_picture_and_escape_closes_it(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    first, second = home.classes[:2]
    async with person_at(browser, home.api, forgiven=JUST_DELETED) as person:
        ids = await person.opens_recent(trained)
        keys = person.page.keyboard
        await person.picture(ids[0]).focus()
        await keys.press("?")
        dialog = person.page.get_by_role("dialog", name="Keys")
        await expect(dialog).to_be_visible()
        await keys.press("1")
        # Nothing in its text takes the focus.
        await dialog.get_by_role("heading").click()
        await keys.press("1")
        await keys.press("Escape")
        await expect(dialog).to_be_hidden()
        await keys.press("2")
        await is_labelled(home, trained, ids[:1], second)
        await keys.press("u")
        await person.is_told("Taken back")
        # It would have the first class, had any of the keys before been one.
        await is_labelled(home, trained, ids[:1], None)
        await expect(person.card(ids[0]).locator(".label.open")).to_be_visible()
        await expect(person.class_button(first)).to_be_visible()


async def test_keys_in_a_question_about_a_class_change_no_picture_behind_it(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    name = home.classes[0]
    await label_as(home, trained["id"], name, count=12)
    async with person_at(browser, home.api, forgiven=JUST_DELETED) as person:
        await person.open(f"/objclass/{trained['id']}/dataset?label={name}")
        ids = await person.shown()
        await person.picture(ids[0]).focus()
        await person.page.keyboard.press("Space")
        await person.button("Rename").click()
        question = person.page.get_by_role("dialog")
        await question.get_by_role("button", name="Cancel").focus()
        await person.page.keyboard.press("x")
        await person.page.keyboard.press("Escape")
        await expect(question).to_be_hidden()
        # What was selected before the question is selected after it.
        await person.sees("1 selected")
        await expect(person.card(ids[0]).locator(".label")).to_have_text(name)
        assert await home.label_of(trained["id"], ids[0]) == name
