"""One action on many tasks: repeatable, and taken back as one."""

from __future__ import annotations

import asyncio

import pytest

from tasks.bulk import AT_ONCE, Bulk, BulkChange, BulkUndo, Deed, Run
from tasks.commands import Saved, UndoChange
from tasks.errors import NotSaved, PartOfBulk, TaskIsDeleted
from tasks.model import Status
from tests.unit.tasks.world import MARIA, SAM, TEAM, Office, a_task


def change(*numbers: int, deed: Deed = Deed.DONE, key: str = "V1") -> BulkChange:
    return BulkChange(team=TEAM, by=MARIA, key=key, numbers=numbers, deed=deed)


def undo(*numbers: int, key: str = "undo-1") -> BulkUndo:
    return BulkUndo(team=TEAM, by=MARIA, key=key, of="V1", numbers=numbers)


async def run(found: Run) -> Run:
    await found.finish()
    return found


@pytest.fixture
async def office() -> Office:
    office = Office()
    for number in range(1, 6):
        await office.add(f"Task {number}")
    return office


async def revs(office: Office) -> list[int]:
    return [(await office.service.get(TEAM, number)).rev for number in range(1, 6)]


async def test_a_bulk_done_again_changes_nothing_twice_and_tells_the_same(office: Office) -> None:
    bulk = Bulk(office.service)
    for _ in range(3):
        found = await run(bulk.change(change(1, 2, 2, 3)))
        assert (found.changed, found.same, found.failed, found.left) == ({1, 2, 3}, set(), {}, 0)
    assert await revs(office) == [2, 2, 2, 1, 1]


async def test_what_a_crash_left_half_done_is_completed_by_doing_it_again(office: Office) -> None:
    bulk = Bulk(office.service)
    await run(bulk.change(change(1, 2)))
    found = await run(bulk.change(change(1, 2, 3, 4)))
    assert found.changed == {1, 2, 3, 4}
    assert await revs(office) == [2, 2, 2, 2, 1]


async def test_what_one_task_refuses_does_not_stop_the_others(office: Office) -> None:
    bulk = Bulk(office.service)
    await run(bulk.change(change(2, deed=Deed.DELETE, key="V0")))
    found = await run(bulk.change(change(1, 2, 3)))
    assert found.changed == {1, 3}
    assert isinstance(found.failed[2], TaskIsDeleted)


async def test_a_bulk_is_taken_back_as_one_however_often(office: Office) -> None:
    bulk = Bulk(office.service)
    await run(bulk.change(change(1, 2)))
    for _ in range(3):
        found = await run(bulk.undo(undo(1, 2)))
        assert found.changed == {1, 2}
    tasks = [await office.service.get(TEAM, number) for number in (1, 2)]
    assert [(task.status, task.rev) for task in tasks] == [(Status.OPEN, 3)] * 2


async def test_an_undo_of_the_latest_change_names_its_bulk_and_does_nothing(office: Office) -> None:
    await run(Bulk(office.service).change(change(1, 2)))
    asked = UndoChange(team=TEAM, by=MARIA, key="t1")
    with pytest.raises(PartOfBulk) as part:
        await office.service.undo(asked)
    assert part.value.key == "V1"
    assert await revs(office) == [2, 2, 1, 1, 1]
    numbers = await office.service.in_bulk(TEAM, "V1", by=MARIA)
    assert sorted(numbers) == [1, 2]
    assert await office.service.in_bulk(TEAM, "V1", by=SAM) == ()


async def test_the_repetition_of_that_undo_takes_back_nothing_else(office: Office) -> None:
    bulk = Bulk(office.service)
    await run(bulk.change(change(1, 2)))
    await run(bulk.undo(undo(1, 2, key="t1")))
    with pytest.raises(PartOfBulk):
        await office.service.undo(UndoChange(team=TEAM, by=MARIA, key="t1"))
    assert await revs(office) == [3, 3, 1, 1, 1]


async def test_so_many_are_under_way_and_no_more() -> None:
    under_way, most = 0, 0

    async def work(number: int) -> Saved:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        if number == 7:
            raise NotSaved
        return Saved(task=a_task())

    found = Run(numbers=tuple(range(50)), work=work)
    assert found.left == 50
    await found.finish()
    assert (found.left, len(found.changed), list(found.failed)) == (0, 49, [7])
    assert most == AT_ONCE
