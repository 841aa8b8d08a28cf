"""A panel that stays open while the world goes on."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.async_api import Browser, WebSocketRoute, expect

from tests.stack.api import until

from .home import Home, label_as
from .people import PATIENCE, Person, person_at

HIDDEN = 5 * 60_000  # after so many ms Home Assistant takes a hidden panel away


async def test_new_pictures_wait_until_they_are_asked_for_while_one_selects(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        ids = await person.opens_recent(trained)
        await person.picture(ids[1]).click()
        walk = await home.walk()
        await expect(person.button("new crop")).to_be_visible(timeout=PATIENCE)
        assert (await person.shown())[: len(ids)] == ids
        await person.sees("1 selected")
        await person.button("new crop").click()
        newest = await home.samples(trained["id"], event_id=walk)
        await expect(person.card(newest[0]["id"])).to_be_visible(timeout=PATIENCE)
        assert (await person.shown())[0] == newest[0]["id"]
        await expect(person.button("new crop")).to_have_count(0)


async def test_a_picture_whose_address_is_too_old_gets_a_new_one_by_itself(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    refused = "the server responded with a status of 403"
    async with person_at(browser, home.api, forgiven=[refused]) as person:
        ids = await person.opens_recent(trained)
        old = await home.expired_address(trained["id"], ids[0])
        image = person.card(ids[0]).locator("img")
        async with person.page.expect_response(lambda answer: answer.status == 403):
            await person.page.locator("objclass-workbench").evaluate(
                # As it is when the page was loaded more than an hour ago.
                """(bench, [id, thumb]) => {
                  bench._list.readdress({ [id]: { thumb, image: thumb } });
                  bench._version += 1;
                }""",
                [ids[0], old],
            )
        await expect(image).not_to_have_attribute("src", re.compile(re.escape(old)))
        await expect(image).to_have_js_property("complete", value=True)
        await expect(image).not_to_have_js_property("naturalWidth", 0)


async def test_a_panel_that_was_hidden_for_five_minutes_is_as_it_was_and_up_to_date(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    await label_as(home, trained["id"], None, count=12)
    async with person_at(browser, home.api) as person:
        await person.page.clock.install()
        ids = await person.opens_recent(trained, "?labelled=no&group=event")
        await _hide(person, hidden=True)
        await person.page.clock.fast_forward(HIDDEN + 1000)
        await expect(person.page.locator("objclass-panel")).to_have_count(0)
        # Somebody else goes on meanwhile.
        await home.ask(
            "label",
            classifier_id=trained["id"],
            sample_ids=ids[:1],
            **{"class": "none"},
        )
        walk = await home.walk()
        await _hide(person, hidden=False)
        await expect(person.page).to_have_url(re.compile("labelled=no.*group=event"))
        await expect(person.card(ids[1])).to_be_visible(timeout=PATIENCE)
        await expect(person.card(ids[0])).to_have_count(0)
        seen = await home.samples(trained["id"], event_id=walk)
        await expect(person.card(seen[0]["id"])).to_be_visible(timeout=PATIENCE)
        # And it hears of what comes from now on.
        await home.ask(
            "label",
            classifier_id=trained["id"],
            sample_ids=[seen[0]["id"]],
            **{"class": "none"},
        )
        await expect(person.card(seen[0]["id"]).locator(".label")).to_have_text("none")


async def _hide(person: Person, *, hidden: bool) -> None:
    """Do what a browser does with a tab in the background."""
    await person.page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", {
            value: hidden, configurable: true,
          });
          document.dispatchEvent(new Event("visibilitychange"));
          if (!hidden) window.dispatchEvent(new Event("focus"));
        }""",
        hidden,
    )


async def test_after_a_change_of_the_network_one_sees_how_far_it_has_looked(
    home: Home, browser: Browser, trained: dict[str, Any]
) -> None:
    labels = {
        sample["id"]: sample["label"]
        for sample in await home.samples(trained["id"], labelled=True)
    }
    await label_as(home, trained["id"], None, count=len(labels) - 12)
    words = "The other network looks at the kept crops"
    held = list[Callable[[], None]]()

    def halfway(socket: WebSocketRoute) -> None:
        """Be in the middle of it for as long as the test wants."""
        server = socket.connect_to_server()

        def answer(message: str | bytes) -> None:
            end = '("job":"embed","share":)1.0,"done":true'
            half = re.sub(end, r'\g<1>0.5,"done":false', str(message))
            socket.send(half)
            if half != message:
                held.append(partial(socket.send, message))

        server.on_message(answer)

    try:
        async with person_at(browser, home.api) as person:
            await person.page.route_web_socket(re.compile("/api/websocket"), halfway)
            await person.open("/objclass")
            await _choose_network(home, "128")
            await person.sees(words)
            await until(lambda: _is_done(held), "the end of it", within=120)
            for send in held:
                send()
            await expect(person.page.get_by_text(words)).to_have_count(0)
    finally:
        for name in set(labels.values()):
            ids = [sample_id for sample_id, label in labels.items() if label == name]
            which = {"classifier_id": trained["id"], "sample_ids": ids}
            await home.ask("label", **which, **{"class": name})
        await _choose_network(home, "224")


async def _is_done(held: list[Callable[[], None]]) -> bool | None:
    return bool(held) or None


async def _choose_network(home: Home, backbone: str) -> None:
    flow = await home.api.start_options_flow(home.entry_id)
    await flow.submit({"next_step_id": "runtime"})
    own = {"pixel_range": "zero_to_255"}
    settings = {"runtime": "auto", "threads": 1, "device": "cpu", "own": own}
    answer = await flow.submit({**settings, "backbone": backbone, "server": {}})
    assert answer["type"] == "create_entry", answer

    async def is_trained() -> bool | None:
        found = (await home.ask("classifiers"))["classifiers"][0]
        return (found["trained"] and found["training"] is None) or None

    await until(is_trained, "the training with the other network", within=120)
