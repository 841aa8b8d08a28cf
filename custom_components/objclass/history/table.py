"""The result of a run as a table to download, and the pictures that it speaks of."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..data import ObjclassConfigEntry
from ..frigate.errors import FrigateError
from ..lookup import loaded_entry
from .run import Run
from .store import read_table
from .store_file import HistoryStoreError

_VALID_FOR: Final = timedelta(hours=1)
_COLUMNS: Final = (
    *("time", "event_id", "camera", "label", "classifier", "class", "score"),
    *("likeliest", "outcome", "unfamiliar", "told", "problem"),
)
# So many rows are read, written and sent at a time.
_CHUNK: Final = 1000
# The picture of a moment has so many pixels from top to bottom.
_HIGH: Final = 240

type _Row = dict[str, Any]


def async_table_url(
    hass: HomeAssistant, entry: ObjclassConfigEntry, run: Run, name: str
) -> str:
    """Return a signed address of a table, valid for an hour."""
    return _signed(hass, f"history/{entry.entry_id}/{run.id}/{name}")


def async_past_url(
    hass: HomeAssistant, entry: ObjclassConfigEntry, event_id: str
) -> str:
    """Return a signed address of the small picture of a past object."""
    return _signed(hass, f"past/{entry.entry_id}/{event_id}")


def _signed(hass: HomeAssistant, path: str) -> str:
    return async_sign_path(
        hass, f"/api/{DOMAIN}/{path}", _VALID_FOR, use_content_user=True
    )


class TableView(HomeAssistantView):
    """All results of a run, as CSV or as JSON."""

    url = "/api/objclass/history/{entry_id}/{run_id}/{name}"
    name = "api:objclass:history"

    async def get(
        self, request: web.Request, entry_id: str, run_id: str, name: str
    ) -> web.StreamResponse:
        """Send the table, or 404 when there is no such run."""
        hass = request.app[KEY_HASS]
        entry = _loaded(hass, entry_id)
        if name not in FORMATS:
            raise web.HTTPNotFound
        try:
            run = entry.runtime_data.need_frigate().history.runs.get(run_id)
        except ServiceValidationError:
            raise web.HTTPNotFound from None
        content_type, written = FORMATS[name]
        day = dt_util.as_local(dt_util.utc_from_timestamp(run.started_at)).date()
        answer = web.StreamResponse(
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="{DOMAIN}_{day}.{name}"',
            }
        )
        answer.content_type = content_type
        await answer.prepare(request)
        try:
            async for chunk in _async_chunks(hass, entry, run, written):
                await answer.write(chunk)
            await answer.write_eof()
        except HistoryStoreError as err:
            LOGGER.warning("The results of %s end early: %s", entry.title, err)
            # One that just ended would be taken for a whole one.
            if request.transport:
                request.transport.abort()
        return answer


class PastView(HomeAssistantView):
    """The small picture that Frigate has of an object, or of a moment."""

    url = "/api/objclass/past/{entry_id}/{event_id}"
    name = "api:objclass:past"

    async def get(
        self, request: web.Request, entry_id: str, event_id: str
    ) -> web.Response:
        """Send the picture, or 404 when Frigate has none any more.

        To administrators, and to who has got its address with a run's results: that is
        signed for a user of Home Assistant's own. Others could see any moment.
        """
        user = request[KEY_HASS_USER]
        if not (user.is_admin or user.system_generated):
            raise Unauthorized
        entry = _loaded(request.app[KEY_HASS], entry_id)
        frigate = entry.runtime_data.need_frigate()
        camera, _, moment = event_id.rpartition("-")
        try:
            if camera in frigate.config.cameras:
                time = float(moment)
                picture = await frigate.client.recorded_frame(camera, time, _HIGH)
            else:
                picture = await frigate.client.thumbnail(event_id)
        except FrigateError, ValueError:
            raise web.HTTPNotFound from None
        return web.Response(
            body=picture.data,
            content_type="image/jpeg",
            headers={"Cache-Control": "private, max-age=86400"},
        )


def _loaded(hass: HomeAssistant, entry_id: str) -> ObjclassConfigEntry:
    try:
        entry = loaded_entry(hass, entry_id)
        entry.runtime_data.need_frigate()
    except ServiceValidationError:
        raise web.HTTPNotFound from None
    return entry


async def _async_chunks(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    run: Run,
    written: Callable[[Iterable[_Row]], Iterator[str]],
) -> AsyncIterator[bytes]:
    """Yield a table piece by piece, so that a long one needs no more memory."""
    data = entry.runtime_data
    path = data.need_frigate().history.runs.path
    names = {one.id: one.settings.name for one in data.classifiers.values()}
    lines = written(_rows(read_table(path, run.id), names))

    def more() -> bytes:
        return "".join(islice(lines, _CHUNK)).encode()

    while chunk := await hass.async_add_executor_job(more):
        yield chunk


def _rows(found: Iterator[_Row], names: Mapping[str, str]) -> Iterator[_Row]:
    for row in found:
        classifier_id = row["classifier_id"]
        moment = dt_util.as_local(dt_util.utc_from_timestamp(row["time"]))
        score, unfamiliar = row["score"], row["unfamiliar"]
        yield {
            **{key: row.get(key) for key in _COLUMNS},
            "time": moment.isoformat(timespec="milliseconds"),
            "classifier": names.get(classifier_id, classifier_id),
            "score": None if score is None else round(score, 4),
            "unfamiliar": None if unfamiliar is None else bool(unfamiliar),
        }


def _csv(rows: Iterable[_Row]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.DictWriter(line, _COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _as_cell(value) for key, value in row.items()})
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    # The head, when there is not a single row.
    yield line.getvalue()


def _as_cell(value: Any) -> Any:
    """Return what no spreadsheet takes for a formula, whoever named a camera so."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
    return f"'{value}" if is_formula else value


def _json(rows: Iterable[_Row]) -> Iterator[str]:
    before = "["
    for row in rows:
        yield f"{before}\n{json.dumps(row, ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


FORMATS: Final = {"csv": ("text/csv", _csv), "json": ("application/json", _json)}
