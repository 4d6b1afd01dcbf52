"""A task over which process after process dies is set aside, and the others go on."""

from notion_sync.jobs import BROKEN_OFF, BROKEN_OFF_MAX
from storage.follower import LEASE
from tasks.model import Field, SyncState, Task
from tasks.ports import Claim
from tests.contract.notion_sync.world import World


async def die_over(world: World, task: Task, times: int) -> None:
    """Let processes claim the task and be gone, one after the other."""
    for _ in range(times):
        claim: Claim | None = await world.stores.queue.claim()
        assert claim is not None
        assert claim.task.id == task.id
        world.clock.advance(seconds=LEASE.total_seconds())


async def test_fault_25_what_kills_process_after_process_is_set_aside_with_a_reason(
    world: World,
) -> None:
    deadly = await world.add("Deadly")
    await die_over(world, deadly, BROKEN_OFF_MAX)
    await world.add("Harmless")
    await world.push()
    assert [row.title for row in world.live()] == ["Harmless"]
    sync = (await world.get(deadly)).sync
    assert (sync.state, sync.reason) == (SyncState.STALLED, BROKEN_OFF)


async def test_a_few_deaths_are_nobodys_fault(world: World) -> None:
    task = await world.add()
    await die_over(world, task, BROKEN_OFF_MAX - 1)
    await world.push()
    assert world.row().title == task.title


async def test_a_change_gives_what_was_set_aside_for_deaths_another_chance(world: World) -> None:
    deadly = await world.add("Deadly")
    await die_over(world, deadly, BROKEN_OFF_MAX)
    await world.push()
    await world.edit(deadly, {Field.TITLE: "Tamed"})
    await world.push()
    assert world.row().title == "Tamed"
