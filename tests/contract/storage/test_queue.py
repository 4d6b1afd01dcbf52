"""What every SyncQueue promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.follower import DEBOUNCE, FRESH, LEASE, SPACING
from tasks.errors import LeaseLost, NoSuchTask
from tasks.model import Field, Sync, SyncState, Task
from tasks.patch import Patch
from tasks.ports import Claim, Row
from tests import make
from tests.storage_world import World

SOON = timedelta(seconds=2)
"""Longer than any debounce, much shorter than a lease."""
LONG = timedelta(minutes=10)
ROW = Row(id="page", url="https://notion.example/page", rev=1, base={"Name": ["$x", {"a.b": 1}]})


async def added(world: World, team: str = "T1") -> Task:
    return (await world.tasks.add(make.task(team=team), key=make.fresh("key"))).task


async def changed(world: World, task: Task) -> Task:
    patch = Patch.of({Field.NOTES: make.fresh("note")})
    return (await world.tasks.change(make.order(task, patch))).task


async def sync_of(world: World, task: Task) -> Sync:
    return (await world.tasks.get(task.team, task.number)).sync


async def claimed(world: World) -> Claim:
    claim = await world.queue.claim()
    assert claim is not None
    return claim


async def synced(world: World) -> Task:
    task = await added(world)
    await world.queue.complete(await claimed(world), ROW)
    return task


async def test_a_new_task_is_due_at_once(world: World) -> None:
    assert await world.queue.next_due() is None
    task = await added(world)
    assert await world.queue.next_due() == timedelta(0)
    claim = await claimed(world)
    assert (claim.task, claim.row) == (task, Row())
    assert (claim.fence, claim.attempts) == (1, 1)


async def test_what_is_claimed_is_nobody_elses(world: World) -> None:
    await added(world)
    await claimed(world)
    assert await world.queue.claim() is None
    assert SOON < (await world.queue.next_due() or SOON) <= LEASE


async def test_ten_workers_at_once_share_ten_tasks(world: World) -> None:
    for number in range(10):
        await added(world, team=f"T{number % 3}")
    claims = await asyncio.gather(*(world.queue.claim() for _ in range(15)))
    taken = [claim.task.id for claim in claims if claim is not None]
    while (claim := await world.queue.claim()) is not None:
        taken.append(claim.task.id)
    assert len(taken) == len(set(taken)) == 10


async def test_a_completed_task_is_synced_and_waits_no_more(world: World) -> None:
    task = await synced(world)
    await world.elapse(LONG)
    assert await world.queue.next_due() is None
    sync = await sync_of(world, task)
    assert (sync.state, sync.rev, sync.url) == (SyncState.SYNCED, 1, ROW.url)
    assert sync.at is not None


async def test_a_change_makes_it_due_after_a_debounce_with_the_row_it_has(world: World) -> None:
    task = await synced(world)
    await world.elapse(LONG)
    task = await changed(world, task)
    assert task.sync.state is SyncState.WAITING
    assert (await world.queue.next_due() or LONG) <= DEBOUNCE
    await world.elapse(DEBOUNCE)
    claim = await claimed(world)
    assert claim.row == ROW
    assert claim.task == task
    assert claim.fence == 2


async def test_what_the_other_side_knows_nothing_of_is_no_work_for_its_follower(
    world: World,
) -> None:
    task = await synced(world)
    ticked = Patch(added={Field.CHECKLIST: ("Call",), Field.TICKED: ("Call",)})
    done = (await world.tasks.change(make.order(task, ticked))).task
    assert (done.rev, done.sync.state, done.progress) == (2, SyncState.SYNCED, (1, 1))
    assert await world.queue.next_due() is None
    assert (await changed(world, task)).sync.state is SyncState.WAITING
    still = (await world.tasks.change(make.order(task, Patch.of({Field.TICKED: ()})))).task
    assert still.sync.state is SyncState.WAITING
    await world.elapse(LONG)
    assert (await claimed(world)).task == still


async def test_a_change_during_the_lease_lets_nobody_in_and_stays_due(world: World) -> None:
    task = await added(world)
    claim = await claimed(world)
    await changed(world, task)
    await world.elapse(SOON)
    assert await world.queue.claim() is None
    await world.queue.complete(claim, ROW)
    assert (await sync_of(world, task)).state is SyncState.WAITING
    assert (await world.queue.next_due() or LONG) <= SPACING
    await world.elapse(SOON)
    assert (await claimed(world)).task.rev == 2


async def test_a_lease_that_ended_passes_to_the_next_and_the_late_one_is_refused(
    world: World,
) -> None:
    await added(world)
    late = await claimed(world)
    assert await world.queue.still_held(late)
    await world.elapse(LEASE)
    assert not await world.queue.still_held(late)
    current = await claimed(world)
    assert (current.fence, current.attempts) == (2, 2)
    for attempt in (
        world.queue.complete(late, ROW),
        world.queue.adopt(late, ROW),
        world.queue.postpone(late, wait=LONG),
        world.queue.release(late),
        world.queue.set_aside(late, state=SyncState.STALLED, reason="no"),
    ):
        with pytest.raises(LeaseLost):
            await attempt
    with pytest.raises(LeaseLost):
        await world.queue.intend(late)
    assert not await world.queue.still_held(late)
    assert await world.queue.still_held(current)
    await world.queue.complete(current, ROW)
    assert await world.queue.next_due() is None


async def test_a_lease_that_is_renewed_in_time_begins_anew_and_a_change_waits_for_its_end(
    world: World,
) -> None:
    task = await added(world)
    claim = await claimed(world)
    await world.elapse(LEASE - timedelta(seconds=10))
    await changed(world, task)
    assert await world.queue.renew(claim)
    await world.elapse(timedelta(seconds=20))
    assert await world.queue.still_held(claim)
    assert await world.queue.claim() is None
    await world.elapse(LEASE)
    assert not await world.queue.renew(claim), "nobody can tell who has had it meanwhile"
    current = await claimed(world)
    assert not await world.queue.renew(claim)
    assert await world.queue.renew(current)


async def test_a_late_completion_that_nobody_overtook_counts(world: World) -> None:
    task = await added(world)
    claim = await claimed(world)
    await world.elapse(LONG)
    await world.queue.complete(claim, ROW)
    assert (await sync_of(world, task)).state is SyncState.SYNCED


async def test_a_completion_may_be_repeated(world: World) -> None:
    task = await added(world)
    claim = await claimed(world)
    for _ in range(2):
        await world.queue.complete(claim, ROW)
    assert (await sync_of(world, task)).state is SyncState.SYNCED


async def test_an_intended_creation_is_known_to_whoever_comes_next(world: World) -> None:
    await added(world)
    claim = await world.queue.intend(await claimed(world))
    assert claim.row.create_attempts == 1
    assert claim.row.last_sent_at is not None
    await world.elapse(LEASE)
    again = await claimed(world)
    assert again.row.create_attempts == 1
    assert again.row.last_sent_at is not None
    assert again.at - again.row.last_sent_at >= LEASE


async def test_an_adopted_row_is_kept_and_so_is_the_lease(world: World) -> None:
    task = await added(world)
    claim = await claimed(world)
    await world.queue.adopt(claim, replace(ROW, rev=0))
    assert await world.queue.still_held(claim)
    assert (await sync_of(world, task)).state is SyncState.WAITING
    await world.elapse(LEASE)
    assert (await claimed(world)).row == replace(ROW, rev=0)


async def test_what_is_postponed_is_not_hurried_by_a_change(world: World) -> None:
    task = await added(world)
    await world.queue.postpone(await claimed(world), wait=LONG, reason="Notion is slow.")
    assert (await sync_of(world, task)).reason == "Notion is slow."
    await changed(world, task)
    await world.elapse(LONG - LEASE)
    assert await world.queue.claim() is None
    await world.elapse(LEASE)
    claim = await claimed(world)
    assert (claim.attempts, claim.task.rev) == (2, 2)


async def test_a_change_is_what_a_task_that_only_waits_its_turn_waited_for(world: World) -> None:
    task = await added(world)
    await world.queue.postpone(await claimed(world), wait=LONG, paced=True)
    assert await world.queue.claim() is None
    await changed(world, task)
    await world.elapse(SOON)
    assert (await claimed(world)).task.rev == 2


async def test_what_somebody_asks_to_be_tried_again_goes_before_a_backlog(world: World) -> None:
    for _ in range(10):
        await added(world)
    await world.elapse(LONG)
    asked = await added(world)
    await world.queue.requeue(asked.team, asked.number)
    assert (await claimed(world)).task.number == asked.number


async def just_changed(world: World) -> Task:
    """Add a task that counts as changed just now, whatever clock is asked."""
    task = make.task(team="T1", updated_at=datetime(2099, 1, 1, tzinfo=UTC))
    return (await world.tasks.add(task, key=make.fresh("key"))).task


async def test_what_is_fresh_is_taken_from_the_end_and_no_backlog(world: World) -> None:
    first = await just_changed(world)
    assert await world.queue.next_due(fresh=True) == timedelta(0)
    await world.elapse(FRESH + SOON)
    assert await world.queue.claim(fresh=True) is None
    assert await world.queue.next_due(fresh=True) is None
    assert await world.queue.next_due() == timedelta(0)
    for _ in range(5):
        await just_changed(world)
        await world.elapse(timedelta(milliseconds=5))
    last = await just_changed(world)
    taken = [await world.queue.claim(fresh=True) for _ in range(7)]
    numbers = [claim.task.number for claim in taken if claim is not None]
    assert len(numbers) == 6
    assert numbers[0] == last.number
    assert (await claimed(world)).task.number == first.number


async def test_a_backlog_that_comes_back_from_a_wait_is_not_fresh(world: World) -> None:
    old = make.task(team="T1", updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    await world.tasks.add(old, key=make.fresh("key"))
    await world.queue.postpone(await claimed(world), wait=SOON, paced=True)
    await world.elapse(SOON)
    assert await world.queue.claim(fresh=True) is None
    await claimed(world)


async def test_what_is_released_was_never_claimed(world: World) -> None:
    await added(world)
    await world.queue.release(await claimed(world))
    assert await world.queue.next_due() == timedelta(0)
    assert (await claimed(world)).attempts == 1


async def test_attempts_begin_anew_after_a_success(world: World) -> None:
    task = await added(world)
    await claimed(world)
    await world.elapse(LEASE)
    await world.queue.complete(await claimed(world), ROW)
    await changed(world, task)
    await world.elapse(SOON)
    assert (await claimed(world)).attempts == 1


@pytest.mark.parametrize("state", [SyncState.STALLED, SyncState.GONE, SyncState.CONFLICT])
async def test_what_is_set_aside_says_why_and_waits_for_a_change(
    world: World, state: SyncState
) -> None:
    task = await added(world)
    await world.queue.set_aside(await claimed(world), state=state, reason="$because")
    sync = await sync_of(world, task)
    assert (sync.state, sync.reason) == (state, "$because")
    await world.elapse(LONG)
    assert await world.queue.claim() is None
    assert await world.queue.next_due() is None
    task = await changed(world, task)
    assert (task.sync.state, task.sync.reason) == (SyncState.WAITING, None)
    await world.elapse(SOON)
    assert (await claimed(world)).task == task


async def test_what_changed_meanwhile_is_tried_rather_than_set_aside(world: World) -> None:
    task = await added(world)
    claim = await claimed(world)
    await changed(world, task)
    await world.queue.set_aside(claim, state=SyncState.STALLED, reason="bad title")
    assert (await sync_of(world, task)).state is SyncState.WAITING
    await world.elapse(SOON)
    assert (await claimed(world)).task.rev == 2


async def test_a_person_can_make_it_due_again_at_once(world: World) -> None:
    task = await added(world)
    await world.queue.set_aside(await claimed(world), state=SyncState.STALLED, reason="no")
    again = await world.queue.requeue("T1", task.number)
    assert again.sync.state is SyncState.WAITING
    assert await world.queue.next_due() == timedelta(0)
    assert (await claimed(world)).attempts == 1


async def test_a_person_can_cut_a_pause_but_not_a_lease(world: World) -> None:
    task = await added(world)
    await world.queue.postpone(await claimed(world), wait=LONG)
    await world.queue.requeue("T1", task.number)
    await claimed(world)
    await world.queue.requeue("T1", task.number)
    assert await world.queue.claim() is None


async def test_p6_only_ones_own_tasks_can_be_requeued(world: World) -> None:
    task = await added(world, team="T2")
    with pytest.raises(NoSuchTask):
        await world.queue.requeue("T1", task.number)


async def test_the_backlog_is_told_for_a_team_and_for_all(world: World) -> None:
    nothing = await world.queue.backlog()
    assert (nothing.behind, nothing.oldest, nothing.set_aside) == (0, None, 0)
    await added(world, team="T1")
    await world.queue.set_aside(await claimed(world), state=SyncState.GONE, reason="no")
    await added(world, team="T1")
    await added(world, team="T2")
    await claimed(world)
    backlog = await world.queue.backlog()
    assert (backlog.behind, backlog.set_aside) == (2, 1)
    assert backlog.oldest is not None
    of_team = await world.queue.backlog("T2")
    assert (of_team.behind, of_team.set_aside) == (1, 0)


async def test_ages_in_the_backlog_outlast_failed_attempts(world: World) -> None:
    await added(world)
    before = (await world.queue.backlog()).oldest
    await world.queue.postpone(await claimed(world), wait=LONG)
    assert (await world.queue.backlog()).oldest == before


async def test_fault_25_a_claim_tells_how_many_before_it_were_never_given_back(
    world: World,
) -> None:
    await added(world)
    for died in range(3):
        claim = await claimed(world)
        assert claim.broken_off == died
        await world.elapse(LEASE)
    claim = await claimed(world)
    await world.queue.postpone(claim, wait=timedelta(0))
    assert (await claimed(world)).broken_off == 0


@pytest.mark.parametrize("how", ["complete", "release", "set_aside"])
async def test_whoever_gives_a_claim_back_did_not_die(world: World, how: str) -> None:
    task = await added(world)
    await claimed(world)
    await world.elapse(LEASE)
    claim = await claimed(world)
    match how:
        case "complete":
            await world.queue.complete(claim, ROW)
        case "release":
            await world.queue.release(claim)
        case _:
            await world.queue.set_aside(claim, state=SyncState.STALLED, reason="why")
    await changed(world, task)
    await world.elapse(SOON)
    assert (await claimed(world)).broken_off == 0
