"""Columns are followed by id; what is gone pauses that field, not the task."""

from datetime import timedelta

from tasks.model import Field, Priority, Status, SyncState
from tests.contract.notion_sync.world import CREATE, SCHEMA, TEAM, UPDATE, World, open_world


async def test_a_renamed_column_is_followed(world: World) -> None:
    task = await world.add()
    await world.push()
    world.notion.rename_column(world.database.data_source_id, "Notes", "Remarks")
    await world.edit(task, {Field.NOTES: "new"})
    assert await world.push() == 1
    assert world.row().properties["Remarks"] == "new"
    await world.push(after=timedelta(minutes=11))
    fresh = world.another_pusher()
    await world.edit(task, {Field.NOTES: "newer"})
    await fresh.drain()
    assert world.row().properties["Remarks"] == "newer"


async def test_a_renamed_option_is_followed(world: World) -> None:
    task = await world.add()
    await world.edit(task, {Field.PRIORITY: Priority.HIGH})
    await world.push()
    (option,) = [
        option
        for column in world.notion.workspace.data_sources[
            world.database.data_source_id
        ].columns.values()
        for option in column.config.get("options", [])
        if option["name"] == "High"
    ]
    option["name"] = "Burning"
    other = await world.add("Other")
    await world.edit(other, {Field.PRIORITY: Priority.HIGH})
    await world.another_pusher().drain()
    assert {row.properties["Priority"] for row in world.live()} == {"Burning"}


async def test_a_removed_column_pauses_that_field_only(world: World) -> None:
    task = await world.add()
    await world.push()
    world.notion.remove_column(world.database.data_source_id, "Notes")
    await world.edit(task, {Field.NOTES: "nowhere to go", Field.TITLE: "Changed"})
    await world.push()
    assert world.row().title == "Changed"
    assert (await world.get(task)).sync.state is SyncState.SYNCED
    assert "“Notes” is missing" in (world.pusher.trouble(TEAM) or "")
    await world.add("Another")
    await world.push()
    assert len(world.live()) == 2


async def test_a_column_made_anew_is_used_and_the_complaint_ends(world: World) -> None:
    task = await world.add()
    await world.push()
    table = world.database.data_source_id
    world.notion.remove_column(table, "Notes")
    await world.edit(task, {Field.NOTES: "kept here"})
    await world.push()
    world.notion.change_schema(table, {"Notes": {"rich_text": {}}})
    world.clock.advance(minutes=2)
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    assert world.row().properties["Notes"] == "kept here"
    assert world.pusher.trouble(TEAM) is None


async def test_what_was_changed_while_a_column_was_missing_reaches_notion_by_itself(
    world: World,
) -> None:
    task, untouched = await world.add(notes="before"), await world.add("Other", notes="mine")
    await world.push()
    table = world.database.data_source_id
    world.notion.remove_column(table, "Notes")
    await world.edit(task, {Field.NOTES: "changed meanwhile", Field.TITLE: "Changed"})
    await world.push()
    assert (await world.get(task)).sync.state is SyncState.SYNCED
    world.notion.change_schema(table, {"Notes": {"rich_text": {}}})
    await world.go_round()
    await world.settle()
    shown = {row.title: row.properties["Notes"] for row in world.live()}
    assert shown == {"Changed": "changed meanwhile", "Other": "mine"}
    assert (await world.get(untouched)).notes == "mine"
    assert (await world.get(task)).sync.conflicts == ()
    assert world.pusher.trouble(TEAM) is None


async def test_a_column_that_was_retyped_and_is_back_empty_erases_nothing(world: World) -> None:
    task, untouched = await world.add(notes="before"), await world.add("Other", notes="mine")
    await world.push()
    table = world.database.data_source_id
    world.notion.change_schema(table, {"Notes": {"checkbox": {}}})
    await world.edit(task, {Field.NOTES: "changed meanwhile"})
    await world.push(after=timedelta(minutes=11))
    await world.settle()
    assert "“Notes” has the type checkbox" in (world.pusher.trouble(TEAM) or "")
    world.notion.change_schema(table, {"Notes": {"rich_text": {}}})
    await world.go_round()
    await world.settle()
    shown = {row.title: row.properties["Notes"] for row in world.live()}
    assert shown == {"Book the venue": "changed meanwhile", "Other": "mine"}
    assert (await world.get(untouched)).notes == "mine"


