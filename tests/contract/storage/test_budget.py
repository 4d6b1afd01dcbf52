"""What every Budget promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.budget import WINDOW, limit_of
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


@pytest.mark.parametrize("lane", [Lane.WEBHOOK, Lane.POLL, Lane.BACKFILL])
async def test_other_lanes_leave_people_a_reserve(world: World, lane: Lane) -> None:
    left = REQUESTS_PER_MINUTE - limit_of(lane, REQUESTS_PER_MINUTE)
    assert left > 0
    assert await spent(world, lane) == REQUESTS_PER_MINUTE - left
    assert await spent(world, Lane.PERSON) == left


async def test_a_lane_waits_until_its_own_reserve_is_free_again(world: World) -> None:
    await spent(world)
    await world.elapse(await world.budget.take("c", lane=Lane.BACKFILL))
    assert await world.budget.take("c", lane=Lane.BACKFILL) == NONE


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
    assert timedelta(minutes=1) / WINDOW > 0.95
