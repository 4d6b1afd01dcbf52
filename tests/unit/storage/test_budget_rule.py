"""The rule of the budget, as the fake that keeps the contract has it, against any arrivals."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.budget import AHEAD, WINDOW, limit_of
from tasks.ports import Lane
from tests.fakes.budget import MemoryBudget
from tests.fakes.clock import FakeClock

BUDGET = 180
MINUTE = timedelta(minutes=1)
NONE = timedelta(0)
SPACING = WINDOW / limit_of(Lane.BACKFILL, BUDGET)

arrivals = st.lists(
    st.tuples(
        st.integers(0, 4000),  # milliseconds since the one before
        st.sampled_from(Lane),
        st.integers(1, 120),  # calls at once
    ),
    max_size=60,
)
lateness = st.lists(st.integers(0, 60), min_size=1, max_size=20)


def most_in_a_minute(times: list[datetime]) -> int:
    return max((bisect_left(times, at + MINUTE) - n for n, at in enumerate(times)), default=0)


@given(arrivals=arrivals)
async def test_whatever_arrives_no_minute_holds_more_than_the_budget(
    arrivals: list[tuple[int, Lane, int]],
) -> None:
    clock = FakeClock()
    budget = MemoryBudget(now=clock, requests_per_minute=BUDGET)
    spent: list[datetime] = []
    for milliseconds, lane, calls in arrivals:
        clock.advance(timedelta(milliseconds=milliseconds))
        taken = [await budget.take("c", lane=lane) for _ in range(calls)]
        spent += [clock()] * taken.count(NONE)
    assert most_in_a_minute(spent) <= BUDGET


async def backfill(
    budget: MemoryBudget, clock: FakeClock, late_ms: list[int], *, until: datetime
) -> list[datetime]:
    """Spend all that backfill may, each wait overslept by a little."""
    spent: list[datetime] = []
    while clock() < until:
        if wait := await budget.take("c", lane=Lane.BACKFILL):
            clock.advance(wait + timedelta(milliseconds=late_ms[len(spent) % len(late_ms)]))
        else:
            spent.append(clock())
    return spent


@settings(max_examples=25)
@given(late_ms=lateness)
async def test_backfill_alone_has_95_percent_of_the_budget_without_end(late_ms: list[int]) -> None:
    clock = FakeClock()
    budget = MemoryBudget(now=clock, requests_per_minute=BUDGET)
    spent = await backfill(budget, clock, late_ms, until=clock() + 12 * MINUTE)
    settled = [at for at in spent if at >= clock() - 10 * MINUTE]
    assert len(settled) >= 0.95 * BUDGET * 10
    assert most_in_a_minute(spent) <= BUDGET


@given(late_ms=lateness, after=st.integers(0, 300), calls=st.integers(1, 40))
async def test_a_person_among_backfill_waits_for_one_call_of_it_at_a_time(
    late_ms: list[int], after: int, calls: int
) -> None:
    """So many calls as are reserved go at once; the nth after them waits n spacings at most."""
    clock = FakeClock()
    budget = MemoryBudget(now=clock, requests_per_minute=BUDGET)
    await backfill(budget, clock, late_ms, until=clock() + timedelta(seconds=after))
    waited: list[timedelta] = []
    arrived = clock()
    while len(waited) < calls:
        await budget.take("c", lane=Lane.BACKFILL)  # it goes on asking and is not let in before
        if wait := await budget.take("c", lane=Lane.PERSON):
            clock.advance(wait)
        else:
            waited.append(clock() - arrived)
    reserve = BUDGET - limit_of(Lane.BACKFILL, BUDGET)
    assert waited[: reserve - 1] == [NONE] * len(waited[: reserve - 1])
    for n, wait in enumerate(waited[reserve - 1 :], 1):
        assert wait <= n * SPACING + AHEAD[Lane.BACKFILL]