async def test_a_retyped_column_pauses_that_field_only(world: World) -> None:
    task = await world.add()
    await world.push()
    table = world.database.data_source_id
    world.notion.change_schema(table, {"Due": {"number": {}}})
    world.clock.advance(minutes=11)
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    assert world.row().title == "Changed"
    assert "“Due” has the type number" in (world.pusher.trouble(TEAM) or "")


async def test_without_its_key_column_no_page_is_made_but_others_still_change(
    world: World,
) -> None:
    first = await world.add("First")
    await world.push()
    table = world.database.data_source_id
    world.notion.remove_column(table, "Task ID")
    second = await world.add("Second")
    await world.edit(first, {Field.TITLE: "First, changed"})
    await world.push()
    assert [row.title for row in world.live()] == ["First, changed"]
    waiting = (await world.get(second)).sync
    assert waiting.state is SyncState.WAITING
    assert "“Task ID” is missing" in (waiting.reason or "")
    assert "“Task ID” is missing" in (world.pusher.trouble(TEAM) or "")
    creations = world.calls(CREATE)
    await world.push(after=timedelta(minutes=6))
    assert world.calls(CREATE) == creations
    world.notion.change_schema(table, {"Task ID": {"rich_text": {}}})
    await world.push(after=timedelta(minutes=6))
    assert [row.title for row in world.live()] == ["First, changed", "Second"]
    assert world.live()[1].properties["Task ID"] == second.id


async def test_a_retyped_key_column_stops_creation_too() -> None:
    async with open_world(schema=SCHEMA | {"Task ID": {"number": {}}}) as world:
        await world.add()
        await world.push()
        assert world.calls(CREATE) == 0
        assert "make it rich_text" in (world.pusher.trouble(TEAM) or "")


async def test_a_page_moved_out_of_the_database_is_gone(world: World) -> None:
    task = await world.add()
    await world.push()
    elsewhere = world.notion.add_database("Elsewhere", {"Title": {"title": {}}})
    world.notion.move(world.row().id, elsewhere.data_source_id)
    await world.edit(task, {Field.NOTES: "x"})
    await world.push()
    shown = await world.get(task)
    assert shown.sync.state is SyncState.GONE
    assert "moved" in (shown.sync.reason or "")


async def test_a_new_option_is_learnt_from_the_answer(world: World) -> None:
    task = await world.add(tags=("new",))
    await world.push()
    world.emulator.journal.clear()
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    (call,) = world.emulator.journal.calls(UPDATE)
    assert call.body is not None
    assert list(call.body["properties"]) == ["title"]


async def test_a_select_serves_as_status_where_there_is_no_status_column() -> None:
    schema = SCHEMA | {"Status": {"select": {"options": [{"name": "To do"}, {"name": "✅ Done"}]}}}
    async with open_world(schema=schema) as world:
        task = await world.add()
        await world.push()
        assert world.row().properties["Status"] == "To do"
        await world.edit(task, {Field.STATUS: Status.IN_PROGRESS})
        await world.push()
        assert world.row().properties["Status"] == "In progress"
        await world.edit(task, {Field.STATUS: Status.DONE})
        await world.push()
        assert world.row().properties["Status"] == "✅ Done"


async def test_a_status_without_an_option_is_left_out_and_the_installer_told() -> None:
    options = {
        "options": [{"name": "Backlog"}, {"name": "Shipped"}],
    }
    async with open_world(schema=SCHEMA | {"Status": {"status": options}}) as world:
        task = await world.add()
        await world.edit(task, {Field.STATUS: Status.DONE})
        await world.push()
        assert world.row().title == task.title
        assert (await world.get(task)).sync.state is SyncState.SYNCED
        assert "no option for “Done”" in (world.pusher.trouble(TEAM) or "")
