"""A classifier of whole pictures: the state of each of its cameras."""

from typing import Final, override

import numpy as np
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..learning.confirmation import Answer, Confirmation, State, Step
from ..learning.kept_states import read_states, write_states
from ..learning.likeness import ALIKE
from ..learning.look import Look
from ..learning.samples.sample import Sample
from ..learning.vectors import unit_rows
from ..runtime.worker import Worker
from ..settings import FrameSettings
from ..signals import StateChange
from .classifier import Classifier
from .live_keeping import async_keep_live

# A part of the picture may change without the whole looking different (seconds).
_KEPT_AT_LEAST_EVERY: Final = 3600
# So many states are remembered as the last ones.
_LAST: Final = 5


class FrameClassifier(Classifier):
    """One classifier of whole pictures."""

    settings: FrameSettings

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        subentry: ConfigSubentry,
        worker: Worker,
    ) -> None:
        settings = FrameSettings.from_subentry(subentry)
        super().__init__(hass, entry_id, subentry.subentry_id, settings, worker)
        self.last_changes: tuple[StateChange, ...] = ()
        self._confirmations = {
            camera: Confirmation(settings.rules) for camera in settings.cameras
        }
        self._kept: dict[str, tuple[float, Look]] = {}

    @override
    def _load(self) -> None:
        """Go on with the states from before: a restart is no news from a gate."""
        super()._load()
        for camera, state in read_states(self.folder).items():
            known = self._confirmations.get(camera)
            if known and state.class_name in self.settings.classes:
                known.state = state

    def state(self, camera: str) -> State | None:
        """Return the state of a camera, if one was confirmed."""
        return self._confirmations[camera].state

    def pending(self, camera: str) -> bool:
        """Return whether a change of a camera's state is being confirmed."""
        return self._confirmations[camera].pending

    @callback
    def async_interrupt(self, camera: str) -> None:
        """Note that a camera could not be looked at."""
        self._confirmations[camera].interrupt()

    async def async_take_in(self, camera: str, time: float, seen: Look) -> None:
        """Take in a look at a camera's picture, and keep the picture if that helps."""
        step = self._async_confirm(camera, time, seen)
        if step is Step.CHANGED:
            await self._async_keep_states()
        if not self._is_worth_keeping(camera, time, seen, step):
            return
        self._kept[camera] = time, seen
        sample = self.frame_sample(seen, camera, time, "live")
        await async_keep_live(self._worker, [(self.samples, sample)], seen)

    def frame_sample(self, seen: Look, camera: str, time: float, source: str) -> Sample:
        """Return what there is to note about a look at a camera's picture."""
        return self.sample_of(
            seen,
            sample_id=f"{camera}-{time:.3f}",
            event_id=None,
            camera=camera,
            time=time,
            source=source,
        )

    @callback
    def _async_confirm(self, camera: str, time: float, seen: Look) -> Step | None:
        """Weigh what was seen; None when there is no head yet, or an outdated one."""
        prediction = seen.predictions.get(self.id)
        if prediction is None or prediction.best not in self.settings.classes:
            return None
        confirmation = self._confirmations[camera]
        before = confirmation.state
        step = confirmation.add(
            Answer(
                class_name=prediction.best,
                score=prediction.score,
                time=time,
                unfamiliar=prediction.unfamiliar and self.settings.familiarity,
            )
        )
        LOGGER.debug(
            "%s: %s looks like %s with %.2f: %s",
            self.settings.name,
            camera,
            prediction.best,
            prediction.score,
            step,
        )
        if step is Step.CHANGED and (state := confirmation.state):
            change = StateChange(camera=camera, state=state, before=before)
            self.last_changes = (change, *self.last_changes)[:_LAST]
            self.telling.async_state_changed(change)
        return step

    async def _async_keep_states(self) -> None:
        """Keep the states for the next start; going without is no defect."""
        states = {
            camera: confirmation.state
            for camera, confirmation in self._confirmations.items()
            if confirmation.state
        }
        try:
            await self._worker.run(write_states, self.folder, states)
        except (HomeAssistantError, OSError) as err:
            LOGGER.debug("The states of %s are not kept: %s", self.settings.name, err)

    def _is_worth_keeping(
        self, camera: str, time: float, seen: Look, step: Step | None
    ) -> bool:
        """Keep what is changing; and of what is uncertain, what was not seen yet.

        Without a head, everything is uncertain.
        """
        last = self._kept.get(camera)
        if last is None or step in (Step.PENDING, Step.CHANGED):
            return True
        kept_at, kept = last
        if kept.backbone != seen.backbone:
            return True
        both = unit_rows(np.stack([seen.embedding, kept.embedding]))
        # The clock may have been set back meanwhile.
        is_old = abs(time - kept_at) >= _KEPT_AT_LEAST_EVERY
        is_new = float(both[0] @ both[1]) < ALIKE
        return step is not Step.SAME and (is_new or is_old)
