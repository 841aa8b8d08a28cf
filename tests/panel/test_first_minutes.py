"""The first three minutes: from nothing to a sensor, with nothing but the screen."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Browser, Page, expect

from tests.stack.demo import class_sensor

from .home import Home
from .people import PATIENCE, Person, person_at

type Take = Callable[[Page, str], Awaitable[None]]

NAME = "Our animals"
CAMERA = "front_door"
MOST_WALKS = 5


async def test_a_newcomer_gets_from_an_empty_page_to_a_sensor_that_changes(
    home: Home, browser: Browser, picture: Take
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open("/objclass")
        await person.sees("What should be told apart?")
        await picture(person.page, "empty")
        await person.button("New classifier").click()
        await _describe(person, home)
        await picture(person.page, "wizard-1")
        await person.button("Next: examples").click()
        classifier_id = await _choose_examples(person, home, picture)
        await person.button("Done: train").click()
        await person.sees(f"{NAME} is trained")
        await picture(person.page, "trained")
        await person.button("See what comes in").click()
        await expect(person.page.locator(".item").first).to_be_visible(timeout=PATIENCE)
        await _is_named(person, home, classifier_id)


async def _describe(person: Person, home: Home) -> None:
    """Fill in step 1."""
    await person.page.get_by_role("button", name=home.label, exact=True).click()
    for name in home.classes:
        await person.page.get_by_placeholder("Name of a class").fill(name)
        await person.page.keyboard.press("Enter")
    await person.page.get_by_role(
        "textbox", name="What is the classifier called?"
    ).fill(NAME)


async def _choose_examples(person: Person, home: Home, picture: Take) -> str:
    """Tap what shows each class in step 2; return the classifier's id."""
    page = person.page
    await person.sees("Tap every picture that shows")
    classifier_id = page.url.split("/objclass/")[1].split("/")[0]
    truths = {
        sample["id"]: home.truth(sample["event_id"])
        for sample in await home.samples(classifier_id)
    }
    assert set(truths.values()) >= set(home.classes)
    for number, name in enumerate(home.classes):
        for sample_id in [key for key, truth in truths.items() if truth == name]:
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
        if name != home.classes[-1]:
            await person.button(f"Next: {home.classes[number + 1]}").click()
    return classifier_id


async def _bring(page: Page, sample_id: str) -> None:
    """Scroll until a picture is there."""
    grid = page.locator("objclass-grid")
    await grid.evaluate(
        """async (grid, id) => {
          const { scroller } = grid;
          const there = () => grid.renderRoot.querySelector(`[data-id="${id}"]`);
          for (let top = 0; !there() && top <= scroller.scrollHeight; top += 400) {
            scroller.scrollTop = top;
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          }
          there().scrollIntoView({ block: "center" });
        }""",
        sample_id,
    )


async def _is_named(person: Person, home: Home, classifier_id: str) -> None:
    """Let one walk past: the sensor says who it is, and a new picture comes in."""
    name = home.classes[0]
    for _ in range(MOST_WALKS):
        walk = home.sim.walk(name, CAMERA)
        await home.sim.walks_done()
        sensor = await class_sensor(home.api, home.entry_id, CAMERA)
        try:
            await home.api.wait_for_state(sensor, name, within=10)
        except TimeoutError:
            continue  # not sure enough of this one
        break
    else:
        raise AssertionError(f"{name} walked past, and was never named")
    seen = await home.samples(classifier_id, event_id=walk.id)
    assert seen
    await expect(person.card(seen[0]["id"])).to_be_visible(timeout=PATIENCE)
