"""Samples are found by what they are like, page by page, in a useful order."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from custom_components.objclass.learning.samples import SampleStore, SampleStoreError
from custom_components.objclass.learning.samples.search import Order, Search

from .stores import add, ids, vector


def sure(score: float, name: str = "leo") -> dict[str, float]:
    return {name: score, "none": round(1 - score, 6)}


def everything(store: SampleStore, search: Search, limit: int) -> list[str]:
    """Return the ids on all pages."""
    found, position = [], None
    while True:
        page = store.page(search, position, limit)
        found += [sample.id for sample in page.samples]
        assert len(page.samples) <= limit
        if (position := page.end) is None:
            assert len(found) == page.total
            return found


# What is looked for


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"predicted": "leo"}, "dba"),
        ({"predicted": "none"}, "c"),
        ({"min_score": 0.7}, "cb"),
        ({"max_score": 0.7}, "dba"),
        ({"min_score": 0.7, "max_score": 0.7}, "b"),
        ({"infrared": True}, "cb"),
        ({"infrared": False}, "a"),
        ({"unfamiliar": True}, "d"),
        ({"unfamiliar": False}, "ecba"),
        ({"source": "collect"}, "e"),
        ({"labelled": None, "label": None, "min_score": None}, "edcba"),
        ({"predicted": "leo", "infrared": True}, "b"),
        ({"predicted": "' OR 1=1 --"}, ""),
    ],
)
def test_samples_are_found_by_what_they_are_like(
    store: SampleStore, conditions: dict[str, Any], found: str
) -> None:
    add(store, "a", 1.0, scores=sure(0.6), infrared=False)
    add(store, "b", 2.0, scores=sure(0.7), infrared=True)
    add(store, "c", 3.0, scores=sure(0.1), infrared=True)
    add(store, "d", 4.0, scores=sure(0.55), unfamiliar=True)
    add(store, "e", 5.0, source="collect")
    assert ids(store, **conditions) == list(found)
    page = store.page(Search(conditions=conditions), None, 10)
    assert [sample.id for sample in page.samples] == list(found)
    assert page.total == len(found)


# Pages


def fill(store: SampleStore, count: int) -> None:
    """Keep samples of several events and certainties, four at each moment."""
    for number in range(count):
        add(
            store,
            f"s{number:03}",
            float(number // 4),
            event_id=f"e{number % 7}",
            scores=sure(0.5 + (number * 37 % 50) / 100) if number % 11 else {},
            unfamiliar=number % 13 == 0,
            label="leo" if number % 3 == 0 else None,
        )


@pytest.mark.parametrize("limit", [1, 2, 7, 50, 200])
@pytest.mark.parametrize("order", ["newest", "useful", "doubtful"])
def test_pages_neither_miss_nor_repeat_a_sample(
    store: SampleStore, order: Order, limit: int
) -> None:
    fill(store, 60)
    search = Search(order=order, first=["s030", "s003", "s001"])
    found = everything(store, search, limit)
    assert len(set(found)) == len(found)
    assert found == everything(store, search, 1000)
    wanted = {
        "newest": ids(store, limit=-1),
        "useful": ids(store, limit=-1, labelled=False),
        "doubtful": ids(store, limit=-1, labelled=True),
    }
    assert sorted(found) == sorted(wanted[order])


@pytest.mark.parametrize("order", ["newest", "useful", "doubtful"])
def test_scrolling_goes_on_while_samples_are_labelled_and_come_and_go(
    store: SampleStore, order: Order
) -> None:
    fill(store, 60)
    search = Search(order=order)
    before = everything(store, search, 100)
    first = store.page(search, None, 8)
    store.delete([before[10]])
    if order != "useful":
        store.delete([first.samples[7].id, first.samples[0].id])
    store.label([first.samples[1].id], None if order == "doubtful" else "leo")
    add(store, "new", 999.0, label="leo" if order == "doubtful" else None)

    found, position = [], first.end
    while position is not None:
        page = store.page(search, position, 8)
        found += [sample.id for sample in page.samples]
        position = page.end
    rest = [*before[8:10], *before[11:]]
    assert sorted(one for one in found if one != "new") == sorted(rest)


def test_the_newest_page_of_the_same_moment_is_in_the_order_of_the_ids(
    store: SampleStore,
) -> None:
    for name in "dacb":
        add(store, name)
    assert everything(store, Search(), 1) == list("abcd")


def test_a_page_says_how_many_there_are_and_whether_more_come(
    store: SampleStore,
) -> None:
    assert store.page(Search(), None, 5).end is None
    fill(store, 10)
    page = store.page(Search(), None, 10)
    assert (len(page.samples), page.total, page.end) == (10, 10, None)
    page = store.page(Search(conditions={"label": "leo"}), None, 3)
    assert (len(page.samples), page.total) == (3, 4)
    assert page.end is not None


@pytest.mark.parametrize(
    "position", [(), (1.0,), (0.0, "a", "b", "c"), ([1], "a"), ({}, {})]
)
def test_a_position_of_elsewhere_is_an_error(store: SampleStore, position: Any) -> None:
    fill(store, 10)
    with pytest.raises(SampleStoreError):
        store.page(Search(), position, 5)


# Orders


def test_the_most_useful_are_unlabelled_uncertain_and_of_different_events(
    store: SampleStore,
) -> None:
    for name, event, score in (
        ("a1", "a", 0.51),
        ("a2", "a", 0.52),
        ("a3", "a", 0.99),
        ("b1", "b", 0.90),
        ("c1", "c", 0.60),
        ("c2", "c", 0.97),
        ("alone", None, 0.70),
    ):
        add(store, name, event_id=event, scores=sure(score))
    add(store, "labelled", scores=sure(0.5), label="leo")
    assert everything(store, Search(order="useful"), 3) == [
        *("a1", "c1", "alone", "b1"),
        *("a2", "c2"),
        "a3",
    ]


def test_what_is_said_to_be_most_useful_comes_before_all(store: SampleStore) -> None:
    for name, score in (("a", 0.9), ("b", 0.6), ("c", 0.5), ("d", 0.8)):
        add(store, name, scores=sure(score))
    search = Search(order="useful", first=["d", "gone", "a", "d"])
    assert everything(store, search, 1) == list("dacb")


def test_strangers_and_what_no_head_has_seen_are_useful_before_all(
    store: SampleStore,
) -> None:
    add(store, "unsure", 9.0, scores=sure(0.5))
    add(store, "stranger", 2.0, scores=sure(0.99), unfamiliar=True)
    add(store, "unseen", 3.0)
    assert everything(store, Search(order="useful"), 2) == [
        "unseen",
        "stranger",
        "unsure",
    ]


def test_labels_that_the_training_contradicts_come_first(store: SampleStore) -> None:
    for number, name in enumerate("abcde"):
        add(store, name, float(number), label="leo" if name != "e" else None)
    search = Search(order="doubtful", first=["c", "gone", "e", "a"])
    assert everything(store, search, 2) == list("cadb")


# What there is of each class


def test_labelled_samples_are_counted_by_class_event_and_light(
    store: SampleStore,
) -> None:
    add(store, "a", label="leo", event_id="one", infrared=True)
    add(store, "b", label="leo", event_id="one", infrared=False)
    add(store, "c", label="leo")
    add(store, "d", label="max", event_id="two")
    add(store, "e")
    counts: Mapping[str, Any] = store.class_counts()
    assert {
        name: (count.images, count.events, count.infrared)
        for name, count in counts.items()
    } == {"leo": (3, 2, 1), "max": (1, 1, 0)}
    assert store.unlabelled() == 1


def test_pictures_that_a_camera_took_within_minutes_are_counted_as_one_visit(
    store: SampleStore,
) -> None:
    """As a training counts them; of brought ones nobody knows."""
    for number, time in enumerate((600.0, 700.0, 899.0, 900.0)):
        add(store, f"seen-{number}", time, label="open")
        add(store, f"brought-{number}", time, label="shut", source="import")
    counts: Mapping[str, Any] = store.class_counts()
    assert counts["open"].events == 2
    assert counts["shut"].events == 4


def test_the_state_of_the_labels_is_another_as_soon_as_any_label_is(
    store: SampleStore,
) -> None:
    def states() -> Iterator[str]:
        add(store, "a")
        yield store.state_of_labels()
        store.label(["a"], "leo")
        yield store.state_of_labels()
        store.label(["a"], "max")
        yield store.state_of_labels()
        add(store, "b", label="max")
        yield store.state_of_labels()
        store.move_labels({"max": "leo"})
        yield store.state_of_labels()

    found = list(states())
    assert len(set(found)) == len(found)
    add(store, "c")
    assert store.state_of_labels() == found[-1]
    store.delete(["b"])
    assert store.state_of_labels() == found[1]
    store.label(["a"], None)
    assert store.state_of_labels() == found[0]


def test_labels_of_samples_are_told_of_those_that_exist(store: SampleStore) -> None:
    add(store, "a", label="leo")
    add(store, "b")
    assert store.labels(["b", "gone", "a", "../a"]) == {"a": "leo", "b": None}


def test_a_training_is_told_which_pictures_are_infrared(store: SampleStore) -> None:
    for name, infrared in (("a", True), ("b", False), ("c", None)):
        add(store, name, label="leo", infrared=infrared)
        store.add_embedding(name, "net", vector(1))
    assert store.training_set("net").infrared == [True, False, False]
