"""One run at a time: it can be paused, survives a restart, and lets live go first."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.classifier import ObjectClassifier
from custom_components.objclass.classifier.trainings import Trainings
from custom_components.objclass.history import patience, work
from custom_components.objclass.history.found import Found
from custom_components.objclass.history.looking import Looker
from custom_components.objclass.history.run import Phase, Status
from custom_components.objclass.history.store import HistoryStore
from custom_components.objclass.history.store_file import HistoryStoreError
from custom_components.objclass.runtime.worker import async_change_runtime
from tests.frigate_sim.faults import Fault

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..crops import learn
from ..entries import rename
from ..visits import Visit, requests, script, settle, until
from .runs import at_rest, been, history_of, looked_at, ran, results, start

pytestmark = no_past


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a Frigate that is away again soon."""
    monkeypatch.setattr(patience, "DELAYS", (0.01,))


async def half_way(frigate: Frigate, entry: MockConfigEntry) -> None:
    """Start a run over six objects that does not get beyond the third."""
    for hours in range(1, 7):
        been(frigate, hours=hours)
    script(classifier_of(entry), "leo")
    objects = sorted(frigate.world.objects.values(), key=lambda one: -one.start_time)
    frigate.faults.add(Fault(path=f"{objects[3].id}/snapshot", delay=3600, times=1))
    await start(entry)
    await until(lambda: looked_at(entry) >= 3)


