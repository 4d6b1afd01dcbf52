"""What every Choices and RowBook.recheck promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.follower import LEASE
from tasks.errors import LeaseLost
from tasks.model import SyncState
from tasks.ports import Choice
from tests.contract.storage.test_queue import ROW, SOON, added, claimed, sync_of, synced
from tests.storage_world import World

CHOICE = Choice(team="T1", database="d$1", mapping="V1", takes_all=True, by="U1")


async def test_nobody_has_chosen_at_first(world: World) -> None:
    assert await world.choices.load("T1") is None


async def test_a_choice_is_kept_for_its_team_and_raises_the_rev(world: World) -> None:
    kept = await world.choices.choose(CHOICE)
    assert kept == replace(CHOICE, rev=1)
    assert await world.choices.load("T1") == kept
    assert await world.choices.load("T2") is None
    other = await world.choices.choose(replace(CHOICE, mapping="V2", database="d2"))
    assert (other.rev, other.database) == (2, "d2")


async def test_the_same_choice_again_changes_nothing(world: World) -> None:
    kept = await world.choices.choose(CHOICE)
    assert await world.choices.choose(replace(CHOICE, by="U2")) == kept
    assert await world.choices.load("T1") == kept


async def test_a_touch_raises_the_rev_and_leaves_the_choice(world: World) -> None:
    await world.choices.touch("T1")
    assert await world.choices.load("T1") == Choice(team="T1", rev=1)
    await world.choices.choose(CHOICE)
    await world.choices.touch("T1")
    assert await world.choices.load("T1") == replace(CHOICE, rev=3)


async def test_a_recheck_makes_all_tasks_of_the_team_due_and_keeps_their_rows(
    world: World,
) -> None:
    await synced(world)
    others = await added(world, "T2")
    await world.elapse(SOON)
    await world.queue.complete(await claimed(world), replace(ROW, id="other", rev=1))
    assert await world.queue.next_due() is None
    await world.rows.recheck("T1")
    claim = await claimed(world)
    assert (claim.task.team, claim.row.id, claim.row.rev) == ("T1", ROW.id, 0)
    assert claim.row.base == ROW.base
    assert (await sync_of(world, others)).state is SyncState.SYNCED


async def test_a_recheck_takes_the_lease_from_whoever_works_on_a_task(world: World) -> None:
    await added(world)
    await world.elapse(SOON)
    claim = await claimed(world)
    await world.rows.recheck("T1")
    with pytest.raises(LeaseLost):
        await world.queue.complete(claim, ROW)
    assert (await claimed(world)).task.id == claim.task.id


async def test_a_recheck_leaves_alone_what_is_gone_and_tries_again_what_was_refused(
    world: World,
) -> None:
    task = await added(world)
    for state, is_due in ((SyncState.GONE, False), (SyncState.STALLED, True)):
        await world.queue.requeue("T1", task.number)
        await world.elapse(SOON)
        await world.queue.set_aside(await claimed(world), state=state, reason="why")
        await world.rows.recheck("T1")
        assert (await world.queue.next_due() is not None) is is_due


async def test_anew_every_task_has_no_row_and_is_looked_for_before_one_is_made(
    world: World,
) -> None:
    task = await synced(world)
    await world.rows.recheck("T1", anew=True)
    await world.rows.recheck("T1", anew=True)
    claim = await claimed(world)
    assert (claim.row.id, claim.row.url, claim.row.base, claim.row.rev) == (None, None, None, 0)
    assert claim.row.create_attempts == 1
    assert claim.row.last_sent_at is not None  # it was written a moment ago: not indexed yet
    assert await world.rows.known("T1", [str(ROW.id)]) == {}
    shown = await sync_of(world, task)
    assert (shown.state, shown.url) == (SyncState.WAITING, None)


async def test_anew_a_row_that_is_gone_is_made_again(world: World) -> None:
    await added(world)
    await world.elapse(SOON)
    await world.queue.set_aside(await claimed(world), state=SyncState.GONE, reason="moved")
    await world.rows.recheck("T1", anew=True)
    await world.elapse(LEASE + timedelta(minutes=1))
    assert (await claimed(world)).row.create_attempts == 1
