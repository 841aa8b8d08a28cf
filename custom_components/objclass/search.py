"""Looking through a classifier's samples, those first that matter most."""

from typing import Final

from .classifier import Classifier
from .learning.ranking import most_useful
from .learning.samples.search import Conditions, Order, Search

ORDERS: Final[tuple[Order, ...]] = ("newest", "useful", "doubtful")


async def async_search(
    classifier: Classifier,
    conditions: Conditions,
    order: Order,
    *,
    recognised: str | None = None,
    further: bool = False,
) -> Search:
    """Return a search; `further` is for the pages behind the first one.

    With `recognised` it is only for samples that were taken for that class while the
    last training held them out: with their label, a cell of its confusion matrix.
    """
    samples, first = classifier.samples, list[str]()
    if recognised is not None:
        report = classifier.trainings.report
        found = report.recognised_as if report else {}
        ids = [sample_id for sample_id, name in found.items() if name == recognised]
        conditions = {**conditions, "ids": ids}
    if order == "doubtful":
        first = classifier.trainings.doubtful
    elif order == "useful":
        # Further pages go on with what the first one began.
        if not further or samples.most_useful is None:
            samples.most_useful = await samples.async_files(
                most_useful,
                samples.store,
                classifier.backbone.identity,
                classifier.trainings.trained_head,
            )
        first = samples.most_useful
    return Search(conditions=conditions, order=order, first=first)
