"""What every Inbox, Turns, Deliveries and VerificationTokens promise."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.follower import LEASE
from tasks.errors import LeaseLost
from tasks.ports import Lane, Mark, Turn
from tests.storage_world import World

SOON = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)


async def marked(world: World, *rows: str, lane: Lane = Lane.WEBHOOK) -> None:
    await world.inbox.mark("T1", rows, lane=lane)
    await world.elapse(SOON)


async def claimed(world: World) -> Mark:
    mark = await world.inbox.claim()
    assert mark is not None
    return mark


async def taken(world: World, team: str = "T1") -> Turn:
    turn = await world.turns.take(team, "poll", lease=MINUTE)
    assert turn is not None
    return turn


async def test_many_hints_are_one_mark(world: World) -> None:
    assert await world.inbox.next_due() is None
    await marked(world, "p", "p", "$p")
    assert await world.inbox.next_due() == timedelta(0)
    assert (await world.inbox.waiting()).behind == 2
    assert {(await claimed(world)).row_id, (await claimed(world)).row_id} == {"p", "$p"}
    assert await world.inbox.claim() is None


async def test_a_hint_waits_a_moment_for_the_next(world: World) -> None:
    await world.inbox.mark("T1", ["p"], lane=Lane.WEBHOOK)
    due = await world.inbox.next_due()
    assert due is not None
    assert timedelta(0) <= due < timedelta(seconds=1)


async def test_what_is_done_is_forgotten(world: World) -> None:
    await marked(world, "p")
    mark = await claimed(world)
    assert (mark.team, mark.lane, mark.attempts) == ("T1", Lane.WEBHOOK, 1)
    await world.inbox.done(mark)
    assert (await world.inbox.waiting()).behind == 0
    await marked(world, "p")
    assert (await claimed(world)).attempts == 1


async def test_a_hint_during_the_look_makes_another_look_due(world: World) -> None:
    await marked(world, "p")
    mark = await claimed(world)
    await world.inbox.mark("T1", ["p"], lane=Lane.POLL)
    assert await world.inbox.claim() is None
    await world.inbox.done(mark)
    assert (await claimed(world)).row_id == "p"


async def test_a_mark_comes_back_later_and_after_a_crash(world: World) -> None:
    await marked(world, "p")
    await world.inbox.later(await claimed(world), wait=MINUTE)
    assert await world.inbox.claim() is None
    await world.elapse(MINUTE)
    assert (await claimed(world)).attempts == 2
    await world.elapse(LEASE * 2)
    assert (await claimed(world)).attempts == 3


async def test_a_mark_whose_lease_is_renewed_is_nobody_elses(world: World) -> None:
    await marked(world, "p")
    mark = await claimed(world)
    await world.elapse(LEASE - timedelta(seconds=10))
    await world.inbox.renew(mark)
    await world.elapse(LEASE - timedelta(seconds=10))
    assert await world.inbox.claim() is None
    await world.elapse(timedelta(seconds=10))
    assert await world.inbox.claim() is not None
    with pytest.raises(LeaseLost):
        await world.inbox.renew(mark)


async def test_who_comes_too_late_changes_nothing(world: World) -> None:
    await marked(world, "p")
    late = await claimed(world)
    await world.elapse(LEASE * 2)
    current = await claimed(world)
    for attempt in (world.inbox.done(late), world.inbox.later(late, wait=SOON)):
        with pytest.raises(LeaseLost):
            await attempt
    await world.inbox.done(current)


async def test_the_most_urgent_lane_and_the_place_are_kept(world: World) -> None:
    await world.inbox.mark("T1", ["p"], lane=Lane.BACKFILL, place="table")
    await world.inbox.mark("T1", ["p"], lane=Lane.WEBHOOK)
    await world.elapse(SOON)
    mark = await claimed(world)
    assert (mark.lane, mark.place) == (Lane.WEBHOOK, "table")


async def test_marks_of_two_teams_do_not_meet(world: World) -> None:
    await world.inbox.mark("T1", ["p"], lane=Lane.WEBHOOK)
    await world.inbox.mark("T2", ["p"], lane=Lane.WEBHOOK)
    await world.elapse(SOON)
    assert {(await claimed(world)).team, (await claimed(world)).team} == {"T1", "T2"}


async def test_a_turn_is_one_instances_at_a_time(world: World) -> None:
    turns = await asyncio.gather(*(world.turns.take("T1", "poll", lease=MINUTE) for _ in range(8)))
    assert sum(turn is not None for turn in turns) == 1
    assert await world.turns.take("T2", "poll", lease=MINUTE) is not None
    assert await world.turns.take("T1", "sweep", lease=MINUTE) is not None


async def test_a_turn_ends_with_its_state_and_comes_again(world: World) -> None:
    turn = await taken(world)
    assert turn.state == {}
    await world.turns.end(turn, {"watermark": "$now"}, again=MINUTE)
    assert await world.turns.take("T1", "poll", lease=MINUTE) is None
    assert await world.turns.state("T1", "poll") == {"watermark": "$now"}
    await world.elapse(MINUTE)
    assert (await taken(world)).state == {"watermark": "$now"}


async def test_a_turn_that_goes_on_keeps_its_lease(world: World) -> None:
    turn = await taken(world)
    await world.elapse(MINUTE * 0.7)
    await world.turns.save(turn, {"page": 1})
    await world.elapse(MINUTE * 0.7)
    assert await world.turns.take("T1", "poll", lease=MINUTE) is None
    await world.elapse(MINUTE)
    assert (await taken(world)).state == {"page": 1}


async def test_who_lost_the_turn_keeps_nothing(world: World) -> None:
    late = await taken(world)
    await world.elapse(MINUTE * 2)
    await taken(world)
    with pytest.raises(LeaseLost):
        await world.turns.save(late, {"late": True})
    with pytest.raises(LeaseLost):
        await world.turns.end(late, {"late": True}, again=MINUTE)
    assert await world.turns.state("T1", "poll") == {}


async def test_a_called_turn_is_due_now_or_right_after_the_one_that_runs(world: World) -> None:
    await world.turns.end(await taken(world), {}, again=MINUTE)
    await world.turns.call("T1", "poll")
    turn = await taken(world)
    await world.turns.call("T1", "poll")
    assert await world.turns.take("T1", "poll", lease=MINUTE) is None
    await world.turns.end(turn, {}, again=MINUTE)
    await taken(world)
    await world.turns.call("T1", "never")
    assert await world.turns.take("T1", "never", lease=MINUTE) is not None


async def test_an_event_is_remembered(world: World) -> None:
    assert not await world.deliveries.seen("e1")
    await asyncio.gather(*(world.deliveries.remember("e1") for _ in range(4)))
    assert await world.deliveries.seen("e1")
    assert not await world.deliveries.seen("e2")


async def test_an_offered_token_is_kept_until_one_is_verified(world: World) -> None:
    assert await world.webhook_tokens.load() is None
    assert await world.webhook_tokens.offer("secret_1")
    assert await world.webhook_tokens.offer("secret_2")
    assert await world.webhook_tokens.load() == "secret_2"
    await world.webhook_tokens.verified()
    assert not await world.webhook_tokens.offer("secret_3")
    assert await world.webhook_tokens.load() == "secret_2"
    await world.webhook_tokens.forget()
    assert await world.webhook_tokens.load() is None
    assert await world.webhook_tokens.offer("secret_4")
