"""Which objects of the past are looked at: those asked for, and looked at live."""

import time
from typing import Any

import pytest

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..visits import requests, script
from .runs import HOUR, been, ran, results

pytestmark = no_past


@pytest.mark.parametrize(
    ("asked", "hours"),
    [
        ({"days": 1}, [1, 5]),
        ({"days": 3}, [1, 5, 30, 60]),
        ({"days": 0.1}, [1]),
    ],
    ids=str,
)
async def test_a_run_over_the_last_days_looks_at_their_objects_newest_first(
    frigate: Frigate, set_up: SetUp, asked: dict[str, Any], hours: list[int]
) -> None:
    past = {number: been(frigate, hours=number).id for number in (1, 5, 30, 60)}
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry, **asked)
    found = [one.event_id for one in await results(entry)]
    assert found == [past[number] for number in hours]


async def test_a_run_from_one_moment_to_another_looks_at_what_was_between(
    frigate: Frigate, set_up: SetUp
) -> None:
    now = time.time()
    past = [been(frigate, hours=hours) for hours in (1, 5, 9)]
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry, after=now - 7 * HOUR, before=now - 3 * HOUR)
    assert [one.event_id for one in await results(entry)] == [past[1].id]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["back", "front"]),
        ({"cameras": ["back_yard"]}, ["back"]),
        ({"labels": ["cat"]}, ["back", "front"]),
        # The classifier is not for dogs.
        ({"labels": ["dog"]}, []),
        ({"zones": ["lawn"]}, ["back"]),
        ({"cameras": ["front_door"], "zones": ["lawn"]}, []),
    ],
    ids=str,
)
async def test_a_run_looks_only_at_the_cameras_objects_and_zones_asked_for(
    frigate: Frigate, set_up: SetUp, asked: dict[str, Any], expected: list[str]
) -> None:
    front = been(frigate, hours=1)
    back = been(frigate, hours=2, back_yard=True)
    back.entered_zones = ["lawn"]
    front.entered_zones = []
    been(frigate, "rex", hours=3)
    entry = await set_up()
    script(classifier_of(entry), "leo")
    await ran(entry, **asked)
    names = {front.id: "front", back.id: "back"}
    found = sorted(names[one.event_id] for one in await results(entry))
    assert found == expected


async def test_each_classifier_gets_only_the_objects_that_it_is_for(
    frigate: Frigate, set_up: SetUp
) -> None:
    front = been(frigate, hours=1)
    back = been(frigate, hours=2, back_yard=True)
    dog = been(frigate, "rex", hours=3)
    entry = await set_up(
        classifier_data(name="Door", filter={"cameras": ["front_door"]}),
        classifier_data(name="Dogs", labels=["dog"], classes=["rex"]),
    )
    script(classifier_of(entry, 0), "leo")
    script(classifier_of(entry, 1), "rex")
    fetched = requests(frigate, "snapshot")
    await ran(entry)
    found = {(one.event_id, one.class_name) for one in await results(entry)}
    assert found == {(front.id, "leo"), (dog.id, "rex")}
    # Nobody cares for the other one.
    assert fetched.hits == 2
    assert back.id not in {event_id for event_id, _ in found}
