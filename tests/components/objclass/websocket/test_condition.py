"""What the panel is told about classifiers that hang on something."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.frigate_sim.cameras import NativeModel

from ..chains import BELLS, CATS, COLLARS, change, classifier, on
from ..conftest import Frigate, SetUp
from .client import Panel

COLLAR = NativeModel(
    name="collar", type="attribute", objects=("cat",), classes={"red": 3}
)
pytestmark = pytest.mark.parametrize(
    "frigate", [{"models": (COLLAR,), "past_events": 0}], indirect=True
)


@pytest.fixture
async def chain(set_up: SetUp) -> MockConfigEntry:
    """Return an entry with bells that hang on collars that hang on cats."""
    return await set_up(
        classifier(CATS, name="Our cats"),
        classifier(COLLARS, name="Collars", condition=on(CATS, "leo")),
        classifier(
            BELLS, name="Bells", condition=on("frigate_attribute:collar", "red")
        ),
    )


async def conditions(panel: Panel) -> dict[str, Any]:
    found = await panel.ask("classifiers")
    return {item["id"]: item["condition"] for item in found["classifiers"]}


async def test_the_panel_knows_what_hangs_on_what(
    frigate: Frigate, chain: MockConfigEntry, panel: Panel
) -> None:
    assert await conditions(panel) == {
        CATS: None,
        COLLARS: {
            "parent": CATS,
            "parent_name": "Our cats",
            "classes": ["leo"],
            "broken": False,
        },
        BELLS: {
            "parent": "frigate_attribute:collar",
            "parent_name": "collar",
            "classes": ["red"],
            "broken": False,
        },
    }
    (entry,) = (await panel.ask("classifiers"))["entries"]
    assert entry["parents"] == ["frigate_sub_label", "frigate_attribute:collar"]


async def test_a_parent_that_is_gone_has_no_name(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry, panel: Panel
) -> None:
    hass.config_entries.async_remove_subentry(chain, CATS)
    await hass.async_block_till_done()
    condition = (await conditions(panel))[COLLARS]
    assert (condition["parent_name"], condition["broken"]) == (None, True)


async def test_a_parent_without_the_class_breaks_the_condition(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry, panel: Panel
) -> None:
    await change(hass, chain, CATS, classes=["charlie"])
    condition = (await conditions(panel))[COLLARS]
    assert (condition["parent_name"], condition["broken"]) == ("Our cats", True)
