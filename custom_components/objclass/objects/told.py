"""What became of a name that Frigate was to be told."""

from enum import StrEnum


class Told(StrEnum):
    """What became of a name: written, there already, or why it was not written."""

    WRITTEN = "written"
    SAME = "same"
    KEPT = "kept"  # what somebody else has said stays
    NO_MODEL = "no_model"  # Frigate has no attribute model of that name
    GONE = "gone"
    REFUSED = "refused"
