"""The end of objects: each classifier gives one final outcome, and they are forgotten.

What Frigate does not speak of any more, since it or the broker went away, is given up.
When it is spoken of again after all, it is in view again as what it was before.

Many may end at once. They are told in turn, a little at a time, like messages.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from time import monotonic

from homeassistant.core import HomeAssistant, callback

from ..classifier.objects import InView
from ..conditions.chain import Chain
from ..conditions.children import Children
from ..const import LOGGER
from ..data import ObjclassConfigEntry
from .in_turn import AT_ONCE
from .results import Results
from .tracking import ObjectState, Tracker


class Ends:
    """Tells the ends of one Frigate's objects; `counts` has the errors."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        *,
        tracker: Tracker,
        chain: Chain,
        children: Children,
        results: Results,
        counts: Counter[str],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._tracker = tracker
        self._chain = chain
        self._children = children
        self._results = results
        self._counts = counts

    @callback
    def async_give_up(self, *states: ObjectState, why: str) -> None:
        """Give the final outcome of objects that nobody is at work on, in turn."""
        self._entry.async_create_task(
            self._hass, self._async_finish_all(states, why), "objclass finish"
        )

    async def _async_finish_all(self, states: Iterable[ObjectState], why: str) -> None:
        """Tell one end after the other; everything else has its turn in between."""
        began = monotonic()
        for state in states:
            try:
                await self.async_finish(state, why)
            except Exception:  # noqa: BLE001
                self._counts["errors"] += 1
                LOGGER.exception("Unexpected error at the end of %s", state.id)
            if monotonic() - began >= AT_ONCE:
                await asyncio.sleep(0)
                began = monotonic()

    async def async_finish(self, state: ObjectState, why: str) -> None:
        """Give the final outcome of every classifier, once, and forget the object.

        A final outcome may be what others wait for, so theirs come after it.
        """
        if not self._tracker.forget(state.id):
            return
        state.final = True
        for classifier in self._chain.interested(state.latest):
            await self._children.async_ask(state, final=True)
            # Of a crowd there may be thousands that nobody had the time to look at:
            # nothing is known of them, and to say so thousandfold helps nobody.
            asked = not state.was_missed(classifier)
            if asked and self._chain.is_met(state, classifier):
                self._results.async_finish(state, classifier, why)
            else:
                self._results.async_not_asked(state, classifier)
        self._children.forget(state.id)
        self._results.async_end(state)
        if not state.ended:
            # Frigate, or the broker, was away; the object need not be.
            self._tracker.give_up(state)

    @callback
    def async_undo(self, state: ObjectState) -> None:
        """Show an object again that was given up and is in view after all."""
        state.final = False
        for classifier in self._chain.interested(state.latest):
            verdict = state.assigned(classifier)
            if verdict and verdict.class_name:
                # It is no news; nobody is told a second time.
                classifier.async_show(
                    state.id,
                    InView(class_name=verdict.class_name, camera=state.latest.camera),
                )
