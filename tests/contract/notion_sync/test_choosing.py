"""Another database, or other columns, chosen while the followers run."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from playground.notion import NewDatabase
from tasks.errors import NoSuchTask
from tasks.model import Field, SyncState
from tasks.ports import SKIPPED, CannotConnect, Connection
from tests.contract.notion_sync.world import SCHEMA, TEAM, World


def choose(world: World, **changes: object) -> None:
    """Let the team mirror elsewhere from now on."""
    before = world.stores.connections.by_team[TEAM]
    again: Connection = replace(before, rev=before.rev + 1, **changes)  # type: ignore[arg-type]  # its fields
    world.stores.connections.by_team[TEAM] = again


def another(world: World) -> NewDatabase:
    return world.notion.add_database("Elsewhere", SCHEMA)


async def polled(world: World) -> None:
    await world.go_round()
    world.clock.advance(minutes=2)
    await world.settle()


def titles(world: World, database: NewDatabase) -> list[str]:
    return sorted(row.title for row in world.notion.live_pages(database.data_source_id))


async def test_every_task_gets_a_row_in_the_new_database_and_keeps_its_old_one(
    world: World,
) -> None:
    first, _ = await world.add("First"), await world.add("Second")
    await world.push()
    await polled(world)
    elsewhere = another(world)
    choose(world, database=elsewhere.database_id, mapping="m1")
    await polled(world)
    assert titles(world, elsewhere) == ["First", "Second"]
    assert sorted(row.title for row in world.live()) == ["First", "Second"]
    assert (await world.get(first)).sync.state is SyncState.SYNCED


async def test_rows_that_were_there_come_in_only_where_that_was_chosen(world: World) -> None:
    await polled(world)
    for takes_all in (False, True):
        elsewhere = another(world)
        world.notion.add_row(elsewhere.data_source_id, {"Name": f"There before, {takes_all}"})
        world.clock.advance(minutes=5)
        # Edits of the newest row's minute cannot be told from later ones: it comes in anyway.
        world.notion.add_row(elsewhere.data_source_id, {"Name": f"Newest, {takes_all}"})
        choose(world, database=elsewhere.database_id, mapping=f"m{takes_all}", takes_all=takes_all)
        await polled(world)
        await polled(world)
    assert sorted(await made(world)) == ["Newest, False", "Newest, True", "There before, True"]


async def made(world: World) -> list[str]:
    """Return the titles of all tasks."""
    found: list[str] = []
    with suppress(NoSuchTask):
        while True:
            found.append((await world.tasks.get(TEAM, len(found) + 1)).title)
    return found


async def test_other_columns_of_the_same_database_are_filled_at_once(world: World) -> None:
    table = world.database.data_source_id
    await world.add(notes="to be seen")
    await world.push()
    await polled(world)
    column = world.notion.add_column(table, "Remarks", {"rich_text": {}})
    connecting = world.stores.columns
    kept = dict(await connecting.load(TEAM, world.connection.columns_key) or {})
    key = f"{world.database.database_id}#m1"
    await connecting.save(TEAM, key, {**kept, "notes": column, "due": SKIPPED})
    choose(world, mapping="m1")
    await polled(world)
    assert world.row().properties["Remarks"] == "to be seen"


async def test_a_field_that_is_not_mirrored_stays_as_it_is_on_both_sides(world: World) -> None:
    task = await world.add(notes="before")
    await world.push()
    await polled(world)
    kept = dict(await world.stores.columns.load(TEAM, world.connection.columns_key) or {})
    key = f"{world.database.database_id}#m1"
    await world.stores.columns.save(TEAM, key, {**kept, "notes": SKIPPED})
    choose(world, mapping="m1")
    await world.edit(task, {Field.NOTES: "only here"})
    world.notion.edit(world.row().id, {"Notes": "only there"})
    await polled(world)
    assert (await world.get(task)).notes == "only here"
    assert world.row().properties["Notes"] == "only there"
    assert world.pusher.trouble(TEAM) is None


async def test_a_column_that_goes_makes_every_instance_read_anew(world: World) -> None:
    await world.add()
    await world.push()
    world.notion.remove_column(world.database.data_source_id, "Notes")
    world.clock.advance(minutes=11)
    await world.add("Another")
    before = await world.stores.choices.load(TEAM)
    await world.push()
    after = await world.stores.choices.load(TEAM)
    assert (before, after is not None and after.rev) == (None, 1)


async def test_what_is_missing_is_asked_of_notion_before_anybody_is_told(world: World) -> None:
    await world.add()
    await world.push()
    drift = world.followers.drift
    assert drift.seen(TEAM) == ()
    world.notion.remove_column(world.database.data_source_id, "Notes")
    assert drift.seen(TEAM) == ()
    (sentence,) = await drift.look(TEAM)
    assert "“Notes” is missing" in sentence
    assert drift.seen(TEAM) == (sentence,)
    world.token.revoke()
    with pytest.raises(CannotConnect):
        await drift.look(TEAM)


async def test_a_revoked_token_waits_and_another_one_goes_on(world: World) -> None:
    await world.add("First")
    await world.push()
    world.token.revoke()
    second = await world.add("Second")
    await world.push()
    assert (await world.get(second)).sync.state is SyncState.WAITING
    assert "token" in (world.pusher.trouble(TEAM) or "")
    choose(world, token=world.notion.connect("Again").token)
    await world.push(after=timedelta(minutes=6))
    assert [row.title for row in world.live()] == ["First", "Second"]


async def test_an_instance_without_work_says_no_more_what_was_mended(world: World) -> None:
    await world.add()
    await world.push()
    table = world.database.data_source_id
    world.notion.remove_column(table, "Notes")
    await world.add("Another")
    await world.push(after=timedelta(minutes=11))
    assert "“Notes” is missing" in (world.pusher.trouble(TEAM) or "")
    column = world.notion.add_column(table, "Remarks", {"rich_text": {}})
    kept = dict(await world.stores.columns.load(TEAM, world.connection.columns_key) or {})
    key = f"{world.database.database_id}#m1"
    await world.stores.columns.save(TEAM, key, {**kept, "notes": column})
    choose(world, mapping="m1")
    await world.followers.rounds.once()
    assert world.pusher.trouble(TEAM) is None
    assert world.followers.drift.seen(TEAM) == ()
