"""Which images are held out together, so that cross-validation tells the truth.

Crops of one visit are near copies of each other: if one of them is trained on and
another judged, the judgement only says that the same picture was recognised again. So
whole events are held out, and events that share a near copy count as one.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEAR_COPY = 0.995  # cosine of two embeddings
# Pictures of one visit are nearly always so alike to the next of it; those of different
# visits seldom are (benchmarks/tried.md).
ONE_VISIT = 0.88  # cosine of two embeddings
# None is guessed to be a larger part of its class: a fixed camera shows nearly the same
# for days, and what is held out must leave enough to train on.
FEWEST_VISITS = 4
_NEIGHBOURS = 4
ALWAYS_TRAINED = -1  # the fold of a class that cannot spare an event


def near_copies(
    rows: NDArray[np.float64], groups: Sequence[str]
) -> list[tuple[int, int]]:
    """Find pairs (i < j) of L2-normalised rows of different groups: near copies."""
    pairs = []
    for start in range(0, len(rows), 512):  # blocks, so that memory stays small
        block = rows[start : start + 512]
        for i, j in np.argwhere(block @ rows[start:].T >= NEAR_COPY):
            first, second = int(start + i), int(start + j)
            if first < second and groups[first] != groups[second]:
                pairs.append((first, second))
    return pairs


def guess_visits(
    rows: NDArray[np.float64], labels: Sequence[str], unknown: Sequence[bool]
) -> dict[int, int]:
    """Guess which pictures show one visit, where nobody knows: those most alike.

    rows: (n, d), L2-normalised; unknown: of which the visit is not known. Returns a
    picture of the same visit for each of these; itself where it looks like no other.
    """
    visits: dict[int, int] = {}
    for label in dict.fromkeys(labels):
        own = np.flatnonzero(np.asarray(unknown) & (np.asarray(labels) == label))
        visits |= _joined(own.tolist(), _most_alike(rows[own]))
    return visits


def _most_alike(rows: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return pairs of neighbours that may be one visit, the most alike first."""
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(rows), 512):
        alike = rows[start : start + 512] @ rows.T
        nearest = np.argsort(-alike, axis=1)[:, : _NEIGHBOURS + 1]
        for place, others in enumerate(nearest.tolist()):
            for other in others:
                cosine = float(alike[place, other])
                if other != start + place and cosine >= ONE_VISIT:
                    found[start + place, other] = cosine
    return sorted(found, key=lambda pair: -found[pair])


def _joined(own: Sequence[int], pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Join pairs of places in `own`, as long as no visit gets too large."""
    largest = max(1, len(own) // FEWEST_VISITS)
    parent, size = {place: place for place in range(len(own))}, [1] * len(own)
    for one, other in pairs:
        kept, gone = _root(parent, one), _root(parent, other)
        if kept != gone and size[kept] + size[gone] <= largest:
            parent[gone] = kept
            size[kept] += size[gone]
    return {place: own[_root(parent, number)] for number, place in enumerate(own)}


def _root[T](parent: dict[T, T], member: T) -> T:
    """Return what stands for all that a member has been joined with."""
    while parent[member] != member:
        # The way is shorter for the next one.
        parent[member] = member = parent[parent[member]]
    return member


def join_groups(
    groups: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.intp]:
    """Give each row its group's number; a pair makes two groups one."""
    names = sorted(set(groups))
    parent = {name: name for name in names}
    for first, second in pairs:
        one, other = sorted(_root(parent, groups[place]) for place in (first, second))
        parent[other] = one
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers[_root(parent, name)] for name in groups], np.intp)


def deal(
    targets: NDArray[np.intp], groups: NDArray[np.intp], folds: int, seed: int
) -> NDArray[np.intp]:
    """Give each row a fold, 0 to folds - 1: groups whole, classes spread evenly.

    A class whose images all come from one group stays in training (ALWAYS_TRAINED):
    holding it out would ask for a class that was never seen.
    """
    result = np.full(len(targets), ALWAYS_TRAINED, np.intp)
    random = np.random.default_rng(seed)
    members = defaultdict(list)
    for row, group in enumerate(groups.tolist()):
        members[group].append(row)
    by_class = defaultdict(list)
    for rows in members.values():
        by_class[int(np.bincount(targets[rows]).argmax())].append(rows)
    sizes = np.zeros(folds)
    for number in sorted(by_class):
        dealt = by_class[number]
        if len(dealt) == 1:
            continue
        own_sizes = np.zeros(folds)
        order = random.permutation(len(dealt))
        for place in sorted(order.tolist(), key=lambda place: -len(dealt[place])):
            fold = int(np.lexsort((sizes, own_sizes))[0])
            result[dealt[place]] = fold
            own_sizes[fold] += len(dealt[place])
            sizes[fold] += len(dealt[place])
    return result
