"""The logbook tells in sentences who was seen where."""

from collections.abc import Sequence

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.objclass import logbook

from .conftest import Frigate, SetUp, classifier_of, no_past
from .visits import STRANGER, Said, Visit, script


@no_past
@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        (
            ["leo"] * 3,
            ["leo was seen at Front door", "leo is gone from Front door"],
        ),
        (
            [STRANGER] * 3,
            ["Our cats saw a cat that is none of its classes at Front door"],
        ),
        (
            [("leo", 0.5)] * 3,
            ["Our cats could not decide about a cat at Front door"],
        ),
    ],
    ids=str,
)
async def test_logbook_tells_who_was_seen_where(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    said: Sequence[Said],
    sentences: list[str],
) -> None:
    hass.config.components.add("frontend")  # its pages are not installed here
    assert await async_setup_component(hass, "logbook", {})
    started = dt_util.utcnow()
    entry = await set_up()
    script(classifier_of(entry), *said)
    visit = Visit(frigate, entry)
    await visit.look(len(said))
    await visit.end()
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": "logbook/get_events", "start_time": started.isoformat()}
    )
    told = (await client.receive_json())["result"]
    ours = [item for item in told if item.get("domain") == "objclass"]
    assert [f"{item['name']} {item['message']}" for item in ours] == sentences

    # The same on the page of the classifier's device.
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    about = {"start_time": started.isoformat(), "device_ids": [device.id]}
    await client.send_json_auto_id({"type": "logbook/get_events", **about})
    told = (await client.receive_json())["result"]
    assert [item["message"] for item in told if item.get("domain") == "objclass"] == [
        item["message"] for item in ours
    ]


def test_a_name_that_was_taken_back_is_told_as_that() -> None:
    result = {"classifier": "Collar", "outcome": None, "final": False, "class": None}
    who, what = logbook._sentence(result | {"taken_back": "red"})
    assert (who, what) == ("Collar", "took back that red was seen at")
