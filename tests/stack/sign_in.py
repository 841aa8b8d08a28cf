"""Become the owner of a new Home Assistant, or sign in to one that has an owner."""

from http import HTTPStatus
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from .api import Api, ApiError, Tokens

NAME = "Demo"
USERNAME = "demo"
PASSWORD = "demo"


async def sign_in(url: URL) -> Api:
    """Return the API of the Home Assistant at `url`, as its owner."""
    async with ClientSession(base_url=url, raise_for_status=True) as session:
        code = await _onboard(session, url) or await _log_in(session, url)
        tokens = await _tokens(session, url, code)
    return Api(url=url, tokens=tokens)


async def _onboard(session: ClientSession, url: URL) -> str | None:
    """Create the owner's account; None when there is one."""
    async with session.get("/api/onboarding", raise_for_status=False) as response:
        if response.status == HTTPStatus.NOT_FOUND:  # done before the last start
            return None
        steps = {step["step"]: step["done"] for step in await response.json()}
    if steps["user"]:
        return None
    owner = {
        "client_id": str(url),
        "name": NAME,
        "username": USERNAME,
        "password": PASSWORD,
        "language": "en",
    }
    async with session.post("/api/onboarding/users", json=owner) as response:
        return str((await response.json())["auth_code"])


async def _log_in(session: ClientSession, url: URL) -> str:
    start = {
        "client_id": str(url),
        "handler": ["homeassistant", None],
        "redirect_uri": str(url),
    }
    async with session.post("/auth/login_flow", json=start) as response:
        flow = (await response.json())["flow_id"]
    account = {"client_id": str(url), "username": USERNAME, "password": PASSWORD}
    async with session.post(f"/auth/login_flow/{flow}", json=account) as response:
        answer = await response.json()
    if answer["type"] != "create_entry":
        raise ApiError(HTTPStatus.UNAUTHORIZED, str(answer.get("errors", answer)))
    return str(answer["result"])


async def _tokens(session: ClientSession, url: URL, code: str) -> Tokens:
    form = {"client_id": str(url), "grant_type": "authorization_code", "code": code}
    async with session.post("/auth/token", data=form) as response:
        answer: dict[str, Any] = await response.json()
    return Tokens(
        access=answer["access_token"],
        refresh=answer["refresh_token"],
        expires_in=answer["expires_in"],
    )
