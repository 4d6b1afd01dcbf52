import asyncio
from datetime import timedelta

import pytest

from notion_sync.errors import Throttled
from notion_sync.limiter import HORIZON, Limiter, Spread
from tasks.ports import Lane
from tests.fakes.budget import MemoryBudget
from tests.fakes.clock import FakeClock

SECOND = timedelta(seconds=1)


async def test_a_call_waits_for_the_budget_and_then_goes() -> None:
    clock = FakeClock()
    budget = MemoryBudget(now=clock)
    await budget.pause("c", wait=SECOND, reason="a test")
    began = clock()
    limiter = Limiter(budget=budget, sleep=clock.sleep)
    await limiter.spend("c", lane=Lane.PERSON, patience=2 * SECOND)
    assert clock() - began == SECOND


async def test_a_wait_beyond_patience_gives_the_place_to_others() -> None:
    clock = FakeClock()
    budget = MemoryBudget(now=clock)
    await budget.pause("c", wait=60 * SECOND, reason="a test")
    limiter = Limiter(budget=budget, sleep=clock.sleep)
    with pytest.raises(Throttled) as thrown:
        await limiter.spend("c", lane=Lane.PERSON, patience=2 * SECOND)
    assert thrown.value.wait == 60 * SECOND
    await limiter.spend("another", lane=Lane.PERSON, patience=2 * SECOND)


async def test_only_two_wait_for_one_connection() -> None:
    clock, over = FakeClock(), asyncio.Event()
    budget = MemoryBudget(now=clock)
    await budget.pause("c", wait=SECOND, reason="a test")

    async def sleep(seconds: float) -> None:
        await over.wait()
        clock.advance(timedelta(seconds=seconds))

    limiter = Limiter(budget=budget, sleep=sleep, most_waiting=2)

    async def spend() -> None:
        await limiter.spend("c", lane=Lane.PERSON, patience=5 * SECOND)

    waiting = [asyncio.create_task(spend()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Throttled):
        await spend()
    over.set()
    await asyncio.gather(*waiting)


def test_those_who_come_back_are_as_far_apart_as_calls_are() -> None:
    clock = FakeClock()
    spread = Spread(now=clock, spacing=SECOND)
    waits = [spread.wait("c", 60 * SECOND).total_seconds() for _ in range(4)]
    assert waits == [60, 61, 62, 63]
    assert spread.wait("another", 60 * SECOND) == 60 * SECOND
    clock.advance(30 * SECOND)
    assert spread.wait("c", SECOND) == 34 * SECOND
    clock.advance(3600 * SECOND)
    assert spread.wait("c", SECOND) == SECOND


def test_nobody_is_sent_away_beyond_the_horizon() -> None:
    spread = Spread(now=FakeClock(), spacing=SECOND)
    waits = [spread.wait("c", SECOND) for _ in range(2000)]
    assert max(waits) <= HORIZON + 2 * SECOND
