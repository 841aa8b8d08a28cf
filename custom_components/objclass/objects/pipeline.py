"""From a Frigate message to a published result.

A message on `<prefix>/events` updates what is known about an object and, when it shows
a new frame that a classifier cares for, lets the object wait for a look. A look fetches
the picture, and on the thread for live looks crops it, embeds it once and asks the head
of every classifier. Each answer is an attempt; when attempts agree, the class is
assigned: shown in Home Assistant, and told to Frigate (`results`). The crop is kept
last, so that it costs no time before the result. When the object ends, each classifier
gives one final outcome.

A classifier with a condition is asked once the condition is met (`chain`): about the
looks that there have been (`children`), which takes its head and no picture, and from
then on like all others.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from functools import partial
from time import monotonic, perf_counter
from typing import Final

from homeassistant.components import mqtt
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_time_interval

from ..classifier import LiveKeeping, ObjectClassifier
from ..conditions.chain import Chain
from ..conditions.children import Children
from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.client import FrigateClient
from ..frigate.errors import InvalidMessageError
from ..frigate.messages import (
    SOURCE,
    EventMessage,
    TrackedObject,
    parse_availability,
    parse_event,
    parse_tracked_object_update,
)
from ..frigate.models import FrigateConfig
from ..learning.crop import PictureError
from ..learning.look import look
from ..learning.samples.outcomes import KeptOutcome
from ..runtime.worker import Worker
from ..signals import SIGNAL_AVAILABLE
from .in_turn import AT_ONCE, InTurn
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
        self.counts: Counter[str] = Counter()
        self.seconds_per_look: float | None = None
        self._hass = hass
        self._entry = entry
        self._snapshots = Snapshots(hass, entry, client, self.counts)
        self._worker = worker
        self._keeping = LiveKeeping(hass, worker)
        self.chain = chain
        self._results = results
        self._tracker = Tracker()
        self._children = Children(worker, chain, results, self._tracker)
        self._heard = InTurn(self._start_hearing, self.counts)
        self._queue = WorkQueue()
        self._online = False
        self._given_up: deque[tuple[ObjectState, str]] = deque()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def available(self) -> bool:
        """Whether Frigate runs and can be heard."""
        return self._online and mqtt.is_connected(self._hass)

    @property
    def waiting(self) -> int:
        """How many objects wait for a look, and messages to be heard."""
        return len(self._heard) + len(self._queue)

    @property
    def dropped(self) -> int:
        """How many looks were dropped because newer ones were waiting."""
        return self._queue.dropped

    async def async_start(self) -> None:
        """Start listening; what is heard waits until `async_begin`.

        The subscriptions end when the entry is unloaded.
        """
        prefix = self.frigate.topic_prefix
        topics: dict[str, Callable[[ReceiveMessage], None]] = {
            f"{prefix}/available": self._async_on_available,
            f"{prefix}/events": self._async_on_event,
            f"{prefix}/tracked_object_update": self._async_on_update,
        }
        for topic, on_message in topics.items():
            self._entry.async_on_unload(
                await mqtt.async_subscribe(self._hass, topic, self._in_turn(on_message))
            )
        self._entry.async_on_unload(
            mqtt.async_subscribe_connection_status(
                self._hass, self._async_on_connection
            )
        )
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
        self._heard.begin()

    async def async_stop(self) -> None:
        """Stop hearing and looking; what is under way is given up."""
        self._heard.end()
        self._queue.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keeping.async_wait()

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
        await self._heard.join()
        await self._queue.join()
        await self._keeping.async_wait()

    # What Frigate says

    def _start_hearing(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        # At once would be within the broker's burst, before the others of it wait.
        return self._entry.async_create_task(
            self._hass, work, "objclass hear", eager_start=False
        )

    def _in_turn(
        self, on_message: Callable[[ReceiveMessage], None]
    ) -> Callable[[ReceiveMessage], None]:
        """Return what lets the messages on a topic wait for their turn.

        One line for all topics: they belong to each other.
        """

        @callback
        def hear(message: ReceiveMessage) -> None:
            self._heard.put(partial(on_message, message))

        return hear

    @callback
    def _async_on_available(self, message: ReceiveMessage) -> None:
        with suppress(InvalidMessageError):
            self._async_set_online(parse_availability(message.payload))

    @callback
    def _async_set_online(self, online: bool) -> None:
        if online == self._online:
            return
        self._online = online
        if online:
            LOGGER.info("Frigate %s is online", self._entry.title)
        else:
            LOGGER.info("Frigate %s is offline", self._entry.title)
            self._async_give_up(*self._tracker, why="Frigate went offline")
        async_dispatcher_send(self._hass, SIGNAL_AVAILABLE.format(self._entry.entry_id))

    @callback
    def _async_on_connection(self, _connected: bool) -> None:
        async_dispatcher_send(self._hass, SIGNAL_AVAILABLE.format(self._entry.entry_id))

    @callback
    def _async_on_event(self, message: ReceiveMessage) -> None:
        try:
            event = parse_event(message.payload)
        except InvalidMessageError as err:
            self.counts["invalid_messages"] += 1
            LOGGER.debug("Ignoring a message on %s: %s", message.topic, err)
            return
        self._async_set_online(online=True)
        if self._tracker.get(event.after.id) or self._interested(event.after):
            self._async_take_in(event)

    @callback
    def _async_take_in(self, event: EventMessage) -> None:
        """Note what a message says; let the object wait if there is work to do."""
        if event.after.false_positive:
            return
        state = self._tracker.update(event.after, ended=event.type == "end")
        if state is not None:
            self._children.async_follow(state)
            self._async_let_wait(state)

    @callback
    def _async_let_wait(self, state: ObjectState) -> None:
        """Let an object wait if there is work to do."""
        if state.ended or self._looking(state) or self._children.unasked(state):
            dropped = self._queue.put(state.id)
            if dropped and (old := self._tracker.get(dropped)):
                old.dropped = True
                if old.ended:
                    self._async_give_up(old, why="it ended while too much was waiting")

    @callback
    def _async_on_update(self, message: ReceiveMessage) -> None:
        """Hear what Frigate itself finds out, before the object's next event says so.

        A face, a licence plate that it knows, and what its own models say.
        """
        try:
            update = parse_tracked_object_update(message.payload)
        except InvalidMessageError as err:
            self.counts["invalid_messages"] += 1
            LOGGER.debug("Ignoring a message on %s: %s", message.topic, err)
            return
        state = self._tracker.get(update.id) if update.id else None
        if state is None or update.source == SOURCE:
            return
        state.note_sub_label(update.sub_label or update.name)
        if update.model and update.attribute:
            state.attributes[update.model] = update.attribute
        state.findings.hear_update(update, self.frigate.face_threshold)
        self._children.async_follow(state)
        if any(c.settings.condition for c in self._interested(state.latest)):
            self._async_let_wait(state)

    @callback
    def _async_sweep(self, _now: object) -> None:
        if overdue := self._tracker.overdue():
            self._async_give_up(*overdue, why="Frigate stopped speaking of it")

    # Looking

    def _interested(self, tracked: TrackedObject) -> list[ObjectClassifier]:
        """Return the classifiers that an object may be a matter for, parents first."""
        return self.chain.interested(tracked)

    def _looking(self, state: ObjectState) -> list[ObjectClassifier]:
        """Return the classifiers that a look at the newest frame would help."""
        snapshot = state.latest.snapshot
        if snapshot is None:
            return []

        return [
            classifier
            for classifier in self._interested(state.latest)
            if snapshot.frame_time not in state.frame_times(classifier)
            and self.chain.is_met(state, classifier)
            and not state.has_enough(classifier)
        ]

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
                    self._async_give_up(state, why="looking at it failed")
            finally:
                self._queue.done(event_id)
            # Much of it waits for nothing, such as the end of an object that is not
            # looked at any more: many of these must not hold the event loop up.
            await asyncio.sleep(0)

    async def _async_work_on(self, state: ObjectState) -> None:
        await self._children.async_ask(state)
        if not state.ended:
            if looking := self._looking(state):
                # When it ends meanwhile, it waits again.
                await self._async_attempt(state, looking)
        else:
            if undecided := self._needs_last_look(state):
                await self._async_attempt(state, undecided, last=True)
            await self._async_finish(state, "it ended")

    def _needs_last_look(self, state: ObjectState) -> list[ObjectClassifier]:
        """Return the classifiers that had too few attempts on an ended object."""
        return [
            classifier
            for classifier in self._looking(state)
            if state.consensus(classifier).too_few
        ]

    async def _async_attempt(
        self,
        state: ObjectState,
        classifiers: list[ObjectClassifier],
        *,
        last: bool = False,
    ) -> None:
        """Look at an object once, for all classifiers that care."""
        tracked, snapshot = state.latest, state.latest.snapshot
        camera = self.frigate.cameras.get(tracked.camera)
        if snapshot is None or camera is None:
            return
        picture = await self._snapshots.async_fetch(state, snapshot, last=last)
        if picture is None:
            return
        box = snapshot.box
        started = perf_counter()
        try:
            seen = await self._worker.run_live(
                look,
                self._worker.backbone,
                picture.data,
                {c.id: c.head for c in classifiers if c.head},
                box=(box.x1, box.y1, box.x2, box.y2),
                frame_size=(camera.width, camera.height),
            )
        except PictureError as err:
            self.counts["bad_pictures"] += 1
            LOGGER.debug("No attempt on %s: %s", state.id, err)
            return
        self.seconds_per_look = perf_counter() - started
        if self._tracker.get(state.id) is None:
            # It has been given its final outcome meanwhile; nothing comes after that.
            return
        self.counts["attempts"] += 1
        counted = []
        for classifier in classifiers:
            # What it hangs on may have changed meanwhile, or with this very look.
            if self.chain.is_met(state, classifier):
                counted.append(classifier)
                state.opinion(classifier).frame_times.add(snapshot.frame_time)
                self._results.async_count(
                    state,
                    classifier,
                    [(snapshot.frame_time, seen.predictions.get(classifier.id))],
                )
        self._children.hold(state, tracked, snapshot.frame_time, seen)
        self._children.async_follow(state)
        await self._children.async_ask(state)
        samples = [
            (classifier, classifier.live_sample(tracked, snapshot.frame_time, seen))
            for classifier in counted
        ]
        await self._keeping.async_keep(samples, seen)

    @callback
    def _async_give_up(self, *states: ObjectState, why: str) -> None:
        """Give the final outcome of objects that nobody is at work on, in turn."""
        is_telling = bool(self._given_up)
        self._given_up += ((state, why) for state in states)
        if self._given_up and not is_telling:
            self._entry.async_create_task(
                self._hass, self._async_finish_all(), "objclass finish"
            )

    async def _async_finish_all(self) -> None:
        """Tell one end after the other; everything else has its turn in between."""
        began = monotonic()
        while self._given_up:
            state, why = self._given_up[0]
            try:
                await self._async_finish(state, why)
            except Exception:  # noqa: BLE001
                self.counts["errors"] += 1
                LOGGER.exception("Unexpected error at the end of %s", state.id)
            finally:
                self._given_up.popleft()
            if monotonic() - began >= AT_ONCE:
                await asyncio.sleep(0)
                began = monotonic()

    async def _async_finish(self, state: ObjectState, why: str) -> None:
        """Give the final outcome of every classifier, once, and forget the object.

        A final outcome may be what others wait for, so theirs come after it.
        """
        if not self._tracker.forget(state.id):
            return
        state.final = True
        for classifier in self._interested(state.latest):
            await self._children.async_ask(state, final=True)
            # Of a crowd there may be thousands that nobody had the time to look at:
            # nothing is known of them, and to say so thousandfold helps nobody.
            asked = not state.was_missed(classifier)
            if asked and self.chain.is_met(state, classifier):
                self._results.async_finish(state, classifier, why)
            else:
                self._results.async_not_asked(state, classifier)
        self._children.forget(state.id)
        self._results.async_end(state)
