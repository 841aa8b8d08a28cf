"""The actions, as automations and people call them."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.const import DOMAIN
from tests.frigate_sim.cameras import Snapshots
from tests.frigate_sim.faults import Fault

from .conftest import Frigate, SetUp, classifier_data, classifier_of, data_of, no_past
from .crops import keep

with_past = pytest.mark.parametrize("frigate", [{"past_events": 24}], indirect=True)


async def act(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call an action and return what it answers, as any program would get it."""
    data.setdefault("classifier", "Our cats")
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert answer is not None
    assert json_dumps(answer)
    return dict(answer)


def truth_of(frigate: Frigate, sample: dict[str, Any]) -> str:
    name = frigate.truths[sample["event_id"]]
    return name if name in ("leo", "charlie") else "none"


# The way from nothing to a trained classifier


@with_past
async def test_the_actions_lead_from_past_objects_to_a_classifier_that_knows_them(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up()
    collected = await act(hass, "collect", count=12)
    samples = collected["samples"]
    assert len(samples) == 12
    assert collected["unusable"] == 0
    assert len({sample["event_id"] for sample in samples}) == 12
    assert {sample["camera"] for sample in samples} <= {"front_door", "back_yard"}
    client = await hass_client_no_auth()
    assert (await client.get(samples[0]["url"])).status == 200

    counts: dict[str, int] = {}
    for sample in samples:
        name = truth_of(frigate, sample)
        answer = await act(hass, "label", samples=sample["id"], **{"class": name})
        assert answer["labelled"] == [sample["id"]]
        counts[name] = counts.get(name, 0) + 1
        assert answer["images"] == counts

    trained = await act(hass, "train")
    assert trained["classifier"] == "Our cats"
    assert trained["images"] == counts
    assert trained["skipped"] == 0
    assert 0 < trained["accuracy"] <= 1
    assert trained["seconds"] > 0
    assert all(isinstance(item, str) for item in trained["advice"])

    unseen = next(
        event
        for event, name in frigate.truths.items()
        if name == "leo" and event not in {sample["event_id"] for sample in samples}
    )
    seen = await act(hass, "classify", event_id=unseen)
    assert seen["class"] == "leo"
    assert seen["score"] == max(seen["scores"].values())
    assert set(seen["scores"]) == {"leo", "charlie", "none"}
    assert sum(seen["scores"].values()) == pytest.approx(1)
    assert seen["meets_threshold"] is (seen["score"] >= 0.8)


# Collect


@with_past
async def test_collecting_again_finds_other_examples(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    first = await act(hass, "collect", count=3)
    second = await act(hass, "collect", count=3)
    events = {item["event_id"] for item in first["samples"] + second["samples"]}
    assert len(events) == 6


@with_past
async def test_examples_may_be_limited_to_cameras_and_days(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    answer = await act(hass, "collect", count=2, cameras="back_yard")
    assert [item["camera"] for item in answer["samples"]] == ["back_yard"] * 2
    assert (await act(hass, "collect", count=2, days=0))["samples"] == []

    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "collect", cameras=["garage"])
    assert str(raised.value) == ("garage is none of the cameras: front_door, back_yard")


@pytest.mark.parametrize(
    "frigate",
    [
        {
            "past_events": 8,
            "version": "0.17.2",
            "snapshots": Snapshots(clean_copy=False),
        }
    ],
    indirect=True,
)
async def test_objects_without_a_usable_picture_are_counted(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    answer = await act(hass, "collect", count=2)
    assert answer["samples"] == []
    assert answer["unusable"] > 0


@no_past
async def test_collecting_says_when_frigate_does_not_answer(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    frigate.faults.add(Fault(path="events", status=500))
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "collect")
    assert raised.value.translation_key == "frigate_failed"
    assert "HTTP 500" in str(raised.value)


# Samples and labels


@no_past
async def test_kept_crops_are_listed_newest_first_as_wanted(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    leo = await keep(classifier, "leo", 2)
    charlie = await keep(classifier, "charlie", 1, day=2)
    unlabelled = await keep(classifier, None, 2, day=3)

    async def ids(**wanted: Any) -> list[str]:
        found = await act(hass, "samples", **wanted)
        return [sample["id"] for sample in found["samples"]]

    assert await ids() == [*unlabelled[::-1], *charlie, *leo[::-1]]
    assert await ids(labelled=False) == unlabelled[::-1]
    assert await ids(labelled=True) == [*charlie, *leo[::-1]]
    assert await ids(**{"class": "leo"}) == leo[::-1]
    assert await ids(limit=1) == unlabelled[-1:]
    (sample,) = (await act(hass, "samples", **{"class": "charlie"}))["samples"]
    assert await ids(event_id=sample["event_id"]) == charlie
    assert sample["class"] == "charlie"
    assert sample["camera"] == "front_door"
    assert sample["scores"] == {}
    assert sample["url"].startswith(f"/api/objclass/crop/{classifier.id}/")


@no_past
async def test_all_crops_of_an_object_are_labelled_at_once_and_unlabelled_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    first, second = await keep(classifier_of(entry), None, 2)
    (sample, _) = (await act(hass, "samples"))["samples"]
    answer = await act(hass, "label", event_id=sample["event_id"], **{"class": "leo"})
    assert answer == {"labelled": [second], "images": {"leo": 1}}

    answer = await act(hass, "label", samples=[first, second, "gone"], **{"class": ""})
    assert answer == {"labelled": [first, second], "images": {}}


@no_past
async def test_a_label_that_cannot_be_given_is_said(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    (crop,) = await keep(classifier_of(entry), None)
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "label", samples=crop, **{"class": "Leo"})
    assert str(raised.value) == "Leo is none of the classes: leo, charlie, none"

    for where in ({"samples": ["gone"]}, {"event_id": "1.5-gone"}, {"samples": []}):
        with pytest.raises(ServiceValidationError) as raised:
            await act(hass, "label", **where, **{"class": "leo"})
        assert str(raised.value) == "Our cats has none of these crops"
    with pytest.raises(ServiceValidationError, match="Say which crops"):
        await act(hass, "label", **{"class": "leo"})

    classifier_of(entry).samples.store.close()
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "label", samples=crop, **{"class": "leo"})
    assert raised.value.translation_key == "storage_failed"
    assert "Our cats" in str(raised.value)


# Train


@no_past
async def test_a_training_that_is_not_possible_says_why_and_changes_nothing(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)

    async def why_not() -> str:
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, "train")
        return str(raised.value)

    assert "no labelled crops" in await why_not()
    await keep(classifier, "leo", 4)
    assert "labelled crops of leo only" in await why_not()
    await keep(classifier, "charlie", 4)
    await act(hass, "train")
    before = classifier.trainings.current

    await keep(classifier, "felix", 1)
    assert "crops labelled felix, which is none of its classes" in await why_not()
    assert classifier.trainings.current is before
    assert classifier.trainings.progress is None


@no_past
async def test_a_second_training_at_the_same_time_is_refused(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 4)
    await keep(classifier_of(entry), "charlie", 4)
    first = hass.async_create_task(act(hass, "train"))
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "train")
    assert str(raised.value) == "Our cats is being trained already"
    assert (await first)["images"] == {"leo": 4, "charlie": 4}


@no_past
async def test_a_class_without_crops_is_named_in_the_answer(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(classes=["leo", "charlie", "felix"]))
    await keep(classifier_of(entry), "leo", 4)
    await keep(classifier_of(entry), "charlie", 4)
    answer = await act(hass, "train")
    assert set(answer["classes_without_images"]) == {"felix", "none"}


# Classify


# Which classifier


@no_past
@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("collect", {}),
        ("samples", {}),
        ("label", {"class": "leo", "samples": ["a"]}),
        ("train", {}),
        ("classify", {"event_id": "1.5-a"}),
    ],
)
async def test_every_action_says_that_there_is_no_such_classifier(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    action: str,
    data: dict[str, Any],
) -> None:
    await set_up()
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, action, classifier="Our dogs", **data)
    assert str(raised.value) == (
        "There is no classifier Our dogs that is set up and running. "
        "There are: Our cats"
    )


@no_past
async def test_a_classifier_is_known_by_its_device_its_id_and_its_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Our dogs"))
    wanted = classifier_of(entry, 1)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, wanted.id), entry.entry_id
    )
    assert device is not None
    await keep(wanted, "leo")
    for name in (device.id, wanted.id, "Our dogs", "our DOGS"):
        found = await act(hass, "samples", classifier=name)
        assert len(found["samples"]) == 1, name
    assert data_of(entry).classifiers
