"""Looking through a classifier's samples, those first that matter most."""

from typing import Final

from .classifier import Classifier
from .learning.ranking import most_useful
from .learning.sample_search import Conditions, Order, Search

ORDERS: Final[tuple[Order, ...]] = ("newest", "useful", "doubtful")


async def async_search(
    classifier: Classifier,
    conditions: Conditions,
    order: Order,
    *,
    further: bool = False,
) -> Search:
    """Return a search; `further` is for the pages behind the first one."""
    first: list[str] = []
    if order == "doubtful":
        first = classifier.doubtful
    elif order == "useful":
        # Further pages go on with what the first one began.
        if not further or classifier.most_useful is None:
            classifier.most_useful = await classifier.async_files(
                most_useful, classifier.samples, classifier.backbone, classifier.head
            )
        first = classifier.most_useful
    return Search(conditions=conditions, order=order, first=first)
