"""The import of rows that were there before the bot."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from notion_sync import importing, sweep
from notion_sync.client import Caller
from notion_sync.importing import Progress, Tally
from notion_sync.steady import Stopped
from playground.notion import Fault
from tasks.model import Field, Source, Status, SyncState, Task
from tests.contract.notion_sync.world import QUERY, READ, TEAM, UPDATE, World


def add_rows(world: World, count: int, *, minutes_apart: float = 0.0) -> list[str]:
    ids = []
    for number in range(count):
        ids.append(world.notion.add_row(world.database.data_source_id, {"Name": f"Row {number}"}))
        world.clock.advance(minutes=minutes_apart)
    return ids


async def imported(world: World, told: list[Progress] | None = None) -> Tally:
    connection = world.stores.connections.by_team[TEAM]
    heard = [] if told is None else told
    caller = Caller(connection=connection)
    return await world.followers.importing.run(caller, tell=heard.append)


async def tasks_of(world: World) -> list[Task]:
    records = world.stores.database.records
    return [record.shown for (team, _), record in sorted(records.items()) if team == TEAM]


async def test_all_rows_become_tasks_in_the_order_they_were_made(world: World) -> None:
    add_rows(world, 250, minutes_apart=1)
    tally = await imported(world)
    assert (tally.imported, tally.known, tally.met) == (250, 0, 250)
    tasks = await tasks_of(world)
    assert [task.title for task in tasks] == [f"Row {number}" for number in range(250)]
    assert all(task.sync.state is SyncState.SYNCED for task in tasks)


async def test_rows_cost_a_call_a_hundred_and_none_is_read_or_written_singly(world: World) -> None:
    add_rows(world, 250)
    await imported(world)
    assert world.calls(QUERY) == 2 * 3  # once to count, once to read
    await world.push(after=timedelta(minutes=5))
    assert world.calls(READ) == world.calls(UPDATE) == 0


async def test_a_task_keeps_what_the_row_holds_and_when_it_was_made(world: World) -> None:
    made_at = world.clock.now()
    world.notion.add_row(
        world.database.data_source_id,
        {"Name": "Old", "Status": "Done", "Notes": "long ago", "Tags": ["old"]},
    )
    world.clock.advance(days=30)
    await imported(world)
    (task,) = await tasks_of(world)
    assert (task.title, task.status, task.notes, task.tags) == (
        "Old",
        Status.DONE,
        "long ago",
        ("old",),
    )
    minute = made_at.replace(second=0, microsecond=0)
    assert (task.created_at, task.updated_at, task.completed_at) == (minute, minute, minute)
    assert task.changes[0].by.source is Source.NOTION


async def test_twice_makes_nothing_twice(world: World) -> None:
    add_rows(world, 120)
    await imported(world)
    again = await imported(world)
    assert (again.imported, again.known) == (0, 120)
    assert len(await tasks_of(world)) == 120


async def test_rows_of_tasks_are_left_alone(world: World) -> None:
    await world.add()
    await world.push()
    add_rows(world, 2)
    tally = await imported(world)
    assert (tally.imported, tally.known) == (2, 1)
    assert len(await tasks_of(world)) == 3


async def test_the_task_id_is_written_along_with_the_first_change(world: World) -> None:
    (row,) = add_rows(world, 1)
    await imported(world)
    (task,) = await tasks_of(world)
    await world.edit(task, {Field.TITLE: "Renamed"})
    await world.push()
    assert world.row().id == row
    assert world.row().title == "Renamed"
    assert world.row().properties["Task ID"] == task.id
    assert world.calls(UPDATE) == 1


async def test_an_edit_in_notion_after_the_import_comes_in_as_any_other(world: World) -> None:
    (row,) = add_rows(world, 1)
    await imported(world)
    world.notion.edit(row, {"Name": "Edited there"})
    await world.pull(row)
    (task,) = await tasks_of(world)
    assert task.title == "Edited there"


async def test_a_foreign_task_id_is_taken_in_and_counted(world: World) -> None:
    world.notion.add_row(
        world.database.data_source_id, {"Name": "Theirs", "Task ID": "of-another-bot"}
    )
    tally = await imported(world)
    assert (tally.imported, tally.foreign) == (1, 1)


async def test_a_copy_of_a_row_is_left_to_the_bot_and_becomes_a_task_of_its_own(
    world: World,
) -> None:
    task = await world.add()
    await world.push()
    world.notion.add_row(world.database.data_source_id, {"Name": "Copy", "Task ID": task.id})
    tally = await imported(world)
    assert (tally.imported, tally.known, tally.left) == (0, 1, 1)
    await world.settle()
    assert [one.title for one in await tasks_of(world)] == [task.title, "Copy"]


async def test_what_a_task_cannot_hold_is_counted_by_what_it_is(world: World) -> None:
    for end in ("2026-12-05", "2026-12-06"):
        world.notion.add_row(
            world.database.data_source_id,
            {"Name": "Range", "Due": {"date": {"start": "2026-12-01", "end": end}}},
        )
    world.notion.add_row(world.database.data_source_id, {"Priority": "Low", "Name": "x" * 900})
    tally = await imported(world)
    assert tally.imported == 3
    assert dict(tally.unmapped) == {
        "Due: a range, of which the task has the beginning": 2,
        "Name: shortened in the task": 1,
    }


async def test_it_goes_on_where_it_was_killed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rows(world, 250, minutes_apart=0.1)
    add = world.stores.tasks.add
    died = False

    async def dying(*args: object, **kwargs: object) -> object:
        nonlocal died
        if not died and len(await tasks_of(world)) == 130:
            died = True
            raise asyncio.CancelledError
        return await add(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(world.stores.tasks, "add", dying)
    with pytest.raises(asyncio.CancelledError):
        await imported(world)
    world.emulator.journal.clear()
    told: list[Progress] = []
    tally = await imported(world, told)
    assert (tally.imported, tally.known, tally.met) == (250, 0, 250)
    assert len(await tasks_of(world)) == 250
    assert not any(one.is_counting for one in told)
    assert told[-1].total == 250
    assert world.calls(QUERY) == 2


async def test_a_turn_that_died_is_waited_for(world: World) -> None:
    add_rows(world, 3)
    await world.stores.turns.take(TEAM, importing.WORK, lease=importing.LEASE)
    began = world.clock.now()
    told: list[Progress] = []
    assert (await imported(world, told)).imported == 3
    assert world.clock.now() - began >= importing.LEASE
    assert any(one.waits for one in told)


async def test_beside_another_import_it_gives_up_in_the_end(world: World) -> None:
    await world.stores.turns.take(TEAM, importing.WORK, lease=timedelta(days=1))
    with pytest.raises(Stopped, match="Another import is running"):
        await imported(world)


async def test_no_sweep_misses_what_was_imported_while_it_was_under_way(world: World) -> None:
    add_rows(world, 30)
    await world.followers.rounds.once()
    turn = await world.stores.turns.take(TEAM, sweep.WORK, lease=timedelta(seconds=1))
    if turn is None:
        await world.stores.turns.call(TEAM, sweep.WORK)
        turn = await world.stores.turns.take(TEAM, sweep.WORK, lease=timedelta(seconds=1))
    assert turn is not None
    await world.stores.turns.save(turn, {**turn.state, "number": 9, "after": "2099-01-01"})
    world.clock.advance(seconds=2)  # it died half-way, past all rows
    await imported(world)
    await world.stores.turns.call(TEAM, sweep.WORK)
    await world.followers.rounds.once()
    assert await world.stores.rows.missed(TEAM, sweep=9, limit=100) != ()  # it did not go on
    assert all(task.sync.state is SyncState.SYNCED for task in await tasks_of(world))


async def test_limits_and_hiccups_hold_it_up_and_do_not_end_it(world: World) -> None:
    add_rows(world, 150)
    world.emulator.faults.add(Fault(match=QUERY, status=502, html=True))
    world.emulator.faults.add(Fault(match=QUERY, status=429, retry_after=40))
    told: list[Progress] = []
    assert (await imported(world, told)).imported == 150
    assert world.emulator.journal.calls_inside_pause == []
    assert any(one.waits and "limit" in one.waits for one in told)


async def test_a_refused_token_ends_it_with_a_sentence_and_it_can_go_on(world: World) -> None:
    add_rows(world, 5)
    world.emulator.faults.add(Fault(match=QUERY, status=401))
    with pytest.raises(Stopped, match="token"):
        await imported(world)
    assert (await imported(world)).imported == 5


async def test_tasks_that_were_there_first_are_pushed_beside_it(world: World) -> None:
    tasks = [await world.add(f"Ours {number}") for number in range(3)]
    add_rows(world, 3)
    await imported(world)
    await world.settle()
    assert len(world.notion.rows(world.database.data_source_id)) == 6
    assert len(await tasks_of(world)) == 6
    assert (await world.get(tasks[0])).sync.state is SyncState.SYNCED
