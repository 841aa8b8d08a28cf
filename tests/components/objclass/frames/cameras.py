"""Cameras that show what a test wants, and looks that happen when a test says so."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, override

from homeassistant.components.camera import Camera
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    setup_test_component_platform,
)

from custom_components.objclass.classifier import FrameClassifier
from custom_components.objclass.const import DOMAIN

from ..crops import jpeg

GATE = "camera.gate"
SETTINGS: dict[str, Any] = {
    "name": "Gate",
    "classes": ["open", "shut"],
    "camera_entities": [GATE],
    "parts": {},
    "when": {"interval": 30},
    "on": {},
    "rules": {},
}


class ShownCamera(Camera):
    """A camera; without a picture it fails, with a `defect` in its own way.

    `meanwhile` is what happens before its picture has come.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._attr_name = name
        self.picture: bytes | None = jpeg()
        self.defect: Exception | None = None
        self.meanwhile: Callable[[], object] | None = None
        self.asked = 0

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self.asked += 1
        if self.meanwhile:
            self.meanwhile()
        if self.defect:
            raise self.defect
        return self.picture


async def add_cameras(hass: HomeAssistant, *names: str) -> list[ShownCamera]:
    """Add cameras to Home Assistant."""
    cameras = [ShownCamera(name) for name in names]
    setup_test_component_platform(hass, "camera", cameras)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return cameras


def frame_data(**changes: Any) -> ConfigSubentryData:
    """Return a frame classifier as a stored subentry."""
    data = SETTINGS | changes
    return ConfigSubentryData(
        subentry_type="frame_classifier", title=data["name"], unique_id=None, data=data
    )


async def add_entry(
    hass: HomeAssistant, *classifiers: ConfigSubentryData
) -> MockConfigEntry:
    """Set up an entry for Home Assistant's own cameras."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home Assistant cameras",
        unique_id="#cameras",
        data={},
        subentries_data=classifiers or [frame_data()],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # The first look comes at once; no head has been trained by then.
    await look(hass, entry)
    return entry


def frames_of(entry: MockConfigEntry, number: int = 0) -> FrameClassifier:
    """Return a frame classifier of an entry."""
    classifier = list(entry.runtime_data.classifiers.values())[number]
    assert isinstance(classifier, FrameClassifier)
    return classifier


async def look(hass: HomeAssistant, entry: MockConfigEntry, times: int = 1) -> None:
    """Let the next looks happen, however far away they are."""
    for _ in range(times):
        # What is being fetched must not be told that a day has passed.
        await settle(hass, entry)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1))
        await settle(hass, entry)


async def settle(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until looks that have begun are over."""
    while looking := [
        task
        for task in entry._background_tasks
        if task.get_name().startswith("objclass look")
    ]:
        await asyncio.wait(looking)
    await hass.async_block_till_done()


def next_look(hass: HomeAssistant, entry: MockConfigEntry) -> list[float]:
    """Return in how many seconds each camera's classifiers want to look next."""
    now = hass.loop.time()
    return [
        round(watch.due - now, 1)
        for feed in entry.runtime_data.frames.feeds.values()
        for watch in feed._watches
        if watch.due is not None
    ]
