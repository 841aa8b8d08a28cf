"""Walks past a camera that go on only when a test says so, and heads that it scripts.

A walk in real time shows a loaded computer fewer frames than an idle one; here each
message waits until everything that it set off is done.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from itertools import chain, repeat
from typing import Any

import numpy as np
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.json import json_dumps
from numpy.typing import NDArray
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.classifier import Classifier
from custom_components.objclass.learning.evaluation import TrainingReport
from custom_components.objclass.learning.head import Prediction
from custom_components.objclass.learning.heads import KeptHead
from custom_components.objclass.learning.samples.sample import Sample
from custom_components.objclass.learning.training import train_head
from tests.frigate_sim.faults import Fault
from tests.frigate_sim.walks import Sighting, Walk, _box

from .conftest import Frigate, classifier_of, data_of, frigate_of

type Message = dict[str, Any]
type Said = str | tuple[str, float]

STRANGER = "a stranger"
BARELY = "the first class, barely familiar"
_LIMIT = 5.0  # of a scripted head's distances
"""In a script: a crop unlike all that was labelled."""


class Visit:
    """Somebody who comes nearer, one message of Frigate's at a time.

    Every message shows a better picture than the one before.
    """

    def __init__(
        self,
        frigate: Frigate,
        entry: MockConfigEntry,
        name: str = "leo",
        camera: str = "front_door",
        *,
        start: float | None = None,
        stored_after: float = 0.0,
    ) -> None:
        self.frigate = frigate
        self.entry = entry
        world = frigate.world
        place = world.camera(camera)
        assert place is not None
        self._start = time.time() if start is None else start
        self.seen = world._appear(name, place, self._start, 10.0, rest=0.0, live=True)
        self.seen.stored_after = stored_after
        # Without paths Frigate tells of better pictures every five seconds only.
        every = 1.0 if world.version.has_paths else 6.0
        self.seen.walk = _approach(place.size, self.seen.appearance.aspect, every)
        self._sightings = iter(self.seen.walk.sightings)

    @property
    def id(self) -> str:
        return self.seen.id

    def next_message(self) -> Message:
        """Come nearer until Frigate would send a message; return it unsent."""
        for sighting in self._sightings:
            message = self.seen.see(sighting, self._start + sighting.at)
            if message is not None:
                return deepcopy(message)
        raise AssertionError("the walk is over")

    def end_message(self) -> Message:
        """Leave; return the message without sending it."""
        message = self.seen.end(self.seen.now.time + 0.2)
        assert message is not None
        return deepcopy(message)

    def gone(self) -> None:
        """Let Frigate forget what it keeps in memory only."""
        self.seen.tracked = False
        if not self.seen.stored:
            del self.frigate.world.objects[self.id]

    async def say(self, *messages: Message) -> None:
        """Send messages, and wait until all that they set off is done."""
        for message in messages:
            self.frigate._publish_event(message)
        await settle(self.frigate.hass, self.entry)

    async def look(self, times: int = 1) -> None:
        """Be seen in so many more frames."""
        for _ in range(times):
            await self.say(self.next_message())

    async def end(self) -> None:
        """Leave, and wait for what becomes of it."""
        await self.say(self.end_message())
        self.gone()


def _approach(size: tuple[int, int], aspect: float, every: float) -> Walk:
    """Plan a walk to and fro that comes nearer with each step."""
    sightings = []
    for step in range(16):
        across = 0.2 + 0.08 * abs((step + 7) % 14 - 7)
        box = _box(size, aspect, across, 0.19 * 1.06**step)
        sightings.append(Sighting(at=step * every, box=box, score=0.75))
    return Walk(sightings=tuple(sightings), left=False)


async def crops(entry: MockConfigEntry, event_id: str, number: int = 0) -> list[Sample]:
    """Return what a classifier kept of an object, oldest first."""
    samples = classifier_of(entry, number).samples.store
    found = await data_of(entry).worker.run(samples.find, event_id=event_id)
    return found[::-1]


def requests(frigate: Frigate, path: str, method: str | None = None) -> Fault:
    """Count requests from now on: a fault that does no harm."""
    return frigate.faults.add(Fault(path=path, method=method))


def say_of_many(
    frigate: Frigate, message: Mapping[str, Any], event_ids: Iterable[str]
) -> None:
    """Say the same of many objects, all at once."""
    for event_id in event_ids:
        frigate._publish_event(
            {**message, "after": {**message["after"], "id": event_id}}
        )


async def until(true: Callable[[], object]) -> None:
    """Wait until something is true."""
    for _ in range(3000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


@asynccontextmanager
async def busy_worker(
    entry: MockConfigEntry, *, looking: bool = False
) -> AsyncIterator[None]:
    """Let the worker be busy with files, or with looking; such jobs wait meanwhile."""
    worker = data_of(entry).worker
    gate, started = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        gate.wait(60)

    run = worker.run_live if looking else worker.run
    job = asyncio.create_task(run(wait))
    await until(started.is_set)
    try:
        yield
    finally:
        gate.set()
        await job


async def settle(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until nothing waits to be looked at or to be told."""
    await asyncio.sleep(0)
    while True:
        await frigate_of(entry).pipeline.async_wait_idle()
        # The end of an object is told in a task of its own, which begins to write.
        await hass.async_block_till_done()
        telling = [
            task
            for task in entry._background_tasks
            if task.get_name().startswith(("objclass write", "objclass publish"))
        ]
        if not telling:
            return
        await asyncio.wait(telling)


