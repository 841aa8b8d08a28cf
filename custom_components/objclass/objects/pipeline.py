"""From a Frigate message to a published result.

A message on `<prefix>/events` (`hearing`) updates what is known about an object
(`tracking`) and, when it shows a new frame that a classifier cares for, lets the object
wait for a look (`looks`), each answer of which is an attempt. When attempts agree, the
class is assigned: shown in Home Assistant (`results`), and told to Frigate
(`writeback`). When the object ends, each classifier gives one final outcome (`ends`).

A classifier with a condition is asked once the condition is met (`chain`): about the
looks that there have been (`children`), which takes its head and no picture, and from
then on like all others.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..classifier import ObjectClassifier
from ..conditions.chain import Chain
from ..conditions.children import Children
from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.client import FrigateClient
from ..frigate.messages import EventMessage, TrackedObjectUpdate
from ..frigate.models import FrigateConfig
from ..learning.samples.outcomes import KeptOutcome
from ..runtime.worker import Worker
from .ends import Ends
from .hearing import Hearing
from .looks import Looks
from .results import Results
from .snapshots import Snapshots
from .tracking import ObjectState, Tracker
from .work_queue import WorkQueue

# One fetches while the other's picture is being looked at.
_WORKERS: Final = 2
_SWEEP: Final = timedelta(minutes=1)


class Pipeline:
    """One Frigate at work."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        *,
        client: FrigateClient,
        frigate: FrigateConfig,
        worker: Worker,
        chain: Chain,
        results: Results,
    ) -> None:
        self.frigate = frigate
        self.chain = chain
        self.counts: Counter[str] = Counter()
        self._hass = hass
        self._entry = entry
        self._tracker = Tracker()
        self._children = Children(worker, chain, results)
        self._looks = Looks(
            hass,
            frigate=frigate,
            worker=worker,
            snapshots=Snapshots(hass, entry, client, self.counts),
            chain=chain,
            children=self._children,
            results=results,
            counts=self.counts,
        )
        self._ends = Ends(
            hass,
            entry,
            tracker=self._tracker,
            chain=chain,
            children=self._children,
            results=results,
            counts=self.counts,
        )
        self._hearing = Hearing(
            hass,
            entry,
            prefix=frigate.topic_prefix,
            counts=self.counts,
            on_event=self._async_on_event,
            on_update=self._async_on_update,
            on_offline=self._async_on_offline,
        )
        self._queue = WorkQueue()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def available(self) -> bool:
        """Whether Frigate runs and can be heard."""
        return self._hearing.available

    @property
    def waiting(self) -> int:
        """How many objects wait for a look, and messages to be heard."""
        return self._hearing.waiting + len(self._queue)

    @property
    def seconds_per_look(self) -> float | None:
        """How long the newest look took without its download, if there was one."""
        return self._looks.seconds

    @property
    def dropped(self) -> int:
        """How many looks were dropped because newer ones were waiting."""
        return self._queue.dropped

    async def async_start(self) -> None:
        """Start listening; what is heard waits until `async_begin`.

        It ends when the entry is unloaded.
        """
        await self._hearing.async_start()
        self._entry.async_on_unload(
            async_track_time_interval(self._hass, self._async_sweep, _SWEEP)
        )

    @callback
    def async_begin(self) -> None:
        """Begin to work on what is heard."""
        self._tasks = [
            self._entry.async_create_background_task(
                self._hass, self._async_work(), f"objclass pipeline {number}"
            )
            for number in range(_WORKERS)
        ]
        self._hearing.begin()

    async def async_stop(self) -> None:
        """Stop hearing and looking; what is under way is given up."""
        self._hearing.end()
        self._queue.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._looks.async_wait()

    @callback
    def outcome_so_far(
        self, classifier: ObjectClassifier, event_id: str
    ) -> KeptOutcome | None:
        """Return what the attempts on an object in view come to by now."""
        state = self._tracker.get(event_id)
        if state is None or not self.chain.is_met(state, classifier):
            return None
        consensus = state.consensus(classifier)
        return KeptOutcome(
            event_id=event_id,
            outcome=None,
            verdict=state.assigned(classifier) or consensus.verdict(),
            attempts=tuple(consensus.tried),
        )

    async def async_wait_idle(self) -> None:
        """Wait until nothing waits, and every look is made and kept."""
        await self._hearing.async_wait()
        await self._queue.join()
        await self._looks.async_wait()

    # What Frigate says

    @callback
    def _async_on_offline(self) -> None:
        self._ends.async_give_up(*self._tracker, why="Frigate went offline")

    @callback
    def _async_on_event(self, event: EventMessage) -> None:
        """Note what a message says; let the object wait if there is work to do."""
        tracked = event.after
        if tracked.false_positive:
            return
        if not (self._tracker.get(tracked.id) or self.chain.interested(tracked)):
            return
        state = self._tracker.update(tracked, ended=event.type == "end")
        if state is None:
            return
        if state.final:
            self._ends.async_undo(state)
        self._children.async_follow(state)
        self._async_let_wait(state)

    @callback
    def _async_on_update(self, update: TrackedObjectUpdate) -> None:
        """Note what Frigate itself finds out, before the object's next event says so.

        A face, a licence plate that it knows, and what its own models say.
        """
        state = self._tracker.get(update.id) if update.id else None
        if state is None:
            return
        name = state.findings.hear_update(update, self.frigate.face_threshold)
        state.note_sub_label(name)
        if update.model and update.attribute:
            state.attributes[update.model] = update.attribute
        self._children.async_follow(state)
        if any(c.settings.condition for c in self.chain.interested(state.latest)):
            self._async_let_wait(state)

    @callback
    def _async_let_wait(self, state: ObjectState) -> None:
        """Let an object wait if there is work to do."""
        if not (
            state.ended or self._looks.helped(state) or self._children.unasked(state)
        ):
            return
        dropped = self._queue.put(state.id)
        old = self._tracker.get(dropped) if dropped else None
        if old is None:
            return
        old.dropped = True
        if old.ended:
            self._ends.async_give_up(old, why="it ended while too much was waiting")

    @callback
    def _async_sweep(self, _now: object) -> None:
        if overdue := self._tracker.overdue():
            self._ends.async_give_up(*overdue, why="Frigate stopped speaking of it")

    # Looking

    async def _async_work(self) -> None:
        while True:
            event_id = await self._queue.get()
            try:
                if state := self._tracker.get(event_id):
                    await self._async_work_on(state)
            except Exception:  # noqa: BLE001
                # A defect met by one object must not silence all the others.
                self.counts["errors"] += 1
                LOGGER.exception("Unexpected error while looking at %s", event_id)
                if (state := self._tracker.get(event_id)) and state.ended:
                    self._ends.async_give_up(state, why="looking at it failed")
            finally:
                self._queue.done(event_id)
            # Much of it waits for nothing, such as the end of an object that is not
            # looked at any more: many of these must not hold the event loop up.
            await asyncio.sleep(0)

    async def _async_work_on(self, state: ObjectState) -> None:
        await self._children.async_ask(state)
        if not state.ended:
            if helped := self._looks.helped(state):
                # When it ends meanwhile, it waits again.
                await self._looks.async_look(state, helped)
        else:
            if helped := self._looks.helped_at_the_end(state):
                await self._looks.async_look(state, helped, last=True)
            await self._ends.async_finish(state, "it ended")
