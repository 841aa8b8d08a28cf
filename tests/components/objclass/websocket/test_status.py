"""The panel is told whether everything works, and why not."""

import pytest
from homeassistant.core import HomeAssistant

from tests.frigate_sim.faults import Fault

from ..conftest import (
    Frigate,
    SetUp,
    classifier_of,
    data_of,
    frigate_of,
)
from ..visits import Visit, script
from .client import Panel

pytestmark = pytest.mark.parametrize("frigate", [{"past_events": 12}], indirect=True)


async def test_the_status_tells_whether_it_works(
    hass: HomeAssistant, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await Visit(frigate, entry).look(2)
    answer = await viewer.ask("status")
    (shown,) = answer["entries"]
    assert shown.pop("ms_per_look") > 0
    assert shown == {
        "entry_id": entry.entry_id,
        "title": "Frigate",
        "available": True,
        "frigate": True,
        "mqtt_connected": True,
        "frigate_version": frigate_of(entry).client.known_version.text,
        "waiting": 0,
        "dropped": 0,
        "counts": {
            "attempts": 2,
            "failed_fetches": 0,
            "bad_pictures": 0,
            "invalid_messages": 0,
            "errors": 0,
        },
        "error": None,
    }
    assert shown["frigate_version"].startswith("0.18")
    backbone = data_of(entry).worker.backbone
    assert answer["runtime"] == {
        "name": backbone.runtime.name,
        "backbone": backbone.identity,
        "threads": 1,
    }
    assert answer["version"]


async def test_the_status_of_a_frigate_that_is_away_says_why(
    hass: HomeAssistant, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    frigate.faults.add(Fault(path="version", status=502))
    await set_up(online=False)
    answer = await viewer.ask("status")
    (shown,) = answer["entries"]
    assert shown["available"] is False
    assert "502" in shown["error"]
    assert answer["runtime"] is None
