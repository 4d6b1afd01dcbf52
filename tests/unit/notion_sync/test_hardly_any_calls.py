"""Many workers, several processes and a handful of calls a minute: everybody ends, nobody starves.

Time is virtual: it moves to the next timer as soon as nobody has anything to do, so that waits of
minutes take no time, and nobody is overtaken by a clock while being at work.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notion_sync.client import PATIENCE_BEGUN, PATIENCE_IN_LINE
from notion_sync.errors import Throttled
from notion_sync.lease import WORK_SECONDS
from notion_sync.limiter import Limiter, Spread
from storage.follower import LEASE_SECONDS
from tasks.ports import Lane
from tests.fakes.budget import MemoryBudget

BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CALLS = 4
"""Of each errand: as many as a row in the trash takes that is to be brought back."""
ERRANDS = 24
WORKERS = 4


class VirtualLoop(asyncio.SelectorEventLoop):
    """Tells the time of its next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def time(self) -> float:
        return self.at

    def _run_once(self) -> None:
        """Do what is ready; where nothing is, move on to the next timer first."""
        loop: Any = self
        if not loop._ready and loop._scheduled:
            self.at = max(self.at, loop._scheduled[0].when())
        above: Any = super()
        above._run_once()


@dataclass
class Plant:
    """Processes that share one budget, and errands that each take several calls."""

    loop: VirtualLoop
    budget: int
    lane: Lane
    left: list[int] = field(default_factory=lambda: list(range(ERRANDS)))
    sent: list[float] = field(default_factory=list)
    begun: Counter[int] = field(default_factory=Counter)
    done: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.calls = MemoryBudget(now=self.now, requests_per_minute=self.budget)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.loop.time())

    async def work(self, limiter: Limiter, spread: Spread) -> None:
        while len(self.done) < ERRANDS:
            if not self.left:
                await asyncio.sleep(1)
                continue
            errand = self.left.pop(0)
            try:
                await self.run(limiter, errand)
            except Throttled as throttled:
                wait = spread.wait("c", throttled.wait).total_seconds()
                self.loop.call_later(wait, self.left.append, errand)

    async def run(self, limiter: Limiter, errand: int) -> None:
        lease = self.loop.time()

        async def keep() -> None:
            nonlocal lease
            assert self.loop.time() - lease < LEASE_SECONDS, "another one may have it"
            lease = self.loop.time()

        for call in range(CALLS):
            patience = PATIENCE_BEGUN if call else PATIENCE_IN_LINE
            await limiter.spend(
                "c", lane=self.lane, patience=patience, has_begun=call > 0, keep=keep
            )
            if self.loop.time() - lease > WORK_SECONDS:
                await keep()
            self.begun[errand] += call == 0
            self.sent.append(self.loop.time())
            await asyncio.sleep(0.2)
        self.done.add(errand)

    async def run_all(self, processes: int) -> None:
        workers: list[Coroutine[Any, Any, None]] = []
        for _ in range(processes):
            limiter = Limiter(budget=self.calls, sleep=asyncio.sleep)
            spread = Spread(now=self.now, spacing=timedelta(minutes=1) / self.budget)
            workers += [self.work(limiter, spread) for _ in range(WORKERS)]
        await asyncio.gather(*workers)


@pytest.mark.parametrize("lane", [Lane.WEBHOOK, Lane.POLL, Lane.BACKFILL])
@pytest.mark.parametrize("budget", [4, 6, 12, 30])
@pytest.mark.parametrize("processes", [1, 3])
def test_however_few_calls_there_are_every_errand_ends_and_few_calls_are_lost(
    lane: Lane, budget: int, processes: int
) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        plant = Plant(loop=loop, budget=budget, lane=lane)
        runner.run(plant.run_all(processes))
    assert len(plant.done) == ERRANDS
    lost = len(plant.sent) - ERRANDS * CALLS
    assert lost <= ERRANDS * CALLS / 4, "a call made twice is one that somebody else had not"
    for at in plant.sent:
        assert len([one for one in plant.sent if at <= one < at + 60]) <= budget
