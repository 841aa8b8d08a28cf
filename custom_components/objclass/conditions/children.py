"""Classifiers with a condition: asked as soon as it is met, taken back when it is not.

They are asked about all looks that there have been at the object until then, which
takes their heads and no picture.
"""

from collections.abc import Sequence

from homeassistant.core import callback

from ..classifier import ObjectClassifier, async_keep_live
from ..frigate.messages import TrackedObject
from ..learning.look import Glimpse, Look, look_again
from ..objects.results import Results
from ..objects.tracking import ObjectState
from ..runtime.worker import Worker
from .chain import Chain
from .held_looks import HeldLook, HeldLooks


class Children:
    """The classifiers of one Frigate that hang on something."""

    def __init__(self, worker: Worker, chain: Chain, results: Results) -> None:
        self._worker = worker
        self._chain = chain
        self._results = results
        self._held = HeldLooks()

    def interested(self, tracked: TrackedObject) -> list[ObjectClassifier]:
        """Return those that an object may become a matter for, parents first."""
        return [
            classifier
            for classifier in self._chain.interested(tracked)
            if classifier.settings.condition is not None
        ]

    def hold(
        self, state: ObjectState, tracked: TrackedObject, frame_time: float, seen: Look
    ) -> None:
        """Hold a look for those who may have to be asked about it later."""
        if any(
            frame_time not in state.frame_times(classifier)
            and not self._chain.is_broken(classifier)
            for classifier in self.interested(tracked)
        ):
            glimpse = Glimpse.of(seen)
            self._held.add(
                HeldLook(tracked=tracked, frame_time=frame_time, glimpse=glimpse)
            )

    def forget(self, event_id: str) -> None:
        """Let go of the looks at an object."""
        self._held.forget(event_id)

    def unasked(self, state: ObjectState) -> dict[ObjectClassifier, list[HeldLook]]:
        """Return the held looks that classifiers are to be asked of by now."""
        held = self._held.of(state.id)
        unasked = {
            classifier: [
                item
                for item in held
                if item.frame_time not in state.frame_times(classifier)
            ]
            for classifier in self.interested(state.latest)
            if held
            and self._chain.is_met(state, classifier)
            and not state.has_enough(classifier)
        }
        return {classifier: looks for classifier, looks in unasked.items() if looks}

    @callback
    def async_follow(self, state: ObjectState) -> None:
        """Take back what hangs on an answer that has changed, or say it again."""
        for classifier in self.interested(state.latest):
            self._results.async_follow(
                state, classifier, met=self._chain.is_met(state, classifier)
            )

    async def async_ask(self, state: ObjectState, *, final: bool = False) -> None:
        """Ask those whose condition is met by now about the looks that are held.

        Their answers may be what others wait for.
        """
        while unasked := self.unasked(state):
            # One at a time: its answer may change what the others hang on.
            classifier, looks = next(iter(unasked.items()))
            asked = await self._async_look_again(classifier, looks)
            if state.final and not final:
                # Its end is being told meanwhile, and there the same is asked.
                return
            if not self._chain.is_met(state, classifier):
                continue
            self._results.async_count(
                state,
                classifier,
                [
                    (item.frame_time, seen.predictions.get(classifier.id))
                    for item, seen in asked
                ],
            )
            self.async_follow(state)
            for item, seen in asked:
                sample = classifier.live_sample(item.tracked, item.frame_time, seen)
                await async_keep_live(
                    self._worker, [(classifier.samples, sample)], seen
                )

    async def _async_look_again(
        self, classifier: ObjectClassifier, looks: Sequence[HeldLook]
    ) -> list[tuple[HeldLook, Look]]:
        heads, size = classifier.heads, self._worker.backbone.size
        return [
            (item, await self._worker.run_live(look_again, size, item.glimpse, heads))
            for item in looks
        ]
