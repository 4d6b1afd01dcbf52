"""P3: one task has at most one live page, whatever crashes when."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from tasks.errors import StoreError
from tasks.model import Field, SyncState, Task
from tests.contract.notion_sync.tripwire import Killed, Mode, Tripwire
from tests.contract.notion_sync.world import CREATE, World, open_world

ROUNDS = 12


async def _settle(world: World) -> None:
    """Drain again and again, each time as a new process, until nothing waits."""
    for _ in range(ROUNDS):
        with suppress(Killed, asyncio.CancelledError, StoreError):
            await world.another_pusher().drain()
        if await world.stores.queue.next_due() is None:
            return
        world.clock.advance(seconds=100)
    pytest.fail("it does not come to rest")


async def _life_of_a_task(world: World) -> Task:
    task = await world.add("Born")
    await _settle(world)
    assert len(world.live()) == 1
    await world.edit(task, {Field.TITLE: "Grown", Field.TAGS: ("new",)})
    await _settle(world)
    await world.delete(task)
    await _settle(world)
    assert world.live() == []
    await world.restore(task)
    await world.edit(task, {Field.NOTES: "back"})
    await _settle(world)
    return await world.get(task)


@pytest.mark.parametrize("mode", Mode)
async def test_p3_a_fault_at_any_call_to_the_outside_leaves_exactly_one_page(mode: Mode) -> None:
    at, fired = 0, True
    while fired:
        at += 1
        wire = Tripwire(at=at, mode=mode)
        async with open_world(wire=wire) as world:
            task = await _life_of_a_task(world)
            row = world.row()
            assert (row.title, row.properties["Notes"]) == ("Grown", "back"), at
            assert row.properties["Task ID"] == task.id, at
            assert task.sync.state is SyncState.SYNCED, at
            assert (
                world.calls(CREATE) == len(world.emulator.journal.calls(CREATE, status=200)) == 1
            ), at
        fired = wire.fired
    assert at > 30, "the life of a task takes more calls than that: the wire is cut"


async def test_p3_two_faults_in_a_row_leave_one_page() -> None:
    for first in range(1, 12):
        async with open_world(wire=(wire := Tripwire(at=first, mode=Mode.KILL_AFTER))) as world:
            await world.add("Born")
            with suppress(Killed):
                await world.pusher.drain()
            wire._at = wire.count + 6
            world.clock.advance(minutes=2)
            await _settle(world)
            assert world.row().title == "Born"


async def test_a_graceful_end_gives_the_lease_back_at_once() -> None:
    async with open_world(wire=Tripwire(at=6, mode=Mode.CANCEL_BEFORE)) as world:
        await world.add()
        with suppress(asyncio.CancelledError):
            await world.pusher.drain()
        assert await world.stores.queue.next_due() == timedelta(0)
        assert world.observed.jobs == ["released"]
