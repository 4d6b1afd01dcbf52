"""The follower as it runs in a process; the clock of the loop, no sleeping of ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from notion_sync.push import FRESH_WORKERS, Pusher
from notion_sync.worker import WORKERS
from playground.notion import Fault
from tasks.commands import DeleteTask
from tasks.errors import NotSaved
from tasks.ports import Claim
from tests.contract.notion_sync.world import ALICE, CREATE, TEAM, World
from tests.fakes.queue import MemorySyncQueue


class Naps:
    """Lets the sleeper sleep until told otherwise, and tells how long it wanted to."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[float] = asyncio.Queue()
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.put_nowait(seconds)
        await self.over.wait()


@asynccontextmanager
async def running(pusher: Pusher) -> AsyncIterator[asyncio.Task[None]]:
    run = asyncio.create_task(pusher.run())
    try:
        yield run
    finally:
        pusher.stop()
        await asyncio.wait_for(run, 30)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  # turns of the loop: the emulator has no event for it
            await asyncio.sleep(0)


async def test_an_idle_follower_is_woken_by_a_change(world: World) -> None:
    naps = Naps()
    pusher = world.another_pusher(sleep=naps.sleep)
    async with running(pusher):
        assert await naps.asked.get() == 1
        await world.add()
        pusher.wake()
        await _until(lambda: len(world.live()) == 1)


async def test_an_idle_follower_sleeps_until_the_next_is_due_but_no_longer_than_a_second(
    world: World,
) -> None:
    task = await world.add()
    await world.push()
    await world.tasks.delete(DeleteTask(team=TEAM, number=task.number, by=ALICE, key="delete"))
    naps = Naps()
    async with running(world.another_pusher(sleep=naps.sleep)):
        due = await world.stores.queue.next_due()
        assert due is not None
        assert timedelta(0) < due <= timedelta(seconds=1)
        assert await naps.asked.get() == due.total_seconds()


async def test_several_tasks_are_in_flight_at_once_but_no_more_than_six(world: World) -> None:
    for number in range(8):
        await world.add(f"Task {number}")
    held = world.emulator.faults.add(Fault(match=CREATE, hang=True, times=None))
    async with running(world.another_pusher(sleep=Naps().sleep)):
        await _until(lambda: held.hits == WORKERS + FRESH_WORKERS)
        for _ in range(50):
            await asyncio.sleep(0)
        assert held.hits == WORKERS + FRESH_WORKERS == 6
        held.release.set()
        await _until(lambda: len(world.live()) == 8)


async def test_stopping_lets_the_call_under_way_end(world: World) -> None:
    await world.add()
    held = world.emulator.faults.add(Fault(match=CREATE, hang=True))
    pusher = world.another_pusher(sleep=Naps().sleep)
    run = asyncio.create_task(pusher.run())
    await held.reached.wait()
    pusher.stop()
    held.release.set()
    await asyncio.wait_for(run, 30)
    assert len(world.live()) == 1
    assert await world.stores.queue.next_due() is None


async def test_cancelled_it_gives_its_leases_back(world: World) -> None:
    await world.add()
    held = world.emulator.faults.add(Fault(match=CREATE, hang=True))
    run = asyncio.create_task(world.another_pusher(sleep=Naps().sleep).run())
    await held.reached.wait()
    run.cancel()
    await asyncio.wait({run})
    assert await world.stores.queue.next_due() == timedelta(0)
    held.release.set()
    await world.push(after=timedelta(seconds=91))
    await world.push(after=timedelta(seconds=91))
    assert (len(world.live()), world.calls(CREATE)) == (1, 1)


async def test_a_database_that_cannot_be_asked_does_not_end_the_follower(world: World) -> None:
    class Down(MemorySyncQueue):
        async def claim(self, *, fresh: bool = False) -> Claim | None:
            if down:
                raise NotSaved
            return await super().claim(fresh=fresh)

    down, naps = True, Naps()
    await world.add()
    pusher = world.another_pusher(queue=Down(world.stores.database), sleep=naps.sleep)
    async with running(pusher):
        assert await naps.asked.get() == 1
        down = False
        pusher.wake()
        await _until(lambda: len(world.live()) == 1)
