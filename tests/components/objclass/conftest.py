"""What the tests of the integration share: a simulated Frigate, and an entry for it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.helpers.json import json_dumps
from homeassistant.util.json import json_loads
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_mqtt_message,
)
from pytest_homeassistant_custom_component.typing import (
    MqttMockHAClient,
    WebSocketGenerator,
)

# Imported before Home Assistant starts: phcc brings a `custom_components` folder of
# its own, which would otherwise be found first.
import custom_components.objclass  # noqa: F401
from custom_components.objclass import api
from custom_components.objclass.classifier import ObjectClassifier, classifier_folder
from custom_components.objclass.const import DOMAIN, EVENT_RESULT
from custom_components.objclass.data import FrigateSide, ObjclassData
from custom_components.objclass.frigate.client import FrigateClient
from custom_components.objclass.learning import chosen
from custom_components.objclass.learning.chosen import Choice
from tests.frigate_sim.sim import FrigateSim

from .learning.v2_server import V2Server
from .websocket.client import Panel

type SetUp = Callable[..., Awaitable[MockConfigEntry]]
type Told = list[Event[Mapping[str, Any]]]


@pytest.fixture(autouse=True)
def load_objclass_from_this_repository(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find custom integrations, in tests that start one.

    Tests of `learning/` and `frigate/` never ask for `hass` and do not pay for it.
    The recorder has to be there before Home Assistant is.
    """
    if "hass" not in request.fixturenames:
        return
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
    request.getfixturevalue("our_entries_end_first")


@pytest.fixture
async def our_entries_end_first(hass: HomeAssistant) -> AsyncIterator[None]:
    """Unload our entries before MQTT, which would else be asked to unsubscribe late."""
    yield
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave asyncio's debug mode off, in place of phcc's fixture that turns it on.

    It notes the whole stack for every future: a tenth of the time of all tests. All our
    threads are the worker's, and its tests turn it on.
    """


@pytest.fixture(autouse=True)
def one_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the real backbone once for all tests.

    The MQTT mock remembers every subscriber, and with it the backbone of every set-up:
    gigabytes by the last test.
    """
    monkeypatch.setattr(chosen, "load_here", _load_here_once)


_load_here_once = cache(chosen.load_here)


@pytest.fixture
def v2_server(socket_enabled: None) -> Iterator[V2Server]:
    """Start a model server."""
    with V2Server(chosen.load_here(Choice())) as server:
        yield server


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep the files of a test in a folder of its own."""
    return hass_tmp_config_dir


@pytest.fixture
def impatient_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once what Frigate has not stored yet."""
    monkeypatch.setattr(
        api, "FrigateClient", partial(FrigateClient, retry_delays=(0, 0, 0, 0))
    )


class Frigate(FrigateSim):
    """A simulated Frigate whose MQTT messages reach the Home Assistant of a test."""

    def __init__(self, hass: HomeAssistant, **options: Any) -> None:
        super().__init__(**options)
        self.hass = hass

    def _publish_event(self, message: dict[str, Any]) -> None:
        super()._publish_event(message)
        self.say("events", json_dumps(message))

    def say(self, topic: str, payload: str) -> None:
        """Send a message of Frigate's."""
        async_fire_mqtt_message(self.hass, f"frigate/{topic}", payload)


@pytest.fixture
async def frigate(
    hass: HomeAssistant, socket_enabled: None, request: pytest.FixtureRequest
) -> AsyncIterator[Frigate]:
    """Return a running Frigate with some history; a param may change its options."""
    options = {"past_events": 40, "speed": 10, "version": "0.18.0"}
    options |= getattr(request, "param", {})
    async with Frigate(hass, **options) as running:
        yield running


EMPTY = {"past_events": 0}
no_past = pytest.mark.parametrize("frigate", [EMPTY], indirect=True)

CLASSIFIER: dict[str, Any] = {
    "name": "Our cats",
    "labels": ["cat"],
    "classes": ["leo", "charlie"],
    "kind": "sub_label",
    "filter": {},
    "rules": {},
}


def classifier_data(**changes: Any) -> ConfigSubentryData:
    """Return a classifier as a stored subentry."""
    data = CLASSIFIER | changes
    return ConfigSubentryData(
        subentry_type="classifier", title=data["name"], unique_id=None, data=data
    )


@pytest.fixture
async def set_up(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, frigate: Frigate
) -> SetUp:
    """Return a function that sets up an entry with classifiers for the Frigate."""

    async def add(
        *classifiers: ConfigSubentryData,
        data: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        online: bool = True,
    ) -> MockConfigEntry:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Frigate",
            unique_id="frigate",
            data={"url": frigate.url, "verify_ssl": True} | (data or {}),
            options=options or {},
            subentries_data=classifiers or [classifier_data()],
        )
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        if online:
            frigate.say("available", "online")
            await hass.async_block_till_done()
        return entry

    return add


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    """Return the events that automations get to see."""
    return async_capture_events(hass, EVENT_RESULT)


@pytest.fixture
def panel(hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(hass_ws_client)


@pytest.fixture
def viewer(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> Panel:
    """Return the panel of somebody who may only look."""
    return Panel(partial(hass_ws_client, hass, hass_read_only_access_token))


def data_of(entry: MockConfigEntry) -> ObjclassData:
    """Return what a loaded entry holds."""
    data: ObjclassData = entry.runtime_data
    return data


def frigate_of(entry: MockConfigEntry) -> FrigateSide:
    """Return the Frigate of a loaded entry."""
    return data_of(entry).need_frigate()


def classifier_of(entry: MockConfigEntry, number: int = 0) -> ObjectClassifier:
    """Return a classifier of a loaded entry."""
    classifier = list(data_of(entry).classifiers.values())[number]
    assert isinstance(classifier, ObjectClassifier)
    return classifier


def entity_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return what an entity that exists shows: its state and its attributes."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that exists."""
    return entity_of(hass, entity_id).state


def folder_of(hass: HomeAssistant, entry: MockConfigEntry) -> Path:
    """Return where the files of the first classifier are."""
    return classifier_folder(hass, entry.entry_id, next(iter(entry.subentries)))


async def teach(hass: HomeAssistant, frigate: Frigate, entry: MockConfigEntry) -> None:
    """Collect examples, label them with the truth, and train."""
    classifier = classifier_of(entry)
    collected = await hass.services.async_call(
        DOMAIN,
        "collect",
        {"classifier": classifier.id, "count": 40},
        blocking=True,
        return_response=True,
    )
    assert collected is not None
    for sample in collected["samples"]:
        truth = frigate.truths[sample["event_id"]]
        name = truth if truth in classifier.settings.classes else "none"
        await classifier.samples.async_label([sample["id"]], name)
    await classifier.trainings.async_train()


def published(mqtt_mock: MqttMockHAClient) -> list[dict[str, Any]]:
    """Return what we published on Frigate's topic."""
    return [
        json_loads(call.args[1])
        for call in mqtt_mock.async_publish.call_args_list
        if call.args[0].endswith("/tracked_object_update")
    ]
