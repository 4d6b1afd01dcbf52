from datetime import UTC, date, datetime, timedelta

from tasks.commands import AddTask
from tasks.model import Due, Field, Priority, Status, SyncState
from tests.contract.notion_sync.world import ALICE, CREATE, READ, TEAM, UPDATE, World


async def test_a_new_task_becomes_a_row_with_all_its_fields(world: World) -> None:
    request = AddTask(
        team=TEAM,
        by=ALICE,
        key="k",
        title="Book the venue",
        notes="Ask for the garden",
        status=Status.IN_PROGRESS,
        due=Due.local(datetime(2026, 11, 27, 16, 0, 31, tzinfo=UTC), "Europe/Berlin"),
        priority=Priority.URGENT,
        tags=("offsite", "money"),
        source="https://acme.slack.com/archives/C1/p1",
    )
    task = (await world.tasks.add(request)).task
    assert await world.push() == 1
    row = world.row()
    assert row.title == "Book the venue"
    assert row.properties["Task ID"] == task.id
    assert row.properties["Notes"] == "Ask for the garden"
    assert row.properties["Status"] == "In progress"
    assert row.properties["Priority"] == "Urgent"
    assert row.properties["Tags"] == ["offsite", "money"]
    assert row.properties["Slack"] == "https://acme.slack.com/archives/C1/p1"
    assert "2026-11-27T17:00:00.000+01:00" in str(row.properties["Due"])
    shown = await world.get(task)
    assert (shown.sync.state, shown.sync.url, shown.sync.rev) == (SyncState.SYNCED, row.url, 1)


async def test_a_change_reaches_the_row_by_one_reading_and_one_writing(world: World) -> None:
    task = await world.add()
    await world.push()
    world.emulator.journal.clear()
    await world.edit(task, {Field.TITLE: "Book two venues", Field.STATUS: Status.DONE})
    await world.push()
    row = world.row()
    assert (row.title, row.properties["Status"]) == ("Book two venues", "Done")
    assert (world.calls(READ), world.calls(UPDATE), world.calls("* *")) == (1, 1, 2)


async def test_only_what_differs_is_written_so_that_an_edit_in_notion_stays(world: World) -> None:
    task = await world.add()
    await world.push()
    world.notion.edit(world.row().id, {"Notes": "written in Notion"})
    await world.edit(task, {Field.TITLE: "Book two venues"})
    await world.push()
    assert world.row().properties["Notes"] == "written in Notion"
    (call,) = world.emulator.journal.calls(UPDATE)
    assert call.body is not None
    assert len(call.body["properties"]) == 1


async def test_a_burst_of_changes_becomes_one_write(world: World) -> None:
    task = await world.add()
    await world.push()
    world.emulator.journal.clear()
    for title in ("one", "two", "three"):
        await world.edit(task, {Field.TITLE: title})
    await world.push()
    assert (world.row().title, world.calls(UPDATE)) == ("three", 1)


async def test_a_row_that_is_equal_already_costs_no_call(world: World) -> None:
    task = await world.add(tags=("offsite",), due=Due.on(date(2026, 12, 1)))
    await world.push()
    world.emulator.journal.clear()
    await world.edit(task, {Field.TITLE: "Other"})
    await world.edit(task, {Field.TITLE: "Book the venue"})
    assert await world.push() == 1
    assert world.calls("* *") == 0
    assert (await world.get(task)).sync.state is SyncState.SYNCED


async def test_fields_can_be_emptied(world: World) -> None:
    task = await world.add(notes="x", tags=("a",), due=Due.on(date(2026, 12, 1)))
    await world.push()
    await world.edit(task, {Field.NOTES: "", Field.TAGS: (), Field.DUE: None})
    await world.push()
    properties = world.row().properties
    assert (properties["Notes"], properties["Tags"], properties["Due"]) == ("", [], None)


async def test_long_text_with_emoji_arrives_whole(world: World) -> None:
    notes = ("🎉" * 999 + "ab") * 9
    await world.add(notes=notes)
    await world.push()
    assert world.row().properties["Notes"] == notes


async def test_a_deleted_task_goes_to_the_trash_and_a_restored_one_comes_back(
    world: World,
) -> None:
    task = await world.add()
    await world.push()
    page = world.row().id
    await world.delete(task)
    await world.push()
    assert world.live() == []
    await world.restore(task)
    await world.edit(task, {Field.TITLE: "Back again"})
    await world.push()
    assert (world.row().id, world.row().title) == (page, "Back again")
    assert world.calls(CREATE) == 1


async def test_a_task_deleted_before_it_had_a_row_never_gets_one(world: World) -> None:
    task = await world.add()
    await world.delete(task)
    await world.push()
    assert (world.calls(CREATE), (await world.get(task)).sync.state) == (0, SyncState.SYNCED)
    await world.restore(task)
    await world.push()
    assert world.row().title == task.title


async def test_deleting_a_task_whose_page_a_person_has_deleted_is_no_fault(world: World) -> None:
    task = await world.add()
    other = await world.add("Other")
    await world.push()
    world.notion.delete_for_good(world.live()[0].id)
    world.notion.trash(world.live()[0].id)
    await world.delete(task)
    await world.delete(other)
    await world.push()
    assert (await world.get(task)).sync.state is SyncState.SYNCED
    assert (await world.get(other)).sync.state is SyncState.SYNCED


async def test_a_page_that_a_person_put_into_the_trash_is_shown_as_gone_not_brought_back(
    world: World,
) -> None:
    task = await world.add()
    await world.push()
    page = world.row().id
    world.notion.trash(page)
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    shown = await world.get(task)
    assert (shown.sync.state, world.live()) == (SyncState.GONE, [])
    assert "trash" in (shown.sync.reason or "")
    world.notion.restore(page)
    await world.stores.queue.requeue(TEAM, task.number)
    await world.push()
    assert (world.row().title, (await world.get(task)).sync.state) == (
        "Changed",
        SyncState.SYNCED,
    )


async def test_a_page_deleted_for_good_is_shown_as_gone_and_never_made_again(
    world: World,
) -> None:
    task = await world.add()
    await world.push()
    world.notion.delete_for_good(world.row().id)
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    assert (await world.get(task)).sync.state is SyncState.GONE
    await world.push(after=timedelta(hours=1))
    assert (world.live(), world.calls(CREATE)) == ([], 1)


async def test_a_team_without_a_connection_is_left_alone_until_it_has_one(world: World) -> None:
    connection = world.stores.connections.by_team.pop(TEAM)
    await world.add()
    assert await world.push() == 1
    assert await world.push() == 0  # it does not spin
    world.stores.connections.by_team[TEAM] = connection
    await world.push(after=timedelta(minutes=11))
    assert world.row().title == "Book the venue"
