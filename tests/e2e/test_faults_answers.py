"""Frigate answers nonsense, and refuses: the same object is named once it stops.

That each answer becomes the right error is tested in `frigate/test_connection`, and
that no picture does harm in `learning/test_crop`; here they meet a live Home Assistant.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.frigate_sim.faults import Fault
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import until
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.websocket import CommandError

from .stage import Stage, staged

# What each does to the picture of an object, and what it is counted as.
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "401": ({"status": 401}, "failed_fetches"),
    "403": ({"status": 403}, "failed_fetches"),
    "404": ({"status": 404}, "failed_fetches"),
    "429": ({"status": 429}, "failed_fetches"),
    "500": ({"status": 500}, "failed_fetches"),
    "cut off": ({"damage": "truncate"}, "failed_fetches"),
    "HTML": ({"damage": "html"}, "failed_fetches"),
    "wrong content type": ({"damage": "type"}, "failed_fetches"),
    "no picture": ({"damage": "garbage"}, "bad_pictures"),
    "corrupt JPEG": ({"damage": "corrupt"}, "bad_pictures"),
    "40 megapixels": ({"damage": "40 megapixels"}, "bad_pictures"),
    "bomb": ({"damage": "bomb"}, "bad_pictures"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(home_assistant: HomeAssistant, broker: Broker) -> AsyncIterator[Stage]:
    """Return a classifier of a Frigate that can be made to answer nonsense."""
    async with (
        FrigateSim(
            mqtt_port=broker.port,
            prefix="answers",
            version="0.18.0",
            past_events=40,
            speed=2,
        ) as sim,
        staged(home_assistant, sim, "Answers") as stage,
    ):
        yield stage


@pytest.mark.parametrize("name", FAULTS)
async def test_an_object_is_named_as_soon_as_its_picture_is_one_again(
    stage: Stage, name: str
) -> None:
    options, counted_as = FAULTS[name]
    before = (await stage.counts())[counted_as]
    fault = stage.sim.faults.add(Fault(path="snapshot", **options))
    async with (
        stage.api.websocket() as ws,
        ws.events("objclass_result") as results,
    ):
        walk = stage.sim.walk("leo", "front_door", duration=14)
        walk.may_leave.clear()

        async def struck() -> bool | None:
            return (await stage.counts())[counted_as] > before or None

        await until(struck, f"{counted_as} to count {name}", within=60)
        assert fault.hits >= 1
        stage.sim.faults.clear()
        walk.may_leave.set()
        result = await stage.outcome(results, walk.id)
    assert result["attempts"] >= 1
    flows = await stage.reauth_flows()
    assert bool(flows) is (name == "401")
    for flow in flows:
        await stage.api.delete(f"/api/config/config_entries/flow/{flow['flow_id']}")
    if result["class"] != "leo":
        await stage.sees()  # it was not sure enough about that one
    stage.expect_calm()


@pytest.mark.parametrize("version", ["0.14.1", "0.18.0"], ids=["PNG", "WebP"])
async def test_a_corrupt_picture_of_the_past_is_left_out_and_the_others_are_taken(
    home_assistant: HomeAssistant, broker: Broker, version: str
) -> None:
    """What Frigate keeps of the past are PNG files up to 0.16, and then WebP files."""
    async with (
        FrigateSim(
            mqtt_port=broker.port, prefix="corrupt", version=version, past_events=40
        ) as sim,
        staged(home_assistant, sim, f"Corrupt {version[2:4]}") as stage,
    ):
        taken = len(await stage.samples())
        fault = sim.faults.add(Fault(path="snapshot-clean", damage="corrupt", times=3))
        collected = await stage.command("collect", count=2)
        assert fault.hits == 3
        assert collected["unusable"] == 3
        assert len(collected["sample_ids"]) == 2
        assert len(await stage.samples()) == taken + len(collected["sample_ids"])
        stage.expect_calm()


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"damage": "html"}, "200 text/html"),
        ({"damage": "truncate"}, "200 application/json"),
        ({"damage": "type"}, "200 text/plain"),
        ({"status": 429}, "429 text/html"),
    ],
    ids=["HTML", "cut off", "wrong content type", "429"],
)
async def test_collecting_says_what_was_wrong_and_works_the_next_time(
    stage: Stage, options: dict[str, Any], answer: str
) -> None:
    before = await stage.samples()
    fault = stage.sim.faults.add(Fault(path="events$", **options))
    if options == {"damage": "type"}:
        # Frigate's own error pages are called JSON, and its JSON is not always.
        await stage.command("collect", count=1)
    else:
        with pytest.raises(CommandError, match="Frigate"):
            await stage.command("collect", count=1)
        assert await stage.samples() == before
    assert {*fault.answers} == {answer}
    stage.sim.faults.clear()
    await stage.command("collect", count=1)
    stage.expect_calm()


async def test_a_setup_that_gets_html_instead_of_json_waits_and_is_tried_again(
    stage: Stage,
) -> None:
    fault = stage.sim.faults.add(Fault(path="api/config$", damage="html"))
    await stage.api.reload_entry(stage.entry_id)
    waiting = await stage.api.wait_for_entry(stage.entry_id, "setup_retry")
    assert "not JSON" in waiting["reason"]
    assert fault.hits >= 1
    stage.sim.faults.clear()
    await stage.api.wait_for_entry(stage.entry_id, within=120)
    await stage.sees()
    stage.expect_calm()


async def test_a_sub_label_that_was_refused_is_written_when_frigate_takes_it(
    stage: Stage,
) -> None:
    fault = stage.sim.faults.add(Fault(path="sub_label", method="POST", status=500))
    async with (
        stage.api.websocket() as ws,
        ws.events("objclass_result") as results,
    ):
        walk, named = await stage.names(results)

        async def struck() -> bool | None:
            return bool(fault.answers) or None

        await until(struck, "Frigate to refuse", within=60)
        assert {*fault.answers} == {"500 text/html"}
        assert walk.sub_label is None
        stage.sim.faults.clear()
        walk.may_leave.set()

        async def told() -> bool | None:
            return walk.sub_label is not None or None

        await until(told, "Frigate to be told", within=120)
    assert walk.sub_label is not None
    assert walk.sub_label[0] in {named["class"], "leo"}
    stage.expect_calm()
