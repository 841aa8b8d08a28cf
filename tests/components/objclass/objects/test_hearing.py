"""What Frigate says is heard in its order; what makes no sense is ignored."""

import asyncio

import pytest
from homeassistant.core import HomeAssistant

from custom_components.objclass.objects import in_turn

from ..conftest import Frigate, SetUp, Told, classifier_of, frigate_of
from ..visits import Visit, finals, say_of_many, script, settle


async def test_messages_that_make_no_sense_are_counted_and_ignored(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    for payload in ("", "{", "[]", '{"type": "new", "after": {}}', "\x00", "1e999"):
        frigate.say("events", payload)
        frigate.say("tracked_object_update", payload)
        frigate.say("available", payload)
    await settle(frigate.hass, entry)

    assert frigate_of(entry).pipeline.counts["invalid_messages"] == 12
    assert frigate_of(entry).pipeline.available
    assert not told


async def test_a_licence_plate_of_no_tracked_object_is_no_mishap(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    frigate.say(
        "tracked_object_update",
        '{"type":"lpr","name":null,"plate":"123ABC","score":0.9,"camera":"yard"}',
    )
    await settle(frigate.hass, entry)
    assert frigate_of(entry).pipeline.counts["invalid_messages"] == 0


async def test_messages_that_come_all_at_once_let_home_assistant_work_in_between(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(in_turn, "AT_ONCE", 0)
    entry = await set_up()
    script(classifier_of(entry), ("leo", 0.5))
    pipeline = frigate_of(entry).pipeline
    template = Visit(frigate, entry)
    message = template.next_message()
    message["after"]["snapshot"] = None
    crowd = [f"{template.id}-{number}" for number in range(50)]
    for kind in ("new", "end"):
        say_of_many(frigate, {**message, "type": kind}, crowd)
    turns = 0
    while pipeline.waiting:
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 100
    await settle(hass, entry)
    # Each came before it went, so each has its end.
    assert {final["event_id"] for final in finals(told)} == {*crowd}
