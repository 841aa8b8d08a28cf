"""Looks at objects in view: how often, in which thread, and what they wait for."""

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from custom_components.objclass.learning.backbone import Backbone

from ..conftest import (
    Frigate,
    SetUp,
    Told,
    classifier_data,
    classifier_of,
    frigate_of,
)
from ..visits import (
    Visit,
    busy_worker,
    crops,
    finals,
    requests,
    script,
    settle,
    until,
)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the threads that the backbone ran in, pass by pass."""
    threads: list[str] = []
    embed = Backbone.embed
    running = threading.Lock()

    def recorded(self: Backbone, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert running.acquire(blocking=False), "two inferences at a time"
        try:
            threads.append(threading.current_thread().name)
            return embed(self, image)
        finally:
            running.release()

    monkeypatch.setattr(Backbone, "embed", recorded)
    return threads


async def test_one_backbone_pass_serves_all_classifiers(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    embedded: list[str],
) -> None:
    entry = await set_up(
        classifier_data(name="Our cats"),
        classifier_data(name="Fur", classes=["black", "red"], kind="attribute"),
        classifier_data(name="Dogs", labels=["dog"]),
    )
    heads = [
        script(classifier_of(entry, 0), "leo"),
        script(classifier_of(entry, 1), "red"),
    ]
    embedded.clear()
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()

    assert len(embedded) == 4
    assert [head.asked for head in heads] == [4, 4]
    assert {(final["classifier"], final["class"]) for final in finals(told)} == {
        ("Our cats", "leo"),
        ("Fur", "red"),
    }


async def test_looking_happens_in_a_thread_of_its_own_one_at_a_time(
    frigate: Frigate, set_up: SetUp, embedded: list[str]
) -> None:
    entry = await set_up()
    embedded.clear()
    visits = [
        Visit(frigate, entry, name, camera)
        for name in ("leo", "charlie")
        for camera in ("front_door", "back_yard")
    ]
    for _ in range(3):
        for visit in visits:
            frigate._publish_event(visit.next_message())
        await settle(frigate.hass, entry)

    assert len(embedded) == 12
    assert {*embedded} == {"objclass_live_0"}


async def test_what_an_object_is_does_not_wait_for_a_slow_disk(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    pipeline = frigate_of(entry).pipeline
    visit = Visit(frigate, entry)
    async with busy_worker(entry):
        for looks in (1, 2, 3):
            frigate._publish_event(visit.next_message())
            await until(lambda looks=looks: pipeline.counts["attempts"] == looks)
        await until(lambda: bool(told))
    await settle(frigate.hass, entry)

    assert [event.data["class"] for event in told] == ["leo"]
    assert len(await crops(entry, visit.id)) == 3


async def test_when_the_disk_cannot_follow_looks_wait_and_none_is_lost(
    frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "leo")
    visits = [Visit(frigate, entry) for _ in range(9)]
    async with busy_worker(entry):
        for visit in visits:
            frigate._publish_event(visit.next_message())
        # Four are to be kept, two more were made and hold their pictures.
        pipeline = frigate_of(entry).pipeline
        await until(lambda: pipeline.counts["attempts"] == 6)
        assert pipeline.waiting == 5
    await settle(frigate.hass, entry)

    assert [len(await crops(entry, visit.id)) for visit in visits] == [1] * 9


async def test_an_object_is_not_looked_at_more_often_than_counts(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up(classifier_data(rules={"max_attempts": 4}))
    fetched = requests(frigate, "snapshot")
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(6)
    await visit.end()

    assert fetched.hits == 4
    assert [final["attempts"] for final in finals(told)] == [4]
