"""What came from us is known again after a restart, and nothing else is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant

from custom_components.objclass.const import KIND_ATTRIBUTE, KIND_SUB_LABEL
from custom_components.objclass.objects import names
from custom_components.objclass.objects.names import Names
from custom_components.objclass.runtime.worker import Worker

from ..conftest import Frigate, SetUp, classifier_of, no_past
from ..visits import Visit, script


@pytest.fixture
async def worker(hass: HomeAssistant) -> AsyncIterator[Worker]:
    found = await Worker.async_acquire(hass)
    yield found
    await found.async_release()


async def opened(worker: Worker, path: Path) -> Names:
    found = Names(worker, path)
    await found.async_load()
    return found


async def test_a_name_is_remembered_by_another_start(
    worker: Worker, tmp_path: Path
) -> None:
    path = tmp_path / "history" / "names.sqlite"
    first = await opened(worker, path)
    await first.async_note("dog-1", KIND_SUB_LABEL, "ours", "rex")
    await first.async_note("dog-1", KIND_SUB_LABEL, "theirs", "bello")
    await first.async_note("dog-1", KIND_ATTRIBUTE, "collar", "red")
    # The last one is the one that it carries.
    await first.async_note("dog-1", KIND_SUB_LABEL, "ours", "rex")
    await first.async_close()
    again = await opened(worker, path)
    assert list(await again.async_of("dog-1", KIND_SUB_LABEL)) == [
        ("ours", "rex"),
        ("theirs", "bello"),
    ]
    assert list(await again.async_of("dog-1", KIND_ATTRIBUTE)) == [("collar", "red")]
    assert list(await again.async_of("dog-2", KIND_SUB_LABEL)) == []
    await again.async_close()


async def test_old_names_make_room(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_KEPT", 2)
    found = await opened(worker, tmp_path / "names.sqlite")
    for number in range(4):
        await found.async_note(f"dog-{number}", KIND_SUB_LABEL, "ours", "rex")
    known = [await found.async_of(f"dog-{n}", KIND_SUB_LABEL) for n in range(4)]
    assert [bool(one) for one in known] == [False, False, True, True]
    await found.async_close()


async def test_a_file_that_cannot_be_used_costs_only_the_memory(
    worker: Worker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "history").write_text("a file where a folder should be")
    found = await opened(worker, tmp_path / "history" / "names.sqlite")
    await found.async_note("dog-1", KIND_SUB_LABEL, "ours", "rex")
    assert list(await found.async_of("dog-1", KIND_SUB_LABEL)) == []
    assert "cannot be used" in caplog.text
    await found.async_close()


@no_past
async def test_an_object_in_view_may_still_be_renamed_after_a_restart(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert visit.seen.sub_label == ("leo", 0.95)
    await hass.config_entries.async_reload(entry.entry_id)
    frigate.say("available", "online")
    script(classifier_of(entry), "charlie")
    await visit.look(3)
    assert visit.seen.sub_label == ("charlie", 0.95)
