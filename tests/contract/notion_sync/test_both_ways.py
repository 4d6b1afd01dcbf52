"""What is edited in Notion and what becomes of it in the task, over the emulator."""

from datetime import UTC, date, datetime, timedelta

import pytest

from playground.notion import Fault
from tasks.model import Due, Field, FieldChange, Priority, Source, Status, SyncState, Task
from tasks.ports import Profile
from tests.contract.notion_sync.world import CREATE, READ, TEAM, UPDATE, World

MARIA = Profile(person="U1", name="Maria", zone="Europe/Berlin", email="Maria@Example.com")
BEFORE = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


async def synced(world: World, title: str = "Book the venue", **given: object) -> Task:
    task = await world.add(title, **given)  # type: ignore[arg-type]  # as World.add takes them
    await world.settle()
    world.emulator.journal.clear()
    return task


def _knows_maria(world: World) -> str:
    world.stores.people._kept[TEAM, "U1"] = MARIA
    return world.notion.add_person("Maria", "maria@example.com").id


async def test_every_field_that_is_edited_in_notion_reaches_the_task(world: World) -> None:
    _knows_maria(world)
    task = await synced(world)
    world.notion.edit(
        world.row().id,
        {
            "Name": "Book the big venue",
            "Status": "In progress",
            "Assignees": ["Maria"],
            "Due": "2026-12-01",
            "Priority": "High",
            "Tags": ["offsite"],
            "Notes": "With a terrace",
        },
    )
    await world.pull()
    now = await world.get(task)
    assert (now.title, now.status, now.assignees) == (
        "Book the big venue",
        Status.IN_PROGRESS,
        ("U1",),
    )
    assert (now.due, now.priority, now.tags) == (
        Due.on(date(2026, 12, 1)),
        Priority.HIGH,
        ("offsite",),
    )
    assert (now.notes, now.sync.state) == ("With a terrace", SyncState.SYNCED)
    assert (now.rev, now.changes[-1].by.source) == (2, Source.NOTION)


async def test_an_echo_changes_nothing_and_is_written_nowhere(world: World) -> None:
    task = await synced(world, due=Due.local(BEFORE, "Europe/Berlin"), tags=("a", "b"))
    await world.edit(task, {Field.TITLE: "Changed", Field.TAGS: ("new",)})
    await world.settle()
    world.emulator.journal.clear()
    rev = (await world.get(task)).rev
    await world.pull()
    await world.settle()
    assert (world.calls(UPDATE), (await world.get(task)).rev) == (0, rev)


async def test_both_sides_edit_different_fields_and_both_are_kept(world: World) -> None:
    task = await synced(world)
    world.notion.edit(world.row().id, {"Notes": "from Notion", "Tags": ["there"]})
    await world.edit(task, {Field.TITLE: "From Slack", Field.STATUS: Status.DONE})
    await world.settle()
    row, now = world.row(), await world.get(task)
    assert (row.title, row.properties["Status"]) == ("From Slack", "Done")
    assert (now.notes, now.tags, now.sync.state) == ("from Notion", ("there",), SyncState.SYNCED)


async def test_p4_both_edit_the_same_field_slack_stands_and_notions_value_can_be_taken(
    world: World,
) -> None:
    task = await synced(world)
    world.notion.edit(world.row().id, {"Name": "Notion's"})
    await world.edit(task, {Field.TITLE: "Slack's"})
    await world.settle()
    now = await world.get(task)
    assert (world.row().title, now.title, now.sync.state) == (
        "Slack's",
        "Slack's",
        SyncState.CONFLICT,
    )
    (conflict,) = now.sync.conflicts
    assert (conflict.field, conflict.value) == (Field.TITLE, "Notion's")
    lost = next(change for change in now.changes if change.rev == conflict.rev)
    assert FieldChange(field=Field.TITLE, before="Slack's", after="Notion's") in lost.fields
    await world.edit(task, {Field.TITLE: "Notion's"})
    await world.settle()
    assert (world.row().title, (await world.get(task)).sync.state) == (
        "Notion's",
        SyncState.SYNCED,
    )


async def test_lists_are_merged_entry_by_entry(world: World) -> None:
    task = await synced(world, tags=("old", "both"))
    world.notion.edit(world.row().id, {"Tags": ["both", "notion"]})
    await world.edit(task, {Field.TAGS: ("old", "both", "slack")})
    await world.settle()
    now = await world.get(task)
    assert now.tags == ("both", "slack", "notion")
    assert sorted(world.row().properties["Tags"]) == ["both", "notion", "slack"]
    assert now.sync.state is SyncState.SYNCED


