"""Messages that come all at once: each is heard, in order, with room in between."""

import asyncio
from collections import Counter
from functools import partial

import pytest

from custom_components.objclass.objects import in_turn
from custom_components.objclass.objects.in_turn import InTurn


@pytest.fixture
async def line() -> InTurn:
    """Let there be a line of which three may wait, and somebody who works it off."""
    line = InTurn(asyncio.create_task, Counter(), limit=3)
    line.begin()
    return line


async def test_jobs_are_done_in_the_order_in_which_they_came(line: InTurn) -> None:
    done: list[str] = []
    for name in "abc":
        line.put(partial(done.append, name))
    assert len(line) == 3
    assert not done
    await line.join()
    assert done == ["a", "b", "c"]
    assert len(line) == 0


async def test_others_have_their_turn_between_jobs_that_come_all_at_once(
    line: InTurn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_turn, "AT_ONCE", 0)
    done: list[str] = []
    for name in "abc":
        line.put(partial(done.append, name))
    seen = []
    while len(line):
        seen.append(len(done))
        await asyncio.sleep(0)
    assert seen == [0, 1, 2]


async def test_when_too_many_wait_the_oldest_is_done_and_none_is_lost(
    line: InTurn,
) -> None:
    done: list[str] = []
    for name in "abcde":
        line.put(partial(done.append, name))
    assert done == ["a", "b"]
    assert len(line) == 3
    await line.join()
    assert done == ["a", "b", "c", "d", "e"]


async def test_a_job_that_fails_is_counted_and_silences_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counts = Counter[str]()
    line = InTurn(asyncio.create_task, counts)
    done: list[str] = []
    line.begin()
    line.put(partial(int, "no number"))
    line.put(partial(done.append, "next"))
    await line.join()
    assert done == ["next"]
    assert counts["errors"] == 1
    assert "Unexpected error while hearing what Frigate says" in caplog.text


async def test_jobs_wait_until_it_is_time_and_none_is_done_afterwards() -> None:
    line = InTurn(asyncio.create_task, Counter())
    done: list[str] = []
    line.put(partial(done.append, "early"))
    await line.join()
    assert not done
    line.begin()
    await line.join()
    assert done == ["early"]
    line.put(partial(done.append, "under way"))
    line.end()
    line.put(partial(done.append, "late"))
    await line.join()
    assert done == ["early"]


async def test_somebody_who_was_stopped_is_replaced(line: InTurn) -> None:
    done: list[str] = []
    line.put(partial(done.append, "given up"))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await line.join()
    line.put(partial(done.append, "next"))
    await line.join()
    assert done == ["given up", "next"]
