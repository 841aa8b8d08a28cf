"""Which classifiers take part in a run, and whether they can."""

from homeassistant.exceptions import ServiceValidationError

from ..classifier import AnyClassifier, FrameClassifier, ObjectClassifier
from ..conditions.past import PastCondition
from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from .run import Job


def objects_in(entry: ObjclassConfigEntry, job: Job) -> list[ObjectClassifier]:
    """Return the classifiers of tracked objects in a job that are still here."""
    return [one for one in _all_in(entry, job) if isinstance(one, ObjectClassifier)]


def frames_in(entry: ObjclassConfigEntry, job: Job) -> list[FrameClassifier]:
    """Return the classifiers of whole pictures in a job that are still here."""
    return [one for one in _all_in(entry, job) if isinstance(one, FrameClassifier)]


def check_classifiers(entry: ObjclassConfigEntry, job: Job) -> None:
    """Refuse classifiers that cannot say anything, before or after a restart.

    Raises ServiceValidationError.
    """
    for classifier in _all_in(entry, job):
        if classifier.head is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_trained",
                translation_placeholders={"classifier": classifier.settings.name},
            )
        if isinstance(classifier, ObjectClassifier):
            PastCondition(entry.runtime_data.need_frigate().pipeline.chain, classifier)


async def async_all_ready(entry: ObjclassConfigEntry, job: Job) -> None:
    """Wait for those that are just being trained anew, for other classes or a network.

    Until then they have nothing to say, or things that nobody asks for any more. Raises
    ServiceValidationError as `check_classifiers` does.
    """
    for classifier in entry.runtime_data.classifiers.values():
        if classifier.trainings.outdated:
            await classifier.trainings.async_settled()
    check_classifiers(entry, job)


def _all_in(entry: ObjclassConfigEntry, job: Job) -> list[AnyClassifier]:
    known = entry.runtime_data.classifiers
    return [known[one] for one in job.classifiers if one in known]