async def test_the_same_edit_on_both_sides_is_no_conflict(world: World) -> None:
    task = await synced(world)
    world.notion.edit(world.row().id, {"Status": "Done", "Due": "2026-12-01T17:00:00+01:00"})
    due = Due.local(datetime(2026, 12, 1, 16, 0, tzinfo=UTC), "Europe/Berlin")
    await world.edit(task, {Field.STATUS: Status.DONE, Field.DUE: due})
    await world.settle()
    now = await world.get(task)
    assert (now.sync.state, now.due, now.rev, world.calls(UPDATE)) == (SyncState.SYNCED, due, 2, 0)


async def test_a_row_in_the_trash_deletes_its_task_and_one_restored_brings_it_back(
    world: World,
) -> None:
    task = await synced(world)
    page = world.row().id
    world.notion.trash(page)
    await world.pull()
    gone = await world.get(task)
    assert (gone.deleted, gone.changes[-1].by.source) == (True, Source.NOTION)
    world.notion.restore(page)
    await world.pull()
    assert not (await world.get(task)).deleted
    world.notion.trash(page)
    await world.pull()
    await world.restore(task)
    await world.settle()
    assert (world.row().id, (await world.get(task)).sync.state) == (page, SyncState.SYNCED)


async def test_a_task_deleted_while_its_row_is_edited_takes_the_edit_along(world: World) -> None:
    task = await synced(world)
    world.notion.edit(world.row().id, {"Notes": "Do not lose me"})
    await world.delete(task)
    await world.settle()
    now = await world.get(task)
    assert (now.deleted, now.notes, world.live()) == (True, "Do not lose me", [])
    await world.restore(task)
    await world.settle()
    assert world.row().properties["Notes"] == "Do not lose me"


async def test_with_the_whole_database_in_the_trash_no_task_is_deleted(world: World) -> None:
    task = await synced(world)
    page = world.row().id
    world.notion.trash(page)
    world.notion.trash(world.database.database_id)
    await world.pull(page)
    assert not (await world.get(task)).deleted
    assert "trash" in (world.pusher.trouble(TEAM) or "")
    world.notion.restore(world.database.database_id)
    world.notion.restore(page)
    world.clock.advance(minutes=11)
    await world.settle()
    assert (await world.get(task)).sync.state is SyncState.SYNCED
    assert world.pusher.trouble(TEAM) is None


@pytest.mark.parametrize("how", ["unshared", "deleted for good", "moved"])
async def test_absence_deletes_nothing_and_is_shown(world: World, how: str) -> None:
    task = await synced(world)
    page = world.row().id
    if how == "unshared":
        world.notion.unshare(page)
    elif how == "moved":
        world.notion.move(page, world.notion.add_page("Elsewhere"))
    else:
        world.notion.delete_for_good(page)
    await world.pull(page)
    now = await world.get(task)
    assert (now.deleted, now.sync.state) == (False, SyncState.GONE)
    assert now.sync.reason
    assert world.calls(CREATE) == 0


async def test_a_row_that_is_shared_again_follows_again(world: World) -> None:
    task = await synced(world)
    page = world.row().id
    world.notion.unshare(page)
    await world.pull(page)
    world.notion.share(page)
    world.notion.edit(page, {"Name": "Back"})
    await world.pull(page)
    now = await world.get(task)
    assert (now.title, now.sync.state) == ("Back", SyncState.SYNCED)


async def test_a_row_made_in_notion_becomes_a_task_with_a_number_and_a_key(world: World) -> None:
    await synced(world)
    table = world.database.data_source_id
    page = world.notion.add_row(table, {"Name": "Made there", "Status": "Done", "Tags": ["x"]})
    await world.pull(page)
    await world.settle()
    made = await world.tasks.get(TEAM, 2)
    assert (made.title, made.status, made.tags) == ("Made there", Status.DONE, ("x",))
    assert (made.changes[0].by.source, made.sync.state) == (Source.NOTION, SyncState.SYNCED)
    row = next(row for row in world.live() if row.id == page)
    assert (row.properties["Task ID"], made.sync.url) == (made.id, row.url)
    assert (len(world.live()), world.calls(CREATE)) == (2, 0)


