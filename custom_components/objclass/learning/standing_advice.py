"""Advice between trainings: what to add next to what is labelled by now."""

from collections.abc import Mapping, Sequence

import numpy as np

from .advice import advise
from .evaluation import Advice, ClassReport, TrainingReport
from .samples.sample import ClassCount


def standing_advice(
    counts: Mapping[str, ClassCount],
    classes: Sequence[str],
    report: TrainingReport | None,
) -> tuple[Advice, ...]:
    """Return the most useful advice first; none before anything is labelled.

    counts: what is labelled, by class. classes: all of them, `none` included. report:
    that of the last training, which says what is mistaken for what.
    """
    known = [
        ClassReport(
            name=name,
            images=counts[name].images,
            events=counts[name].events,
            infrared=counts[name].infrared,
            accuracy=None,
            precision=None,
        )
        for name in classes
        if name in counts
    ]
    if not known:
        return ()
    confusion = np.zeros((len(known), len(known)), int)
    names = [item.name for item in known]
    if report is not None and names == [item.name for item in report.classes]:
        confusion = np.array(report.confusion)
    return advise(known, [name for name in classes if name not in counts], confusion)
