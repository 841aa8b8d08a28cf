"""A new classifier of whole pictures: its cameras, and a rectangle on their picture."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.stack.api import until

from .home import Home
from .people import PATIENCE, person_at


async def _becomes(page: Page, sides: list[float], *, within: float) -> list[float]:
    """Wait until the page says that the rectangle is this, and return what it says."""
    wanted = pytest.approx(sides, abs=within)

    async def look() -> list[float] | None:
        text = await page.get_by_text("Left, top, right, bottom").inner_text()
        said = [float(side) for side in text.partition(":")[2].split(",")]
        return said if said == wanted else None

    return await until(look, f"the rectangle to be {sides}", within=120)


async def test_a_rectangle_is_drawn_moved_and_saved(
    home: Home, browser: Browser
) -> None:
    async with person_at(browser, home.api) as person:
        page = person.page
        await person.open("/objclass/new")
        await page.get_by_role("radio", name="A whole picture").click()
        await page.get_by_placeholder("Name of a class").fill("open, shut")
        await person.button("Add").click()
        await page.get_by_role("button", name="Front door", exact=True).click()
        part = page.get_by_role("application")
        await expect(part).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_text("The whole picture", exact=True)).to_be_visible()

        picture = page.get_by_role("img", name="Front door")
        await expect(picture).not_to_have_js_property("naturalWidth", 0)
        await picture.scroll_into_view_if_needed()
        box = await picture.bounding_box()
        assert box is not None

        async def drag(*points: tuple[float, float]) -> None:
            for number, (x, y) in enumerate(points):
                await page.mouse.move(
                    box["x"] + x * box["width"], box["y"] + y * box["height"]
                )
                if not number:
                    await page.mouse.down()
            await page.mouse.up()

        await drag((0.2, 0.3), (0.4, 0.5), (0.6, 0.8))
        drawn = await _becomes(page, [0.2, 0.3, 0.6, 0.8], within=0.02)
        await drag((0.4, 0.5), (0.5, 0.5))
        shifted = await _becomes(
            page, [drawn[0] + 0.1, drawn[1], drawn[2] + 0.1, drawn[3]], within=0.02
        )
        await part.focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Shift+ArrowLeft")
        steered = await _becomes(
            page,
            [shifted[0], shifted[1] + 0.01, shifted[2] - 0.01, shifted[3] + 0.01],
            within=0.006,
        )

        await page.get_by_role("textbox", name="What is the classifier called?").fill(
            "Gate"
        )
        await page.get_by_role("button", name="Frigate's motion").click()
        on = page.get_by_role("group", name="Which class means on?")
        await on.get_by_role("button", name="open").click()
        often = page.get_by_role("spinbutton", name="How many equal results")
        await often.fill("5")
        await person.button("Create").click()
        await expect(page.get_by_role("heading", name="Gate")).to_be_visible(
            timeout=PATIENCE
        )
    shown = (await home.ask("classifiers"))["classifiers"]
    (gate,) = [item for item in shown if item["name"] == "Gate"]
    assert gate["type"] == "frame_classifier"
    assert gate["parts"]["front_door"] == pytest.approx(steered, abs=0.006)
    assert gate["rules"]["interval"] == 30
    assert gate["rules"]["confirmations"] == 5
    about = await home.api.get(f"/api/diagnostics/config_entry/{home.entry_id}")
    kept = [item for item in about["data"]["classifiers"] if item["kind"] == "frame"]
    assert [item["frigate_motion"] for item in kept] == [True]
    # The class that means on has its binary sensor.
    states = await home.api.states("binary_sensor.gate")
    ids = [state["entity_id"] for state in states]
    assert ids == ["binary_sensor.gate_front_door_open"]


async def test_what_is_missing_is_said_at_its_field(
    home: Home, browser: Browser
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open("/objclass/new?type=frame_classifier")
        await person.button("Create").click()
        await person.sees("Name at least two classes.")
        await person.page.get_by_placeholder("Name of a class").fill("day, night")
        await person.button("Create").click()
        await person.sees("Choose at least one camera.")