async def test_p3_our_own_page_is_never_taken_for_a_new_row(world: World) -> None:
    world.emulator.faults.add(Fault(match=CREATE, status=504, html=True, saved=True))
    await world.add()
    await world.push()
    (page,) = world.live()
    await world.pull(page.id)  # the webhook comes before we know that it was made
    assert len(world.stores.database.records) == 1
    world.clock.advance(minutes=3)
    await world.settle()
    assert (len(world.live()), len(world.stores.database.records)) == (1, 1)
    assert (await world.tasks.get(TEAM, 1)).sync.state is SyncState.SYNCED


async def test_an_edit_between_the_making_and_the_finding_of_a_page_is_not_lost(
    world: World,
) -> None:
    world.emulator.faults.add(Fault(match=CREATE, status=504, html=True, saved=True))
    task = await world.add("Ours")
    await world.push()
    world.notion.edit(world.row().id, {"Notes": "theirs"})
    await world.edit(task, {Field.TITLE: "Ours, newer"})
    world.clock.advance(minutes=3)
    await world.settle()
    now = await world.get(task)
    assert (now.notes, now.sync.state) == ("theirs", SyncState.SYNCED)
    assert world.row().title == "Ours, newer"


async def test_a_copy_that_a_person_made_becomes_a_task_of_its_own(world: World) -> None:
    task = await synced(world)
    table = world.database.data_source_id
    copy = world.notion.add_row(table, {"Name": "Book the venue (1)", "Task ID": task.id})
    await world.pull(copy)
    await world.settle()
    keys = {row.id: row.properties["Task ID"] for row in world.live()}
    assert len(set(keys.values())) == len(keys) == len(world.stores.database.records) == 2


async def test_a_copy_of_our_own_making_goes_to_the_trash(world: World) -> None:
    task = await synced(world)
    properties = {
        "title": {"title": [{"text": {"content": task.title}}]},
        "Task ID": {"rich_text": [{"text": {"content": task.id}}]},
    }
    table = world.database.data_source_id
    twin = await world.client.create_page(world.caller, data_source=table, properties=properties)
    await world.pull(twin["id"])
    assert (len(world.live()), len(world.stores.database.records)) == (1, 1)
    assert world.observed.duplicate_pages == 1
    assert (await world.get(task)).sync.state is SyncState.SYNCED


async def test_a_row_with_all_that_a_task_cannot_show_comes_in(world: World) -> None:
    _knows_maria(world)
    world.notion.add_person("Jane Guest", "jane@elsewhere.org")
    await synced(world)
    table = world.database.data_source_id
    page = world.notion.add_row(
        table,
        {
            "Assignees": ["Maria", "Jane Guest"],
            "Due": {"date": {"start": "2026-12-01", "end": "2026-12-05"}},
            "Priority": "Whenever",
        },
    )
    await world.pull(page)
    await world.settle()
    made = await world.tasks.get(TEAM, 2)
    assert (made.title, made.assignees, made.priority) == ("(untitled)", ("U1",), None)
    assert made.due == Due.on(date(2026, 12, 1))
    for word in ("Jane Guest", "2026-12-05", "Whenever"):
        assert word in (made.sync.remark or "")
    await world.edit(made, {Field.NOTES: "mine"})
    await world.settle()
    row = next(row for row in world.live() if row.id == page)
    assert (row.title, row.properties["Priority"]) == ("", "Whenever")
    assert sorted(row.properties["Assignees"]) == ["Jane Guest", "Maria"]
    assert row.properties["Notes"] == "mine"


async def test_an_undo_whose_change_was_written_unseen_is_not_taken_for_an_edit(
    world: World,
) -> None:
    task = await synced(world)
    await world.edit(task, {Field.TITLE: "Mistake", Field.TAGS: ("new",)})
    world.emulator.faults.add(Fault(match=UPDATE, status=504, html=True, saved=True))
    await world.push()
    await world.edit(task, {Field.TITLE: "Book the venue", Field.TAGS: ()})
    await world.settle()
    world.clock.advance(minutes=1)
    await world.settle()
    now = await world.get(task)
    assert (now.title, world.row().title, world.row().properties["Tags"]) == (
        "Book the venue",
        "Book the venue",
        [],
    )
    assert now.sync.state is SyncState.SYNCED


