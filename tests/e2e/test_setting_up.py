"""Setting up in the newest Home Assistant, through the dialogues of its frontend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.frigate_sim.auth import Account
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import FLOWS, Api, until
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant

RULES = {
    "threshold": 0.8,
    "min_attempts": 3,
    "agreement": 0.6,
    "max_attempts": 16,
    "save_attempts": 200,
}
CLASSIFIER: dict[str, Any] = {
    "name": "Visitors",
    "labels": ["cat"],
    "classes": ["leo", "charlie"],
    "kind": "sub_label",
    "filter": {},
    "rules": RULES,
}


def address(sim: FrigateSim, password: str) -> dict[str, Any]:
    login = {"username": "ann", "password": password}
    return {"url": sim.url, "verify_ssl": True, "login": login}


@asynccontextmanager
async def added(
    api: Api, broker: Broker, prefix: str
) -> AsyncIterator[tuple[FrigateSim, str]]:
    """Add a Frigate that wants a log-in; remove it afterwards."""
    async with FrigateSim(
        mqtt_port=broker.port,
        prefix=prefix,
        accounts={"ann": Account(password="secret")},
    ) as sim:
        flow = await api.start_flow("objclass")
        await flow.submit({"next_step_id": "manual"})
        shown = await flow.submit(address(sim, "wrong"))
        assert shown["errors"] == {"base": "invalid_auth"}
        entry = (await flow.submit(address(sim, "secret")))["result"]
        await api.wait_for_entry(entry["entry_id"])
        try:
            yield sim, entry["entry_id"]
        finally:
            await api.delete_entry(entry["entry_id"])


async def shows(api: Api, *entity_ids: str) -> None:
    """Wait until these entities are there and not unavailable."""

    async def look() -> bool | None:
        states = [await api.state(entity_id) for entity_id in entity_ids]
        there = all(state and state["state"] != "unavailable" for state in states)
        return there or None

    await until(look, f"{entity_ids} to be available", within=60)


async def is_gone(api: Api, entity_id: str) -> None:
    async def look() -> bool | None:
        return await api.state(entity_id) is None or None

    await until(look, f"{entity_id} to go", within=60)


async def offered(api: Api) -> list[dict[str, Any]]:
    """Return the dialogues that wait for a person."""
    async with api.websocket() as ws:
        flows = await ws.command("config_entries/flow/progress")
    return [flow for flow in flows if flow["handler"] == "objclass"]


async def test_a_classifier_is_created_changed_and_deleted(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    api = home_assistant.api
    async with added(api, broker, "changing") as (_, entry_id):
        flow = await api.start_subentry_flow(entry_id, "classifier")
        created = await flow.submit(CLASSIFIER)
        assert created["type"] == "create_entry"
        await shows(api, "sensor.visitors_front_door", "sensor.visitors_leo_last_seen")

        async with api.websocket() as ws:
            (subentry,) = await ws.command(
                "config_entries/subentries/list", entry_id=entry_id
            )
        flow = await api.start_subentry_flow(
            entry_id, "classifier", subentry["subentry_id"]
        )
        changed = await flow.submit(CLASSIFIER | {"classes": ["charlie", "felix"]})
        assert changed["reason"] == "reconfigure_successful"
        await shows(api, "sensor.visitors_felix_last_seen")
        await is_gone(api, "sensor.visitors_leo_last_seen")

        async with api.websocket() as ws:
            await ws.command(
                "config_entries/subentries/delete",
                entry_id=entry_id,
                subentry_id=subentry["subentry_id"],
            )
        await is_gone(api, "sensor.visitors_front_door")
        await api.wait_for_entry(entry_id)


async def test_address_log_in_and_options_are_changed(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    api = home_assistant.api
    async with added(api, broker, "moving") as (sim, entry_id):
        flow = await api.start_reconfigure_flow("objclass", entry_id)
        answer = await flow.submit(address(sim, "secret") | {"verify_ssl": False})
        assert answer["reason"] == "reconfigure_successful"
        await api.wait_for_entry(entry_id)

        flow = await api.start_options_flow(entry_id)
        await flow.submit({"next_step_id": "results"})
        answer = await flow.submit({"write_back": False, "publish_mqtt": False})
        assert answer["type"] == "create_entry"
        await api.wait_for_entry(entry_id)

        # Frigate forgets the account; a reload notices.
        sim.gate._accounts = {"ann": Account(password="new")}
        sim.gate.expire_all()
        await api.reload_entry(entry_id)
        await api.wait_for_entry(entry_id, "setup_error")

        async def asked() -> list[dict[str, Any]] | None:
            return await offered(api) or None

        (reauth,) = await until(asked, "the question for a log-in", within=60)
        answer = await api.post(
            f"{FLOWS}/{reauth['flow_id']}", {"username": "ann", "password": "new"}
        )
        assert answer["reason"] == "reauth_successful"
        await api.wait_for_entry(entry_id)


async def test_a_running_frigate_is_discovered_and_ends_up_as_one_entry(
    home_assistant: HomeAssistant, broker: Broker
) -> None:
    api = home_assistant.api

    async def one_is_offered() -> dict[str, Any] | None:
        return next(iter(await offered(api)), None)

    async with FrigateSim(mqtt_port=broker.port) as sim:
        found = await until(one_is_offered, "a Frigate to be discovered", within=60)
        assert found["context"]["title_placeholders"] == {"name": "Frigate"}
        # No address is known: neither the official integration is here nor the app.
        shown = await api.get(f"{FLOWS}/{found['flow_id']}")
        assert shown["step_id"] == "manual"
        form = {"url": sim.url, "verify_ssl": True, "login": {}}
        created = await api.post(f"{FLOWS}/{found['flow_id']}", form)
        entry_id = created["result"]["entry_id"]
        try:
            await api.wait_for_entry(entry_id)
            assert not await offered(api)
        finally:
            await api.delete_entry(entry_id)
