"""Two processes at the same work, at once: one budget, one row for each task."""

import random

import pytest

from tasks.model import Field
from tests.contract.notion_sync.interleaving import Interleaving
from tests.contract.notion_sync.tripwire import Tripwire
from tests.contract.notion_sync.world import READ, TEAM, UPDATE, open_world

TASKS = 25
BUDGET = 30


@pytest.mark.parametrize("seed", range(10))
async def test_p3_two_processes_at_once_make_one_row_each_within_one_budget(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # repeatable
    wire = Tripwire()
    wire.interleaving = Interleaving(dice)
    async with open_world(wire=wire, calls_per_window=BUDGET, requests_per_minute=BUDGET) as world:
        processes = [world.followers, world.another_process()]
        titles = {(await world.add(f"Task {n}")).title for n in range(TASKS)}

        async def work(which: int) -> None:
            await processes[which].pusher.drain()

        for _ in range(40):
            world.clock.advance(seconds=5)
            await wire.interleaving.together(work(0), work(1))
            if await world.stores.queue.next_due() is None:
                break
        assert (await world.stores.queue.backlog(TEAM)).behind == 0
        assert sorted(row.title for row in world.live()) == sorted(titles)
        journal = world.emulator.journal
        assert BUDGET - 3 <= journal.most_calls_in_any(60) <= BUDGET, "used up, and not exceeded"
        assert journal.calls_inside_pause == []


@pytest.mark.parametrize("budget", [6, 7, 9])
@pytest.mark.parametrize("seed", range(5))
async def test_with_hardly_any_calls_no_row_is_read_without_being_written(
    seed: int, budget: int
) -> None:
    wire = Tripwire()
    wire.interleaving = Interleaving(random.Random(seed))  # noqa: S311  # repeatable
    async with open_world(wire=wire, calls_per_window=budget, requests_per_minute=budget) as world:
        processes = [world.followers, world.another_process()]

        async def work(which: int) -> None:
            await processes[which].pusher.drain()

        interleaving = wire.interleaving

        async def rest() -> None:
            for _ in range(60):
                world.clock.advance(seconds=20)
                await interleaving.together(work(0), work(1))
                if await world.stores.queue.next_due() is None:
                    return

        tasks = [await world.add(f"Task {n}") for n in range(8)]
        await rest()
        for task in tasks:
            await world.edit(task, {Field.NOTES: f"of {task.title}"})
        await rest()
        assert sorted(row.properties["Notes"] for row in world.live()) == [
            f"of Task {n}" for n in range(8)
        ]
        assert world.calls(READ) == world.calls(UPDATE) == 8
        assert world.emulator.journal.most_calls_in_any(60) <= budget
