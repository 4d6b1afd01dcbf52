"""What every Budget promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.budget import BURST, LEAST, RECOVERY, SLOWER, WINDOW, limit_of
from tasks.ports import Lane
from tests.storage_world import REQUESTS_PER_MINUTE, World

NONE = timedelta(0)
MINUTE = timedelta(seconds=60)


async def spent(world: World, lane: Lane = Lane.PERSON, connection: str = "c") -> int:
    """Spend all that a lane may; return how much it was."""
    calls = 0
    while await world.budget.take(connection, lane=lane) == NONE:
        calls += 1
    return calls


async def test_the_whole_budget_can_be_spent_at_once_and_no_more(world: World) -> None:
    assert await spent(world) == REQUESTS_PER_MINUTE
    wait = await world.budget.take("c", lane=Lane.PERSON)
    assert MINUTE / 2 < wait <= WINDOW


async def test_forty_callers_at_once_share_one_budget(world: World) -> None:
    waits = await asyncio.gather(
        *(world.budget.take("c", lane=Lane.PERSON) for _ in range(2 * REQUESTS_PER_MINUTE))
    )
    assert waits.count(NONE) == REQUESTS_PER_MINUTE


async def test_after_the_wait_that_was_said_there_is_room(world: World) -> None:
    await spent(world)
    await world.elapse(await world.budget.take("c", lane=Lane.PERSON))
    assert await world.budget.take("c", lane=Lane.PERSON) == NONE


async def test_no_window_of_a_minute_holds_more_wherever_it_begins(world: World) -> None:
    half = REQUESTS_PER_MINUTE // 2
    for _ in range(half):
        await world.budget.take("c", lane=Lane.PERSON)
    await world.elapse(MINUTE / 2)
    assert await spent(world) == half
    await world.elapse(MINUTE / 2 + (WINDOW - MINUTE))
    assert await spent(world) == half  # only what was spent first has left the window


async def test_waiting_calls_cost_nothing(world: World) -> None:
    await spent(world)
    for _ in range(REQUESTS_PER_MINUTE):
        await world.budget.take("c", lane=Lane.PERSON)
    await world.elapse(WINDOW)
    assert await spent(world) == REQUESTS_PER_MINUTE


async def test_each_connection_has_its_own(world: World) -> None:
    await spent(world, connection="a")
    assert await spent(world, connection="b") == REQUESTS_PER_MINUTE


async def spent_in_time(world: World, lane: Lane, *, span: timedelta) -> int:
    """Spend what a lane may within a span, to the last call; return how much it was."""
    calls, passed = 0, NONE
    while True:
        if not (wait := await world.budget.take("c", lane=lane)):
            calls += 1
        elif passed >= span:
            return calls
        else:
            await world.elapse(wait)
            passed += wait


@pytest.mark.parametrize("lane", [Lane.WEBHOOK, Lane.POLL, Lane.BACKFILL])
async def test_other_lanes_leave_people_calls_of_every_window(world: World, lane: Lane) -> None:
    left = REQUESTS_PER_MINUTE - limit_of(lane, REQUESTS_PER_MINUTE)
    assert left > 0
    await spent_in_time(world, lane, span=WINDOW)
    assert await world.budget.take("c", lane=lane) > NONE
    assert await spent(world, Lane.PERSON) >= left


async def test_those_before_a_lane_have_a_call_when_it_has_none(world: World) -> None:
    await spent_in_time(world, Lane.BACKFILL, span=WINDOW)
    for lane in (Lane.BACKFILL, Lane.POLL, Lane.WEBHOOK, Lane.PERSON):
        while await world.budget.take("c", lane=lane) == NONE:
            assert lane is not Lane.BACKFILL
        assert await world.budget.take("c", lane=lane) > NONE


async def test_backfill_spends_at_an_even_pace_from_the_first_call_on(world: World) -> None:
    limit = limit_of(Lane.BACKFILL, REQUESTS_PER_MINUTE)
    half = await spent_in_time(world, Lane.BACKFILL, span=WINDOW / 2)
    assert half <= limit / 2 + BURST + 1


async def test_with_the_window_full_of_backfill_a_person_waits_for_one_call_of_it(
    world: World,
) -> None:
    limit = limit_of(Lane.BACKFILL, REQUESTS_PER_MINUTE)
    await spent_in_time(world, Lane.BACKFILL, span=2 * WINDOW)
    assert await spent(world, Lane.PERSON) >= REQUESTS_PER_MINUTE - limit
    for _ in range(3):
        wait = await world.budget.take("c", lane=Lane.PERSON)
        assert wait <= BURST * WINDOW / limit + timedelta(seconds=1)
        await world.elapse(wait)
        assert await world.budget.take("c", lane=Lane.BACKFILL) > NONE  # people first
        assert await world.budget.take("c", lane=Lane.PERSON) == NONE


async def test_a_limit_that_is_met_all_the_same_is_learnt_from(world: World) -> None:
    await world.budget.pause("c", wait=MINUTE / 60, reason="met", learn=True)
    await world.elapse(MINUTE / 60)
    fewer = round(REQUESTS_PER_MINUTE * SLOWER)
    assert await spent(world) == fewer
    assert await spent(world, connection="another") == REQUESTS_PER_MINUTE


async def test_refusals_of_calls_that_were_on_their_way_together_count_once(world: World) -> None:
    for _ in range(5):
        await world.budget.pause("c", wait=MINUTE / 60, reason="met", learn=True)
    await world.elapse(MINUTE / 60)
    assert await spent(world) == round(REQUESTS_PER_MINUTE * SLOWER)


async def test_what_was_learnt_is_forgotten_by_and_by(world: World) -> None:
    await world.budget.pause("c", wait=MINUTE / 60, reason="met", learn=True)
    minutes = (1 - SLOWER) / RECOVERY
    await world.elapse(MINUTE * minutes / 2)
    half = await spent(world)
    assert REQUESTS_PER_MINUTE * SLOWER < half < REQUESTS_PER_MINUTE
    await world.elapse(MINUTE * minutes / 2)
    assert await spent(world) == REQUESTS_PER_MINUTE


async def test_however_often_it_is_met_some_of_the_budget_is_left(world: World) -> None:
    for _ in range(30):
        await world.budget.pause("c", wait=MINUTE / 60, reason="met", learn=True)
        await world.elapse(MINUTE / 60)
    left = await spent(world)
    assert REQUESTS_PER_MINUTE * LEAST <= left <= REQUESTS_PER_MINUTE * LEAST + 1


async def test_a_pause_alone_teaches_nothing(world: World) -> None:
    await world.budget.pause("c", wait=MINUTE / 60, reason="Notion is down")
    await world.elapse(MINUTE / 60)
    assert await spent(world) == REQUESTS_PER_MINUTE


async def test_nobody_spends_during_a_pause(world: World) -> None:
    await world.budget.pause("c", wait=MINUTE, reason="Notion said so")
    wait = await world.budget.take("c", lane=Lane.PERSON)
    assert MINUTE / 2 < wait <= MINUTE
    pause = await world.budget.paused("c")
    assert pause is not None
    assert pause.reason == "Notion said so"
    await world.elapse(MINUTE)
    assert await world.budget.paused("c") is None
    assert await spent(world) == REQUESTS_PER_MINUTE


async def test_a_pause_is_made_longer_but_never_shorter(world: World) -> None:
    await world.budget.pause("c", wait=MINUTE, reason="$long")
    await world.budget.pause("c", wait=MINUTE / 4, reason="short")
    await world.elapse(MINUTE / 2)
    pause = await world.budget.paused("c")
    assert pause is not None
    assert pause.reason == "$long"
    await world.budget.pause("c", wait=MINUTE * 5, reason="longer")
    await world.elapse(MINUTE * 2)
    pause = await world.budget.paused("c")
    assert pause is not None
    assert pause.reason == "longer"


async def test_a_pause_is_one_connections(world: World) -> None:
    await world.budget.pause("a", wait=MINUTE, reason="no")
    assert await world.budget.paused("b") is None
    assert await world.budget.take("b", lane=Lane.PERSON) == NONE


def test_a_budget_of_one_is_still_a_budget() -> None:
    assert {limit_of(lane, 1) for lane in Lane} == {1}


def test_people_may_use_the_notion_budget_in_full() -> None:
    assert limit_of(Lane.PERSON, 180) == 180


@pytest.mark.parametrize("budget", [180, 600])
def test_backfill_may_use_95_percent_without_end(budget: int) -> None:
    per_minute = limit_of(Lane.BACKFILL, budget) * MINUTE / WINDOW
    assert per_minute > 0.955 * budget