class ScriptedHead:
    """A head that says what a test wants, attempt by attempt, the last for ever."""

    def __init__(
        self, classes: Iterable[str], backbone: str, script: Iterable[Said]
    ) -> None:
        self.classes = tuple(classes)
        self.backbone = backbone
        self.asked = 0
        lines = list(script)
        self._lines = chain(lines, repeat(lines[-1]))

    def predict(self, embedding: NDArray[np.float32]) -> Prediction:
        self.asked += 1
        said = next(self._lines)
        name, score = said if isinstance(said, tuple) else (said, 0.95)
        unfamiliar = name == STRANGER
        barely = name == BARELY
        best = self.classes[0] if unfamiliar or barely else name
        rest = (1 - score) / (len(self.classes) - 1)
        return Prediction(
            scores=dict.fromkeys(self.classes, rest) | {best: score},
            best=best,
            score=score,
            distance=9.0 if unfamiliar else 4.9 if barely else 0.1,
            unfamiliar=unfamiliar,
            limit=_LIMIT,
        )


def script(
    classifier: Classifier, *said: Said, classes: Iterable[str] = ()
) -> ScriptedHead:
    """Let a classifier be trained, with a head that says these classes in turn."""
    head = ScriptedHead(
        classes or classifier.settings.all_classes,
        classifier._worker.backbone.identity,
        said,
    )
    classifier.trainings.current = KeptHead(
        number=1,
        head=head,  # type: ignore[arg-type]
        report=_report(),
        trained_at=datetime.now(UTC),
    )
    return head


@cache
def _report() -> TrainingReport:
    rows = np.eye(8, dtype=np.float32)
    labels = ["leo", "charlie"] * 4
    return train_head(
        rows,
        labels,
        groups=[str(number) for number in range(8)],
        classes=["leo", "charlie"],
        backbone="none",
    ).report


def finals(
    events: list[Event[Mapping[str, Any]]], event_id: str | None = None
) -> list[Mapping[str, Any]]:
    """Return what was told as final outcomes, of one object or of all."""
    return [
        event.data
        for event in events
        if event.data["final"] and event_id in (None, event.data["event_id"])
    ]


def update(frigate: Frigate, **message: Any) -> None:
    """Send what Frigate says on its tracked_object_update."""
    frigate.say("tracked_object_update", json_dumps(message))
