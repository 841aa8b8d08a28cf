"""A classifier at work: its settings, its head, its samples, and what it has seen.

A `Classifier` has `Samples` and `Trainings`; what depends on what it looks at is in
`objects` and `frames`.
"""

from .classifier import Classifier, classifier_folder
from .frames import FrameClassifier
from .live_keeping import LiveKeeping, async_keep_live
from .objects import ObjectClassifier
from .telling import Tell

type AnyClassifier = ObjectClassifier | FrameClassifier

__all__ = [
    "AnyClassifier",
    "Classifier",
    "FrameClassifier",
    "LiveKeeping",
    "ObjectClassifier",
    "Tell",
    "async_keep_live",
    "classifier_folder",
]
