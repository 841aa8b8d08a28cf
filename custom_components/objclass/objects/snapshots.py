"""The picture that a message about an object speaks of.

Frigate serves the best picture of an object so far, which may be newer than the message
that tells where in it the object is.
"""

from collections import Counter
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.client import FrigateClient
from ..frigate.errors import FrigateAuthError, FrigateError, FrigateNotFoundError
from ..frigate.messages import Snapshot
from ..frigate.models import Picture
from .tracking import ObjectState

# Times of frames travel as text; frames are further apart than this (seconds).
_SAME_FRAME: Final = 0.001


class Snapshots:
    """The pictures of one Frigate's objects; `counts` has those that failed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ObjclassConfigEntry,
        client: FrigateClient,
        counts: Counter[str],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._counts = counts

    async def async_fetch(
        self, state: ObjectState, snapshot: Snapshot, *, last: bool
    ) -> Picture | None:
        """Fetch the picture that a snapshot's box belongs to; None when it is gone."""
        if (held := state.held) and _is_of(held, snapshot):
            state.held = None
            return held
        fetch = self._async_last_picture if last else self._client.snapshot
        try:
            picture = await fetch(state.id)
        except FrigateError as err:
            self._counts["failed_fetches"] += 1
            LOGGER.debug("No picture of %s: %s", state.id, err)
            if isinstance(err, FrigateAuthError):
                self._entry.async_start_reauth(self._hass)
            return None
        if _is_of(picture, snapshot):
            return picture
        # A better frame was found since; its box comes with the next message.
        state.held = picture
        return None

    async def _async_last_picture(self, event_id: str) -> Picture:
        """Fetch the picture of an object that has ended.

        Where Frigate keeps no snapshots, it still has it in memory for a moment.
        """
        try:
            return await self._client.clean_snapshot(event_id)
        except FrigateNotFoundError:
            return await self._client.snapshot(event_id)


def _is_of(picture: Picture, snapshot: Snapshot) -> bool:
    """Return whether a picture shows the frame of that time, as far as one can know.

    Frigate tells the time of a picture from 0.18 on.
    """
    return (
        picture.frame_time is None
        or abs(picture.frame_time - snapshot.frame_time) < _SAME_FRAME
    )
