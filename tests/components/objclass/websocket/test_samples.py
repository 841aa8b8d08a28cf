"""Looking through the kept crops, labelling and deleting them, over the websocket."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

import numpy as np
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.classifier import Classifier
from custom_components.objclass.learning.samples.sample import Sample

from ..conftest import Frigate, SetUp, classifier_of, no_past
from ..crops import jpeg, keep
from ..visits import STRANGER, Visit, script
from .client import Panel, Refused

pytestmark = no_past

type Opened = tuple[Panel, Classifier]
HOSTILE = [
    "../../secrets",
    "..",
    "",
    "a/b",
    "%2e%2e",
    "a\0b",
    "' OR 1=1 --",
    "x" * 5000,
]


@pytest.fixture
async def opened(panel: Panel, frigate: Frigate, set_up: SetUp) -> Opened:
    """Return a panel of an administrator, and a classifier."""
    return panel, classifier_of(await set_up())


def ids(answer: dict[str, Any]) -> list[str]:
    return [sample["id"] for sample in answer["samples"]]


async def put(classifier: Classifier, **fields: Any) -> str:
    """Keep one crop that is like this; return its id."""
    sample = replace(
        Sample(id="one", event_id="event", camera="front_door", time=1.7e9), **fields
    )
    await classifier.samples.async_files(
        classifier.samples.store.add,
        sample,
        jpeg(),
        np.ones(classifier._worker.backbone.dimension, np.float32),
        classifier.backbone.identity,
    )
    await classifier.samples.async_recount()
    return sample.id


# Looking through


async def test_a_page_shows_all_that_is_known_of_a_crop(
    opened: Opened, hass_client_no_auth: ClientSessionGenerator
) -> None:
    panel, classifier = opened
    await put(
        classifier,
        scores={"leo": 0.7, "none": 0.3},
        label="leo",
        distance=1.5,
        unfamiliar=True,
        infrared=True,
        source="collect",
    )
    answer = await panel.ask("samples", classifier_id=classifier.id)
    assert (answer["total"], answer["cursor"]) == (1, None)
    (sample,) = answer["samples"]
    thumb, image = sample.pop("thumb"), sample.pop("image")
    assert sample == {
        "id": "one",
        "event_id": "event",
        "camera": "front_door",
        "time": 1.7e9,
        "source": "collect",
        "label": "leo",
        "predicted": "leo",
        "score": 0.7,
        "scores": {"leo": 0.7, "none": 0.3},
        "distance": 1.5,
        "unfamiliar": True,
        "infrared": True,
        "outcome": None,
        "outcome_class": None,
        "doubt": None,
    }
    # Its pictures are shown to who has the addresses.
    client = await hass_client_no_auth()
    for url in (thumb, image):
        answer = await client.get(url)
        assert (answer.status, answer.content_type) == (HTTPStatus.OK, "image/jpeg")


async def test_a_page_that_is_open_for_long_gets_new_addresses_of_its_pictures(
    opened: Opened, hass_client_no_auth: ClientSessionGenerator
) -> None:
    panel, classifier = opened
    kept = await keep(classifier, None, 2)
    answer = await panel.ask(
        "addresses", classifier_id=classifier.id, sample_ids=[*kept, *HOSTILE]
    )
    client = await hass_client_no_auth()
    for sample_id in kept:
        for url in answer[sample_id].values():
            assert (await client.get(url)).status == HTTPStatus.OK
    for sample_id in HOSTILE:
        for url in answer[sample_id].values():
            assert (await client.get(url)).status == HTTPStatus.NOT_FOUND, sample_id


async def test_pages_follow_each_other_to_the_end(opened: Opened) -> None:
    panel, classifier = opened
    kept = await keep(classifier, None, 7)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        answer = await panel.ask(
            "samples", classifier_id=classifier.id, limit=3, cursor=cursor
        )
        assert answer["total"] == 7
        found += ids(answer)
        cursor, pages = answer["cursor"], pages + 1
    assert pages == 3
    assert found == kept[::-1]


async def test_filters_show_what_was_asked_for(opened: Opened) -> None:
    panel, classifier = opened
    scores = {"leo": 0.6, "none": 0.4}
    await put(classifier, id="a", camera="yard", scores=scores, infrared=True)
    await put(classifier, id="b", label="leo", scores=scores, event_id="other")
    await put(classifier, id="c", unfamiliar=True, scores={"leo": 0.1, "none": 0.9})
    for wanted, found in (
        ({"labelled": True}, ["b"]),
        ({"labelled": False, "camera": None}, ["a", "c"]),
        ({"label": "leo"}, ["b"]),
        ({"predicted": "leo", "labelled": False}, ["a"]),
        ({"called": "leo"}, ["a", "b"]),
        ({"called": "none"}, ["c"]),
        ({"camera": "yard"}, ["a"]),
        ({"event_id": "other"}, ["b"]),
        ({"min_score": 0.7}, ["c"]),
        ({"max_score": 0.7}, ["a", "b"]),
        ({"infrared": True}, ["a"]),
        ({"unfamiliar": True}, ["c"]),
        ({"source": "import"}, []),
    ):
        answer = await panel.ask("samples", classifier_id=classifier.id, filter=wanted)
        assert sorted(ids(answer)) == found, wanted
        assert answer["total"] == len(found)


async def test_the_most_useful_come_first_and_pages_go_on_while_labelling(
    opened: Opened,
) -> None:
    panel, classifier = opened
    kept = [*await keep(classifier, None, 6), *await keep(classifier, None, 6, day=2)]
    first = await panel.ask(
        "samples", classifier_id=classifier.id, order="useful", limit=5
    )
    seen = ids(first)
    await panel.ask(
        "label", classifier_id=classifier.id, sample_ids=seen[:2], **{"class": "leo"}
    )
    rest = await panel.ask(
        "samples",
        classifier_id=classifier.id,
        order="useful",
        limit=200,
        cursor=first["cursor"],
    )
    assert sorted([*seen, *ids(rest)]) == sorted(kept)


async def test_labels_that_the_training_contradicts_come_first_with_its_suggestion(
    opened: Opened,
) -> None:
    panel, classifier = opened
    for class_name in ("leo", "charlie", "none"):
        await keep(classifier, class_name, 12)
    (wrong,) = await keep(classifier, "charlie", 1, day=3)
    await classifier.samples.async_label([wrong], "leo")
    await classifier.trainings.async_train()

    async def doubtful() -> dict[str, Any]:
        answer = await panel.ask(
            "samples", classifier_id=classifier.id, order="doubtful"
        )
        assert answer["total"] == 37
        sample: dict[str, Any] = answer["samples"][0]
        return sample

    sample = await doubtful()
    assert sample["id"] == wrong
    assert sample["doubt"]["class"] == "charlie"
    assert sample["doubt"]["score"] > 0.8
    # Corrected, it keeps its place but is no longer doubtful.
    await classifier.samples.async_label([wrong], "charlie")
    sample = await doubtful()
    assert (sample["id"], sample["doubt"]) == (wrong, None)


async def test_a_cell_of_the_confusion_matrix_shows_the_crops_behind_it(
    opened: Opened,
) -> None:
    panel, classifier = opened
    ask = {"classifier_id": classifier.id}
    nothing = await panel.ask("samples", **ask, filter={"recognised": "leo"})
    assert nothing["total"] == 0
    for class_name in ("leo", "charlie", "none"):
        await keep(classifier, class_name, 12)
    wrong = await keep(classifier, "charlie", 2, day=3)
    await classifier.samples.async_label(wrong, "leo")
    report = (await panel.ask("train", **ask))["report"]
    names = [item["name"] for item in report["classes"]]
    for row, label in enumerate(names):
        for column, recognised in enumerate(names):
            wanted = {"label": label, "recognised": recognised}
            page = await panel.ask("samples", **ask, filter=wanted)
            assert page["total"] == report["confusion"][row][column]
            if wanted == {"label": "leo", "recognised": "charlie"}:
                assert sorted(ids(page)) == sorted(wrong)


@pytest.mark.parametrize(
    "asked",
    [
        {"filter": {"label": 1}},
        {"filter": {"unknown": True}},
        {"filter": {"min_score": 2}},
        {"order": "random"},
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"cursor": "of another world"},
        {"cursor": '["useful", 0.0, "a"]'},
        {"cursor": '["newest", 0.0]'},
        {"cursor": '["newest", 0.0, {"a": 1}]'},
        {"cursor": f'["newest", {10**30}, "a"]'},
        {"cursor": '["newest", 0.0, "\\ud800"]'},
        {"cursor": "[" * 100_000},
        {"cursor": "[]"},
    ],
)
async def test_what_makes_no_sense_is_refused(
    opened: Opened, asked: dict[str, Any]
) -> None:
    panel, classifier = opened
    await keep(classifier, None, 2)
    with pytest.raises(Refused) as refused:
        await panel.ask("samples", classifier_id=classifier.id, **asked)
    assert refused.value.code != "unknown_error"


# Why


async def test_why_an_object_was_called_so_is_kept_with_its_crops(
    frigate: Frigate, set_up: SetUp, panel: Panel
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, "leo", ("leo", 0.5), "leo", STRANGER, "leo")
    visit = Visit(frigate, entry)
    await visit.look(5)

    (sample, *_) = (await panel.ask("samples", classifier_id=classifier.id))["samples"]
    ask = {"classifier_id": classifier.id, "sample_id": sample["id"]}
    now = await panel.ask("sample", **ask)
    assert now["sample"]["outcome"] is None, "it is still in view"
    assert now["votes"] == {"leo": 3, "none": 1}
    await visit.end()

    why = await panel.ask("sample", **ask)
    assert why["sample"]["outcome"] == "assigned"
    assert why["sample"]["outcome_class"] == "leo"
    assert why["votes"] == {"leo": 3, "none": 1}
    assert why["rule"]["key"] == "agreed"
    assert why["rule"]["placeholders"] == {"share": 0.75, "needed": 0.6}
    assert why["rule"]["text"] == "75% agree, 60% needed"
    attempts = why["attempts"]
    assert [attempt["counts"] for attempt in attempts] == [
        True,
        False,
        True,
        True,
        True,
    ]
    assert [attempt["unfamiliar"] for attempt in attempts] == [
        *[False] * 3,
        True,
        False,
    ]
    assert attempts[1]["score"] == 0.5
    assert attempts[4]["frame_time"] == pytest.approx(sample["time"])
    # The list tells the outcome of every crop of the object.
    page = await panel.ask("samples", classifier_id=classifier.id)
    assert {sample["outcome_class"] for sample in page["samples"]} == {"leo"}
    strangers = [sample["unfamiliar"] for sample in page["samples"]]
    assert strangers == [False, True, False, False, False]
    assert {sample["infrared"] for sample in page["samples"]} == {False}
    assert len(page["samples"]) == 5


async def test_of_a_crop_whose_event_is_not_known_only_the_crop_is_told(
    opened: Opened,
) -> None:
    panel, classifier = opened
    for sample_id in (
        await put(classifier, event_id=None),
        await put(classifier, id="two", time=1.0),
    ):
        answer = await panel.ask(
            "sample", classifier_id=classifier.id, sample_id=sample_id
        )
        assert answer["sample"]["id"] == sample_id
        assert (answer["attempts"], answer["votes"], answer["rule"]) == (None,) * 3


@pytest.mark.parametrize("sample_id", HOSTILE)
async def test_there_is_no_such_crop(opened: Opened, sample_id: str) -> None:
    panel, classifier = opened
    await put(classifier)
    with pytest.raises(Refused) as refused:
        await panel.ask("sample", classifier_id=classifier.id, sample_id=sample_id)
    assert refused.value.key == "no_samples"


# Labelling


async def test_labelling_tells_what_it_changed_so_that_it_can_be_undone(
    opened: Opened,
) -> None:
    panel, classifier = opened
    (leo,) = await keep(classifier, "leo")
    fresh = await keep(classifier, None, 2)

    answer = await panel.ask(
        "label",
        classifier_id=classifier.id,
        sample_ids=[leo, *fresh, "gone"],
        **{"class": "charlie"},
    )
    assert answer["changed"] == {leo: "leo", fresh[0]: None, fresh[1]: None}
    assert answer["labelled"] == {"charlie": 3}
    assert classifier.samples.labelled == {"charlie": 3}

    await panel.ask(
        "label", classifier_id=classifier.id, sample_ids=fresh, **{"class": None}
    )
    await panel.ask(
        "label", classifier_id=classifier.id, sample_ids=[leo], **{"class": "leo"}
    )
    page = await panel.ask("samples", classifier_id=classifier.id)
    assert {sample["id"]: sample["label"] for sample in page["samples"]} == {
        leo: "leo",
        fresh[0]: None,
        fresh[1]: None,
    }


async def test_near_copies_in_one_request_are_counted(opened: Opened) -> None:
    panel, classifier = opened
    same = [await put(classifier, id=f"same{number}") for number in range(3)]
    other = await keep(classifier, "none", 2)
    for wanted, alike in (
        (same, 3),
        ([*same[:2], *other], 2),
        ([same[0], other[0]], 0),
    ):
        answer = await panel.ask(
            "label", classifier_id=classifier.id, sample_ids=wanted, **{"class": "leo"}
        )
        assert answer["near_copies"] == alike


async def test_a_class_that_does_not_exist_labels_nothing(opened: Opened) -> None:
    panel, classifier = opened
    kept = await keep(classifier, None, 2)
    with pytest.raises(Refused) as refused:
        await panel.ask(
            "label", classifier_id=classifier.id, sample_ids=kept, **{"class": "max"}
        )
    assert refused.value.key == "unknown_class"
    assert refused.value.placeholders["classes"] == "leo, charlie, none"
    assert classifier.samples.labelled == {}


async def test_deleting_removes_crops_for_good(opened: Opened) -> None:
    panel, classifier = opened
    kept = [*await keep(classifier, "leo", 2), *await keep(classifier, None, 2)]
    answer = await panel.ask(
        "delete", classifier_id=classifier.id, sample_ids=[kept[0], kept[2], "gone"]
    )
    assert answer == {"deleted": 2}
    page = await panel.ask("samples", classifier_id=classifier.id)
    assert sorted(ids(page)) == sorted([kept[1], kept[3]])
    assert classifier.samples.labelled == {"leo": 1}
    assert classifier.samples.unlabelled == 1


@pytest.mark.parametrize("command", ["label", "delete"])
async def test_hostile_ids_change_nothing(opened: Opened, command: str) -> None:
    panel, classifier = opened
    kept = await keep(classifier, "leo", 2)
    secret = classifier.folder / "secrets.jpg"
    secret.write_bytes(b"secret")
    data = {"class": "charlie"} if command == "label" else {}
    answer = await panel.ask(
        command, classifier_id=classifier.id, sample_ids=HOSTILE, **data
    )
    assert not answer.get("changed")
    assert not answer.get("deleted")
    for wrong in ([], [1], "all", [*kept, None], ["a"] * 1001):
        with pytest.raises(Refused):
            await panel.ask(
                command, classifier_id=classifier.id, sample_ids=wrong, **data
            )
    assert classifier.samples.labelled == {"leo": 2}
    assert secret.exists()


# Who may


async def test_who_may_only_look_looks_and_changes_nothing(
    opened: Opened, viewer: Panel
) -> None:
    _, classifier = opened
    kept = await keep(classifier, "leo", 2)
    page = await viewer.ask("samples", classifier_id=classifier.id)
    assert len(page["samples"]) == 2
    await viewer.ask("sample", classifier_id=classifier.id, sample_id=kept[0])
    for command, data in (("label", {"class": "none"}), ("delete", {})):
        with pytest.raises(Refused) as refused:
            await viewer.ask(
                command, classifier_id=classifier.id, sample_ids=kept, **data
            )
        assert refused.value.code == "unauthorized"
    assert classifier.samples.labelled == {"leo": 2}


@pytest.mark.parametrize("classifier_id", ["gone", "Our cats", *HOSTILE])
async def test_there_is_no_such_classifier(opened: Opened, classifier_id: str) -> None:
    panel, _ = opened
    ask: list[tuple[str, dict[str, Any]]] = [
        ("samples", {}),
        ("sample", {"sample_id": "one"}),
        ("label", {"sample_ids": ["one"], "class": "leo"}),
        ("delete", {"sample_ids": ["one"]}),
    ]
    for command, data in ask:
        with pytest.raises(Refused) as refused:
            await panel.ask(command, classifier_id=classifier_id, **data)
        assert refused.value.key == "classifier_unknown"
