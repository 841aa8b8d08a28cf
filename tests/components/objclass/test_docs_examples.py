"""What the documentation gives to copy is what Home Assistant takes."""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from homeassistant.components.logger import CONFIG_SCHEMA as LOGGER_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from pytest_homeassistant_custom_component.common import async_mock_service

from .conftest import Frigate, SetUp, classifier_data, no_past
from .frames.cameras import add_cameras, frame_data
from .test_docs import CODE, PAGES

EXAMPLE = re.compile(r"^( *)```yaml\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"\b(?:sensor|binary_sensor|event)\.(?:our_cats|gate)_\w+")

type Example = dict[str, Any]


def examples(key: str) -> list[Any]:
    """Return the examples that begin with a key, each named by its page."""
    return [
        pytest.param(example, id=f"{page}-{number}")
        for number, (page, example) in enumerate(_examples())
        if key in example
    ]


def _examples() -> Iterator[tuple[str, Example]]:
    for page in PAGES:
        for _, text in EXAMPLE.findall(page.read_text()):
            example = parse_yaml(dedent(text))
            assert isinstance(example, dict)
            yield page.stem, example


@pytest.fixture
async def home(hass: HomeAssistant, frigate: Frigate, set_up: SetUp) -> HomeAssistant:
    """Return a Home Assistant with the classifiers that the examples speak of."""
    await add_cameras(hass, "Drive")
    gate = frame_data(camera_entities=["camera.drive"], on={"on_class": "open"})
    await set_up(classifier_data(), gate)
    return hass


def test_every_example_is_of_a_kind_that_is_tried() -> None:
    kinds = [
        {"action", "triggers", "logger"} & example.keys() for _, example in _examples()
    ]
    assert kinds
    assert all(kinds)
    assert len(kinds) == sum(
        len(re.findall(r"```ya?ml", match.group()))
        for page in PAGES
        for match in CODE.finditer(page.read_text())
    )


@no_past
@pytest.mark.parametrize("example", examples("action"))
async def test_an_action_can_be_copied_into_the_actions_page(
    home: HomeAssistant, example: Example
) -> None:
    cv.SCRIPT_SCHEMA([example])
    domain, name = example["action"].split(".")
    schema = home.services.async_services()[domain][name].schema
    assert schema is not None
    schema(example["data"])


@no_past
@pytest.mark.parametrize("example", examples("triggers"))
async def test_an_automation_can_be_copied_into_the_editor(
    home: HomeAssistant, example: Example
) -> None:
    async_mock_service(home, "notify", "notify")
    automation = {"automation": {"alias": "Ours", **example}}
    assert await async_setup_component(home, "automation", automation)
    await home.async_block_till_done()
    state = home.states.get("automation.ours")
    # One that Home Assistant cannot read is unavailable.
    assert state is not None
    assert state.state == "on"


@pytest.mark.parametrize("example", examples("logger"))
def test_what_turns_on_the_debug_log_can_be_copied(example: Example) -> None:
    assert LOGGER_SCHEMA(example)["logger"]["logs"]


@no_past
async def test_every_entity_that_is_named_exists(home: HomeAssistant) -> None:
    named = {name for page in PAGES for name in OURS.findall(page.read_text())}
    assert named
    assert named <= set(er.async_get(home).entities)


@no_past
async def test_the_automation_of_the_readme_says_who_is_here_and_where(
    home: HomeAssistant,
) -> None:
    notified = async_mock_service(home, "notify", "notify")
    (example,) = (example for page, example in _examples() if page == "README")
    automation = {"automation": {"alias": "Ours", **example}}
    assert await async_setup_component(home, "automation", automation)
    await home.async_block_till_done()
    leo = "binary_sensor.our_cats_leo_in_view"
    home.states.async_set(leo, "on", {"cameras": ["back_yard"]})
    await home.async_block_till_done()
    (call,) = notified
    assert call.data["message"] == "Leo is here (back_yard)"
