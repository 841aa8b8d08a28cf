"""A trained classifier in a running Home Assistant, around which things go wrong."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.frigate_sim.objects import SimObject
from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import Api, Json
from tests.stack.home_assistant import HomeAssistant
from tests.stack.websocket import Subscription

# Drawn cats differ a lot, and few examples make strangers of many: two attempts settle
# it, whatever they look like.
RULES = {
    "threshold": 0.7,
    "min_attempts": 2,
    "agreement": 0.6,
    "max_attempts": 16,
    "save_attempts": 200,
    "familiarity": False,
}
WALK = 8.0  # seconds, before the simulation's speed
TRIES = 5  # who is never sure enough about is looked at again, as in life
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d [\d:.+]+ (?=[A-Z]+ )", re.MULTILINE)
# Home Assistant's own greeting, when the broker is killed at that very moment.
_GREETING = "_async_resubscribe_and_publish_birth_message"
_MISHAP = re.compile(r"Traceback|Unexpected error|never retrieved|was destroyed but")
# Cats of the past to learn from: enough for a head that knows leo from charlie.
EXAMPLES = 24


@dataclass(kw_only=True)
class Stage:
    """A Frigate, the entry for it, and a classifier (by id) that knows its cats."""

    hass: HomeAssistant
    sim: FrigateSim
    entry_id: str
    classifier: str
    seen: int = 0  # so much of the log is no matter any more

    @property
    def api(self) -> Api:
        """Home Assistant's API."""
        return self.hass.api

    async def command(self, kind: str, **data: Any) -> Any:
        """Send one of the panel's commands about the classifier."""
        async with self.api.websocket() as ws:
            return await ws.command(
                f"objclass/{kind}", classifier_id=self.classifier, **data
            )

    async def status(self) -> Json:
        """Return what the panel shows of the entry."""
        async with self.api.websocket() as ws:
            entries = (await ws.command("objclass/status"))["entries"]
        (entry,) = [one for one in entries if one["entry_id"] == self.entry_id]
        return dict(entry)

    async def counts(self) -> dict[str, int]:
        """Return what the pipeline has counted since it was set up."""
        return dict((await self.status())["counts"])

    async def reauth_flows(self) -> list[Json]:
        """Return the questions for a new log-in to this Frigate."""
        async with self.api.websocket() as ws:
            flows = await ws.command("config_entries/flow/progress")
        return [
            flow
            for flow in flows
            if flow["context"].get("entry_id") == self.entry_id
            and flow["context"]["source"] == "reauth"
        ]

    async def samples(self, **conditions: Any) -> dict[str, str | None]:
        """Return the labels of all samples that meet the conditions, by id."""
        found: dict[str, str | None] = {}
        more: dict[str, Any] = {}
        while True:
            page = await self.command("samples", filter=conditions, limit=200, **more)
            found |= {one["id"]: one["label"] for one in page["samples"]}
            if not page["cursor"]:
                return found
            more = {"cursor": page["cursor"]}

    def said(self, event_id: str) -> list[str]:
        """Return the types of the messages that Frigate has sent about an object."""
        return [
            message["type"]
            for topic, message in self.sim.published
            if topic == "events" and message["after"]["id"] == event_id
        ]

    # Life

    async def sees(self, name: str = "leo", camera: str = "front_door") -> str:
        """Let a cat walk past until it gets its name; return the id of its event."""
        async with self.api.websocket() as ws, ws.events("objclass_result") as results:
            for _ in range(TRIES):
                event_id = self.sim.walk(name, camera, duration=WALK).id
                if (await self.outcome(results, event_id))["class"] == name:
                    return event_id
        raise AssertionError(f"{name} walked past {TRIES} times and was not named")

    async def names(
        self, results: Subscription, name: str = "leo", camera: str = "front_door"
    ) -> tuple[SimObject, Json]:
        """Let a cat walk past until it gets a name while it is in view.

        Returned with the result; it stays in view until it may leave.
        """
        for _ in range(TRIES):
            walk = self.sim.walk(name, camera, duration=3 * WALK)
            result = await self.outcome(results, walk.id)
            walk.may_leave.clear()
            if "end" not in self.said(walk.id):
                return walk, result
        raise AssertionError(f"{name} walked past {TRIES} times and was not named")

    async def outcome(
        self, results: Subscription, event_id: str, *, final: bool = False
    ) -> Json:
        """Return the first result about an object, or its final one."""
        while True:
            result: Json = (await results.next(within=120))["data"]
            about = result["classifier_id"], result["event_id"]
            if about == (self.classifier, event_id) and (result["final"] or not final):
                return result

    # The log

    def log(self) -> str:
        """Return what was logged since the last call of `expect_calm`."""
        with self.hass.log.open(errors="replace") as file:
            file.seek(self.seen)
            return file.read()

    def expect_calm(self) -> None:
        """Fail if something went wrong that nobody had thought of."""
        log = self.log()
        self.seen = self.hass.log.stat().st_size
        # Why a set-up has to wait is told to those who debug with a traceback.
        odd = [
            record
            for record in _RECORD.split(log)
            if not record.startswith("DEBUG")
            and _MISHAP.search(record)
            and _GREETING not in record
        ]
        assert not odd, odd[0][:5000]


async def add_entry(api: Api, sim: FrigateSim, **login: str) -> str:
    """Add a Frigate; return the id of its entry."""
    flow = await api.start_flow("objclass")
    await flow.submit({"next_step_id": "manual"})
    data = {"url": sim.url, "verify_ssl": True, "login": login}
    added = await flow.submit(data)
    assert added["type"] == "create_entry", added
    entry_id: str = added["result"]["entry_id"]
    await api.wait_for_entry(entry_id)
    return entry_id


async def add_classifier(api: Api, entry_id: str, name: str) -> str:
    """Create a classifier of cats; return its id."""
    data = {
        "name": name,
        "labels": ["cat"],
        "classes": ["leo", "charlie"],
        "rules": RULES,
    }
    async with api.websocket() as ws:
        created = await ws.command("objclass/create", entry_id=entry_id, data=data)
    return str(created["classifier_id"])


async def teach(stage: Stage, count: int = EXAMPLES) -> None:
    """Collect examples, label them with the truth, and train."""
    collected = await stage.command("collect", count=count)
    await label_truly(stage, collected["sample_ids"])
    await stage.command("train")


async def label_truly(stage: Stage, sample_ids: Iterable[str]) -> None:
    """Label crops with what they show."""
    by_class: dict[str, list[str]] = {}
    for sample_id in sample_ids:
        truth = stage.sim.truths[sample_id.rpartition("-")[0]]
        name = truth if truth in {"leo", "charlie"} else "none"
        by_class.setdefault(name, []).append(sample_id)
    for name, ids in by_class.items():
        await stage.command("label", sample_ids=ids, **{"class": name})


@asynccontextmanager
async def staged(
    hass: HomeAssistant, sim: FrigateSim, name: str, **login: str
) -> AsyncIterator[Stage]:
    """Add a Frigate and a trained classifier for it; remove them afterwards."""
    entry_id = await add_entry(hass.api, sim, **login)
    classifier = await add_classifier(hass.api, entry_id, name)
    stage = Stage(hass=hass, sim=sim, entry_id=entry_id, classifier=classifier)
    stage.seen = hass.log.stat().st_size
    await teach(stage)
    try:
        yield stage
    finally:
        await hass.api.delete_entry(entry_id)
