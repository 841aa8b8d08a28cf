"""The actions over the past, as automations and people call them."""

from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.json import json_dumps

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.history import actions
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..visits import script
from .runs import at_rest, been

pytestmark = no_past


async def act(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert json_dumps(answer)
    return dict(answer or {})


async def test_from_a_dry_run_to_frigates_objects(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, "leo")
    started = await act(
        hass, "classify_history", classifier="our cats", days=7, per_second=50
    )
    assert started["status"] == "running"
    assert list(started["job"]["classifiers"]) == [classifier.id]
    await at_rest(entry)
    shown = await act(hass, "history")
    assert shown["id"] == started["id"]
    assert shown["classes"] == {classifier.id: {"leo": 1}}
    assert (shown["total"], shown["done"], shown["to_tell"]) == (1, 1, 1)
    assert past.sub_label is None
    await act(hass, "history", command="apply")
    await at_rest(entry)
    assert past.sub_label == ("leo", 0.95)
    shown = await act(hass, "history", run=started["id"])
    assert (shown["phase"], shown["told"]) == ("applying", {"written": 1})


async def test_a_run_is_paused_resumed_and_cancelled(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    frigate.faults.add(Fault(path="snapshot", delay=3600))
    await act(hass, "classify_history", classifier=["Our cats"], days=7)
    statuses = [
        (await act(hass, "history", command=command))["status"]
        for command in ("pause", "resume", "cancel")
    ]
    assert statuses == ["paused", "running", "cancelled"]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({}, "history_no_start"),
        ({"after": "2026-11-02 00:00", "before": "2026-11-01 00:00"}, "_between"),
        ({"after": "2999-01-01 00:00"}, "_between"),
        ({"days": 0}, "_between"),
        ({"days": 1, "cameras": ["moon"]}, "history_unknown_names"),
        ({"days": 1, "labels": "elephant"}, "history_unknown_names"),
        ({"days": 1, "zones": ["lawn", "roof"]}, "history_unknown_names"),
        ({"days": 1, "classifier": ["Our cats", "Nobody"]}, "classifier_unknown"),
    ],
    ids=str,
)
async def test_what_cannot_be_meant_is_refused(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    asked: dict[str, Any],
    key: str,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "classify_history", **{"classifier": "Our cats"} | asked)
    assert str(caught.value.translation_key).endswith(key)


@pytest.mark.parametrize(
    "asked",
    [
        {"classifier": []},
        {"days": -1},
        {"confidence": 1.2},
        {"per_second": 0},
        {"per_second": 1000},
        {"after": "yesterday"},
    ],
    ids=str,
)
async def test_what_is_no_value_is_refused(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, asked: dict[str, Any]
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await act(
            hass, "classify_history", **{"classifier": "Our cats", "days": 1} | asked
        )


async def test_there_is_no_run_yet(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "history")
    assert caught.value.translation_key == "history_unknown"


async def test_classifiers_of_two_frigates_are_two_runs(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up(
        classifier_data(name="Our cats"), classifier_data(name="Theirs")
    )
    real = actions.resolve_classifier

    def resolve(hass: HomeAssistant, wanted: str) -> Any:
        found, classifier = real(hass, wanted)
        return (found if wanted == "Our cats" else object()), classifier

    monkeypatch.setattr(actions, "resolve_classifier", resolve)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "classify_history", classifier=["Our cats", "Theirs"], days=1)
    assert caught.value.translation_key == "history_two_frigates"
    assert entry.runtime_data.frigate.history.runs.kept == []