async def test_an_edit_during_our_work_waits_for_the_lease_and_is_not_lost(world: World) -> None:
    task = await synced(world)
    claim = await world.stores.queue.claim_row(TEAM, world.row().id)
    assert claim is not None
    world.notion.edit(world.row().id, {"Notes": "meanwhile"})
    await world.pull()
    assert (await world.get(task)).notes == ""
    await world.stores.queue.release(claim)
    await world.settle()
    assert (await world.get(task)).notes == "meanwhile"


async def test_a_poll_finds_what_no_webhook_told_of_and_then_is_quiet(world: World) -> None:
    await world.followers.rounds.once()
    task = await synced(world)
    await world.go_round()
    world.notion.edit(world.row().id, {"Status": "Done"})
    made = world.notion.add_row(world.database.data_source_id, {"Name": "Made there"})
    await world.go_round()
    await world.settle()
    assert (await world.get(task)).status is Status.DONE
    assert (await world.tasks.get(TEAM, 2)).sync.url
    assert made in {row.id for row in world.live()}
    await world.go_round()
    world.emulator.journal.clear()
    await world.go_round()
    assert [entry.method for entry in world.emulator.journal.entries] == ["POST"]
    assert world.calls(READ) == 0


async def test_rows_from_before_the_first_contact_come_in_when_they_are_edited(
    world: World,
) -> None:
    table = world.database.data_source_id
    old = world.notion.add_row(table, {"Name": "Old"})
    world.clock.advance(minutes=5)
    world.notion.add_row(table, {"Name": "Newest"})
    await world.followers.rounds.once()
    world.clock.advance(minutes=5)
    await world.go_round()
    titles = {record.task.title for record in world.stores.database.records.values()}
    assert "Old" not in titles
    world.notion.edit(old, {"Notes": "edited"})
    await world.go_round()
    titles = {record.task.title for record in world.stores.database.records.values()}
    assert "Old" in titles


async def test_a_poll_that_fails_is_made_again_from_where_it_was(world: World) -> None:
    await world.followers.rounds.once()
    task = await synced(world)
    await world.go_round()
    world.notion.edit(world.row().id, {"Status": "Done"})
    world.emulator.faults.add(Fault(match="POST /v1/data_sources/*/query", status=502, html=True))
    await world.go_round()
    assert (await world.get(task)).status is Status.OPEN
    await world.go_round(after=timedelta(minutes=10))
    assert (await world.get(task)).status is Status.DONE


async def test_a_sweep_finds_what_left_the_table_in_silence(world: World) -> None:
    await world.followers.rounds.once()
    kept = await synced(world, "Kept")
    trashed = await synced(world, "Trashed")
    world.notion.trash(world.live()[1].id)
    await world.go_round(after=timedelta(hours=25))
    assert (await world.get(trashed)).deleted
    assert not (await world.get(kept)).deleted


async def test_too_much_gone_at_once_is_asked_about_and_touched_by_nobody(world: World) -> None:
    await world.followers.rounds.once()
    tasks = [await world.add(f"Task {number}") for number in range(12)]
    await world.settle()
    for row in world.live()[:6]:
        world.notion.trash(row.id)
    await world.go_round(after=timedelta(hours=25))
    assert not any([(await world.get(task)).deleted for task in tasks])
    assert "6 of 12" in (world.pusher.trouble(TEAM) or "")
    for row in world.notion.rows(world.database.data_source_id):
        world.notion.restore(row.id)
    await world.go_round(after=timedelta(hours=25))
    assert world.pusher.trouble(TEAM) is None


async def test_a_sweep_heals_an_edit_that_poll_and_webhook_have_missed(world: World) -> None:
    await world.followers.rounds.once()
    task = await synced(world)
    world.notion.edit(world.row().id, {"Notes": "missed"})
    await world.stores.turns.call(TEAM, "sweep")
    turn = await world.stores.turns.take(TEAM, "sweep", lease=timedelta(minutes=5))
    assert turn is not None
    swept = await world.followers.sweep.run(turn, world.caller, dry=True)
    assert (swept.differing, swept.missing, swept.met) == ((world.row().id,), (), 1)
    assert (await world.get(task)).notes == ""
    await world.stores.turns.call(TEAM, "sweep")
    await world.go_round(after=timedelta(0))
    assert (await world.get(task)).notes == "missed"
