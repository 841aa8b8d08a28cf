"""What the attempts come to: assignments while an object is in view, and its end."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..classifier import ObjectClassifier
from ..const import DOMAIN, EVENT_RESULT, LOGGER
from ..data import ObjclassConfigEntry
from ..learning.consensus import Outcome, Verdict
from ..learning.head import Prediction
from ..learning.samples.outcomes import KeptOutcome
from ..signals import SIGNAL_CAMERA_RESULT, SIGNAL_RESULT, Result
from .attempts import attempt_of, log_attempt
from .tracking import ObjectState
from .writeback import Writeback


class Results:
    """Weighs attempts, and tells Home Assistant and Frigate what they agree on."""

    def __init__(
        self, hass: HomeAssistant, entry: ObjclassConfigEntry, writeback: Writeback
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._writeback = writeback

    @callback
    def async_count(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        looked: Iterable[tuple[float, Prediction | None]],
    ) -> None:
        """Count attempts, and assign the class if the attempts agree.

        Each comes with the time of its frame. Without a prediction there is no trained
        head yet, and nothing to count.
        """
        opinion = state.opinion(classifier)
        counted_at = None
        for frame_time, prediction in looked:
            opinion.frame_times.add(frame_time)
            if prediction is None:
                opinion.consensus.add_unscored()
                LOGGER.debug(
                    "%s: %s at %.3f is only kept, since no head has been trained yet",
                    classifier.settings.name,
                    state.id,
                    frame_time,
                )
            elif self._count(state, classifier, prediction, frame_time):
                counted_at = frame_time
        verdict = opinion.consensus.verdict()
        if counted_at is not None and verdict.outcome is Outcome.ASSIGNED:
            self._async_assign(state, classifier, verdict, counted_at)

    def _count(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        prediction: Prediction,
        frame_time: float,
    ) -> bool:
        attempt = attempt_of(classifier, prediction, frame_time)
        counts = state.consensus(classifier).add(attempt)
        # To put it into words counts all votes once more, which is wasted on nobody.
        if LOGGER.isEnabledFor(logging.DEBUG):
            log_attempt(state, classifier, prediction, attempt, counts=counts)
        return counts

    @callback
    def async_follow(
        self, state: ObjectState, classifier: ObjectClassifier, *, met: bool
    ) -> None:
        """Take back what a classifier said of an object it is no matter for any more.

        What it has seen stays counted, and is said again when the condition is met
        again.
        """
        opinion = state.opinions.get(classifier.id)
        if opinion is None:
            return
        if not met and opinion.assigned:
            self._async_take_back(state, classifier, opinion.assigned)
        elif met and opinion.taken_back:
            opinion.taken_back = False
            verdict = state.consensus(classifier).verdict()
            if verdict.outcome is Outcome.ASSIGNED:
                self._async_assign(state, classifier, verdict, state.latest.frame_time)

    @callback
    def _async_take_back(
        self, state: ObjectState, classifier: ObjectClassifier, before: Verdict
    ) -> None:
        opinion = state.opinion(classifier)
        opinion.assigned, opinion.taken_back = None, True
        LOGGER.debug(
            "%s: taking %s back from %s, since its condition is not met any more",
            classifier.settings.name,
            classifier.settings.in_log(before.class_name),
            state.id,
        )
        self._async_publish(
            state,
            classifier,
            replace(before, class_name=None, score=0.0, distance=None),
            state.latest.frame_time,
            changed=True,
            taken_back=before.class_name,
        )
        self._writeback.async_take_back(state, classifier)

    @callback
    def async_not_asked(self, state: ObjectState, classifier: ObjectClassifier) -> None:
        """End an object that was no matter for a classifier: nothing is said or kept.

        What was said of it while it was one has been taken back.
        """
        if state.frame_times(classifier):
            self._entry.async_create_task(
                self._hass,
                classifier.samples.async_forget_object(state.id),
                f"objclass forget {state.id}",
            )

    @callback
    def async_end(self, state: ObjectState) -> None:
        """Tidy up after all final outcomes of an object."""
        self._writeback.async_clear(state)

    @callback
    def async_finish(
        self, state: ObjectState, classifier: ObjectClassifier, why: str
    ) -> None:
        """Give the one final outcome of an object.

        A classifier that has learnt nothing yet has nothing to say.
        """
        if classifier.head is None and not state.consensus(classifier).tried:
            return
        frame_time = state.latest.frame_time
        if verdict := state.assigned(classifier):
            self._writeback.async_write(state, classifier, verdict)
        else:
            verdict = state.consensus(classifier).final_verdict()
            if verdict.outcome is Outcome.ASSIGNED:
                self._async_assign(state, classifier, verdict, frame_time)
        LOGGER.debug(
            "%s: %s is finally %s %s, since %s (%s)",
            classifier.settings.name,
            state.id,
            verdict.outcome,
            classifier.settings.in_log(verdict.class_name),
            verdict.reason,
            why,
        )
        self._async_publish(
            state, classifier, verdict, frame_time, outcome=verdict.outcome
        )
        # Without a crop there is nothing that could be told of it, and of a crowd there
        # may be hundreds.
        if state.frame_times(classifier):
            self._async_keep(state, classifier, verdict)

    @callback
    def _async_keep(
        self, state: ObjectState, classifier: ObjectClassifier, verdict: Verdict
    ) -> None:
        """Keep the final outcome beside the object's crops."""
        outcome = KeptOutcome(
            event_id=state.id,
            outcome=verdict.outcome,
            verdict=verdict,
            attempts=tuple(state.consensus(classifier).tried),
        )
        self._entry.async_create_task(
            self._hass,
            classifier.async_keep_outcome(outcome),
            f"objclass outcome of {state.id}",
        )

    @callback
    def _async_assign(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        verdict: Verdict,
        frame_time: float,
    ) -> None:
        before = state.assigned(classifier)
        state.opinion(classifier).assigned = verdict
        changed = before is None or before.class_name != verdict.class_name
        if changed:
            LOGGER.debug(
                "%s: assigning %s to %s with %.2f, since %s",
                classifier.settings.name,
                classifier.settings.in_log(verdict.class_name),
                state.id,
                verdict.score,
                verdict.reason,
            )
        self._async_publish(state, classifier, verdict, frame_time, changed=changed)
        self._writeback.async_tell(state, classifier, verdict, frame_time)

    @callback
    def _async_publish(
        self,
        state: ObjectState,
        classifier: ObjectClassifier,
        verdict: Verdict,
        frame_time: float,
        *,
        changed: bool = False,
        outcome: Outcome | None = None,
        taken_back: str | None = None,
    ) -> None:
        result = Result(
            classifier_id=classifier.id,
            classifier_name=classifier.settings.name,
            event_id=state.id,
            camera=state.latest.camera,
            label=state.latest.label,
            frame_time=frame_time,
            verdict=verdict,
            changed=changed,
            outcome=outcome,
            taken_back=taken_back,
        )
        classifier.async_note(result)
        for signal in (
            SIGNAL_RESULT.format(classifier.id),
            SIGNAL_CAMERA_RESULT.format(classifier.id, result.camera),
        ):
            async_dispatcher_send(self._hass, signal, result)
        if changed or outcome is not None:
            # Of the device, so that the logbook tells it on the device's page too.
            device = dr.async_get(self._hass).async_get_device_by_identifier(
                (DOMAIN, classifier.id), self._entry.entry_id
            )
            about = {ATTR_DEVICE_ID: device.id if device else None}
            self._hass.bus.async_fire(EVENT_RESULT, about | result.as_event_data())
