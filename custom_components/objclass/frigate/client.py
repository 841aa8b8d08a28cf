"""Frigate's HTTP interface: what we ask of it, whatever its version (0.14 to 0.18)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

import aiohttp

from . import fields
from .connection import Answer, Connection
from .errors import FrigateNotFoundError, FrigateResponseError, InvalidMessageError
from .models import (
    FrigateConfig,
    FrigateVersion,
    Picture,
    StoredEvent,
    parse_config,
    parse_dataset,
    parse_stored_event,
)

_V0_15 = FrigateVersion(0, 15)
_V0_16 = FrigateVersion(0, 16)
_V0_17 = FrigateVersion(0, 17)
_V0_18 = FrigateVersion(0, 18)

_PLAIN: Mapping[str, int] = {
    "bbox": 0,
    "timestamp": 0,
    "crop": 0,
    "height": 0,
    "quality": 85,
}
"""What is left out, Frigate 0.18 does as configured: it draws boxes by default."""

_MIN_SCORE = 0.001
"""Frigate refuses a score of 0."""


class FrigateClient:
    """One Frigate.

    `url` may contain a path prefix. The log-in is used when Frigate asks for one
    (port 8971). Every method raises a `FrigateError`: `FrigateConnectionError`,
    `FrigateAuthError`, `FrigatePermissionError`, `FrigateNotFoundError` or
    `FrigateResponseError`; the constructor raises the first when `url` is no http(s)
    address. What is written to an object that Frigate has not stored yet is tried again
    after each of `retry_delays` (seconds).
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        verify_ssl: bool = True,
        retry_delays: Sequence[float] = (1, 2, 4, 8),
    ) -> None:
        self._connection = Connection(
            session, url, username=username, password=password, verify_ssl=verify_ssl
        )
        self._retry_delays = tuple(retry_delays)
        self._version: FrigateVersion | None = None

    @property
    def known_version(self) -> FrigateVersion | None:
        """Frigate's version when it was last asked for."""
        return self._version

    async def version(self) -> FrigateVersion:
        """Ask for Frigate's version; what is asked later depends on the answer."""
        answer = await self._connection.get("version")
        try:
            self._version = FrigateVersion.parse(answer.body[:200].decode())
        except ValueError:
            raise FrigateResponseError(
                "this does not look like Frigate", status=200
            ) from None
        return self._version

    async def config(self) -> FrigateConfig:
        """Read Frigate's configuration."""
        data = await (await self._connection.get("config")).json()
        try:
            return parse_config(data)
        except InvalidMessageError as err:
            raise FrigateResponseError(
                f"Frigate's configuration: {err}", status=200
            ) from None

    async def role(self) -> str:
        """Tell what the account may do: `admin`, `viewer` or a role of the user's own.

        Frigate before 0.16 has no roles, every account is an admin there.
        """
        try:
            data = await (await self._connection.get("profile")).json()
        except FrigateNotFoundError:
            return "admin"
        role = data.get("role") if isinstance(data, dict) else None
        return fields.optional_text(role) or "admin"

    async def snapshot(self, event_id: str) -> Picture:
        """Fetch the best frame so far of an object in progress, nothing drawn on it.

        It belongs to `after.snapshot` of the object's messages. Frigate 0.18 tells the
        time of the frame; with older ones a better frame may have come since the
        message. Frigate up to 0.17 has only the decorated picture when the object has
        ended: then this is `clean_snapshot`.
        """
        path = f"{_event_path(event_id)}/snapshot.jpg"
        version = await self._known_version()
        answer = await self._connection.get(path, _PLAIN)
        if version < _V0_18 and "no-store" not in answer.headers.get(
            "Cache-Control", ""
        ):
            return await self.clean_snapshot(event_id)
        return _picture(answer)

    async def clean_snapshot(self, event_id: str) -> Picture:
        """Fetch the plain full frame that Frigate keeps of an object that has ended.

        Needs snapshots to be enabled in Frigate, and `clean_copy` up to 0.17; otherwise
        `FrigateNotFoundError`.
        """
        path = _event_path(event_id)
        version = await self._known_version()
        extension = "png" if version < _V0_17 else "webp"
        try:
            return _picture(
                await self._connection.get(f"{path}/snapshot-clean.{extension}")
            )
        except FrigateNotFoundError:
            if version < _V0_18:
                raise
            # Drawn anew from the clean copy; without one it would have boxes on it.
            event = await self.event(event_id)
            if event is None or not event.snapshot_clean:
                raise
            return _picture(await self._connection.get(f"{path}/snapshot.jpg", _PLAIN))

    async def thumbnail(self, event_id: str) -> Picture:
        """Fetch the small square picture of an object (175 pixels high)."""
        return _picture(
            await self._connection.get(f"{_event_path(event_id)}/thumbnail.jpg")
        )

    async def latest_frame(self, camera: str) -> Picture:
        """Fetch the newest frame of a camera in the size of its detect stream."""
        if not fields.is_safe_name(camera):
            raise FrigateNotFoundError("no such camera")
        params = {"bbox": 0, "timestamp": 0, "quality": 70}
        answer = await self._connection.get(f"{camera}/latest.jpg", params)
        if answer.headers.get("X-Frigate-Offline", "").lower() == "true":
            raise FrigateNotFoundError("the camera is offline")
        return _picture(answer)

    async def recorded_frame(self, camera: str, time: float, height: int) -> Picture:
        """Fetch a frame of a camera's recordings, that many pixels high.

        `time` is in seconds since the epoch; `FrigateNotFoundError` when nothing was
        recorded then. It is a frame of the record stream, which may show more than that
        of the detect stream does.
        """
        if not fields.is_safe_name(camera):
            raise FrigateNotFoundError("no such camera")
        # Frigate 0.14 has it as PNG only.
        extension = "png" if await self._known_version() < _V0_15 else "jpg"
        path = f"{camera}/recordings/{time:.3f}/snapshot.{extension}"
        return _picture(await self._connection.get(path, {"height": height}))

    async def event(self, event_id: str) -> StoredEvent | None:
        """Read one object from Frigate's database, None when it is not there."""
        try:
            answer = await self._connection.get(_event_path(event_id))
        except FrigateNotFoundError:
            return None
        try:
            return parse_stored_event(await answer.json())
        except InvalidMessageError as err:
            raise FrigateResponseError(f"Frigate's object: {err}", status=200) from None

    async def events(
        self,
        *,
        labels: Collection[str] = (),
        sub_labels: Collection[str] = (),
        cameras: Collection[str] = (),
        zones: Collection[str] = (),
        after: float | None = None,
        before: float | None = None,
        has_snapshot: bool | None = None,
        in_progress: bool | None = None,
        limit: int = 100,
    ) -> list[StoredEvent]:
        """List objects from Frigate's database, newest first.

        `after` and `before` bound the start time. Frigate splits names at commas: a
        name with a comma in it finds nothing.
        """
        params: dict[str, str | int] = {"limit": limit, "include_thumbnails": 0}
        lists = {
            "labels": labels,
            "sub_labels": sub_labels,
            "cameras": cameras,
            "zones": zones,
        }
        params |= {key: ",".join(names) for key, names in lists.items() if names}
        times = {"after": after, "before": before}
        params |= {key: str(value) for key, value in times.items() if value is not None}
        flags = {"has_snapshot": has_snapshot, "in_progress": in_progress}
        params |= {key: int(value) for key, value in flags.items() if value is not None}
        rows = await (await self._connection.get("events", params)).json()
        if not isinstance(rows, list):
            raise FrigateResponseError("Frigate's objects are not a list", status=200)
        return [event for row in rows if (event := _readable(row))]

    async def dataset(self, model: str) -> Mapping[str, Sequence[str]]:
        """List the labelled pictures of one of Frigate's own classification models.

        By class, the names of the files; empty when there is no such model. From 0.17
        on, and for admins only.
        """
        if not fields.is_file_name(model):
            return {}
        answer = await self._connection.get(f"classification/{model}/dataset")
        try:
            return parse_dataset(await answer.json())
        except InvalidMessageError as err:
            raise FrigateResponseError(
                f"Frigate's dataset: {err}", status=200
            ) from None

    async def dataset_picture(self, model: str, class_name: str, file: str) -> Picture:
        """Fetch one of the pictures that `dataset` lists."""
        return _picture(
            await self._connection.get_file(
                f"clips/{model}/dataset/{class_name}/{file}"
            )
        )

    async def set_sub_label(self, event_id: str, text: str, score: float) -> None:
        """Give an object a sub label of up to 100 characters, with a score of 0..1.

        Frigate before 0.16 knows an object only when it is stored: tried again for a
        while there. An empty text is a ValueError: it would clear the sub label, which
        breaks Frigate's live view while the object is in progress.
        """
        if not text:
            raise ValueError("a sub label needs a text")
        body = {
            "subLabel": text[: fields.MAX_TEXT],
            "subLabelScore": max(fields.optional_score(score) or 0.0, _MIN_SCORE),
        }
        patient = await self._known_version() < _V0_16
        await self._write(f"{_event_path(event_id)}/sub_label", body, patient=patient)

    async def clear_sub_label(self, event_id: str) -> None:
        """Take the sub label from an object, which has to have ended.

        Clearing it while the object is in progress breaks Frigate's live view.
        """
        await self._write(
            f"{_event_path(event_id)}/sub_label", {"subLabel": ""}, patient=False
        )

    async def ended_event(self, event_id: str) -> StoredEvent | None:
        """Read an object that ends now as soon as Frigate has written its end down.

        None when it is not there, or when that takes too long.
        """
        for delay in (0.0, *self._retry_delays):
            await asyncio.sleep(delay)
            event = await self.event(event_id)
            if event is None or event.end_time is not None:
                return event
        return None

    async def set_attributes(self, event_id: str, values: Sequence[str]) -> None:
        """Set what Frigate's own attribute models found on an object (from 0.17 on).

        Works only for classes of enabled attribute models of this object's label; such
        a model without a match in `values` is cleared. The object must be stored: tried
        again for a while until it is.
        """
        if await self._known_version() < _V0_17:
            raise FrigateNotFoundError("Frigate has attributes only since 0.17")
        body = {"attributes": list(values)}
        await self._write(f"{_event_path(event_id)}/attributes", body, patient=True)

    async def _write(
        self, path: str, body: Mapping[str, object], *, patient: bool
    ) -> None:
        for delay in self._retry_delays if patient else ():
            try:
                await self._connection.post(path, body)
            except FrigateNotFoundError:
                await asyncio.sleep(delay)
            else:
                return
        await self._connection.post(path, body)

    async def _known_version(self) -> FrigateVersion:
        return self._version or await self.version()


def _event_path(event_id: str) -> str:
    if not fields.is_safe_name(event_id):
        raise FrigateNotFoundError("no such object")
    return f"events/{event_id}"


def _picture(answer: Answer) -> Picture:
    if not answer.content_type.startswith("image/") or not answer.body:
        raise FrigateResponseError(
            f"Frigate sent {answer.content_type} instead of a picture",
            status=answer.status,
        )
    try:
        frame_time = float(answer.headers.get("X-Frame-Time", ""))
    except ValueError:
        frame_time = None
    return Picture(data=answer.body, frame_time=fields.optional_time(frame_time))


def _readable(row: object) -> StoredEvent | None:
    """Read a row, None for one that lacks what every object has."""
    try:
        return parse_stored_event(row)
    except InvalidMessageError:
        return None
