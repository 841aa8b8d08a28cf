"""How fast the panel is: thousands of crops, a real Home Assistant, a real Chromium.

Puts crops into a classifier, opens the panel from another page of Home Assistant,
labels with the keyboard, and scrolls past all of them. Prints each figure beside its
goal. Nobody has looked at the crops before: their thumbnails are made on
the way. Home Assistant, the simulated Frigate and the browser, which draws without a
graphics card, share this machine's processors.

With --json it prints one object per figure: figure, value, unit, goal (null: none).
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.async_api import CDPSession, Page, expect

from tests.panel.home import Home, create_classifier, label_as, running_home, teach
from tests.panel.many import add_many
from tests.panel.people import PATIENCE, Person, person_at, running_browser

PROBE: Final = Path(__file__).with_name("panel_probe.js")
SPEED: Final = 4000  # pixels per second: four screens
LABELS: Final = 20
OPENINGS: Final = 5
ELSEWHERE: Final = "/logbook"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something that was measured, and what it should be at most."""

    figure: str
    value: float
    unit: str
    goal: float | None = None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark panel",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--samples", type=int, default=5000, help="crops kept (5000)")
    parser.add_argument("--json", action="store_true", help="one object per line")
    arguments = parser.parse_args()
    for figure in asyncio.run(measure(arguments.samples)):
        if arguments.json:
            print(json.dumps(asdict(figure)))
        else:
            goal = "" if figure.goal is None else f"   (goal {figure.goal:g})"
            print(f"{figure.figure:50} {figure.value:8.1f} {figure.unit:5}{goal}")


async def measure(samples: int) -> list[Figure]:
    """Return what was measured with so many samples."""
    with tempfile.TemporaryDirectory(prefix="objclass-benchmark-") as name:
        async with running_home(Path(name), images=None) as home:
            classifier_id = await create_classifier(home)
            await teach(home, classifier_id)
            known = len(await home.samples(classifier_id))
            await home.hass.stop()
            folder = home.hass.folder / "objclass" / home.entry_id / classifier_id
            await asyncio.to_thread(add_many, folder, samples - known)
            await home.hass.start()
            await home.api.wait_for_entry(home.entry_id)
            await label_as(home, classifier_id, None, count=LABELS)
            return await look(home, f"/objclass/{classifier_id}/recent")


async def look(home: Home, path: str) -> list[Figure]:
    """Do what a person does, and take the times."""
    async with running_browser() as browser, person_at(browser, home.api) as person:
        page = person.page
        await page.add_init_script(path=PROBE)
        devtools = await page.context.new_cdp_session(page)
        figures = await open_often(person, path)
        await page.evaluate("took = probe.questions()")
        figures += await label(page)
        before = await memory(devtools)
        figures += await scroll(page)
        after = await memory(devtools)
    return [
        *figures,
        Figure(figure="memory before scrolling", value=before["heap"], unit="MB"),
        Figure(figure="memory after scrolling", value=after["heap"], unit="MB"),
        Figure(figure="nodes before scrolling", value=before["nodes"], unit=""),
        Figure(figure="nodes after scrolling", value=after["nodes"], unit=""),
    ]


async def open_often(person: Person, path: str) -> list[Figure]:
    """Open the panel for the first time, when no thumbnail is made, and again."""
    page = person.page
    await page.goto(str(person.url.with_path(ELSEWHERE)))
    link = page.get_by_role("link", name="Object Classifier")
    await expect(link).to_be_visible(timeout=PATIENCE)
    await page.wait_for_load_state("networkidle")
    times = []
    for _ in range(OPENINGS + 1):
        times.append(await page.evaluate("path => probe.open(path)", path))
        if len(times) <= OPENINGS:
            await page.evaluate("path => probe.go(path)", ELSEWHERE)
            await expect(page.locator("objclass-panel")).to_have_count(0)
            await page.wait_for_timeout(500)
    first, *others = times
    again = {key: median(time[key] for time in others) for key in first}
    return [
        Figure(
            figure=f"opened {when}: {what} there",
            value=values[key],
            unit="ms",
            goal=1000 if key == "first" else None,
        )
        for when, values in (("for the first time", first), ("again", again))
        for key, what in (("first", "first picture"), ("all", "all in sight"))
    ]


async def label(page: Page) -> list[Figure]:
    """Label pictures with a key each."""
    await page.locator(".item .picture").first.focus()
    shown = []
    for _ in range(LABELS):
        time = asyncio.ensure_future(page.evaluate("probe.labelled()"))
        await page.wait_for_timeout(50)  # the probe listens
        await page.keyboard.press("1")
        shown.append(await time)
    answered = f"took['objclass/label'].length === {LABELS}"
    await page.wait_for_function(answered, timeout=PATIENCE)
    server = (await page.evaluate("took"))["objclass/label"]
    return [
        *summary("label is shown", shown, goal=100),
        *summary("label is confirmed by the server", server),
    ]


async def scroll(page: Page) -> list[Figure]:
    """Scroll past everything."""
    result: dict[str, Any] = await page.evaluate(f"probe.scroll({SPEED})")
    pages = (await page.evaluate("took"))["objclass/samples"]
    frames = sorted(result["frames"])
    tasks = result["tasks"]
    return [
        Figure(figure="crops scrolled past", value=result["seen"], unit=""),
        *summary("page of 200 is answered", pages),
        *summary("frame while scrolling", frames),
        Figure(
            figure="frame while scrolling, 99 of 100",
            value=frames[len(frames) * 99 // 100],
            unit="ms",
        ),
        Figure(
            figure="longest task while scrolling",
            value=max(tasks, default=0),
            unit="ms",
            goal=100,
        ),
        Figure(
            figure="share of time with empty space in sight",
            value=100 * result["blank"] / sum(frames),
            unit="%",
            goal=0,
        ),
        Figure(
            figure="share of time with a picture still loading",
            value=100 * result["waiting"] / sum(frames),
            unit="%",
        ),
        Figure(
            figure="most pictures in the document",
            value=result["most"],
            unit="",
            goal=150,
        ),
    ]


def summary(
    what: str, times: Sequence[float], goal: float | None = None
) -> list[Figure]:
    """Return the middle and the worst of some times in ms."""
    return [
        Figure(figure=what, value=median(times), unit="ms", goal=goal),
        Figure(figure=f"{what}, worst of {len(times)}", value=max(times), unit="ms"),
    ]


async def memory(devtools: CDPSession) -> dict[str, float]:
    """Return the page's memory in MB, garbage collected, and its nodes."""
    await devtools.send("Performance.enable")
    await devtools.send("HeapProfiler.collectGarbage")
    metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
    found = {item["name"]: item["value"] for item in metrics}
    return {"heap": found["JSHeapUsedSize"] / 1e6, "nodes": found["Nodes"]}


if __name__ == "__main__":
    main()
