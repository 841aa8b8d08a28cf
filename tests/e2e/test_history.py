"""A run over the past, in which Home Assistant is killed, on the real programs."""

import csv
import io
from pathlib import Path
from typing import Any

from tests.frigate_sim.faults import Fault
from tests.frigate_sim.sim import FrigateSim
from tests.stack import demo
from tests.stack.api import Api, until
from tests.stack.broker import Broker
from tests.stack.home_assistant import HomeAssistant

PAST = 40


async def run_is(api: Api, status: str, done: int = 0, within: float = 240) -> Any:
    """Wait for the newest run to be so far, and return it."""

    async def look() -> Any:
        run = await api.call_for_response("objclass.history")
        return run if run["status"] == status and run["done"] >= done else None

    return await until(look, f"the run to be {status}", within)


async def table(api: Api, run: dict[str, Any]) -> list[dict[str, str]]:
    content = await api.get_bytes(run["csv"], sign_in=False)
    return list(csv.DictReader(io.StringIO(content.decode())))


async def test_a_run_goes_on_after_a_kill_and_leaves_what_others_said_alone(
    tmp_path: Path, broker: Broker
) -> None:
    async with (
        FrigateSim(
            mqtt_port=broker.port, prefix="past", past_events=PAST, version="0.18.0"
        ) as sim,
        HomeAssistant(tmp_path) as hass,
    ):
        await hass.api.add_mqtt(broker)
        stage = await demo.set_up(sim, hass)
        await demo.teach(stage, sim.truths)
        cats = [one for one in sim.world.objects.values() if one.label == "cat"]
        for one in cats[::3]:
            one.sub_label = ("max", 0.9)
        broken = next(one for one in cats if one.sub_label is None)
        sim.faults.add(Fault(path=f"{broken.id}/snapshot", status=404))
        fetched = sim.faults.add(Fault(path="snapshot-clean"))

        await hass.api.call_for_response(
            "objclass.classify_history",
            classifier=demo.CLASSIFIER,
            days=30,
            per_second=2,
        )
        before = await run_is(hass.api, "running", done=5)
        await hass.kill()
        await hass.start()
        await hass.api.wait_for_entry(stage.entry_id)
        run = await run_is(hass.api, "done")

        assert (run["id"], run["total"]) == (before["id"], len(cats))
        assert (run["done"], run["broken"]) == (len(cats), 1)
        rows = await table(hass.api, run)
        assert sorted(row["event_id"] for row in rows) == sorted(one.id for one in cats)
        # At most the one that was being looked at was fetched a second time.
        assert fetched.hits <= len(cats) + 1
        assert sim.world.writes == []

        await hass.api.call_for_response("objclass.history", command="apply")
        run = await run_is(hass.api, "done")
        named = {
            row["event_id"]: row["class"]
            for row in rows
            if row["outcome"] == "assigned"
        }
        assert len(named) > len(cats) / 3
        for one in cats:
            if one in cats[::3]:
                assert one.sub_label == ("max", 0.9)
            else:
                assert (one.sub_label or (None,))[0] == named.get(one.id)
        told = {write.id for write in sim.world.writes}
        assert len(sim.world.writes) == len(told) == run["told"]["written"]
