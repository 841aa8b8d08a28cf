"""A classifier of tracked objects: who is in view, and who was seen last."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..frigate.messages import TrackedObject
from ..learning.look import Look
from ..learning.samples import SampleStoreError
from ..learning.samples.outcomes import KeptOutcome
from ..learning.samples.sample import Sample
from ..runtime.worker import Worker
from ..settings import ObjectSettings
from ..signals import Result, SampleChanges
from .classifier import Classifier

# So many objects are remembered as the last ones that were given a class.
_LAST: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class InView:
    """An object in view to which a class was assigned."""

    class_name: str
    camera: str


class ObjectClassifier(Classifier):
    """One classifier of a Frigate's tracked objects."""

    settings: ObjectSettings

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        subentry: ConfigSubentry,
        worker: Worker,
    ) -> None:
        settings = ObjectSettings.from_subentry(subentry)
        super().__init__(hass, entry_id, subentry.subentry_id, settings, worker)
        self.in_view: dict[str, InView] = {}
        self.last_results: tuple[Result, ...] = ()
        self._outcomes: deque[KeptOutcome] = deque()

    @callback
    def async_note(self, result: Result) -> None:
        """Note who is in view, and who was seen last."""
        class_name = result.verdict.class_name
        if class_name is not None and (result.changed or result.outcome is not None):
            others = [r for r in self.last_results if r.event_id != result.event_id]
            self.last_results = (result, *others)[:_LAST]
        elif result.taken_back is not None:
            self.last_results = tuple(
                r for r in self.last_results if r.event_id != result.event_id
            )
        before = self.in_view.get(result.event_id)
        if result.outcome is not None or class_name is None:
            self.in_view.pop(result.event_id, None)
        else:
            self.in_view[result.event_id] = InView(
                class_name=class_name, camera=result.camera
            )
        if before != self.in_view.get(result.event_id):
            self.telling.async_changed()

    @callback
    def async_show(self, event_id: str, seen: InView) -> None:
        """Show that an object is in view again, of which nothing new is known."""
        self.in_view[event_id] = seen
        self.telling.async_changed()

    def live_sample(
        self, tracked: TrackedObject, frame_time: float, seen: Look
    ) -> Sample:
        """Return what there is to note about an attempt."""
        return self.sample_of(
            seen,
            sample_id=f"{tracked.id}-{frame_time:.3f}",
            event_id=tracked.id,
            camera=tracked.camera,
            time=frame_time,
            source="live",
        )

    async def async_keep_outcome(self, outcome: KeptOutcome) -> None:
        """Note why an object ended as it did; going without is no defect."""
        self._outcomes.append(outcome)
        if len(self._outcomes) > 1:
            # Many may end at once; the first of them takes the others along.
            return
        try:
            changes = await self._worker.run(self._keep_outcomes)
        except HomeAssistantError, SampleStoreError:
            LOGGER.debug("Not kept why %s ended as it did", outcome.event_id)
        else:
            self.telling.async_samples_changed(changes)

    def _keep_outcomes(self) -> SampleChanges:
        outcomes = []
        # While this goes on, others may end.
        while self._outcomes:
            outcomes.append(self._outcomes.popleft())
        self.samples.store.put_outcomes(outcomes)
        crops = [
            sample.id
            for outcome in outcomes
            for sample in self.samples.store.find(event_id=outcome.event_id, limit=-1)
        ]
        return SampleChanges(changed=crops)
