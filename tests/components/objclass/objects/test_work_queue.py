"""The work that waits: the newest is kept, in order, one object at a time."""

import asyncio

import pytest

from custom_components.objclass.objects.work_queue import WorkQueue


async def test_objects_are_handed_out_in_the_order_in_which_they_came() -> None:
    queue = WorkQueue()
    for event_id in ("a", "b", "c"):
        assert queue.put(event_id) is None
    assert [await queue.get() for _ in range(3)] == ["a", "b", "c"]


async def test_an_object_waits_only_once() -> None:
    queue = WorkQueue()
    for event_id in ("a", "b", "a", "a"):
        queue.put(event_id)
    assert len(queue) == 2


async def test_the_oldest_is_dropped_and_counted_when_too_many_wait() -> None:
    queue = WorkQueue(limit=2)
    assert [queue.put(event_id) for event_id in "abcda"] == [None, None, "a", "b", "c"]
    assert queue.dropped == 3
    assert [await queue.get() for _ in range(2)] == ["d", "a"]


async def test_an_object_is_not_worked_on_twice_at_a_time() -> None:
    queue = WorkQueue()
    queue.put("a")
    assert await queue.get() == "a"
    queue.put("a")
    queue.put("b")
    assert await queue.get() == "b"
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.done("a")
    assert await waiting == "a"


async def test_whoever_waits_for_work_gets_it_as_soon_as_it_comes() -> None:
    queue = WorkQueue()
    workers = [asyncio.create_task(queue.get()) for _ in range(2)]
    await asyncio.sleep(0)
    queue.put("a")
    queue.put("b")
    assert sorted(await asyncio.gather(*workers)) == ["a", "b"]


async def test_it_is_done_when_nothing_waits_and_nothing_is_worked_on() -> None:
    queue = WorkQueue()
    await queue.join()
    queue.put("a")
    queue.put("b")
    joined = asyncio.create_task(queue.join())
    await queue.get()
    queue.clear()
    await asyncio.sleep(0)
    assert not joined.done()
    queue.done("a")
    await joined
    queue.put("c")
    queue.clear()
    await asyncio.wait_for(queue.join(), 10)
    assert queue.dropped == 0


async def test_giving_up_waiting_loses_no_work() -> None:
    queue = WorkQueue()
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    waiting.cancel()
    queue.put("a")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await queue.get() == "a"
