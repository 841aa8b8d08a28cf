"""The result of a run as a file, and the pictures that it speaks of."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.history import table
from custom_components.objclass.history.describing import async_described
from custom_components.objclass.history.store_file import HistoryStoreError
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..visits import STRANGER, script
from .runs import applied, been, ran

pytestmark = no_past


async def described(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    return await async_described(hass, entry, await ran(entry))


async def read(client: ClientSessionGenerator, url: str) -> str:
    """Download a file as a browser does: with nothing but its address."""
    answer = await (await client()).get(url)
    assert answer.status == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return await answer.text()


async def test_the_table_has_every_object_oldest_first(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "_CHUNK", 2)
    past = [been(frigate, hours=hours) for hours in (4, 3, 2, 1)]
    entry = await set_up(classifier_data(name="Katzen, grün"))
    script(classifier_of(entry), STRANGER, ("charlie", 0.5), ("leo", 0.9))
    frigate.faults.add(Fault(path=f"{past[0].id}/snapshot", status=404))
    await ran(entry)
    await applied(entry)
    shown = await async_described(
        hass, entry, entry.runtime_data.frigate.history.runs.kept[0]
    )

    text = await read(hass_client_no_auth, shown["csv"])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["event_id"] for row in rows] == [one.id for one in past]
    broken, assigned, undecided, stranger = rows
    assert broken["problem"]
    assert broken["class"] == broken["score"] == ""
    assert assigned["classifier"] == "Katzen, grün"
    assert (assigned["class"], assigned["score"]) == ("leo", "0.9")
    assert (assigned["outcome"], assigned["told"]) == ("assigned", "written")
    assert (undecided["class"], undecided["likeliest"]) == ("", "charlie")
    assert (stranger["class"], stranger["unfamiliar"]) == ("none", "True")
    assert assigned["time"].startswith("20")

    parsed = json.loads(await read(hass_client_no_auth, shown["json"]))
    assert [row["event_id"] for row in parsed] == [one.id for one in past]
    assert parsed[1]["score"] == 0.9
    assert parsed[3]["unfamiliar"] is True


async def test_a_run_that_found_nothing_has_an_empty_table(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    shown = await described(hass, entry)
    text = await read(hass_client_no_auth, shown["csv"])
    assert text.splitlines()[0].startswith("time,event_id,camera")
    assert len(text.splitlines()) == 1
    assert json.loads(await read(hass_client_no_auth, shown["json"])) == []


async def test_a_name_is_no_formula_to_a_spreadsheet(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    been(frigate, hours=1)
    entry = await set_up(classifier_data(name="=HYPERLINK(0)"))
    script(classifier_of(entry), "leo")
    shown = await described(hass, entry)
    (row,) = csv.DictReader(io.StringIO(await read(hass_client_no_auth, shown["csv"])))
    assert row["classifier"] == "'=HYPERLINK(0)"
    (row,) = json.loads(await read(hass_client_no_auth, shown["json"]))
    assert row["classifier"] == "=HYPERLINK(0)"


@pytest.mark.parametrize("name", ["csv", "json"])
async def test_a_table_that_cannot_be_read_to_its_end_does_not_look_complete(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    monkeypatch.setattr(table, "_CHUNK", 1)
    for hours in (3, 2, 1):
        been(frigate, hours=hours)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    shown = await described(hass, entry)
    whole = table.read_table

    def breaks_off(path: Path, run_id: str) -> Iterator[dict[str, Any]]:
        yield from islice(whole(path, run_id), 2)
        raise HistoryStoreError("the disk is gone")

    monkeypatch.setattr(table, "read_table", breaks_off)
    answer = await (await hass_client_no_auth()).get(shown[name])
    with pytest.raises(ClientError):
        await answer.read()
    assert "end early: the disk is gone" in caplog.text


async def test_without_a_log_in_or_a_signature_nothing_is_shown(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    shown = await described(hass, entry)
    client = await hass_client_no_auth()
    for path in (
        shown["csv"].partition("?")[0],
        f"/api/objclass/past/{entry.entry_id}/{past.id}",
    ):
        assert (await client.get(path)).status == 401


async def test_what_is_not_there_is_not_found(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    run = await ran(entry)
    client = await hass_client()
    known = f"/api/objclass/past/{entry.entry_id}/{past.id}"
    picture = await client.get(known)
    assert (picture.status, picture.content_type) == (200, "image/jpeg")
    for path in (
        f"/api/objclass/history/{entry.entry_id}/{run.id}/xlsx",
        f"/api/objclass/history/{entry.entry_id}/other/csv",
        f"/api/objclass/history/other/{run.id}/csv",
        f"/api/objclass/past/{entry.entry_id}/other",
        f"/api/objclass/past/other/{past.id}",
    ):
        assert (await client.get(path)).status == 404
