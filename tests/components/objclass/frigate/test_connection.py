"""Logging in, and what becomes of each kind of failure."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from custom_components.objclass.frigate import connection
from custom_components.objclass.frigate.client import FrigateClient
from custom_components.objclass.frigate.errors import (
    FrigateAuthError,
    FrigateConnectionError,
    FrigateError,
    FrigateNotFoundError,
    FrigatePermissionError,
    FrigateResponseError,
)
from tests.frigate_sim import Account, Fault
from tests.frigate_sim.faults import Damage

from .conftest import Start

PASSWORD = "s3cret&word"
ACCOUNTS = {
    "anna": Account(password=PASSWORD),
    "bob": Account(password=PASSWORD, role="viewer"),
}
ANNA = {"username": "anna", "password": PASSWORD}
BOB = {"username": "bob", "password": PASSWORD}

type Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    """Run something that is no Frigate at all."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_frigate_without_log_in_makes_everybody_an_admin(
    start: Start, version: str
) -> None:
    async with start(version=version) as (_, client):
        assert await client.role() == "admin"


async def test_an_account_logs_in_when_frigate_asks(start: Start, version: str) -> None:
    async with start(ANNA, version=version, accounts=ACCOUNTS) as (_, client):
        assert (await client.version()).text.startswith(version)
        assert await client.role() == "admin"


async def test_a_viewer_is_recognised_and_may_not_write(
    start: Start, version: str
) -> None:
    async with start(BOB, version=version, accounts=ACCOUNTS) as (sim, client):
        walk = sim.walk("leo", "front_door", duration=2)
        await sim.walks_done()
        if version in {"0.14.1", "0.15.2"}:  # no roles: every account may write
            assert await client.role() == "admin"
            await client.set_sub_label(walk.id, "leo", 0.9)
            return
        assert await client.role() == "viewer"
        assert (await client.events())[0].id == walk.id
        with pytest.raises(FrigatePermissionError, match="admin"):
            await client.set_sub_label(walk.id, "leo", 0.9)


@pytest.mark.parametrize(
    "credentials", [{}, {"username": "anna", "password": "wrong"}, {"username": "eve"}]
)
async def test_without_the_right_account_the_error_is_about_the_log_in(
    start: Start, credentials: dict[str, str]
) -> None:
    async with start(credentials, accounts=ACCOUNTS) as (_, client):
        with pytest.raises(FrigateAuthError):
            await client.version()


async def test_an_expired_log_in_is_renewed(start: Start) -> None:
    async with start(ANNA, accounts=ACCOUNTS) as (sim, client):
        await client.config()
        sim.gate.expire_all()
        await client.config()


async def test_a_log_in_that_does_not_help_is_tried_only_once(start: Start) -> None:
    async with start(ANNA, accounts=ACCOUNTS) as (sim, client):
        config = sim.faults.add(Fault(path="/config", status=401))
        log_in = sim.faults.add(Fault(path="/login", delay=0.001))
        with pytest.raises(FrigateAuthError):
            await client.config()
        assert (config.hits, log_in.hits) == (2, 1)


async def test_requests_at_the_same_time_log_in_once(start: Start) -> None:
    async with start(ANNA, accounts=ACCOUNTS) as (sim, client):
        log_in = sim.faults.add(Fault(path="/login", delay=0.05))
        await asyncio.gather(*(client.version() for _ in range(8)))
        assert log_in.hits == 1


async def test_the_name_of_the_cookie_does_not_matter(start: Start) -> None:
    async with start(ANNA, accounts=ACCOUNTS, cookie="keks") as (_, client):
        assert await client.role() == "admin"


async def test_a_path_before_the_api_is_kept(start: Start) -> None:
    async with start(ANNA, accounts=ACCOUNTS, base_path="/cameras/frigate") as (
        sim,
        client,
    ):
        assert sim.url.endswith("/cameras/frigate")
        assert await client.role() == "admin"
        assert (await client.config()).topic_prefix == "frigate"


async def test_an_account_in_the_address_is_used_and_never_shown(
    start: Start, session: aiohttp.ClientSession
) -> None:
    async with start(accounts=ACCOUNTS) as (sim, _):
        url = sim.url.replace("//", "//anna:s3cret%26word@")
        client = FrigateClient(session, url)
        assert await client.role() == "admin"


async def test_too_many_log_ins_are_no_wrong_password(start: Start) -> None:
    async with start(ANNA, accounts=ACCOUNTS) as (sim, client):
        sim.faults.add(Fault(path="/login", status=429))
        with pytest.raises(FrigateResponseError) as refusal:
            await client.version()
    assert refusal.value.status == 429


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500])
async def test_no_error_shows_the_password_or_the_token(
    start: Start, status: int
) -> None:
    async def echo(request: web.Request) -> web.Response:
        """Answer like FastAPI, which repeats the input that it complains about."""
        text = await request.text()
        token = request.headers.get("Authorization", "")
        problem = {"detail": [{"type": "x", "input": text + token}]}
        return web.json_response(problem, status=status)

    async with start(ANNA, accounts=ACCOUNTS) as (sim, client):
        await client.version()
        token = client._connection._token
        assert token
        sim.faults.add(Fault(path="/config", status=status))
        with pytest.raises(FrigateError) as error:
            await client.config()
    async with server(echo) as url:
        stranger = FrigateClient(
            client._connection._session,
            url.replace("//", f"//anna:{token}@"),
            username="anna",
            password=PASSWORD,
        )
        with pytest.raises(FrigateError) as other:
            await stranger.config()
    for raised in (error.value, other.value):
        shown = "".join(traceback.format_exception(raised)) + repr(vars(raised))
        assert PASSWORD not in shown
        assert token not in shown


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FrigateAuthError),
        (403, FrigatePermissionError),
        (404, FrigateNotFoundError),
        (400, FrigateResponseError),
        (429, FrigateResponseError),
        (500, FrigateResponseError),
        (502, FrigateResponseError),
    ],
)
async def test_each_refusal_has_its_error(
    start: Start, status: int, kind: type[FrigateError]
) -> None:
    async with start() as (sim, client):
        fault = sim.faults.add(Fault(path="/config", status=status))
        with pytest.raises(kind, match=str(status)) as refusal:
            await client.config()
        assert fault.hits == 1
    if isinstance(refusal.value, FrigateResponseError):
        assert refusal.value.status == status


