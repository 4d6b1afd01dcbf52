"""Two processes at the same work, at once: one budget, one row for each task."""

import random

import pytest

from tests.contract.notion_sync.interleaving import Interleaving
from tests.contract.notion_sync.tripwire import Tripwire
from tests.contract.notion_sync.world import TEAM, open_world

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
