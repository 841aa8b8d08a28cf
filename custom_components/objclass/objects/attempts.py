"""Attempts: what an answer of a classifier counts as, and how the log tells it."""

from ..classifier import ObjectClassifier
from ..const import LOGGER
from ..learning.consensus import NONE, Attempt
from ..learning.head import Prediction
from .tracking import ObjectState


def attempt_of(
    classifier: ObjectClassifier, prediction: Prediction, frame_time: float
) -> Attempt:
    """Turn a prediction into an attempt.

    A head may know a class that was removed since; nobody wants to hear of it.
    """
    known = prediction.best in classifier.settings.all_classes
    gated = classifier.settings.familiarity
    return Attempt(
        class_name=prediction.best if known else NONE,
        score=prediction.score,
        frame_time=frame_time,
        unfamiliar=prediction.unfamiliar and gated,
        distance=prediction.distance,
        limit=prediction.limit if gated else None,
    )


def log_attempt(
    state: ObjectState,
    classifier: ObjectClassifier,
    prediction: Prediction,
    attempt: Attempt,
    *,
    counts: bool,
) -> None:
    """Tell all that there is to know about an attempt."""
    settings, verdict = classifier.settings, state.consensus(classifier).verdict()
    in_log, scores = settings.in_log, prediction.scores.items()
    LOGGER.debug(
        "%s: %s looks like %s at %.3f (%s): %s; votes so far %s: %s",
        settings.name,
        state.id,
        in_log(prediction.best),
        attempt.frame_time,
        ", ".join(f"{in_log(name)} {p:.2f}" for name, p in scores),
        _how_it_counts(attempt, settings.rules.threshold, counts=counts),
        {in_log(name): votes for name, votes in verdict.votes.items()},
        verdict.reason,
    )


def _how_it_counts(attempt: Attempt, threshold: float, *, counts: bool) -> str:
    far = ""
    if attempt.distance is not None and attempt.limit is not None:
        far = f" (distance {attempt.distance:.2f}, limit {attempt.limit:.2f})"
    if attempt.unfamiliar:
        return f"unfamiliar{far}, so it counts as {NONE}"
    met = "meets" if counts else "does not meet"
    return f"{met} the threshold of {threshold:.2f}{far}"
