from tasks.model import Field, Status, SyncState
from tests.contract.notion_sync.world import CREATE, UPDATE, World


async def test_a_new_task_becomes_a_row(world: World) -> None:
    task = await world.add("Book the venue", tags=("offsite",))
    assert await world.push() == 1
    row = world.row()
    assert row.title == "Book the venue"
    assert row.properties["Task ID"] == task.id
    assert row.properties["Status"] == "Not started"
    shown = await world.get(task)
    assert (shown.sync.state, shown.sync.url) == (SyncState.SYNCED, row.url)


async def test_a_change_reaches_the_row_by_one_call(world: World) -> None:
    task = await world.add()
    await world.push()
    world.emulator.journal.clear()
    await world.edit(task, {Field.TITLE: "Book two venues", Field.STATUS: Status.DONE})
    await world.push()
    row = world.row()
    assert (row.title, row.properties["Status"]) == ("Book two venues", "Done")
    assert (world.calls(UPDATE), world.calls(CREATE), world.calls("* *")) == (1, 0, 1)
