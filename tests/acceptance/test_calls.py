"""How many calls Notion gets: counted in the emulator's journal, no time measured."""

from __future__ import annotations

from dataclasses import replace

from playground.notion import Fault
from tests.acceptance.world import QUICK, World

WRITE = "PATCH /v1/pages/*"
QUERY = "POST /v1/data_sources/*/query"
EDITS = 50
PATIENT = replace(QUICK, notion_timeout_seconds=30.0, lease_seconds=60.0)
POLLING = replace(QUICK, notion_poll_seconds=0.3)


async def test_fifty_edits_while_notion_is_slow_make_two_writes(empty_world: World) -> None:
    world = empty_world
    async with world.run_bot(tuning=PATIENT):
        await world.slack.command("/task add Book the venue")
        await world.row("Book the venue")
        held = world.notion.faults.add(Fault(match=WRITE, hang=True))
        await world.slack.command("/task due 1 2030-01-01")
        await held.reached.wait()
        for number in range(EDITS):
            await world.slack.command(f"/task due 1 2030-02-{number % 28 + 1:02}")
        await world.slack.command("/task due 1 2030-03-31")
        held.release.set()
        await world.row("Book the venue", Due="2030-03-31")
        await world.until_task(1, lambda task: task.sync.rev == task.rev)
    assert len(world.notion.journal.calls(WRITE)) == 2


async def test_a_quiet_bot_asks_nothing_but_its_poll_and_the_health_check(
    empty_world: World,
) -> None:
    world = empty_world
    async with world.run_bot(tuning=POLLING):
        await world.slack.command("/task add Book the venue")
        await world.row("Book the venue")
        world.bench.edit(world.rows()[0].id, {"Name": "Edited in Notion"})
        await world.until_task(1, lambda task: task.title == "Edited in Notion")
        await world.until_task(1, lambda task: task.sync.rev == task.rev)
        journal = world.notion.journal
        polls = len(journal.calls(QUERY))
        await world.until(lambda: len(journal.calls(QUERY)) > polls + 1)
        journal.clear()
        for polled in (1, 2, 3):
            await world.until(lambda wanted=polled: len(journal.calls(QUERY)) >= wanted)  # type: ignore[misc]  # the count of now
            await world.get("/health")
    strays = {(entry.method, entry.path) for entry in journal.entries}
    strays -= {(entry.method, entry.path) for entry in journal.calls(QUERY)}
    assert strays <= {("GET", "/v1/users/me")}
