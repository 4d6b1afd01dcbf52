"""What every Attention promises: tasks that need a person, by number."""

from __future__ import annotations

import pytest

from storage.attention import ASIDE, CONFLICTED
from tasks.model import Field, SyncState, Task
from tasks.patch import Patch
from tasks.ports import Claim, Need
from tests.contract.storage.test_agreements import agreeing
from tests.contract.storage.test_indexes import plan
from tests.contract.storage.test_queue import added, claimed
from tests.storage_world import MongoWorld, World


async def in_conflict(world: World, count: int) -> list[Task]:
    found = []
    for _ in range(count):
        task = await added(world)
        claim = await _claim_of(world, task)
        order = agreeing(claim, Patch(), {Field.TITLE: "Theirs"})
        found.append((await world.tasks.change(order)).task)
        await world.queue.release(claim)
    return found


async def aside(world: World, count: int) -> list[Task]:
    found = []
    for _ in range(count):
        task = await added(world)
        claim = await _claim_of(world, task)
        await world.queue.set_aside(claim, state=SyncState.STALLED, reason="refused")
        found.append(task)
    return found


async def _claim_of(world: World, task: Task) -> Claim:
    while (claim := await claimed(world)).task.id != task.id:
        pass
    return claim


async def numbers(world: World, need: Need, after: int = 0) -> tuple[list[int], int | None]:
    page = await world.attention.page("T1", need, after=after, limit=2)
    return [task.number for task in page.tasks], page.after


async def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    tasks = [task.number for task in await in_conflict(world, 3)]
    await aside(world, 1)
    assert await numbers(world, Need.CONFLICTS) == (tasks[:2], tasks[1])
    assert await numbers(world, Need.CONFLICTS, tasks[1]) == (tasks[2:], None)
    assert await world.attention.count("T1", Need.CONFLICTS) == 3


async def test_what_was_settled_or_tried_again_is_on_no_list(world: World) -> None:
    (first, second), (third, fourth) = await in_conflict(world, 2), await aside(world, 2)
    await world.queue.settle("T1", first.number)
    await world.queue.requeue("T1", third.number)
    assert await numbers(world, Need.CONFLICTS) == ([second.number], None)
    assert await numbers(world, Need.ASIDE) == ([fourth.number], None)
    page = await world.attention.page("T1", Need.ASIDE, after=0, limit=2)
    assert (page.tasks[0].sync.state, page.tasks[0].sync.reason) == (SyncState.STALLED, "refused")


async def test_a_conflict_that_a_change_has_ended_is_on_no_list(world: World) -> None:
    (task,) = await in_conflict(world, 1)
    claim = await _claim_of(world, task)
    await world.tasks.change(agreeing(claim, Patch.of({Field.TITLE: "Mine again"})))
    assert await numbers(world, Need.CONFLICTS) == ([], None)
    assert await world.attention.count("T1", Need.CONFLICTS) == 0


async def test_my_own_changes_are_told_from_others(world: World) -> None:
    for _ in range(4):
        await added(world)
    (task, *_) = await in_conflict(world, 1)
    author = task.changes[0].by.person
    assert author is not None
    mine = await world.attention.mine("T1", author)
    assert mine.waiting == 5
    assert mine.ahead == 0
    assert await world.attention.mine("T1", "U_NOBODY") == type(mine)(waiting=0, ahead=0)


async def test_p6_a_list_is_one_teams(world: World) -> None:
    await in_conflict(world, 1)
    page = await world.attention.page("T2", Need.CONFLICTS, after=0, limit=2)
    assert page.tasks == ()
    assert await world.attention.count("T2", Need.CONFLICTS) == 0


@pytest.mark.parametrize("need", list(Need))
async def test_documents_examined_are_documents_shown(mongo: MongoWorld, need: Need) -> None:
    for _ in range(30):
        await added(mongo)
    await in_conflict(mongo, 5)
    await aside(mongo, 5)
    only = CONFLICTED if need is Need.CONFLICTS else ASIDE
    where = {"team_id": "T1", "audience": None, **only, "number": {"$gt": 0}}
    found = plan(mongo.raw, where, [("number", 1)], 3, need.value)
    assert (found.examined, found.returned, found.sorts) == (3, 3, False)
    assert found.indexes == {need.value}
