"""A look at a moment in a camera's recordings, for classifiers of whole pictures.

Each moment stands for itself: one class per picture, when its score counts and it is
not unlike all that was labelled. States are about now, and are not touched.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from homeassistant.core import HomeAssistant

from ..classifier import FrameClassifier
from ..data import ObjclassConfigEntry
from ..learning.consensus import Outcome
from ..learning.frame import WHOLE, Part, look_at_frame
from ..learning.head import Prediction
from ..learning.look import Look
from ..learning.model_head import AnyHead
from .found import Found, UnusableError
from .pace import Pace
from .patience import async_patiently
from .run import Job, PastFrame


async def async_look_at_moment(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    moment: PastFrame,
    classifiers: Sequence[FrameClassifier],
    pace: Pace | None = None,
) -> dict[str, Look]:
    """Return a look for each classifier that watches the camera, by id.

    With a `pace`, as in a run, a Frigate that is away is waited for. Raises
    FrigateError, PictureError, or UnusableError where the camera is gone.
    """
    frigate, worker = entry.runtime_data.need_frigate(), entry.runtime_data.worker
    # Another one may come into use meanwhile, which the heads do not fit.
    backbone = worker.backbone
    wanted: defaultdict[Part, dict[str, AnyHead]] = defaultdict(dict)
    parts: dict[str, Part] = {}
    for one in classifiers:
        if one.head and moment.camera in one.settings.cameras:
            parts[one.id] = one.settings.parts.get(moment.camera, WHOLE)
            wanted[parts[one.id]] |= one.heads
    if not wanted:
        return {}
    camera = frigate.config.cameras.get(moment.camera)
    if camera is None:
        raise UnusableError(f"Frigate has no camera {moment.camera} any more")
    ask = partial(
        frigate.client.recorded_frame, camera.name, moment.time, camera.height
    )
    picture = await (async_patiently(hass, entry, ask) if pace else ask())
    if pace:
        await pace.async_let_live_go_first()
    seen = await worker.run(look_at_frame, backbone, picture.data, wanted)
    return {classifier_id: seen[part] for classifier_id, part in parts.items()}


async def async_keep_moment(
    classifier: FrameClassifier, moment: PastFrame, seen: Look
) -> str:
    """Keep the picture of a look for labelling; return the id of the sample."""
    sample = classifier.frame_sample(seen, moment.camera, moment.time, "history")
    return (await classifier.samples.async_keep(sample, seen)).id


def found_in(
    job: Job, classifier: FrameClassifier, moment: PastFrame, prediction: Prediction
) -> Found:
    """Return what a prediction comes to."""
    settings = classifier.settings
    least = settings.threshold if job.confidence is None else job.confidence
    unfamiliar = prediction.unfamiliar and settings.familiarity
    known = prediction.best in settings.classes
    decided = known and not unfamiliar and prediction.score >= least
    return Found(
        event_id=moment.id,
        classifier_id=classifier.id,
        camera=moment.camera,
        label="",
        time=moment.time,
        outcome=Outcome.ASSIGNED if decided else Outcome.UNDECIDED,
        class_name=prediction.best if decided else None,
        likeliest=prediction.best,
        score=prediction.score,
        unfamiliar=prediction.unfamiliar,
    )
