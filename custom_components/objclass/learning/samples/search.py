"""Which samples are looked for, and in which order: written as SQL.

A page ends at a position: the sort keys of its last sample. The next page starts
behind that position, wherever it is by then, so nothing is repeated when samples come
and go meanwhile, and nothing is missed, but for this: in the useful order, the next
sample of an event takes the place of one that was deleted.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypedDict

type Order = Literal["newest", "useful", "doubtful"]
type Position = tuple[float | str, ...]


class Conditions(TypedDict, total=False):
    """What a sample must be like; None is no condition.

    `labelled` is whether it has a label, `label` which one. `predicted` is the class
    with the highest score, which `min_score` and `max_score` speak of; `called` is its
    label if it has one, and else the class that is predicted. `infrared` leaves out
    samples of which it is not known. `ids` are those among which it is.
    """

    labelled: bool | None
    label: str | None
    predicted: str | None
    called: str | None
    camera: str | None
    event_id: str | None
    source: str | None
    min_score: float | None
    max_score: float | None
    infrared: bool | None
    unfamiliar: bool | None
    ids: Sequence[str] | None


_TERMS: Final = {
    "labelled": "(label IS NOT NULL) = ?",
    "label": "label = ?",
    "predicted": "predicted = ?",
    "called": "coalesce(label, predicted) = ?",
    "camera": "camera = ?",
    "event_id": "event_id = ?",
    "source": "source = ?",
    "min_score": "score >= ?",
    "max_score": "score <= ?",
    "infrared": "infrared = ?",
    "unfamiliar": "unfamiliar = ?",
    "ids": "id IN (SELECT value FROM json_each(?))",
}
# After those that are named: one of each event, since the crops of one event are much
# alike, then a second one of each. Labelled crops take their turn too, so that nobody's
# place changes by labelling. The least certain come first; what is unlike all that was
# labelled, or was kept before there was a head, is the most uncertain of all.
_USEFUL: Final = (
    "(SELECT *, row_number() OVER (PARTITION BY coalesce(event_id, id)"
    " ORDER BY certainty, -time, id) AS turn FROM (SELECT *, CASE WHEN unfamiliar"
    " THEN 0.0 ELSE coalesce(score, 0.0) END AS certainty FROM ranked))"
)
# Those that are named first have their place, all others the same one behind them.
_RANKED: Final = (
    "WITH ranked AS (SELECT samples.*, coalesce(named.key, 1e9) AS place"
    " FROM samples LEFT JOIN json_each(?) AS named ON named.value = samples.id)"
)
_NEWEST_KEYS: Final = ("-time", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Samples that meet all conditions, in one of three orders.

    `newest` is by the time of the picture. `useful` is unlabelled samples, those that
    teach a classifier most first. `doubtful` is labelled samples, newest first. In the
    latter two, the samples whose ids are in `first` come before all, in that order.
    """

    conditions: Conditions = field(default_factory=Conditions)
    order: Order = "newest"
    first: Sequence[str] = ()

    def page(self, after: Position | None, limit: int) -> tuple[str, list[Any]]:
        """Return the query for a page, and its values; -1 is no limit.

        The columns `key0`, `key1` and so on are each sample's position.
        Raises ValueError for a position of another order.
        """
        keys: tuple[str, ...] = _NEWEST_KEYS
        prefix, source, values = "", "samples", list[Any]()
        if self.order != "newest":
            prefix, source, keys = _RANKED, "ranked", ("place", *keys)
            values.append(json.dumps(list(dict.fromkeys(self.first))))
        if self.order == "useful":
            source, keys = _USEFUL, ("place", "turn", "certainty", *_NEWEST_KEYS)
        where, conditions = self._where()
        values += conditions
        if after is not None:
            if len(after) != len(keys):
                raise ValueError("the position is one of another order")
            where += f" AND ({', '.join(keys)}) > ({', '.join('?' * len(keys))})"
            values += after
        columns = ", ".join(f"{key} AS key{place}" for place, key in enumerate(keys))
        parts = (
            *(prefix, "SELECT *,", columns, "FROM", source, "WHERE", where),
            *("ORDER BY", ", ".join(keys), "LIMIT ?"),
        )
        return " ".join(parts), [*values, limit]

    def count(self) -> tuple[str, list[Any]]:
        """Return the query for the number of samples on all pages, and its values."""
        where, values = self._where()
        parts = ("SELECT count(*) FROM samples WHERE", where)
        return " ".join(parts), values

    def _where(self) -> tuple[str, list[Any]]:
        terms, values = ["1"], list[Any]()
        for name, value in self.conditions.items():
            if value is not None:
                terms.append(_TERMS[name])
                values.append(json.dumps(value) if name == "ids" else value)
        if self.order != "newest":
            terms.append(f"label IS {'NOT ' if self.order == 'doubtful' else ''}NULL")
        return " AND ".join(terms), values
