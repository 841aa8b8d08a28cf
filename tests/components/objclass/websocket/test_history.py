"""The past over the websocket: starting a run, following it, what it came to."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..history.runs import at_rest, been
from ..visits import script, until
from .client import Panel, Refused

pytestmark = no_past


async def started(panel: Panel, entry: MockConfigEntry, **asked: Any) -> dict[str, Any]:
    """Start a run of all classifiers."""
    ids = list(entry.runtime_data.classifiers)
    answer = await panel.ask(
        "history_start",
        **{
            "entry_id": entry.entry_id,
            "classifier_ids": ids,
            "days": 7,
            "per_second": 50,
        }
        | asked,
    )
    run: dict[str, Any] = answer["run"]
    return run


async def test_a_run_from_its_start_to_its_results(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    past = [been(frigate, hours=hours) for hours in range(1, 6)]
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, *["leo"] * 3, "none", ("charlie", 0.4))
    await panel.ask("subscribe")
    run = await started(panel, entry)
    assert (run["status"], run["entry_id"]) == ("running", entry.entry_id)
    await panel.next("history")
    await at_rest(entry)
    (shown,) = (await panel.ask("history"))["runs"]
    assert (shown["id"], shown["status"]) == (run["id"], "done")
    assert shown["classes"] == {classifier.id: {"leo": 3, "none": 1, "": 1}}

    which = {"entry_id": entry.entry_id, "run_id": run["id"]}
    page = await panel.ask("history_results", **which, limit=2, **{"class": "leo"})
    assert [one["event_id"] for one in page["results"]] == [past[0].id, past[1].id]
    assert (page["total"], page["next"]) == (3, 2)
    page = await panel.ask(
        "history_results", **which, start=2, limit=2, **{"class": "leo"}
    )
    assert [one["event_id"] for one in page["results"]] == [past[2].id]
    assert page["next"] is None
    page = await panel.ask(
        "history_results", **which, classifier_id=classifier.id, **{"class": ""}
    )
    (undecided,) = page["results"]
    assert (undecided["class"], undecided["likeliest"]) == (None, "charlie")
    assert undecided["thumb"].startswith(f"/api/objclass/past/{entry.entry_id}/")


async def test_a_result_can_be_labelled(
    panel: Panel, frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.objclass.history.looking.KEPT_PER_CLASS", 0)
    past = been(frigate, hours=1)
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, "leo")
    run = await started(panel, entry)
    await at_rest(entry)
    which = {
        "entry_id": entry.entry_id,
        "run_id": run["id"],
        "classifier_id": classifier.id,
    }
    kept = await panel.ask("history_keep", **which, event_id=past.id)
    labelled = await panel.ask(
        "label",
        classifier_id=classifier.id,
        sample_ids=[kept["sample_id"]],
        **{"class": "charlie"},
    )
    assert labelled["labelled"] == {"charlie": 1}
    # Frigate has it no more.
    other = been(frigate, hours=2)
    run = await started(panel, entry)
    await at_rest(entry)
    del frigate.world.objects[other.id]
    for event_id in (other.id, "unknown"):
        with pytest.raises(Refused) as caught:
            await panel.ask(
                "history_keep", **which | {"run_id": run["id"]}, event_id=event_id
            )
        assert caught.value.key == "event_unknown"


async def test_a_run_is_told_what_to_do(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    slow = frigate.faults.add(Fault(path="snapshot", delay=3600, times=2))
    run = await started(panel, entry)
    await until(lambda: slow.hits)
    which = {"entry_id": entry.entry_id, "run_id": run["id"]}
    for command, status in (
        ("pause", "paused"),
        ("resume", "running"),
        ("cancel", "cancelled"),
    ):
        answer = await panel.ask("history_control", **which, command=command)
        assert answer["run"]["status"] == status
    with pytest.raises(Refused) as caught:
        await panel.ask("history_control", **which, command="pause")
    assert caught.value.key == "history_wrong_status"
    frigate.faults.clear()
    await started(panel, entry, apply=True)
    await at_rest(entry)
    assert past.sub_label == ("leo", 0.95)
    await panel.ask("history_remove", **which)
    assert len((await panel.ask("history"))["runs"]) == 1


async def test_what_cannot_be_meant_is_refused(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Other"))
    for asked, key in (
        ({"entry_id": "other"}, "entry_unknown"),
        ({"classifier_ids": ["other"]}, "classifier_unknown"),
        ({"cameras": ["moon"]}, "history_unknown_names"),
        ({}, "not_trained"),
    ):
        with pytest.raises(Refused) as caught:
            await started(panel, entry, **asked)
        assert caught.value.key == key


async def test_who_may_only_look_may_only_look(
    viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    assert await viewer.ask("history") == {"runs": []}
    with pytest.raises(Refused) as caught:
        await started(viewer, entry)
    assert caught.value.code == "unauthorized"
