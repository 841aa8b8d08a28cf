"""Classifiers with a condition are asked only of objects of the past that meet it."""

import pytest
from homeassistant.exceptions import ServiceValidationError

from custom_components.objclass.learning.consensus import Outcome

from ..conditions.test_children import OUR_CATS, cats_and_collar, child, named
from ..conftest import Frigate, SetUp, classifier_data, no_past
from ..visits import Visit, script
from .runs import been, ran, results, start

pytestmark = no_past


async def test_a_child_is_asked_where_its_parent_says_so_in_the_same_run(
    frigate: Frigate, set_up: SetUp
) -> None:
    past = [been(frigate, hours=hours) for hours in (1, 2, 3)]
    entry, cats, collar = await cats_and_collar(set_up, "leo", "charlie", ("leo", 0.5))
    await ran(entry)
    assert cats.asked == collar.asked == 3  # of one embedding each
    found = [
        (one.event_id, one.class_name)
        for one in await results(entry)
        if one.classifier_id == named(entry, "Collar").id
    ]
    assert found == [(past[0].id, "red")]


async def test_a_child_alone_goes_by_what_its_parent_found_live(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry, _, _ = await cats_and_collar(set_up, "leo")
    leo = Visit(frigate, entry)
    await leo.look(3)
    await leo.end()
    script(named(entry, "Our cats"), "charlie")
    charlie = Visit(frigate, entry)
    await charlie.look(3)
    await charlie.end()
    await ran(entry, 1)
    assert [one.event_id for one in await results(entry)] == [leo.id]


async def test_a_child_alone_asks_its_parent_where_nothing_is_known(
    frigate: Frigate, set_up: SetUp
) -> None:
    past = [been(frigate, hours=hours) for hours in (1, 2)]
    entry, _, _ = await cats_and_collar(set_up, "charlie", "leo")
    await ran(entry, 1)
    (found,) = await results(entry)
    assert (found.event_id, found.outcome) == (past[1].id, Outcome.ASSIGNED)


async def test_what_frigate_says_of_an_object_decides_too(
    frigate: Frigate, set_up: SetUp
) -> None:
    max_, other = been(frigate, hours=1), been(frigate, hours=2)
    max_.sub_label = ("max", 0.9)
    entry = await set_up(child("frigate_sub_label", "max"))
    script(named(entry, "Collar"), "red")
    await ran(entry)
    assert [one.event_id for one in await results(entry)] == [max_.id]
    assert other.sub_label is None


async def test_a_child_of_an_untrained_parent_is_refused(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(OUR_CATS, child("cats", "leo"), classifier_data(name="Other"))
    script(named(entry, "Collar"), "red")
    with pytest.raises(ServiceValidationError) as caught:
        await start(entry, 1)
    assert caught.value.translation_key == "parent_untrained"
