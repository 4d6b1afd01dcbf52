"""Bursts of changes, on the fake's clock; that the real queue does the same is the contract's."""

from __future__ import annotations

from datetime import timedelta

from tasks.model import Field, Task
from tasks.patch import Patch
from tasks.ports import Row
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.stores import MemoryStores, memory_stores

TICK = timedelta(milliseconds=100)


class Pusher:
    """A follower that looks for work at every tick."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.stores: MemoryStores = memory_stores(now=self.clock)
        self.pushed: list[tuple[timedelta, int]] = []
        self._began = self.clock.at

    async def task(self) -> Task:
        return (await self.stores.tasks.add(make.task(), key="add")).task

    async def change(self, task: Task) -> None:
        patch = Patch.of({Field.NOTES: make.fresh("note")})
        await self.stores.tasks.change(make.order(task, patch))

    async def tick(self) -> None:
        self.clock.advance(TICK)
        claim = await self.stores.queue.claim()
        if claim is None:
            return
        self.pushed.append((self.clock.at - self._began, claim.task.rev))
        await self.stores.queue.complete(claim, Row(id="page", rev=claim.task.rev))


async def test_fifty_edits_in_ten_seconds_make_three_writes_at_most_and_the_last_arrives() -> None:
    pusher = Pusher()
    task = await pusher.task()
    await pusher.tick()
    for _ in range(50):
        await pusher.change(task)
        for _ in range(2):
            await pusher.tick()
    for _ in range(100):
        await pusher.tick()
    edits = pusher.pushed[1:]
    assert len(edits) <= 3
    assert edits[-1][1] == 51


async def test_a_single_edit_leaves_after_the_debounce() -> None:
    pusher = Pusher()
    task = await pusher.task()
    await pusher.tick()
    for _ in range(50):
        await pusher.tick()
    before = pusher.clock.at
    await pusher.change(task)
    while len(pusher.pushed) < 2:
        await pusher.tick()
    assert pusher.clock.at - before == timedelta(milliseconds=300)
