"""Home Assistant's page about its own health tells how classification is doing."""

import json
from typing import Any

from homeassistant.components.system_health import get_info
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component

from custom_components.objclass.const import DOMAIN

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from .crops import keep
from .visits import Visit

pytestmark = no_past


async def health(hass: HomeAssistant) -> dict[str, Any]:
    assert await async_setup_component(hass, "system_health", {})
    info: dict[str, Any] = (await get_info(hass))[DOMAIN]
    return info


async def test_health_shows_at_a_glance_whether_it_works(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Our dogs"))
    for name in ("leo", "charlie"):
        await keep(classifier_of(entry), name, 6)
    await classifier_of(entry).trainings.async_train()
    await Visit(frigate, entry).look(2)
    info = await health(hass)
    assert info["frigates_available"] == "1/1"
    assert info["classifiers_trained"] == "1/2"
    assert info["runtime"] in ("litert", "numpy")
    assert info["milliseconds_per_look"] > 0
    assert info["attempts"] == 2
    assert (info["waiting"], info["dropped"], info["errors"]) == (0, 0, 0)
    for name in ("leo", "charlie", "Our cats", "front_door"):
        assert name not in json.dumps(info)


async def test_health_can_be_asked_while_frigate_is_away(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up(data={"url": "http://127.0.0.1:1"}, online=False)
    info = await health(hass)
    assert info["frigates_available"] == "0/1"
    assert info["runtime"] is None
    assert info["milliseconds_per_look"] is None


async def test_every_line_of_health_has_a_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:

    await set_up()
    names = await async_get_translations(hass, "en", "system_health", {DOMAIN})
    lines = await health(hass)
    assert {f"component.{DOMAIN}.system_health.info.{line}" for line in lines} == set(
        names
    )
