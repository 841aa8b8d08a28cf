"""People with a browser: what they do, see, and what their browser complains of."""

import json
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)
from yarl import URL

from tests.stack.api import Api, Tokens

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A picture of a slow machine takes its time; a person waits too, whatever it is for.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
# For six seconds the bar at the bottom shows what can be taken back; a busy machine
# may need them for the next step.
SLOW_READER = """{
  const { setTimeout } = window;
  window.setTimeout = (job, wait, ...rest) =>
    setTimeout(job, wait === 6000 ? 600000 : wait, ...rest);
}"""


@dataclass(kw_only=True)
class Person:
    """Somebody who looks at the panel."""

    page: Page
    url: URL
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go to a page of the panel, and wait until it is drawn."""
        await self.page.goto(str(self.url.join(URL(path, encoded=True))))
        await expect(self.page.locator("objclass-panel main")).to_be_visible()
        # Of a job the bar shows how far it is; a page that is not there yet has none.
        loading = "[role=progressbar]:not([aria-valuenow])"
        await expect(
            self.page.locator("objclass-panel").locator(loading)
        ).to_have_count(0)

    async def opens_recent(
        self, classifier: dict[str, Any], query: str = ""
    ) -> list[str]:
        """Open the recent classifications; return the ids that are drawn."""
        await self.open(f"/objclass/{classifier['id']}/recent{query}")
        return await self.shown()

    def button(self, name: str) -> Locator:
        """Return a button or link by what it says."""
        either = self.page.get_by_role("button", name=name)
        return either.or_(self.page.get_by_role("link", name=name)).first

    def class_button(self, name: str) -> Locator:
        """Return the button of a class at the bottom of the pictures."""
        return self.page.locator("objclass-class-bar").get_by_role("button", name=name)

    def picture(self, sample_id: str) -> Locator:
        """Return the picture of a sample in the grid."""
        return self.card(sample_id).locator(".picture")

    def card(self, sample_id: str) -> Locator:
        """Return a sample in the grid, with what is said below it."""
        return self.page.locator(f'.item[data-id="{sample_id}"]')

    async def shown(self) -> list[str]:
        """Return the ids of the samples that are drawn, from top to bottom."""
        await self.page.locator(".item.loaded").first.wait_for(timeout=PATIENCE)
        ids: list[str] = await self.page.locator(".item").evaluate_all(
            "items => items.map(item => ({ id: item.dataset.id,"
            " box: item.getBoundingClientRect() })).sort((a, b) =>"
            " a.box.top - b.box.top || a.box.left - b.box.left).map(item => item.id)"
        )
        return ids

    async def is_told(self, words: str) -> None:
        """Wait until the bar at the bottom says it."""
        await expect(self.page.locator("objclass-snackbar")).to_contain_text(
            words, timeout=PATIENCE
        )

    async def sees(self, words: str) -> None:
        """Wait until the page says it."""
        await expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)

    def note(self, message: ConsoleMessage) -> None:
        """Remember what the browser complains of."""
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location})")


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Run a real Chromium: Debian's, else the one that Playwright brings."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        yield chromium
        await chromium.close()


@asynccontextmanager
async def person_at(
    browser: Browser,
    api: Api,
    *,
    tokens: Tokens | None = None,
    phone: bool = False,
    dark: bool = False,
    language: str = "en",
    forgiven: Sequence[str] = (),
) -> AsyncIterator[Person]:
    """Let somebody sit down at a browser, logged in; a complaint of it fails the test.

    `forgiven` are parts of complaints that belong to the test.
    """
    context = await browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        locale=language,
        device_scale_factor=2 if phone else 1,
    )
    stored = json.dumps(_stored(api.url, tokens or api.tokens))
    await context.add_init_script(
        f"localStorage.setItem('hassTokens', {json.dumps(stored)});"
        f"localStorage.setItem('selectedLanguage', JSON.stringify('{language}'));"
    )
    async with _in(context, api.url, forgiven) as person:
        yield person


@asynccontextmanager
async def newcomer_at(browser: Browser, url: URL) -> AsyncIterator[Person]:
    """Let somebody type an address in whose browser has never been there."""
    context = await browser.new_context(viewport=DESKTOP, locale="en")
    async with _in(context, url, forgiven=()) as person:
        await person.page.goto(str(url))
        yield person


@asynccontextmanager
async def _in(
    context: BrowserContext, url: URL, forgiven: Sequence[str]
) -> AsyncIterator[Person]:
    """Let somebody use a browser; what it complains of fails the test at the end."""
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(SLOW_READER)
    page = await context.new_page()
    person = Person(page=page, url=url)
    page.on("console", person.note)
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    try:
        yield person
    finally:
        await context.close()
    left = [
        text for text in person.complaints if not any(part in text for part in forgiven)
    ]
    assert not left, left


def _stored(url: URL, tokens: Tokens) -> dict[str, Any]:
    """Return what the frontend keeps of a log-in."""
    origin = str(url.origin())
    return {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "expires": int((time.time() + tokens.expires_in) * 1000),
        "hassUrl": origin,
        "clientId": f"{origin}/",
    }


async def add_user(api: Api, name: str) -> Tokens:
    """Create an account that is no administrator's, and log in with it."""
    async with api.websocket() as ws:
        created = await ws.command(
            "config/auth/create", name=name, group_ids=["system-users"]
        )
        await ws.command(
            "config/auth_provider/homeassistant/create",
            user_id=created["user"]["id"],
            username=name,
            password=name,
        )
    return await _log_in(api.url, name)


async def _log_in(url: URL, name: str) -> Tokens:
    client = {"client_id": str(url)}
    async with ClientSession(base_url=url, raise_for_status=True) as session:
        start = {
            **client,
            "handler": ["homeassistant", None],
            "redirect_uri": str(url),
        }
        async with session.post("/auth/login_flow", json=start) as response:
            flow = (await response.json())["flow_id"]
        account = {**client, "username": name, "password": name}
        async with session.post(f"/auth/login_flow/{flow}", json=account) as response:
            code = (await response.json())["result"]
        form = {**client, "grant_type": "authorization_code", "code": code}
        async with session.post("/auth/token", data=form) as response:
            answer = await response.json()
    return Tokens(
        access=answer["access_token"],
        refresh=answer["refresh_token"],
        expires_in=answer["expires_in"],
    )