async def test_a_paused_run_goes_on_where_it_was(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    history = history_of(entry)
    run = await history.async_pause(history.runs.kept[0].id)
    assert (run.phase, run.status) == (Phase.LOOKING, Status.PAUSED)
    assert history._work is None
    frigate.faults.clear()
    fetched = requests(frigate, "snapshot")
    await history.async_resume(run.id)
    run = await at_rest(entry)

    assert run.status is Status.DONE
    assert fetched.hits == 3
    assert len(await results(entry)) == 6


async def test_a_run_goes_on_by_itself_after_a_restart(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    # The head of a script is not on disk.
    head = classifier_of(entry).head
    monkeypatch.setattr(ObjectClassifier, "head", head)
    await hass.config_entries.async_unload(entry.entry_id)
    frigate.faults.clear()
    fetched = requests(frigate, "snapshot")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    run = await at_rest(entry)
    assert (run.status, fetched.hits) == (Status.DONE, 3)
    counts = await history_of(entry).async_counts(run)
    assert (counts.total, counts.done) == (6, 6)
    assert len(await results(entry)) == 6


async def test_a_run_whose_training_is_gone_after_a_restart_says_so(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    await hass.config_entries.async_reload(entry.entry_id)
    run = await at_rest(entry)
    assert run.status is Status.FAILED
    assert (await history_of(entry).async_counts(run)).done == 3


@pytest.fixture
def slow_training(monkeypatch: pytest.MonkeyPatch) -> Callable[[MockConfigEntry], None]:
    """Return what lets each training of an entry last as long as a run may take."""

    def slow_down(entry: MockConfigEntry) -> None:
        fit = Trainings._async_fit

        async def late(self: Trainings, backbone: str) -> Any:
            await asyncio.wait([history_of(entry)._task], timeout=1)
            return await fit(self, backbone)

        monkeypatch.setattr(Trainings, "_async_fit", late)

    return slow_down


SURE = {"threshold": 0.0, "familiarity": False}


async def test_a_run_waits_until_classes_with_new_names_are_learned(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    slow_training: Callable[[MockConfigEntry], None],
) -> None:
    entry = await set_up(classifier_data(rules=SURE))
    await learn(classifier_of(entry))
    been(frigate, hours=1)
    slow = frigate.faults.add(Fault(path="/snapshot", delay=3600, times=1))
    await start(entry)
    await until(lambda: slow.hits)
    frigate.faults.clear()
    slow_training(entry)

    names = {"leo": "leon", "charlie": "charley"}
    await classifier_of(entry).samples.async_move_labels(names)
    rename(hass, entry, *names.values())
    await hass.async_block_till_done()
    run = await at_rest(entry)

    assert run.status is Status.DONE
    (found,) = await results(entry)
    assert found.class_name in names.values()


async def test_a_run_waits_until_its_classifiers_have_learned_another_network(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    slow_training: Callable[[MockConfigEntry], None],
) -> None:
    entry = await set_up(classifier_data(rules=SURE))
    await learn(classifier_of(entry))
    for hours in (1, 2):
        been(frigate, hours=hours)
    slow_training(entry)
    slow = frigate.faults.add(Fault(path="/snapshot", delay=0.5, times=1))
    await start(entry)
    await until(lambda: slow.hits)

    await async_change_runtime(hass, {"backbone": "128"})
    run = await at_rest(entry)

    assert (run.status, run.error) == (Status.DONE, None)
    assert len(await results(entry)) == 2


async def test_a_paused_run_is_still_paused_after_a_restart(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    history = history_of(entry)
    await history.async_pause(history.runs.kept[0].id)
    await hass.config_entries.async_reload(entry.entry_id)
    assert history_of(entry).runs.kept[0].status is Status.PAUSED
    assert history_of(entry)._work is None


async def test_a_cancelled_run_keeps_what_it_has_found_and_may_be_written(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    history = history_of(entry)
    run = await history.async_cancel(history.runs.kept[0].id)
    assert run.status is Status.CANCELLED
    assert run.ended_at is not None
    assert len(await results(entry)) == 3
    await history.async_apply(run.id)
    await at_rest(entry)
    assert [one.told for one in await results(entry)] == ["written"] * 3


@pytest.fixture
def seven_in_pages(frigate: Frigate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there have been seven objects, of which Frigate lists three at a time."""
    monkeypatch.setattr("custom_components.objclass.history.listing._PAGE", 3)
    for hours in range(1, 8):
        been(frigate, hours=hours)


@pytest.mark.usefixtures("seven_in_pages")
async def test_a_long_list_is_asked_for_page_by_page(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    listed = requests(frigate, "/events$")
    run = await ran(entry)
    # Each page asks for the last one of the page before again.
    assert listed.hits == 4
    assert len(await results(entry)) == 7
    assert (await history_of(entry).async_counts(run)).total == 7


@pytest.mark.usefixtures("seven_in_pages")
async def test_a_list_that_failed_goes_on_where_it_was(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    # The first page comes, the second does not.
    frigate.faults.add(Fault(path="/events$", times=1))
    frigate.faults.add(Fault(path="/events$", status=400, times=1))
    run = await ran(entry)
    assert run.status is Status.FAILED
    listed = requests(frigate, "/events$")
    await history_of(entry).async_resume(run.id)
    run = await at_rest(entry)
    assert (run.status, listed.hits) == (Status.DONE, 3)
    assert len(await results(entry)) == 7


async def test_two_objects_that_started_together_are_both_looked_at(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.objclass.history.listing._PAGE", 2)
    now = time.time()
    front, back = frigate.world.cameras
    for camera, hours in ((front, 1), (front, 2), (back, 2), (front, 3)):
        frigate.world.add_past("leo", camera, now - hours * 3600)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry)
    assert len(await results(entry)) == 4


async def test_one_run_at_a_time(frigate: Frigate, set_up: SetUp) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    history = history_of(entry)
    first = history.runs.kept[0]
    for paused in (False, True):
        if paused:
            await history.async_pause(first.id)
        with pytest.raises(ServiceValidationError) as caught:
            await start(entry)
        assert caught.value.translation_key == "history_in_progress"
    await history.async_cancel(first.id)
    frigate.faults.clear()
    second = await ran(entry)
    assert (second.status, len(history.runs.kept)) == (Status.DONE, 2)


async def test_of_two_that_start_at_once_one_runs(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    answers = await asyncio.gather(start(entry), start(entry), return_exceptions=True)
    assert sorted(isinstance(one, ServiceValidationError) for one in answers) == [0, 1]
    await at_rest(entry)


@pytest.mark.parametrize(
    ("command", "allowed"),
    [("async_pause", False), ("async_resume", False), ("async_cancel", False)],
)
async def test_what_cannot_be_done_with_a_run_is_refused(
    frigate: Frigate, set_up: SetUp, command: str, allowed: bool
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    run = await ran(entry)
    history = history_of(entry)
    with pytest.raises(ServiceValidationError) as caught:
        await getattr(history, command)(run.id)
    assert caught.value.translation_key == "history_wrong_status"
    with pytest.raises(ServiceValidationError) as caught:
        await getattr(history, command)("another")
    assert caught.value.translation_key == "history_unknown"


async def test_a_classifier_without_a_training_is_refused(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await start(entry)
    assert caught.value.translation_key == "not_trained"
    assert history_of(entry).runs.kept == []


async def test_a_run_and_its_results_can_be_forgotten(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    run = await ran(entry)
    history = history_of(entry)
    await history.async_remove(run.id)
    assert history.runs.kept == []
    assert (await history.async_counts(run)).total == 0


async def test_live_classification_goes_first(frigate: Frigate, set_up: SetUp) -> None:
    for hours in range(1, 4):
        been(frigate, hours=hours)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    # The picture of somebody in view takes its time.
    slow = frigate.faults.add(Fault(path=f"{visit.id}/snapshot", delay=3600, times=1))
    frigate._publish_event(visit.next_message())
    await until(lambda: slow.hits)
    past = requests(frigate, "snapshot-clean")
    await start(entry)
    history = history_of(entry)
    await until(lambda: history.runs.kept[0].phase is Phase.LOOKING)
    await asyncio.sleep(0.2)
    assert (past.hits, looked_at(entry)) == (0, 0)
    frigate.faults.clear()
    await settle(frigate.hass, entry)
    run = await at_rest(entry)
    assert (await history.async_counts(run)).done == 3


async def test_a_frigate_that_is_away_is_waited_for(
    frigate: Frigate, set_up: SetUp
) -> None:
    for hours in range(1, 4):
        been(frigate, hours=hours)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    away = frigate.faults.add(Fault(path="/api/", status=502))
    await start(entry)
    await until(lambda: away.hits > 6)
    frigate.faults.clear()
    frigate.faults.add(Fault(path="snapshot", damage="truncate", times=1))
    run = await at_rest(entry)
    assert run.status is Status.DONE
    counts = await history_of(entry).async_counts(run)
    assert (counts.done, counts.broken) == (3, 0)


async def test_a_picture_that_is_always_cut_off_is_broken(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    cut = frigate.faults.add(Fault(path="snapshot", damage="truncate"))
    run = await ran(entry)
    assert (await history_of(entry).async_counts(run)).broken == 1
    assert cut.hits == 3


async def test_a_refused_log_in_asks_for_a_new_one_and_waits(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    refused = frigate.faults.add(Fault(path="events", status=401))
    await start(entry)
    await until(lambda: refused.hits > 2)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    frigate.faults.clear()
    assert (await at_rest(entry)).status is Status.DONE


async def test_a_disk_that_fails_ends_the_run_which_can_go_on_later(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")

    def full(*_: object) -> None:
        raise HistoryStoreError("the disk is full")

    monkeypatch.setattr(HistoryStore, "put_results", full)
    run = await ran(entry)
    assert run.status is Status.FAILED
    assert "the disk is full" in (run.error or "")
    monkeypatch.undo()
    await history_of(entry).async_resume(run.id)
    run = await at_rest(entry)
    assert (run.status, run.error) == (Status.DONE, None)
    assert len(await results(entry)) == 1


async def test_a_disk_that_takes_nothing_at_all_does_not_let_the_run_seem_at_work(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    looker = Looker.async_found

    def full(*_: object) -> None:
        raise HistoryStoreError("the disk is full")

    async def look(*args: Any) -> list[Found]:
        for write in ("put_results", "put_run"):
            monkeypatch.setattr(HistoryStore, write, full)
        return await looker(*args)

    monkeypatch.setattr(Looker, "async_found", look)
    async with asyncio.timeout(30):
        run = await ran(entry)
    assert run.status is Status.FAILED
    assert "the disk is full" in (run.error or "")
    monkeypatch.undo()
    await history_of(entry).async_resume(run.id)
    assert (await at_rest(entry)).status is Status.DONE


async def test_a_defect_ends_the_run_with_its_name(
    frigate: Frigate, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(work, "async_pages", broken)
    run = await ran(entry)
    assert (run.status, run.error) == (Status.FAILED, "ZeroDivisionError")


async def test_a_damaged_file_costs_the_runs_but_not_the_classification(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    path = history_of(entry).runs.path
    await hass.config_entries.async_unload(entry.entry_id)
    path.with_name("names.sqlite").write_bytes(b"no database" * 100)
    path.write_bytes(b"no database" * 100)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    frigate.say("available", "online")
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    assert visit.seen.sub_label == ("leo", 0.95)
    with pytest.raises(HomeAssistantError) as caught:
        await start(entry)
    assert caught.value.translation_key == "history_failed"


async def test_how_long_it_will_take_is_known_once_it_has_begun(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await half_way(frigate, entry)
    history = history_of(entry)
    left = history.seconds_left(history.runs.kept[0])
    assert left is not None
    assert left > 0
    await history.async_cancel(history.runs.kept[0].id)
    assert history.seconds_left(history.runs.kept[0]) is None