@pytest.mark.parametrize("damage", ["html", "garbage", "truncate"])
async def test_a_damaged_answer_is_an_error(start: Start, damage: Damage) -> None:
    async with start(past_events=1) as (sim, client):
        event = (await client.events())[0].id
        await client.version()
        sim.faults.add(Fault(path="/api/", damage=damage))
        for ask in (client.config, client.events, client.version, client.role):
            with pytest.raises((FrigateResponseError, FrigateConnectionError)):
                await ask()
        if damage == "garbage":  # of the right type: for whoever decodes pictures
            assert (await client.clean_snapshot(event)).data
            return
        for fetch in (client.clean_snapshot, client.thumbnail):
            with pytest.raises((FrigateResponseError, FrigateConnectionError)):
                await fetch(event)


@pytest.mark.parametrize(
    "text", ["{}", "null", '"config"', '{"mqtt": {}}', '{"mqtt": 5, "cameras": {}}']
)
async def test_json_that_is_not_frigates_is_an_error(
    session: aiohttp.ClientSession, text: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    async with server(answer) as url:
        client = FrigateClient(session, url)
        for ask in (client.config, client.version, client.events):
            with pytest.raises(FrigateResponseError):
                await ask()


async def test_one_odd_object_does_not_hide_the_others(
    session: aiohttp.ClientSession,
) -> None:
    good = {"id": "1.5-a", "camera": "c", "label": "cat", "start_time": 1.5}

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/events"):
            return web.json_response([good, {"id": "1.5-b"}, None])
        return web.json_response({"id": "1.5-b"})

    async with server(answer) as url:
        client = FrigateClient(session, url)
        assert [event.id for event in await client.events()] == ["1.5-a"]
        with pytest.raises(FrigateResponseError, match="camera"):
            await client.event("1.5-b")


async def test_a_camera_that_is_offline_has_no_latest_frame(
    session: aiohttp.ClientSession,
) -> None:
    async def answer(request: web.Request) -> web.Response:
        headers = {"X-Frigate-Offline": "true"}
        return web.Response(body=b"old", content_type="image/jpeg", headers=headers)

    async with server(answer) as url:
        with pytest.raises(FrigateNotFoundError, match="offline"):
            await FrigateClient(session, url).latest_frame("front_door")


@pytest.mark.parametrize(("status", "text"), [(200, "no token"), (502, "502")])
async def test_a_log_in_without_a_token_is_no_wrong_password(
    session: aiohttp.ClientSession, status: int, text: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status if request.method == "POST" else 401)

    async with server(answer) as url:
        with pytest.raises(FrigateResponseError, match=text):
            await FrigateClient(session, url, username="anna").version()


async def test_an_answer_without_end_is_given_up(
    session: aiohttp.ClientSession,
) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        await answer.prepare(request)
        while sent < 100 << 20:
            await answer.write(bytes(1 << 20))
            sent += 1 << 20
        return answer

    async with server(endless) as url:
        client = FrigateClient(session, url)
        with pytest.raises(FrigateResponseError, match="longer than 20 MB"):
            await client.latest_frame("front_door")
    assert sent < 60 << 20


async def test_a_large_answer_is_decoded(session: aiohttp.ClientSession) -> None:
    cameras: dict[str, object] = {f"camera_{number}": {} for number in range(30_000)}

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"mqtt": {"topic_prefix": "big"}, "cameras": cameras})

    async with server(answer) as url:
        config = await FrigateClient(session, url).config()
    assert len(config.cameras) == 30_000
    assert (config.cameras["camera_7"].width, config.labels) == (1280, ())


async def test_a_redirect_is_not_followed(
    start: Start, session: aiohttp.ClientSession
) -> None:
    async with start() as (sim, _):

        async def away(request: web.Request) -> web.Response:
            raise web.HTTPPermanentRedirect(sim.url + request.path)

        async with server(away) as url:
            with pytest.raises(FrigateResponseError, match="308"):
                await FrigateClient(session, url).version()


async def test_nobody_there_is_a_connection_error(
    session: aiohttp.ClientSession,
) -> None:
    client = FrigateClient(session, "http://127.0.0.1:9")
    with pytest.raises(FrigateConnectionError, match="nothing answers at"):
        await client.version()


async def test_a_slow_frigate_is_a_connection_error(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    async with start() as (sim, client):
        fault = sim.faults.add(Fault(path="/config", delay=2))
        with pytest.raises(FrigateConnectionError, match="in time"):
            await client.config()
        assert fault.hits == 1


async def test_plain_http_on_a_tls_address_is_a_connection_error(
    start: Start, session: aiohttp.ClientSession
) -> None:
    async with start() as (sim, _):
        client = FrigateClient(session, sim.url.replace("http:", "https:"))
        with pytest.raises(FrigateConnectionError, match="does not speak TLS"):
            await client.version()
