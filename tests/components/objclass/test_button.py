"""The button that trains."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .conftest import Frigate, SetUp, classifier_of, no_past
from .crops import keep

pytestmark = no_past


async def press(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.our_cats_train"}, blocking=True
    )


async def test_a_press_trains_whether_frigate_runs_or_not(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(online=False)
    await keep(classifier_of(entry), "leo", 4)
    await keep(classifier_of(entry), "charlie", 4)
    for number in (1, 2):
        await press(hass)
        trained = classifier_of(entry).trainings.current
        assert trained is not None
        assert trained.number == number


async def test_a_press_says_why_it_cannot_train(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(HomeAssistantError, match="Our cats has no labelled crops yet"):
        await press(hass)
