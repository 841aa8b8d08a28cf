"""One broker and one Home Assistant for all end-to-end tests that share them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.stack.broker import Broker, running_broker
from tests.stack.failures import pytest_runtest_makereport, pytest_runtest_setup
from tests.stack.home_assistant import CONFIGURATION, HomeAssistant

__all__ = ["pytest_runtest_makereport", "pytest_runtest_setup"]

INSPECTOR = Path(__file__).with_name("inspector")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in one event loop: the programs they share live in it."""
    for item in filter(pytest_asyncio.is_async_test, items):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    """Return a running MQTT broker."""
    async with running_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home_assistant(
    tmp_path_factory: pytest.TempPathFactory, broker: Broker
) -> AsyncIterator[HomeAssistant]:
    """Return a running Home Assistant that is connected to the broker."""
    folder: Path = tmp_path_factory.mktemp("home_assistant")
    (folder / "custom_components").mkdir()
    (folder / "custom_components" / INSPECTOR.name).symlink_to(INSPECTOR)
    configuration = f"{CONFIGURATION}{INSPECTOR.name}:\n"
    async with HomeAssistant(folder, configuration=configuration) as running:
        await running.api.add_mqtt(broker)
        yield running
