"""The second phase: one look at the one picture that Frigate keeps of an object.

There is one attempt then, and it is decided by as on an object that was gone before it
could be looked at often enough: its score has to count, and it must not be unlike all
that was labelled.
"""

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant

from ..classifier import ObjectClassifier
from ..conditions.past import PastCondition, Question
from ..data import ObjclassConfigEntry
from ..frigate.messages import TrackedObject
from ..frigate.models import StoredEvent
from ..learning.consensus import Consensus, Verdict
from ..learning.head import Prediction
from ..learning.look import Heads, Look, look
from ..objects.attempts import attempt_of
from .found import Found, UnusableError
from .frame_looking import async_keep_moment, async_look_at_moment, found_in
from .pace import Pace
from .patience import async_patiently
from .run import Job, PastFrame
from .taking_part import frames_in, objects_in

# So many crops of each class are kept for labelling; any other can be fetched again.
KEPT_PER_CLASS: Final = 40


class Looker:
    """Looks at the objects of one run."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        job: Job,
        pace: Pace,
        kept: dict[tuple[str, str], int],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._job = job
        self._pace = pace
        self._frame_classifiers = frames_in(entry, job)
        classifiers = objects_in(entry, job)
        chain = entry.runtime_data.need_frigate().pipeline.chain
        # Parents come before their children.
        self._classifiers = [one for one in chain.classifiers if one in classifiers]
        self._parents = {
            one.id: parent.id
            for one in self._classifiers
            if (parent := chain.parent(one)) in classifiers and parent
        }
        self._conditions = {
            one.id: PastCondition(chain, one)
            for one in self._classifiers
            if one.settings.condition and one.id not in self._parents
        }
        self._kept = Counter(kept)

    async def async_found(self, past: StoredEvent | PastFrame) -> list[Found]:
        """Return what the classifiers make of an object, or of a moment.

        Raises UnusableError, FrigateError, PictureError or HomeAssistantError.
        """
        if isinstance(past, StoredEvent):
            return await self._async_object(past)
        looks = await async_look_at_moment(
            self._hass, self._entry, past, self._frame_classifiers, self._pace
        )
        found = []
        for classifier in self._frame_classifiers:
            if seen := looks.get(classifier.id):
                prediction = seen.predictions[classifier.id]
                one = found_in(self._job, classifier, past, prediction)
                if self._room_for(one):
                    sample_id = await async_keep_moment(classifier, past, seen)
                    one = replace(one, sample_id=sample_id)
                found.append(one)
        return found

    def _room_for(self, found: Found) -> bool:
        """Return whether a crop of that class is still wanted, and count it."""
        kind = (found.classifier_id, found.class_name or "")
        self._kept[kind] += 1
        return self._kept[kind] <= KEPT_PER_CLASS

    async def _async_object(self, event: StoredEvent) -> list[Found]:
        """Look at an object, once for all classifiers."""
        tracked = tracked_of(self._entry, event)
        questions = await self._async_questions(event, tracked)
        classifiers = [one for one in self._classifiers if one.id in questions]
        if not classifiers:
            return []
        heads = {one.id: one.head for one in classifiers if one.head}
        for one in classifiers:
            if condition := self._conditions.get(one.id):
                heads |= condition.heads
        seen = await async_look(self._hass, self._entry, tracked, heads, self._pace)
        found: list[Found] = []
        answers: dict[str, str | None] = {}
        for classifier in classifiers:
            parent = self._parents.get(classifier.id)
            if parent and not _answers(classifier, answers.get(parent)):
                continue
            if not all(one.is_met(seen) for one in questions[classifier.id]):
                continue
            prediction = seen.predictions[classifier.id]
            verdict = self._verdict(classifier, prediction, tracked.frame_time)
            answers[classifier.id] = verdict.class_name
            result = _found(classifier, tracked, prediction, verdict)
            if self._room_for(result):
                sample_id = await async_keep(classifier, tracked, seen)
                result = replace(result, sample_id=sample_id)
            found.append(result)
        return found

    async def _async_questions(
        self, event: StoredEvent, tracked: TrackedObject
    ) -> dict[str, list[Question]]:
        """Return what has to be asked first, by classifier that an object may concern.

        Where the parent takes part in the run, its answer there is what counts.
        """
        questions = {}
        for classifier in self._classifiers:
            if classifier.head is None or not classifier.settings.wants(tracked):
                continue
            condition = self._conditions.get(classifier.id)
            asked = await condition.async_questions(event) if condition else []
            if asked is not None:
                questions[classifier.id] = asked
        return questions

    def _verdict(
        self, classifier: ObjectClassifier, prediction: Prediction, frame_time: float
    ) -> Verdict:
        rules = classifier.settings.rules
        if self._job.confidence is not None:
            rules = replace(rules, threshold=self._job.confidence)
        consensus = Consensus(rules)
        consensus.add(attempt_of(classifier, prediction, frame_time))
        return consensus.final_verdict()


def tracked_of(entry: ObjclassConfigEntry, event: StoredEvent) -> TrackedObject:
    """Return a stored object as a tracked one. Raises UnusableError."""
    camera = entry.runtime_data.need_frigate().config.cameras.get(event.camera)
    if camera is None:
        raise UnusableError(f"Frigate has no camera {event.camera} any more")
    tracked = event.as_tracked(camera.width, camera.height)
    if tracked is None:
        raise UnusableError("Frigate does not say where it is in its picture")
    return tracked


async def async_look(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    tracked: TrackedObject,
    heads: Heads,
    pace: Pace | None = None,
) -> Look:
    """Look at an object of the past. Raises FrigateError or PictureError.

    With a `pace`, as in a run, a Frigate that is away is waited for.
    """
    frigate, worker = entry.runtime_data.need_frigate(), entry.runtime_data.worker
    # Another one may come into use meanwhile, which the heads do not fit.
    backbone = worker.backbone
    camera, box = frigate.config.cameras[tracked.camera], tracked.box
    ask = partial(frigate.client.clean_snapshot, tracked.id)
    picture = await (async_patiently(hass, entry, ask) if pace else ask())
    if pace:
        await pace.async_let_live_go_first()
    return await worker.run(
        look,
        backbone,
        picture.data,
        heads,
        box=(box.x1, box.y1, box.x2, box.y2),
        frame_size=(camera.width, camera.height),
    )


async def async_keep(
    classifier: ObjectClassifier, tracked: TrackedObject, seen: Look
) -> str:
    """Keep the crop of a look for labelling; return the id of the sample."""
    sample = classifier.sample_of(
        seen,
        sample_id=f"{tracked.id}-{tracked.frame_time:.3f}",
        event_id=tracked.id,
        camera=tracked.camera,
        time=tracked.frame_time,
        source="history",
    )
    return (await classifier.samples.async_keep(sample, seen)).id


def _answers(classifier: ObjectClassifier, answer: str | None) -> bool:
    condition = classifier.settings.condition
    return condition is not None and answer in condition.classes


def _found(
    classifier: ObjectClassifier,
    tracked: TrackedObject,
    prediction: Prediction,
    verdict: Verdict,
) -> Found:
    return Found(
        event_id=tracked.id,
        classifier_id=classifier.id,
        camera=tracked.camera,
        label=tracked.label,
        time=tracked.frame_time,
        outcome=verdict.outcome,
        class_name=verdict.class_name,
        likeliest=prediction.best,
        score=prediction.score,
        unfamiliar=prediction.unfamiliar,
    )
