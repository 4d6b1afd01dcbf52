import asyncio
from datetime import timedelta

import pytest

from notion_sync.errors import Throttled
from notion_sync.limiter import HORIZON, MOST_GOING_ON, Limiter, Spread
from tasks.errors import LeaseLost
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


class Held:
    """Sleep that ends when it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.over = clock, asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        await self.over.wait()
        self.clock.advance(timedelta(seconds=seconds))


async def test_while_somebody_waits_who_has_begun_nobody_else_begins() -> None:
    clock = FakeClock()
    budget, held = MemoryBudget(now=clock), Held(clock)
    await budget.pause("c", wait=30 * SECOND, reason="a test")
    limiter = Limiter(budget=budget, sleep=held)
    going_on = asyncio.create_task(
        limiter.spend("c", lane=Lane.WEBHOOK, patience=62 * SECOND, has_begun=True)
    )
    await asyncio.sleep(0)
    clock.advance(60 * SECOND)
    for lane in (Lane.WEBHOOK, Lane.POLL, Lane.BACKFILL):
        with pytest.raises(Throttled) as thrown:
            await limiter.spend("c", lane=lane, patience=60 * SECOND)
        assert thrown.value.wait == 30 * SECOND
    await limiter.spend("c", lane=Lane.PERSON, patience=SECOND)
    await limiter.spend("another", lane=Lane.BACKFILL, patience=SECOND)
    held.over.set()
    await going_on
    await limiter.spend("c", lane=Lane.BACKFILL, patience=SECOND)


async def test_a_connection_without_calls_leaves_workers_to_others() -> None:
    clock = FakeClock()
    budget, held = MemoryBudget(now=clock), Held(clock)
    await budget.pause("c", wait=30 * SECOND, reason="a test")
    limiter = Limiter(budget=budget, sleep=held)

    async def go_on() -> None:
        await limiter.spend("c", lane=Lane.POLL, patience=62 * SECOND, has_begun=True)

    waiting = [asyncio.create_task(go_on()) for _ in range(MOST_GOING_ON)]
    await asyncio.sleep(0)
    with pytest.raises(Throttled):
        await go_on()
    held.over.set()
    await asyncio.gather(*waiting)
    await go_on()


async def test_who_waits_keeps_what_the_call_is_for_and_stops_where_that_is_lost() -> None:
    clock, kept = FakeClock(), list[float]()
    budget = MemoryBudget(now=clock)
    began = clock()

    async def keep() -> None:
        kept.append((clock() - began).total_seconds())
        if len(kept) == 6:
            raise LeaseLost

    await budget.pause("c", wait=40 * SECOND, reason="a test")
    limiter = Limiter(budget=budget, sleep=clock.sleep)
    await limiter.spend("c", lane=Lane.PERSON, patience=62 * SECOND, has_begun=True, keep=keep)
    assert kept == [15, 30, 40]
    await budget.pause("c", wait=60 * SECOND, reason="a test")
    with pytest.raises(LeaseLost):
        await limiter.spend("c", lane=Lane.PERSON, patience=62 * SECOND, has_begun=True, keep=keep)
    assert kept[3:] == [55, 70, 85]
    clock.advance(60 * SECOND)
    await limiter.spend("c", lane=Lane.BACKFILL, patience=SECOND)


async def test_a_pause_beyond_any_wait_for_the_budget_stops_those_who_have_begun_too() -> None:
    clock = FakeClock()
    budget = MemoryBudget(now=clock)
    await budget.pause("c", wait=300 * SECOND, reason="a test")
    limiter = Limiter(budget=budget, sleep=clock.sleep)
    with pytest.raises(Throttled):
        await limiter.spend("c", lane=Lane.PERSON, patience=62 * SECOND, has_begun=True)


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
