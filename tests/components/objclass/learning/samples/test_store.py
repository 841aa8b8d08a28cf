"""Kept crops are found again as they were, and nothing labelled is ever lost."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.objclass.learning.augmentation import (
    COMPRESSED_IN_ALL,
    FAR_PER_CLASS,
)
from custom_components.objclass.learning.samples.embeddings import (
    COMPRESSED,
    FAR,
    PLAIN,
)
from custom_components.objclass.learning.samples.sample import Sample
from custom_components.objclass.learning.samples.store import (
    SampleStore,
    SampleStoreError,
    is_safe_id,
)

from .stores import add, assert_whole, ids, jpeg, opened, sample, vector


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "entry" / "classifier"


@pytest.fixture
def store(folder: Path) -> Iterator[SampleStore]:
    with opened(folder) as store:
        yield store


# Keeping


def test_a_kept_crop_is_found_as_it_was_also_after_a_restart(
    store: SampleStore, folder: Path
) -> None:
    one = Sample(
        id="1795318930.433477-fdjiib-1795318934.735",
        event_id="1795318930.433477-fdjiib",
        camera="front_door",
        time=1795318934.735,
        scores={"leo": 0.7, "none": 0.3},
        distance=1.25,
    )
    assert store.add(one, jpeg(one.id), vector(1), "mobilenet")
    with opened(folder) as again:
        assert again.get(one.id) == one
        assert again.find() == [one]
        assert again.picture_path(one.id).read_bytes() == jpeg(one.id)
        assert again.embedding(one.id, "mobilenet").tolist() == vector(1).tolist()


def test_a_crop_is_kept_only_once(store: SampleStore) -> None:
    add(store, "a")
    store.label(["a"], "leo")
    assert store.add(sample("a", 2.0), b"another") is False
    assert store.get("a") == sample("a", label="leo")
    assert store.picture_path("a").read_bytes() == jpeg("a")


def test_the_predicted_class_is_that_of_the_highest_score() -> None:
    assert sample("a", scores={"leo": 0.4, "none": 0.6}).predicted == "none"
    assert sample("a").predicted is None


def test_deleted_samples_are_gone_with_their_pictures_and_embeddings(
    store: SampleStore, folder: Path
) -> None:
    for name in "abc":
        assert store.add(sample(name, label="leo"), jpeg(name), vector(1), "b")
    assert store.delete(["a", "c", "unknown", "a"]) == 2
    assert ids(store) == ["b"]
    assert store.embedding("a", "b") is None
    assert store.training_set("b").ids == ["b"]
    assert_whole(store, folder)
    # One of the same id does not inherit anything.
    add(store, "a")
    assert store.embedding("a", "b") is None


# Labelling


def test_labels_are_given_changed_and_taken_away(
    store: SampleStore, folder: Path
) -> None:
    for name in "abc":
        add(store, name)
    assert store.label(["a", "c", "unknown"], "leo") == ["a", "c"]
    assert store.counts() == {"leo": 2}
    assert store.label(iter(["c"]), "charlie") == ["c"]
    assert store.label(["a"], None) == ["a"]
    with opened(folder) as again:
        assert again.counts() == {"charlie": 1}
        assert [again.get(name).label for name in "abc"] == [None, None, "charlie"]


def test_a_crop_can_be_kept_with_its_label(store: SampleStore) -> None:
    add(store, "a", label="leo", source="import")
    assert store.get("a") == sample("a", label="leo", source="import")
    assert store.counts() == {"leo": 1}


def test_a_removed_class_gives_its_crops_to_another_or_to_none(
    store: SampleStore,
) -> None:
    for name, label in (("a", "leo"), ("b", "charlie"), ("c", "max"), ("d", None)):
        add(store, name, label=label)
    store.move_labels({"leo": "none", "charlie": None})
    assert [store.get(name).label for name in "abcd"] == ["none", None, "max", None]


@pytest.mark.parametrize(
    ("moves", "labels"),
    [
        ({"leo": "charlie", "charlie": "leo"}, ["charlie", "leo"]),
        ({"leo": "charlie", "charlie": "max"}, ["charlie", "max"]),
        ({"leo": "x", "charlie": "x"}, ["x", "x"]),
        ({'"': "x", "$.leo": "x", "le": "x"}, ["leo", "charlie"]),
        ({"leo": 'it\'s "ø" 🐈'}, ['it\'s "ø" 🐈', "charlie"]),
        ({}, ["leo", "charlie"]),
    ],
)
def test_classes_change_their_names_all_at_once(
    store: SampleStore, moves: dict[str, str | None], labels: list[str]
) -> None:
    add(store, "a", label="leo")
    add(store, "b", label="charlie")
    store.move_labels(moves)
    assert [store.get(name).label for name in "ab"] == labels


# Keeping not too many


def test_only_the_crops_kept_last_stay_whenever_they_were_taken(
    store: SampleStore, folder: Path
) -> None:
    for number, time in enumerate([9.0, 1.0, 8.0, 2.0, 7.0]):
        add(store, f"kept{number}", time)
    assert len(store.prune(3)) == 2
    assert sorted(ids(store)) == ["kept2", "kept3", "kept4"]
    assert len(store.prune(3)) == 0
    assert_whole(store, folder)


def test_labelled_crops_are_never_removed_by_the_limit(
    store: SampleStore, folder: Path
) -> None:
    for name in "abcdef":
        add(store, name, label="leo" if name in "ace" else None)
    assert len(store.prune(1)) == 2
    assert sorted(ids(store)) == ["a", "c", "e", "f"]
    assert len(store.prune(0)) == 1
    assert sorted(ids(store)) == ["a", "c", "e"]
    assert_whole(store, folder)


def test_crops_of_a_removed_class_are_not_lost(store: SampleStore) -> None:
    for name in "abcd":
        add(store, name)
    store.label("ab", "leo")
    store.move_labels({"leo": None})
    store.label("c", "charlie")
    store.label("c", None)
    assert len(store.prune(0)) == 1
    assert sorted(ids(store)) == ["a", "b", "c"]
    assert store.delete("abc") == 3


# Finding


@pytest.fixture
def six(store: SampleStore) -> SampleStore:
    """Keep six crops, the newest first: f, e, d, c, b, a."""
    for number, name in enumerate("abcdef"):
        add(
            store,
            name,
            float(number),
            label={"a": "leo", "b": "charlie", "c": "leo"}.get(name),
            camera="yard" if name in "abd" else "door",
            event_id="one" if name in "ab" else "two",
        )
    return store


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, "fedcba"),
        ({"labelled": True}, "cba"),
        ({"labelled": False}, "fed"),
        ({"label": "leo"}, "ca"),
        ({"label": "max"}, ""),
        ({"camera": "yard"}, "dba"),
        ({"event_id": "two"}, "fedc"),
        ({"camera": "door", "label": "leo"}, "c"),
        ({"camera": "yard", "labelled": False, "event_id": "two"}, "d"),
        ({"label": "leo", "labelled": False}, ""),
        ({"label": "' OR 1=1 --"}, ""),
        ({"limit": 2}, "fe"),
        ({"limit": 1, "label": "leo"}, "c"),
        ({"limit": -1}, "fedcba"),
    ],
)
def test_samples_are_found_newest_first(
    six: SampleStore, conditions: dict[str, object], found: str
) -> None:
    assert ids(six, **conditions) == list(found)


def test_a_hundred_are_found_unless_asked_for_more(store: SampleStore) -> None:
    for number in range(101):
        add(store, f"s{number}")
    assert len(store.find()) == 100


def test_what_somebody_collected_is_not_pruned(store: SampleStore) -> None:
    add(store, "asked_for", 1, source="collect")
    for number in range(3):
        add(store, f"live{number}", 2 + number)
    assert store.prune(1) == ["live1", "live0"]
    assert set(ids(store)) == {"asked_for", "live2"}


# Embeddings


def test_embeddings_of_another_backbone_are_never_used(store: SampleStore) -> None:
    for name in "ab":
        add(store, name, label="leo")
    store.add_embedding("a", "old", vector(1))
    store.add_embedding("a", "new", vector(2))
    store.add_embedding("b", "old", vector(3))
    assert store.embedding("a", "new").tolist() == vector(2).tolist()
    assert store.embedding("b", "new") is None
    assert [name for name, view in store.missing_embeddings("new") if not view] == ["b"]
    assert [name for name, view in store.missing_embeddings("old") if not view] == []
    data = store.training_set("new")
    assert data.ids == ["a"]
    assert data.embeddings.tolist() == [vector(2).tolist()]


def test_a_head_is_trained_on_the_labelled_samples(store: SampleStore) -> None:
    for name, time, label, event in (
        ("a", 3.0, "leo", "one"),
        ("b", 1.0, "charlie", "one"),
        ("c", 2.0, None, "two"),
        ("d", 4.0, "leo", None),
    ):
        embedding = vector(time)
        assert store.add(
            sample(name, time, label=label, event_id=event), b"", embedding, "b"
        )
    data = store.training_set("b")
    assert data.ids == ["b", "a", "d"]
    assert data.labels == ["charlie", "leo", "leo"]
    assert data.groups == ["one", "one", "yard 0.0"]
    assert data.embeddings.dtype == np.float32
    assert data.embeddings[:, 0].tolist() == [1.0, 3.0, 4.0]
    assert (len(data.far.embeddings), data.far.of) == (0, [])


def test_the_first_samples_of_each_class_are_also_seen_from_far_away_and_compressed(
    store: SampleStore,
) -> None:
    for number in range(FAR_PER_CLASS + 2):
        add(store, f"leo{number}", number, label="leo")
    add(store, "charlie", 99, label="charlie")
    missing = store.missing_embeddings("b")
    far = [name for name, view in missing if view == FAR]
    assert far == [*(f"leo{number}" for number in range(FAR_PER_CLASS)), "charlie"]
    stored = [name for name, view in missing if view == COMPRESSED]
    assert stored == [*far[: COMPRESSED_IN_ALL - 1], "charlie"]
    assert len(missing) == FAR_PER_CLASS + 3 + len(far) + COMPRESSED_IN_ALL
    for name, view in missing:
        store.add_embedding(name, "b", vector(view), view)
    assert store.missing_embeddings("b") == []
    assert store.missing_embeddings("other") == missing
    data = store.training_set("b")
    assert [data.ids[place] for place in data.far.of] == far
    assert [data.ids[place] for place in data.compressed.of] == stored
    # One more of each class: what is known of the others is enough.
    add(store, "leo_again", 100, label="leo")
    add(store, "charlie_again", 101, label="charlie")
    assert store.missing_embeddings("b") == [
        ("leo_again", PLAIN),
        ("charlie_again", PLAIN),
        ("charlie_again", FAR),
        ("charlie_again", COMPRESSED),
    ]


def test_views_stand_beside_their_samples(store: SampleStore) -> None:
    every = [PLAIN, FAR, COMPRESSED]
    for name, views in (("a", every), ("b", [PLAIN, COMPRESSED]), ("c", [FAR])):
        add(store, name, label="leo")
        for view in views:
            store.add_embedding(name, "b", vector(view + 7), view)
    data = store.training_set("b")
    assert data.ids == ["a", "b"]
    assert data.far.of == [0]
    assert data.far.embeddings.tolist() == [vector(8).tolist()]
    assert data.compressed.of == [0, 1]
    assert data.compressed.embeddings.tolist() == [vector(9).tolist()] * 2


def test_before_anything_is_labelled_there_is_nothing_to_train_on(
    store: SampleStore,
) -> None:
    store.add(sample("a"), b"", vector(1), "b")
    data = store.training_set("b")
    assert (data.ids, data.labels, data.groups) == ([], [], [])
    assert len(data.embeddings) == 0
    assert store.counts() == {}


def test_an_embedding_is_replaced_by_a_newer_one(store: SampleStore) -> None:
    store.add(sample("a"), b"", vector(1), "b")
    store.add_embedding("a", "b", vector(2).astype(np.float64))
    assert store.embedding("a", "b").tolist() == vector(2).tolist()


def test_what_networks_saw_long_ago_goes_but_the_last_one_is_for_the_way_back(
    store: SampleStore,
) -> None:
    for name in ("seen", "unreadable"):
        add(store, name)
        for backbone in ("first", "second", "third"):
            store.add_embedding(name, backbone, vector(1))
    store.add_embedding("seen", "now", vector(2))
    # The way back once already: what was in use last was `second`.
    add(store, "later")
    store.add_embedding("later", "second", vector(1))
    store.forget_backbones("now")

    def known(name: str) -> list[str]:
        backbones = ("first", "second", "third", "now")
        return [b for b in backbones if store.embedding(name, b) is not None]

    assert known("seen") == ["second", "now"]
    # What the one in use could not see, it may get from nobody else.
    assert known("unreadable") == ["first", "second", "third"]
    store.forget_backbones("now")
    assert known("seen") == ["second", "now"]


def test_a_sample_that_was_deleted_meanwhile_gets_no_embedding(
    store: SampleStore,
) -> None:
    with pytest.raises(SampleStoreError):
        store.add_embedding("gone", "b", vector(1))
    add(store, "gone")
    assert store.embedding("gone", "b") is None


# Bad values


@pytest.mark.parametrize(
    "sample_id",
    [
        "",
        ".",
        "..",
        ".a",
        "-a",
        "../a",
        "a/b",
        "a\\b",
        "/a",
        "a\0",
        "a\n",
        "a b",
        "a" * 241,
    ],
)
def test_such_an_id_is_not_safe(sample_id: str) -> None:
    assert not is_safe_id(sample_id)


@pytest.mark.parametrize(
    "sample_id", ["1795318930.433477-fdjiib-1795318934.735", "a..b", "_", "a" * 240]
)
def test_such_an_id_is_safe(sample_id: str) -> None:
    assert is_safe_id(sample_id)


_PIECES = st.lists(
    st.sampled_from(
        ["..", ".", "/", "\\", "~", "\0", "\n", "a", "b.jpg", ":", "\ud800"]
    )
).map("".join)


@given(st.one_of(_PIECES, st.text(), st.text("ab.-_", min_size=235, max_size=245)))
def test_an_id_that_would_leave_the_folder_is_refused_everywhere(
    tmp_path_factory: pytest.TempPathFactory, sample_id: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "ids"
    outside = {path for path in folder.parent.iterdir() if path != folder}
    with opened(folder) as store:
        if is_safe_id(sample_id):
            assert store.picture_path(sample_id).resolve().parent == folder / "crops"
            store.add(sample(sample_id), jpeg(sample_id))
            assert_whole(store, folder)
            assert store.delete([sample_id]) == 1
            return
        for refused in (
            lambda: store.picture_path(sample_id),
            lambda: store.add(sample(sample_id), b"", vector(1), "b"),
            lambda: store.add_embedding(sample_id, "b", vector(1)),
        ):
            with pytest.raises(SampleStoreError):
                refused()
        for nothing in (
            lambda: store.get(sample_id),
            lambda: store.embedding(sample_id, "b"),
            lambda: store.label([sample_id], "leo"),
            lambda: store.delete([sample_id]),
        ):
            with suppress(SampleStoreError):
                assert not nothing()
        assert_whole(store, folder)
    assert {path for path in folder.parent.iterdir() if path != folder} == outside


@pytest.mark.parametrize(
    "bad",
    [
        sample("a", float("nan")),
        sample("a", camera="\ud800"),
        sample("a", camera=None),
        sample("a", event_id="\ud800"),
        sample("a", label="\ud800"),
    ],
)
def test_a_crop_that_cannot_be_noted_is_not_kept(
    store: SampleStore, folder: Path, bad: Sample
) -> None:
    with pytest.raises(SampleStoreError):
        store.add(bad, jpeg("a"), vector(1), "b")
    assert_whole(store, folder)
    add(store, "a")
    assert_whole(store, folder)


def test_of_a_change_that_fails_nothing_is_done(store: SampleStore) -> None:
    for name in "ab":
        add(store, name)
    with pytest.raises(SampleStoreError):
        store.label(["a", "b", "\ud800"], "leo")
    assert store.counts() == {}
    with pytest.raises(SampleStoreError):
        store.delete(["a", "\ud800"])
    assert ids(store) == ["a", "b"]
    assert store.label(["a"], "leo") == ["a"]


def test_a_closed_store_says_so(folder: Path) -> None:
    store = SampleStore(folder)
    store.close()
    store.close()
    for use in (store.find, store.counts, lambda: store.add(sample("a"), b"")):
        with pytest.raises(SampleStoreError, match="closed"):
            use()


def test_whole_pictures_of_one_scene_are_held_out_together(store: SampleStore) -> None:
    for name, camera, time, source in (
        ("a", "gate", 900.0, "live"),
        ("b", "gate", 1000.0, "collect"),
        ("c", "yard", 1000.0, "live"),
        ("d", "gate", 2000.0, "live"),
        ("e", "", 2000.0, "import"),
        ("f", "", 2000.0, "import"),
    ):
        add(store, name, time, label="open", camera=camera, source=source)
        store.add_embedding(name, "net", vector(1))
    data = store.training_set("net")
    group = dict(zip(data.ids, data.groups, strict=True))
    assert group["a"] == group["b"]
    assert len(set(group.values())) == 5
