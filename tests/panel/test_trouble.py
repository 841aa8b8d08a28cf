"""Somebody who may only look, 5,000 pictures, and a Home Assistant that goes away."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.stack.api import until

from .home import Home, label_as
from .many import add_many
from .people import PATIENCE, add_user, person_at
from .test_labelling import is_labelled

type Take = Callable[[Page, str], Awaitable[None]]

MANY = 5000
# What a browser complains of that has nobody to talk to.
LOST = (
    "Failed to fetch",
    "ERR_CONNECTION",
    "WebSocket",
    "Failed to load resource",
    "ERR_EMPTY",
    "Object",  # what the frontend itself asked for, and the connection refused unheard
)
DRAWN = 150  # pictures in the document, however many there are


async def test_somebody_who_is_no_administrator_sees_everything_and_changes_nothing(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    tokens = await add_user(home.api, "guest")
    async with person_at(browser, home.api, tokens=tokens) as person:
        await person.open("/objclass")
        await expect(person.page.get_by_role("article")).to_be_visible(timeout=PATIENCE)
        await expect(person.button("New classifier")).to_have_count(0)
        await person.open(f"/objclass/{trained['id']}/recent")
        ids = await person.shown()
        await expect(person.page.locator("objclass-class-bar")).to_have_count(0)
        await expect(person.button("Train")).to_have_count(0)
        before = await home.label_of(trained["id"], ids[0])
        await person.picture(ids[0]).focus()
        await person.page.keyboard.press("1")
        await person.page.keyboard.press("0")
        await person.picture(ids[0]).click()
        await person.sees("Scores")
        assert await home.label_of(trained["id"], ids[0]) == before


async def test_a_refused_label_is_taken_back_and_the_reason_said(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/recent")
        ids = await person.shown()
        await person.page.locator("objclass-panel").evaluate(
            # A class that was removed by somebody else a moment ago.
            """panel => {
              const bench = panel.renderRoot.querySelector("objclass-recent")
                .renderRoot.querySelector("objclass-workbench");
              bench.classifier = {
                ...bench.classifier,
                all_classes: ["gone", ...bench.classifier.all_classes],
              };
            }"""
        )
        await person.picture(ids[0]).focus()
        await person.page.keyboard.press("1")
        await person.is_told("Nothing was labelled")
        await expect(person.card(ids[0]).locator(".label.open")).to_be_visible()
        assert await home.label_of(trained["id"], ids[0]) is None


async def test_a_lost_connection_is_said_and_work_goes_on_when_it_is_back(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api, forgiven=LOST) as person:
        await person.open(f"/objclass/{trained['id']}/recent")
        ids = await person.shown()
        await home.hass.stop()
        await person.sees("The connection to Home Assistant is lost")
        await person.picture(ids[0]).focus()
        await person.page.keyboard.press("1")
        await person.is_told("Nothing was labelled")
        await home.hass.start()
        await expect(
            person.page.get_by_text("The connection to Home Assistant is lost")
        ).to_have_count(0, timeout=2 * PATIENCE)
        await home.api.wait_for_entry(home.entry_id)
        await expect(person.class_button(home.classes[0])).to_be_visible(
            timeout=PATIENCE
        )
        await person.picture(ids[0]).focus()
        await person.page.keyboard.press("1")
        await is_labelled(home, trained, ids[:1], home.classes[0])


async def test_pages_that_could_not_be_read_without_a_connection_come_with_it(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api, forgiven=LOST) as person:
        page = person.page
        # Both have been loaded, so that they can be opened without Home Assistant.
        await person.open("/objclass/history")
        await page.get_by_role("link", name="Back").click()
        card = page.get_by_role("article", name=trained["name"])
        await card.get_by_role("link").first.click()
        await page.get_by_role("link", name="Quality").click()
        await person.sees("Balanced accuracy")
        await page.get_by_role("link", name="Recent").click()
        await person.shown()
        await home.hass.stop()
        try:
            await person.sees("The connection to Home Assistant is lost")
            await page.get_by_role("link", name="Quality").click()
            refused = page.locator("objclass-quality").get_by_role("alert")
            await expect(refused).to_be_visible()
        finally:
            await home.hass.start()
        await home.api.wait_for_entry(home.entry_id)
        balanced = page.get_by_text("Balanced accuracy").first
        await expect(balanced).to_be_visible(timeout=2 * PATIENCE)
        await home.hass.stop()
        try:
            await person.sees("The connection to Home Assistant is lost")
            await page.get_by_role("link", name="Back").click()
            await page.get_by_role("link", name="The past").click()
            refused = page.locator("objclass-history").get_by_role("alert")
            await expect(refused).to_be_visible()
        finally:
            await home.hass.start()
        await home.api.wait_for_entry(home.entry_id)
        start = page.get_by_role("button", name="Look at the past")
        await expect(start).to_be_visible(timeout=2 * PATIENCE)


async def _keep_many(home: Home, classifier: dict[str, Any]) -> None:
    """Let a classifier have thousands of crops, unless it has them already."""
    if await home.samples(classifier["id"], event_id="many-0"):
        return
    await home.hass.stop()
    folder = home.hass.folder / "objclass" / home.entry_id / classifier["id"]
    add_many(folder, MANY)
    await home.hass.start()
    await home.api.wait_for_entry(home.entry_id)


async def test_five_thousand_pictures_scroll_past_without_filling_the_memory(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await _keep_many(home, trained)
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/recent")
        await person.shown()
        grid = person.page.locator("objclass-grid")
        result = await grid.evaluate(SCROLL, MANY)
        assert result["seen"] >= MANY, result
        assert result["most"] <= DRAWN, result
        # Cards are used again, and each shows its own picture all the same.
        assert result["cards"] <= DRAWN, result
        assert result["mixed"] == [], result


SCROLL = """async (grid, many) => {
  const { scroller } = grid;
  const seen = new Set();
  const cards = new Set();
  const mixed = [];
  let most = 0;
  let news = performance.now();
  while (seen.size < many && performance.now() - news < 60000) {
    const items = grid.renderRoot.querySelectorAll(".item");
    most = Math.max(most, items.length);
    const before = seen.size;
    for (const item of items) {
      seen.add(item.dataset.id);
      cards.add(item);
      const shown = item.querySelector("img").src;
      if (!shown.includes(`/${item.dataset.id}?`)) mixed.push(item.dataset.id);
    }
    // A person who scrolls on sees the next pictures first.
    const bottoms = [...items].map((item) => item.getBoundingClientRect().bottom);
    if (Math.max(...bottoms) >= scroller.getBoundingClientRect().bottom - 300) {
      scroller.scrollTop += scroller.clientHeight / 2;
    }
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 5)));
    if (seen.size > before) news = performance.now();
  }
  return { seen: seen.size, most, cards: cards.size, mixed };
}"""


async def test_somebody_who_scrolls_on_without_a_connection_can_go_on_later(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await _keep_many(home, trained)
    to_the_end = """grid => {
      const cards = [...grid.samples.keys()];
      grid.bring(cards[cards.length - 1]);
    }"""
    async with person_at(browser, home.api, phone=True, forgiven=LOST) as person:
        await person.opens_recent(trained)
        grid = person.page.locator("objclass-grid")
        loaded = await grid.evaluate("grid => grid.samples.size")
        await home.hass.stop()
        try:
            await person.sees("The connection to Home Assistant is lost")
            await grid.evaluate(to_the_end)
            # A page that asks again and again does nothing else, and is not drawn.
            drawn = "new Promise(done => requestAnimationFrame(() => done(true)))"
            await person.page.wait_for_function(drawn)
        finally:
            await home.hass.start()
        await home.api.wait_for_entry(home.entry_id)
        lost = person.page.get_by_text("The connection to Home Assistant is lost")
        await expect(lost).to_have_count(0, timeout=2 * PATIENCE)
        further = """([grid, before]) => {
          const cards = [...grid.samples.keys()];
          grid.bring(cards[cards.length - 1]);
          return grid.samples.size > before;
        }"""
        handle = await grid.element_handle()
        await person.page.wait_for_function(
            further, arg=[handle, loaded], polling=200, timeout=2 * PATIENCE
        )


async def test_while_frigate_is_away_the_first_page_shows_what_was_seen_before(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async def is_back() -> bool | None:
        (entry,) = (await home.ask("classifiers"))["entries"]
        return entry["available"] or None

    await home.sim.leave()
    try:
        async with person_at(browser, home.api) as person:
            await person.open("/objclass")
            card = person.page.get_by_role("article", name=trained["name"])
            away = card.get_by_text("Frigate cannot be reached")
            await expect(away).to_be_visible(timeout=PATIENCE)
            await expect(card.locator("img").first).to_be_visible(timeout=PATIENCE)
    finally:
        await home.sim.restart()
        await until(is_back, "Frigate to be back", within=120)
