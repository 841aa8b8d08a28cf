"""The kept crops whose labels teach most come first."""

import numpy as np

from custom_components.objclass.learning.head import Head
from custom_components.objclass.learning.ranking import most_unlike, most_useful
from custom_components.objclass.learning.samples import SampleStore
from custom_components.objclass.learning.training import train_head

from .samples.stores import jpeg, sample

D = 32


def keep(
    store: SampleStore, name: str, kind: int, share: float = 1, **more: object
) -> None:
    """Keep a crop that looks like a kind of object, with a share of the next one."""
    vector = np.zeros(D, np.float32)
    vector[kind] = share
    vector[(kind + 1) % D] += 1 - share
    vector += np.random.default_rng(len(name)).normal(0, 0.01, D)
    assert store.add(sample(name, **more), jpeg(name), vector.astype("f4"), "net")


def leo_or_max() -> Head:
    """Train on kinds 0 and 1."""
    rows = np.eye(2, D, dtype=np.float32).repeat(20, axis=0)
    rows += np.random.default_rng(1).normal(0, 0.05, rows.shape).astype("f4")
    return train_head(
        rows,
        ["leo"] * 20 + ["max"] * 20,
        groups=[str(number) for number in range(40)],
        classes=["leo", "max"],
        backbone="net",
    ).head


def test_before_a_training_they_show_what_different_things_there_are(
    store: SampleStore,
) -> None:
    for kind in range(4):
        for number in range(5):
            keep(store, f"k{kind}n{number}", kind, event_id=f"{kind}-{number}")
    ranked = most_useful(store, "net", None)
    assert {name[:2] for name in ranked[:4]} == {"k0", "k1", "k2", "k3"}


def test_after_a_training_doubtful_ones_come_before_those_it_is_sure_of(
    store: SampleStore,
) -> None:
    for kind in range(2):
        for number in range(6):
            keep(store, f"sure{kind}{number}", kind)
    keep(store, "between", 0, 0.5)
    assert most_useful(store, "net", leo_or_max())[0] == "between"


def test_what_is_labelled_or_unknown_to_the_backbone_is_not_named(
    store: SampleStore,
) -> None:
    assert most_useful(store, "net", None) == []
    keep(store, "labelled", 1, label="leo")
    assert store.add(sample("unseen"), b"")
    assert most_useful(store, "net", None) == []
    keep(store, "new", 2)
    assert most_useful(store, "net", None) == ["new"]
    assert most_useful(store, "another", None) == []


def test_of_new_ones_those_unlike_what_is_labelled_are_kept(
    store: SampleStore,
) -> None:
    keep(store, "labelled", 0, label="leo")
    keep(store, "unlabelled", 1)
    new = list(np.eye(3, D, dtype=np.float32))
    assert set(most_unlike(new, 2, store, "net", None)) == {1, 2}
    assert most_unlike(new, 2, store, "another", None) == [0, 1]


def test_a_head_says_what_it_is_unsure_of_if_it_is_of_the_same_backbone(
    store: SampleStore,
) -> None:
    sure, between = np.zeros((2, D), np.float32)
    sure[0], between[:2] = 1, 1
    head = leo_or_max()
    assert most_unlike([sure, between], 1, store, "net", head) == [1]
    assert most_unlike([sure, between], 1, store, "another", head) == [0]
