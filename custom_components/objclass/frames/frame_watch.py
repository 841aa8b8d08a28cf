"""All cameras that the frame classifiers of an entry look at."""

from collections import defaultdict

from homeassistant.components import mqtt
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.const import STATE_ON
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.start import async_at_started

from ..classifier import FrameClassifier
from ..const import LOGGER
from ..data import FrigateSide, ObjclassConfigEntry
from ..lookup import is_entity
from ..runtime.worker import Worker
from .feed import Feed
from .publishing import async_publish_states
from .renames import async_follow_renames
from .sources import NoPictureError, camera_source
from .watch import Watch


class FrameWatch:
    """The feeds of an entry, by camera."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        *,
        frigate: FrigateSide | None,
        worker: Worker,
        classifiers: list[FrameClassifier],
    ) -> None:
        self.feeds: dict[str, Feed] = {}
        self._hass = hass
        self._entry = entry
        self._frigate = frigate
        self._watches: defaultdict[str, list[Watch]] = defaultdict(list)
        for classifier in classifiers:
            if frigate and classifier.settings.publish:
                prefix = frigate.config.topic_prefix
                async_publish_states(hass, entry, classifier, prefix)
            for camera in classifier.settings.cameras:
                self._watches[camera].append(
                    Watch(classifier=classifier, camera=camera)
                )
        for camera, watches in self._watches.items():
            try:
                source = camera_source(hass, entry, frigate, camera)
            except NoPictureError as err:
                LOGGER.warning("%s is not looked at: %s", camera, err)
                continue
            self.feeds[camera] = Feed(hass, entry, worker, source, watches)

    async def async_start(self) -> None:
        """Start listening to what moves, and to what is renamed."""
        async_follow_renames(self._hass, self._entry)
        for feed in self.feeds.values():
            self._entry.async_on_unload(feed.async_stop)
            for watch in self._watches[feed.camera]:
                await self._async_follow_motion(feed, watch)

    @callback
    def async_begin(self) -> None:
        """Begin to look, as soon as Home Assistant has its cameras."""

        @callback
        def start(_hass: HomeAssistant) -> None:
            for feed in self.feeds.values():
                feed.async_start()

        self._entry.async_on_unload(async_at_started(self._hass, start))

    async def _async_follow_motion(self, feed: Feed, watch: Watch) -> None:
        settings = watch.classifier.settings
        if settings.frigate_motion and self._frigate and not is_entity(feed.camera):
            await self._async_follow_frigate(self._frigate, feed, watch)
        if settings.motion_sensors:
            self._async_follow_sensors(feed, watch, settings.motion_sensors)

    async def _async_follow_frigate(
        self, frigate: FrigateSide, feed: Feed, watch: Watch
    ) -> None:
        topic = f"{frigate.config.topic_prefix}/{feed.camera}/motion"

        @callback
        def on_message(message: ReceiveMessage) -> None:
            feed.async_note_motion(watch, topic, moving=message.payload == "ON")

        self._entry.async_on_unload(
            await mqtt.async_subscribe(self._hass, topic, on_message)
        )

    @callback
    def _async_follow_sensors(
        self, feed: Feed, watch: Watch, sensors: tuple[str, ...]
    ) -> None:
        @callback
        def on_change(event: Event[EventStateChangedData]) -> None:
            new = event.data["new_state"]
            feed.async_note_motion(
                watch,
                event.data["entity_id"],
                moving=new is not None and new.state == STATE_ON,
            )

        self._entry.async_on_unload(
            async_track_state_change_event(self._hass, sensors, on_change)
        )
        for sensor in sensors:
            if self._hass.states.is_state(sensor, STATE_ON):
                watch.note_motion(sensor, moving=True)
