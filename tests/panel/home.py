"""A real Home Assistant with a Frigate that sees animals, and what it can be asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.frigate_sim.sim import FrigateSim
from tests.stack.api import Api
from tests.stack.broker import running_broker
from tests.stack.home_assistant import CONFIGURATION, HomeAssistant

PAST_OBJECTS = 80


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home with cameras that see photos of animals, or drawn ones without photos."""

    sim: FrigateSim
    hass: HomeAssistant
    entry_id: str
    label: str
    classes: tuple[str, ...]

    @property
    def api(self) -> Api:
        """Home Assistant's API, of the process that runs now."""
        return self.hass.api

    async def ask(self, command: str, **data: Any) -> Any:
        """Ask what the panel asks."""
        async with self.api.websocket() as ws:
            return await ws.command(f"objclass/{command}", **data)

    async def samples(self, classifier_id: str, **filters: Any) -> list[dict[str, Any]]:
        """Return up to 200 samples, newest first."""
        answer = await self.ask(
            "samples",
            classifier_id=classifier_id,
            filter=filters,
            order="newest",
            limit=200,
            cursor=None,
        )
        return list(answer["samples"])

    async def label_of(self, classifier_id: str, sample_id: str) -> str | None:
        """Return the label that the server has for a sample."""
        answer = await self.ask(
            "sample", classifier_id=classifier_id, sample_id=sample_id
        )
        label: str | None = answer["sample"]["label"]
        return label

    async def walk(
        self, name: str | None = None, camera: str = "front_door", **plan: float
    ) -> str:
        """Let one walk past and wait until all about it is known; return its event."""
        async with self.api.websocket() as ws, ws.events("objclass_result") as results:
            walk = self.sim.walk(name or self.classes[0], camera, **plan)
            while True:
                result = (await results.next(within=120))["data"]
                if result["event_id"] == walk.id and result["final"]:
                    return walk.id

    async def expired_address(self, classifier_id: str, sample_id: str) -> str:
        """Return an address of a thumbnail that was good, and is not any more."""
        path = f"/api/objclass/thumb/{classifier_id}/{sample_id}"
        async with self.api.websocket() as ws:
            signed = await ws.command("auth/sign_path", path=path, expires=1)
        await asyncio.sleep(2.5)  # in whole seconds
        return str(signed["path"])

    def truth(self, event_id: str) -> str:
        """Return what an object really was: a class, or none."""
        name = self.sim.truths[event_id]
        return name if name in self.classes else "none"


@asynccontextmanager
async def running_home(folder: Path, *, images: Path | None) -> AsyncIterator[Home]:
    """Run a home in which the integration is set up, without a classifier.

    Its cameras see the photos below `images`, or drawn animals. `folder` is empty.
    """
    async with (
        running_broker(folder) as broker,
        FrigateSim(
            mqtt_port=broker.port,
            images=images,
            past_events=PAST_OBJECTS,
            version="0.18.0",
            speed=2,
        ) as sim,
        HomeAssistant(
            folder / "home_assistant", configuration=f"{CONFIGURATION}automation:\n"
        ) as hass,
    ):
        await hass.api.add_mqtt(broker)
        flow = await hass.api.start_flow("objclass")
        await flow.submit({"next_step_id": "manual"})
        added = await flow.submit({"url": sim.url, "verify_ssl": True, "login": {}})
        entry_id = added["result"]["entry_id"]
        await hass.api.wait_for_entry(entry_id)
        cast = sim.world.cast.values()
        label = next(iter(cast)).label
        names = {who.name for who in cast if who.label == label} - {"stray"}
        yield Home(
            sim=sim,
            hass=hass,
            entry_id=entry_id,
            label=label,
            classes=tuple(sorted(names)),
        )


async def create_classifier(home: Home) -> str:
    """Create a classifier for the animals; return its id."""
    created = await home.ask(
        "create",
        entry_id=home.entry_id,
        data={
            "name": "Our animals",
            "labels": [home.label],
            "classes": [*home.classes],
            "kind": "sub_label",
        },
    )
    return str(created["classifier_id"])


async def teach(home: Home, classifier_id: str, *, count: int = 60) -> None:
    """Collect examples, label them with what they are, and train."""
    await home.ask("collect", classifier_id=classifier_id, count=count)
    by_class: dict[str, list[str]] = {}
    for sample in await home.samples(classifier_id):
        name = home.truth(sample["event_id"])
        by_class.setdefault(name, []).append(sample["id"])
    for name, ids in by_class.items():
        await home.ask(
            "label", classifier_id=classifier_id, sample_ids=ids, **{"class": name}
        )
    await home.ask("train", classifier_id=classifier_id)


async def label_as(
    home: Home, classifier_id: str, name: str | None, *, count: int
) -> list[str]:
    """Label the newest samples, whatever the test before did; return their ids."""
    ids = [sample["id"] for sample in await home.samples(classifier_id)][:count]
    await home.ask(
        "label", classifier_id=classifier_id, sample_ids=ids, **{"class": name}
    )
    return ids
