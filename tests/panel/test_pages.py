"""The other pages, on a phone and a desktop, in light and dark."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from .home import Home, label_as
from .people import PATIENCE, Person, person_at

type Take = Callable[[Page, str], Awaitable[None]]

LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone-dark": {"phone": True, "dark": True},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_the_first_page_shows_what_each_classifier_saw(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take, look: str
) -> None:
    async with person_at(browser, home.api, **LOOKS[look]) as person:
        await person.open("/objclass")
        card = person.page.get_by_role("article", name=trained["name"])
        await expect(card).to_be_visible(timeout=PATIENCE)
        await expect(card.locator("img").first).to_be_visible(timeout=PATIENCE)
        await picture(person.page, f"classifiers-{look}")


async def test_a_training_shows_its_progress_and_its_result(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/recent")
        await person.button("Train").click()
        await person.is_told("Trained.")
    again = await home.ask("report", classifier_id=trained["id"])
    assert again["history"][0]["number"] > trained["trained"]["number"]


async def test_the_quality_page_leads_from_a_figure_to_its_pictures(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take, look: str
) -> None:
    report = (await home.ask("report", classifier_id=trained["id"]))["report"]
    async with person_at(browser, home.api, **LOOKS[look]) as person:
        await person.open(f"/objclass/{trained['id']}/quality")
        cells = person.page.locator("objclass-confusion .cell")
        await expect(cells).to_have_count(len(report["classes"]) ** 2, timeout=PATIENCE)
        await picture(person.page, f"quality-{look}")
        label = report["classes"][0]["name"]
        cell = person.page.locator("objclass-confusion a.cell").first
        await cell.click()
        await expect(person.page).to_have_url(re.compile(f"label={label}"))


async def test_the_threshold_is_chosen_on_the_chart(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/quality")
        slider = person.page.get_by_role("slider", name="Threshold")
        await slider.fill("0.7")
        await person.sees("With a threshold of 70%")
        await person.button("Use this threshold").click()
        await person.is_told("The threshold is 70% now.")
    classifiers = (await home.ask("classifiers"))["classifiers"]
    now = next(item for item in classifiers if item["id"] == trained["id"])
    assert now["rules"]["threshold"] == pytest.approx(0.7)


async def test_an_earlier_training_can_be_used_again(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await home.ask("train", classifier_id=trained["id"])
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/quality")
        await person.button("Go back to it").click()
        await (
            person.page.get_by_role("dialog")
            .get_by_role("button", name="Go back to it")
            .click()
        )
        await person.is_told("The earlier training is in use again.")
    history = (await home.ask("report", classifier_id=trained["id"]))["history"]
    assert not history[0]["current"]
    assert history[1]["current"]


async def test_a_class_is_added_renamed_and_removed(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/dataset")
        # A change of the classes is a moment without pictures.
        await person.shown()
        await person.page.wait_for_load_state("networkidle")
        await person.button("Add class").click()
        await _answer(person, "newcomer", "Add class")
        await person.is_told("newcomer is a class now.")
        await person.button("Rename").click()
        await _answer(person, "friend", "Rename")
        await person.is_told("newcomer is called friend now.")
        await person.button("Remove class").click()
        await (
            person.page.get_by_role("dialog")
            .get_by_role("button", name="Remove class")
            .click()
        )
        await person.is_told("The class friend was removed.")
    classifiers = (await home.ask("classifiers"))["classifiers"]
    assert classifiers[0]["classes"] == [*home.classes]


async def test_a_class_is_merged_into_another_and_its_pictures_move_there(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await home.ask("add_class", classifier_id=trained["id"], **{"class": "newcomer"})
    ids = await label_as(home, trained["id"], "newcomer", count=2)
    first = home.classes[0]
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/dataset?label=newcomer")
        await person.button("Merge").click()
        dialog = person.page.get_by_role("dialog")
        await dialog.get_by_role("combobox").select_option(first)
        await dialog.get_by_role("button", name="Merge").click()
        await person.is_told(f"newcomer was merged into {first}.")
        await expect(person.page).to_have_url(re.compile(f"label={first}"))
        await expect(person.card(ids[0])).to_be_visible(timeout=PATIENCE)
    assert [await home.label_of(trained["id"], item) for item in ids] == [first, first]
    (classifier,) = (await home.ask("classifiers"))["classifiers"]
    assert classifier["classes"] == [*home.classes]


async def _answer(person: Person, words: str, action: str) -> None:
    dialog = person.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill(words)
    await dialog.get_by_role("button", name=action).click()


async def test_the_dataset_shows_the_pictures_of_a_class(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take, look: str
) -> None:
    name = home.classes[0]
    async with person_at(browser, home.api, **LOOKS[look]) as person:
        await person.open(f"/objclass/{trained['id']}/dataset?label={name}")
        for sample_id in (await person.shown())[:4]:
            assert await home.label_of(trained["id"], sample_id) == name
        await picture(person.page, f"dataset-{look}")


async def test_is_it_working_is_answered_at_a_glance(
    home: Home, browser: Browser, trained: dict[str, Any], picture: Take, look: str
) -> None:
    await home.walk()  # so that there is something to tell
    async with person_at(browser, home.api, **LOOKS[look]) as person:
        await person.open("/objclass/status")
        await person.sees("Yes, everything works")
        await person.sees("Frigate 0.18.0")
        await person.sees("MQTT is connected")
        await picture(person.page, f"status-{look}")


async def test_a_german_sees_german(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, language="de") as person:
        await person.open("/objclass/status")
        await person.sees("Ja, alles funktioniert")


async def test_nothing_is_wider_than_a_phone_and_everything_can_be_hit(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, phone=True) as person:
        for page in (
            "",
            f"/{trained['id']}/recent",
            f"/{trained['id']}/quality",
            "/new",
        ):
            await person.open(f"/objclass{page}")
            await person.page.wait_for_load_state("networkidle")
            width, height = await person.page.evaluate(
                "[document.scrollingElement.scrollWidth,"
                " document.scrollingElement.scrollHeight]"
            )
            assert width <= 390, page
            # What is only read aloud makes the page no longer than the screen.
            assert height <= 844, page
            panel = person.page.locator("objclass-panel")
            small = await panel.evaluate(SMALL_TARGETS)
            assert not small, (page, small)


async def test_an_address_of_a_classifier_that_is_gone_leads_back(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, phone=True) as person:
        await person.open("/objclass/gone/recent")
        await person.sees("This classifier is not here")
        back = person.page.locator("main").get_by_role("link", name="Back to all")
        assert (await back.bounding_box() or {"height": 0})["height"] < 60
        await back.click()
        await person.sees(trained["name"])


# Buttons that are smaller than 48 px, their invisible surroundings included.
SMALL_TARGETS = """panel => {
  const small = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      if (element.matches("button, a.button, a.icon-button, select")) {
        const box = element.getBoundingClientRect();
        const around = getComputedStyle(element, "::after");
        const more = around.content === "none" ? 0 : -2 * parseFloat(around.top || 0);
        if (box.height && box.height + more < 47.5) {
          small.push(`${element.className} ${box.height}+${more}`);
        }
      }
    }
  };
  look(panel.renderRoot);
  return small;
}"""


async def test_pictures_are_in_sight_in_a_language_that_is_written_from_the_right(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, language="he") as person:
        ids = await person.opens_recent(trained)
        await expect(person.page.locator("html")).to_have_attribute("dir", "rtl")
        for sample_id in ids[:4]:
            await expect(person.picture(sample_id)).to_be_in_viewport(ratio=0.9)


async def test_the_slider_of_the_threshold_runs_along_its_chart_in_such_a_language(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, language="he") as person:
        await person.open(f"/objclass/{trained['id']}/quality")
        await expect(person.page.locator("html")).to_have_attribute("dir", "rtl")
        slider = person.page.get_by_role("slider")
        await slider.fill("0.5")
        await slider.press("ArrowRight")
        # To the right, where the chart has the higher thresholds.
        await expect(slider).to_have_value("0.51")
