"""A classifier at work, whatever it looks at."""

from .keeping import Keeping
from .labelling import Labelling
from .training import Training


class Classifier(Keeping, Labelling, Training):
    """One classifier of one entry, from set-up to unload."""
