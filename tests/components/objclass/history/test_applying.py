"""Writing what was found on objects of the past: with courtesy, and to Frigate only."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from custom_components.objclass.const import CONF_WRITE_BACK
from custom_components.objclass.history.run import Phase, Status
from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault

from ..conftest import EMPTY, Frigate, SetUp, classifier_data, classifier_of
from ..visits import Visit, requests, script
from ..writes import COLLAR, MOOD, told
from .runs import applied, been, history_of, ran, results

pytestmark = [
    pytest.mark.usefixtures("impatient_client"),
    pytest.mark.parametrize(
        "frigate", [EMPTY | {"models": (COLLAR, MOOD)}], indirect=True
    ),
]


async def test_what_was_found_is_written_when_a_person_says_so(
    frigate: Frigate, set_up: SetUp
) -> None:
    past = [been(frigate, hours=hours) for hours in (1, 2, 3)]
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.9), "none", ("leo", 0.5))
    run = await ran(entry)
    assert told(frigate) == []
    counts = await history_of(entry).async_counts(run)
    assert (counts.to_tell, counts.told) == (1, {})

    run = await applied(entry)
    assert (run.phase, run.status) == (Phase.APPLYING, Status.DONE)
    assert past[0].sub_label == ("leo", 0.9)
    assert told(frigate) == [("leo", 0.9)]
    counts = await history_of(entry).async_counts(run)
    assert (counts.to_tell, counts.told) == (0, {"written": 1})


async def test_a_run_may_write_without_waiting_for_a_person(
    frigate: Frigate, set_up: SetUp
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    run = await ran(entry, apply=True)
    assert (run.phase, run.status) == (Phase.APPLYING, Status.DONE)
    assert past.sub_label == ("leo", 0.95)


async def test_a_sub_label_that_somebody_else_has_set_stays(
    frigate: Frigate, set_up: SetUp
) -> None:
    before, meanwhile, same = (been(frigate, hours=hours) for hours in (1, 2, 3))
    before.sub_label = ("max", 0.7)
    same.sub_label = ("leo", 1.0)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry)
    meanwhile.sub_label = ("max", 0.8)
    await applied(entry)

    assert told(frigate) == []
    assert [one.told for one in await results(entry)] == ["kept", "kept", "same"]


async def test_a_later_run_corrects_what_came_from_an_earlier_one(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    ours, theirs = been(frigate, hours=1), been(frigate, hours=2)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry, apply=True)
    # A person has a better idea of one of them.
    theirs.sub_label = ("max", 1.0)
    await hass.config_entries.async_reload(entry.entry_id)
    script(classifier_of(entry), "charlie")
    await ran(entry, apply=True)

    assert ours.sub_label == ("charlie", 0.95)
    assert theirs.sub_label == ("max", 1.0)


async def test_a_run_corrects_what_came_from_live_classification(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()
    assert visit.seen.sub_label == ("leo", 0.95)
    await hass.config_entries.async_reload(entry.entry_id)
    script(classifier_of(entry), "charlie")
    await ran(entry, apply=True)
    assert visit.seen.sub_label == ("charlie", 0.95)


async def test_of_two_classifiers_only_the_first_names_an_object(
    frigate: Frigate, set_up: SetUp
) -> None:
    past = been(frigate, hours=1)
    entry = await set_up(
        classifier_data(name="Our cats"),
        classifier_data(name="Kind", classes=["tabby", "black"]),
    )
    script(classifier_of(entry, 0), "leo")
    script(classifier_of(entry, 1), "tabby")
    await ran(entry, 1, apply=True)
    await ran(entry, 0, apply=True)
    assert past.sub_label == ("tabby", 0.95)
    assert [one.told for one in await results(entry)] == ["kept"]


async def test_an_attribute_is_set_and_those_of_others_are_kept(
    frigate: Frigate, set_up: SetUp
) -> None:
    past, taken = been(frigate, hours=1), been(frigate, hours=2)
    past.attributes = {"mood": ("cross", 0.9)}
    taken.attributes = {"collar": ("blue", 0.9)}
    entry = await set_up(
        classifier_data(name="collar", classes=["red", "blue"], kind="attribute")
    )
    script(classifier_of(entry), "red")
    await ran(entry, apply=True)

    assert past.attributes == {"collar": ("red", 1.0), "mood": ("cross", 1.0)}
    assert taken.attributes == {"collar": ("blue", 0.9)}
    assert [one.told for one in await results(entry)] == ["written", "kept"]
    # What we have set ourselves we may correct.
    script(classifier_of(entry), "blue")
    await ran(entry, apply=True)
    assert past.attributes["collar"] == ("blue", 1.0)
    assert [one.told for one in await results(entry)] == ["written", "same"]


async def test_an_attribute_that_frigate_has_no_model_for_is_not_written(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    entry = await set_up(
        classifier_data(name="hat", classes=["red", "blue"], kind="attribute")
    )
    script(classifier_of(entry), "red")
    written = requests(frigate, "", "POST")
    await ran(entry, apply=True)
    assert written.hits == 0
    assert [one.told for one in await results(entry)] == ["no_model"]


async def test_what_frigate_refuses_may_be_tried_again(
    frigate: Frigate, set_up: SetUp
) -> None:
    gone, refused = been(frigate, hours=1), been(frigate, hours=2)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry)
    del frigate.world.objects[gone.id]
    frigate.faults.add(Fault(path="sub_label", status=429, times=1))
    await applied(entry)
    assert [one.told for one in await results(entry)] == ["gone", "refused"]
    await applied(entry)
    assert [one.told for one in await results(entry)] == ["gone", "written"]
    assert refused.sub_label == ("leo", 0.95)


async def test_a_viewer_account_ends_the_writing_with_the_reason(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    frigate.gate._accounts = {"eve": Account(password="pw", role="viewer")}
    entry = await set_up(data={"username": "eve", "password": "pw"})
    script(classifier_of(entry), "leo")
    await ran(entry)
    run = await applied(entry)
    assert run.status is Status.FAILED
    assert run.error
    # Nobody is asked to try what the account may not do.
    with pytest.raises(ServiceValidationError) as caught:
        await history_of(entry).async_apply(run.id)
    assert caught.value.translation_key == "history_not_written"


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "later"])
async def test_nothing_is_written_when_writing_back_is_turned_off(
    frigate: Frigate, set_up: SetUp, at_once: bool
) -> None:
    been(frigate, hours=1)
    entry = await set_up(options={CONF_WRITE_BACK: False})
    script(classifier_of(entry), "leo")
    if not at_once:
        await ran(entry)
    with pytest.raises(ServiceValidationError) as caught:
        await (ran(entry, apply=True) if at_once else applied(entry))
    assert caught.value.translation_key == "history_not_written"
    assert told(frigate) == []


async def test_a_class_that_was_removed_since_is_not_written(
    frigate: Frigate, set_up: SetUp
) -> None:
    been(frigate, hours=1)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry)
    classifier = classifier_of(entry)
    object.__setattr__(classifier.settings, "classes", ("charlie",))
    await applied(entry)
    assert told(frigate) == []
