"""Nothing that anybody sends, brings or types does harm: it is taken, or refused."""

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.hostile import TARGETS
from tests.hostile.target import Target

from .conftest import Frigate, SetUp, Told, classifier_of, frigate_of, no_past
from .visits import Visit, finals, script, settle

TOPICS = {
    "MQTT events": "events",
    "MQTT updates": "tracked_object_update",
    "MQTT availability": "available",
}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_hostile_input_is_taken_or_refused_and_nothing_else_happens(
    target: Target, socket_enabled: None
) -> None:
    seen = {target.attempt(case) for case in target.whole}

    @settings(
        max_examples=150,
        # The same cases each time; the benchmark `hostile` looks for new ones.
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.cases)
    def attack(case: object) -> None:
        seen.add(target.attempt(case))

    attack()
    # What is never taken is never checked, and who takes everything refuses nothing.
    assert seen == {True, False}


def generated(name: str, count: int) -> list[Any]:
    """Return cases of a target, the same ones in each run."""
    (target,) = (target for target in TARGETS if target.name == name)
    cases: list[Any] = []

    @seed(7)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.cases)
    def gather(case: object) -> None:
        cases.append(case)

    gather()
    return cases


@no_past
async def test_hostile_messages_raise_nothing_and_the_next_object_is_named(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    for name, topic in TOPICS.items():
        for payload in generated(name, 100):
            # Home Assistant passes on what is no text only to who asks for bytes.
            frigate.say(topic, payload.decode(errors="replace"))
    frigate.say("available", "online")
    await settle(frigate.hass, entry)
    counts = frigate_of(entry).pipeline.counts
    assert counts["invalid_messages"] >= 100
    assert counts["errors"] == 0
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR or r.exc_info]

    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()
    assert [final["class"] for final in finals(told, visit.id)] == ["leo"]
