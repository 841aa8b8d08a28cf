"""A classifier at work: its settings, its head, its samples, and what it has seen.

What all classifiers have is in a file per subject (`core`, `keeping`, `labelling`,
`training`); what depends on what they look at is in `objects` and `frames`.
"""

from .classifier import Classifier
from .core import Tell, classifier_folder
from .frames import FrameClassifier
from .keeping import LiveKeeping, async_keep_live
from .objects import ObjectClassifier

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
