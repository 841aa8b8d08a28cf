"""What can go wrong in the two steps of a new classifier, and how it is said."""

from typing import Any

from playwright.async_api import Browser, expect

from .home import Home
from .people import PATIENCE, Person, person_at

MORE_THAN_A_PAGE = 75


async def _describe(person: Person, home: Home, *, name: str, classes: str) -> None:
    await person.page.get_by_role("button", name=home.label, exact=True).click()
    await person.page.get_by_placeholder("Name of a class").fill(classes)
    await person.page.get_by_role(
        "textbox", name="What is the classifier called?"
    ).fill(name)
    await person.button("Next: examples").click()


async def test_a_name_that_is_taken_is_refused_at_the_name(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open("/objclass/new")
        await _describe(person, home, name=trained["name"], classes="leo")
        field = person.page.get_by_role(
            "textbox", name="What is the classifier called?"
        )
        await expect(field).to_have_accessible_description(
            "There is a classifier of this name already."
        )
        await expect(field).to_be_focused()
        await field.fill("Another name")
        await expect(person.page.get_by_role("alert")).to_have_count(0)


async def test_a_class_that_means_something_already_is_refused_at_the_classes(
    home: Home, browser: Browser
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open("/objclass/new")
        await _describe(person, home, name="Unknowns", classes="unknown")
        field = person.page.get_by_placeholder("Name of a class")
        await expect(field).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
        await person.sees("unknown and unavailable mean something already")
    names = [item["name"] for item in (await home.ask("classifiers"))["classifiers"]]
    assert "Unknowns" not in names


async def test_what_was_filled_in_is_still_there_when_the_page_was_loaded_anew(
    home: Home, browser: Browser
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open("/objclass/new")
        await person.page.get_by_role("button", name=home.label, exact=True).click()
        await person.page.get_by_placeholder("Name of a class").fill("leo, zoë")
        await person.page.keyboard.press("Enter")
        await person.page.get_by_role("radio", name="Attribute").click()
        await person.page.reload()
        for name in ("leo", "zoë"):
            await expect(person.button(f"Remove {name}")).to_be_visible(
                timeout=PATIENCE
            )
        await expect(
            person.page.get_by_role("button", name=home.label, exact=True)
        ).to_have_attribute("aria-pressed", "true")
        await expect(
            person.page.get_by_role("radio", name="Attribute")
        ).to_have_attribute("aria-checked", "true")


async def test_every_example_that_stays_untouched_becomes_none_beyond_the_first_page(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    collected = await home.ask(
        "collect", classifier_id=empty["id"], count=MORE_THAN_A_PAGE
    )
    count = len(collected["sample_ids"])
    assert count > 60, "this is about more than one page"
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{empty['id']}/examples")
        ids = await person.shown()
        await person.sees(f"{count} become none")
        await expect(person.button("Done: train")).to_have_count(0)
        await person.picture(ids[0]).click()
        await person.sees(f"{count - 1} become none")
        await person.button("Next: green").click()
        await person.button("Done: train").click()
        await person.sees("Imports is trained")
    classifiers = (await home.ask("classifiers"))["classifiers"]
    now = next(item for item in classifiers if item["id"] == empty["id"])
    assert now["labelled"] == {"red": 1, "none": count - 1}


async def test_training_cannot_start_while_there_is_nothing_to_tell_apart(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    await home.ask("collect", classifier_id=empty["id"], count=3)
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{empty['id']}/examples?class=green")
        ids = await person.shown()
        # All of them untouched: one class, none, and nothing else.
        await expect(person.button("Done: train")).to_be_disabled()
        await person.picture(ids[0]).click()
        await expect(person.button("Done: train")).to_be_enabled()


async def test_a_training_that_ends_after_the_page_was_loaded_anew_is_told(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    await home.ask("collect", classifier_id=empty["id"], count=6)
    for number, sample in enumerate(await home.samples(empty["id"])):
        name = empty["classes"][number % 2]
        await home.ask(
            "label",
            classifier_id=empty["id"],
            sample_ids=[sample["id"]],
            **{"class": name},
        )
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{empty['id']}/training")
        await person.sees("The training did not work")
        await home.ask("train", classifier_id=empty["id"])
        await person.sees("Imports is trained")
